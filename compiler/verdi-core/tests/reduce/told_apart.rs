//! Which texts tell nodes apart and which do not: each alone, in a small program.

use crate::programs::{Case, checks, one};
use verdi_core::reduce::{Symmetry, symmetry};

/// A hub and three clients, with a handler, an initial value of the clients, an invariant and a network of one's own.
pub(crate) struct Text<'a> {
    pub(crate) handler: &'a str,
    pub(crate) initial: &'a str,
    pub(crate) invariant: &'a str,
    pub(crate) network: &'a str,
    pub(crate) clauses: &'a str,
}

pub(crate) const PLAIN: Text<'static> =
    Text { handler: "", initial: "0", invariant: "true", network: "async", clauses: "" };

impl Text<'_> {
    fn program(&self) -> String {
        let Self { handler, initial, invariant, network, clauses } = self;
        format!(
            "system Clubs {{
               message Ask(n: int) | Tell(who: Client)
               node Hub {{
                 state seen: Set<Client> = set[]
                 state order: List<Client> = []
                 state total: int = 0
                 state votes: Map<Client, int> = map[]
                 state one: Option<Client> = None
                 timer late after 1ms..2ms
                 on message Ask(n) from c: Client {{
                   seen.insert(c)
                   votes[c] := n
                   {handler}
                 }}
                 on timeout late {{ total := 0 }}
                 proc note(x: Client) {{ seen.insert(x) }}
                 proc remember(x: Client) {{ order.push(x) }}
               }}
               node Client[3] {{
                 input Go(to: Client)
                 state n: int = {initial}
                 on input Go(to) {{ send Ask(if to == self {{ 1 }} else {{ 2 }}) to Hub }}
                 on message Tell(who) {{ n := if who == self {{ 1 }} else {{ 2 }} }}
               }}
               fn among(c: Client, all: List<Client>): bool {{ exists x in all: x == c }}
               fn leading(all: List<Client>): Option<Client> {{ all.first() }}
               invariant p: {invariant}
             }}
             check \"it\" Clubs {{
               under {network}
               bound input <= 1 per node
               {clauses}
               holds p
             }}"
        )
    }

    pub(crate) fn judged(&self) -> (Case, Symmetry) {
        let case = one(&self.program());
        let found = symmetry(&case.program);
        (case, found)
    }

    /// That the clients are found interchangeable; how many provisos there are.
    fn passes(&self) -> usize {
        let (case, found) = self.judged();
        assert_eq!(
            found.refused.iter().map(|refused| refused.reasons.clone()).next(),
            None,
            "{}",
            self.program()
        );
        let kinds: Vec<_> =
            found.groups.iter().map(|group| case.program.kinds[group.kind].name.as_str()).collect();
        assert_eq!(kinds, ["Client"]);
        let nodes = &case.program.kinds[found.groups[0].kind].nodes;
        let apart = nodes
            .windows(2)
            .find_map(|pair| crate::renamed::told_apart(&case.program, pair[0], pair[1], 400));
        assert_eq!(apart, None, "{}", self.program());
        found.groups[0].provisos.len()
    }

    /// That the clients are told apart, by this text for this reason alone.
    fn fails(&self, text: &str, reason: &str) {
        let (case, found) = self.judged();
        let [refused] = found.refused.as_slice() else { panic!("nothing is refused in\n{}", self.program()) };
        let [why] = refused.reasons.as_slice() else { panic!("{:?}", refused.reasons) };
        let place = case.text(why.span);
        assert!(place.contains(text) && why.text.contains(reason), "{place:?}: {}", why.text);
    }
}

#[test]
fn handlers_that_treat_all_alike() {
    for handler in [
        "for x in Client { send Tell(c) to x }",
        "for x in Client { send Tell(x) to c }",
        "broadcast Tell(c) to seen",
        "for x in seen { total := total + 1 }",
        "for x in Client { if x in seen { total := total - 1 } }",
        "total := seen.len() + count(x in Client if x != c)",
        "for x in Client { votes[x] := 1 }",
        "for (x, v) in votes { votes[x] := if v > 1 { 0 } else { v } }",
        "for x in seen { if votes.contains(x) { votes[x] := votes[x] % 2 } }",
        "order.push(c); if order.first() == Some(c) { total := 1 }",
        "votes := map[x: 1 for x in Client]",
        "let pairs = map[(x, y): 1 for x in Client, y in seen]; total := pairs.len()",
        "var found = false; for x in Client { if x not in seen { found := true } }; if found { total := 1 }",
        "for x in Client { if x != c && x in seen { return } }; total := 1",
        "total := max(v for (x, v) in votes)",
        "for (x, v) in votes { if v > 1 { send Tell(x) to x; start late } }",
        "if among(c, Client) { total := 1 }",
        "for x in Client { note(x) }",
        "let xs = [x for x in Client if x in seen]; for x in xs ++ xs { send Tell(x) to x }",
        "seen := set[x for x in Client, y in seen if x != y]",
        "for x in seen { for y in Client { seen.remove(y) } }",
        "for n in [3, 1, 2] { total := total * 2 + n; order.push(c) }",
        "one := Some(c); if one is Some(x) && x in seen { send Tell(x) to x }",
        "let xs = [votes.get(x, 0) for x in Client].sorted(); total := xs[0]",
        "votes := map[]; for x in Client { if x == c { votes[x] := 1 } else { votes[x] := 2 } }",
    ] {
        assert_eq!(Text { handler, ..PLAIN }.passes(), 0, "{handler}");
    }
}

#[test]
fn handlers_that_tell_nodes_apart() {
    for (handler, text, reason) in [
        ("total := c.index", "c.index", "`.index` tells"),
        ("send Tell(c) to Client[1]", "Client[1]", "by the position"),
        ("one := Client.first()", "Client.first()", "by the position"),
        ("one := leading(Client)", "all.first()", "by the position"),
        ("order := Client", "order := Client", "the order is kept"),
        ("order := [x for x in seen]", "order :=", "the order is kept"),
        ("for x in Client { one := Some(x) }", "Client", "leaves behind"),
        ("for x in Client { order := [x] }", "Client", "leaves behind"),
        ("for x in seen { if x in seen { send Tell(x) to c; return } }", "seen", "leaves behind"),
        ("for x in seen { total := total * 2 + 1 }", "total * 2", "earlier round"),
        ("for x in seen { if total < 2 { total := total + 1 } }", "total", "earlier round"),
        (
            "for x in Client { if votes[x] > 0 { return } }",
            "votes[x]",
            "a key may be missing here, in a loop",
        ),
        ("total := sum(v for (x, v) in votes)", "votes", "overflows"),
        ("let m = map[c: x for x in Client]; one := m.get(c)", "map[c", "the last wins"),
        ("for x in Client { if x in seen { start late } else { stop late } }", "stop late", "leaves behind"),
        ("for x in Client { total := total + 1; total := total - 1 }", "Client", "overflows"),
        ("for x in Client { seen.insert(x); seen.remove(c) }", "seen.remove(c)", "leaves behind"),
        ("if [x for x in seen] == order { total := 1 }", "==", "sees a list"),
        ("for x in Client { votes[c] := votes.get(x, 0) }", "votes", "earlier round"),
        (
            "for x in Client { for y in Client { votes[x] := if y == c { 1 } else { 2 } } }",
            "votes[x]",
            "earlier round",
        ),
        ("for x in Client { remember(x) }", "Client", "the order is kept"),
        ("for x in Client { assert x in seen; if x == c { return } }", "assert", "may fail"),
    ] {
        let text_of = Text { handler, ..PLAIN };
        text_of.fails(text, reason);
    }
}

#[test]
fn the_order_of_a_queue_counts() {
    let sync = Text { network: "sync", ..PLAIN };
    assert_eq!(
        Text { handler: "for x in Client { send Tell(c) to x; send Tell(x) to x }", ..sync }.passes(),
        0
    );
    Text { handler: "for x in Client { send Tell(x) to c }", ..sync }.fails("send", "in which order");
    Text { handler: "for x in Client { for y in Client { send Tell(x) to y } }", ..sync }
        .fails("send", "in which order");
}

#[test]
fn properties_may_fault_with_a_proviso() {
    for (invariant, provisos) in [
        ("forall x in Client, y in Client: x.n == y.n ==> x == y || x.n >= 0", 0),
        ("forall x in Client: Hub.votes[x] >= 0", 1),
        ("sum(x.n for x in Client) >= 0", 1),
        ("forall x in Client: x.n + 1 > 0", 1),
        ("forall x in Client: Hub.order.len() + 1 > 0", 0),
        ("forall p in packets: p.dst == Hub || p.src == Hub", 0),
        ("packets.len() <= 9 && exists x in Hub.seen.subsets(): x.len() == 0", 0),
    ] {
        assert_eq!(Text { invariant, ..PLAIN }.passes(), provisos, "{invariant}");
    }
}

#[test]
fn properties_that_tell_nodes_apart() {
    for (invariant, text, reason) in [
        ("Client[0].n >= 0", "Client[0]", "by the position"),
        ("forall x in Client: x.n >= x.index", "x.index", "`.index` tells"),
        ("Hub.order == [x for x in Client] || true", "==", "sees a list"),
        ("forall e in trace: e is Event.Input(..)", "trace", "history"),
    ] {
        Text { invariant, ..PLAIN }.fails(text, reason);
    }
}

#[test]
fn first_states_and_inputs_count() {
    Text { initial: "self.index", ..PLAIN }.fails("self.index", "`.index` tells");
    assert_eq!(Text { initial: "Client.len()", ..PLAIN }.passes(), 0);
    Text { clauses: "domain Go.to = [Client[1]]", ..PLAIN }.fails("", "this is `Client[1]` and no other");
    assert_eq!(Text { clauses: "domain Go.to = [c for c in Client]", ..PLAIN }.passes(), 0);
    Text { clauses: "constraint Client[2].n == 0", ..PLAIN }.fails("Client[2]", "by the position");
}

#[test]
fn what_is_declared_is_suggested_no_more_and_refused_where_it_is_wrong() {
    let undeclared = Text { ..PLAIN }.judged();
    assert_eq!(undeclared.1.suggestion(&undeclared.0.program).len(), 1);
    assert_eq!(undeclared.1.counters, [0], "a bound per node is renamed with the nodes");
    let declared = Text { clauses: "symmetric Client", ..PLAIN }.judged();
    assert_eq!(declared.0.program.symmetric.len(), 1);
    assert!(declared.1.suggestion(&declared.0.program).is_empty());
    assert!(declared.1.unsound(&declared.0.program).is_empty());
    let wrong = Text { clauses: "symmetric Client", invariant: "Client[0].n >= 0", ..PLAIN }.program();
    let errors = checks("wrong", &wrong).map(|cases| cases.len()).expect_err("one client is named");
    let codes: Vec<_> = errors.iter().map(|error| error.code.name()).collect();
    assert_eq!(codes, ["V0727"]);
    assert!(errors[0].secondary[0].text.contains("by the position"), "{:?}", errors[0]);
}
