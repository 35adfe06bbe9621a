//! Networks: the library's, and some of one's own.

use super::Writer;

/// What a check must know of its network.
#[derive(Default)]
pub(super) struct Network {
    pub(super) name: &'static str,
    /// Rules besides `input` and `deliver`, and whether they can go on for ever.
    pub(super) rules: Vec<(&'static str, bool)>,
    /// A variable that holds nodes.
    pub(super) nodes_var: Option<&'static str>,
}

/// The library's networks: each with what it adds.
const LIBRARY: [(&str, &[(&str, bool)]); 5] = [
    ("sync", &[]),
    ("async", &[]),
    ("flaky", &[("drop", false), ("timeout", false)]),
    ("busy", &[("duplicate", true)]),
    ("crash", &[("crash", false), ("reboot", false)]),
];

/// A rule that a network may have: its name, its text, what it needs besides, and whether it can go on for ever.
struct Extra {
    rule: &'static str,
    text: &'static str,
    endless: bool,
}

const fn extra(rule: &'static str, endless: bool, text: &'static str) -> Extra {
    Extra { rule, text, endless }
}

const EXTRAS: [Extra; 9] = [
    extra("drop", false, "rule drop(p in packets) { packets.remove(p) }"),
    extra("duplicate", true, "rule duplicate(p in packets) { packets.add(p) }"),
    extra("timeout", false, "fair rule timeout(n in nodes, t in timers(n)) { timeout t at n }"),
    extra("isolate", false, "rule isolate(n in nodes) when n not in cut { cut.insert(n) }"),
    extra("heal", false, "rule heal(n in cut) { cut.remove(n) }"),
    extra(
        "overtake",
        false,
        "rule overtake(p in packets, q in packets) when p != q && p.dst == q.dst { packets.remove(q); deliver q }",
    ),
    extra(
        "redirect",
        true,
        "rule redirect(p in packets, n in nodes) when n != p.dst { packets.remove(p); packets.add(packet(p.src, n, p.body)) }",
    ),
    extra("wipe", false, "rule wipe(n in nodes) when n not in cut { crash n; clock := 0 }"),
    extra(
        "tick",
        false,
        "rule tick(k in 0..2) when clock < 2 && k <= clock { clock := (clock + k + 1) % 3 }",
    ),
];

impl Writer {
    /// Decides on a network; its text, if it is not the library's.
    pub(super) fn network(&mut self) -> String {
        let at = self.random.below(10);
        if let Some((name, _)) = LIBRARY.get(at) {
            self.uses(name);
            let inherited = if at == 0 { &LIBRARY[..1] } else { &LIBRARY[1..=at] };
            self.network.name = name;
            self.network.rules = inherited.iter().flat_map(|(_, rules)| rules.iter().copied()).collect();
            self.network.nodes_var = (*name == "crash").then_some("down");
            return String::new();
        }
        self.own_network()
    }

    fn own_network(&mut self) -> String {
        let store = ["bag", "fifo", "set"][self.random.below(3)];
        self.uses(match store {
            "bag" => "own network of a bag",
            "fifo" => "own network of queues",
            _ => "own network of a set",
        });
        let heads = if store == "fifo" && !self.one_in(4) { ".heads()" } else { "" };
        let remove = if store == "set" && self.one_in(2) { "" } else { "packets.remove(p); " };
        let input = if self.one_in(2) {
            self.uses("inputs that end");
            "when clock < 2 { clock := clock + 1; input i at n }"
        } else {
            "{ input i at n }"
        };
        let mut rules = format!(
            "fair rule input(n in nodes, i in inputs(n)) {input}\n\
             fair rule deliver(p in packets{heads}) when p.dst not in cut {{ {remove}deliver p }}\n"
        );
        for extra in &EXTRAS {
            if self.one_in(3) {
                self.uses(extra.rule);
                self.network.rules.push((extra.rule, extra.endless));
                rules += extra.text;
                rules.push('\n');
            }
        }
        self.network.name = "own";
        self.network.nodes_var = Some("cut");
        format!(
            "network own {{\npackets: {store}\nvar cut: Set<Node> = set[]\nvar clock: int = 0\n{rules}}}\n\n"
        )
    }
}
