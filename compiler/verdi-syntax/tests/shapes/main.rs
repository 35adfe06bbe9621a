//! What text is parsed to: each source beside its tree.

mod print_tree;

use print_tree::{block, expr, step, ty};
use verdi_diagnostics::FileId;
use verdi_syntax::ast::*;

fn module(text: &str) -> Module {
    let parse = verdi_syntax::parse(FileId(0), text);
    assert!(parse.diagnostics.is_empty(), "{text}\n{:?}", parse.diagnostics);
    parse.module
}

/// The body of a function, which is an ordinary block of statements.
fn statements(text: &str) -> String {
    let module = module(&format!("fn f(): int {{ {text} }}"));
    let [Item::Fn(f)] = module.items.as_slice() else { panic!("no function: {:?}", module.items) };
    let printed = block(&f.body);
    printed[1..printed.len() - 1].to_owned()
}

fn rule(text: &str) -> String {
    let module = module(&format!("network n {{ rule r(p in packets) {{ {text} }} }}"));
    let [Item::Network(NetworkDecl { items, .. })] = module.items.as_slice() else { panic!("no network") };
    let [NetworkItem::Rule(rule)] = items.as_slice() else { panic!("no rule") };
    let printed = block(&rule.body);
    printed[1..printed.len() - 1].to_owned()
}

/// Checks `source | tree` lines with one of the functions above.
fn table(parse: fn(&str) -> String, rows: &[(&str, &str)]) {
    for (source, tree) in rows {
        assert_eq!(parse(source), *tree, "{source}");
    }
}

#[test]
fn precedence() {
    table(
        statements,
        &[
            ("a ==> b ==> c", "(a ==> (b ==> c))"),
            ("a || b && c ==> d", "((a || (b && c)) ==> d)"),
            ("a || b || c", "((a || b) || c)"),
            ("a && b == c", "(a && (b == c))"),
            ("a == b + 1", "(a == (b + 1))"),
            ("x in a..b + 1", "(x in (a .. (b + 1)))"),
            ("x not in s | t & u", "(x not in ((s | t) & u))"),
            ("a..=s | t", "(a ..= (s | t))"),
            ("s | a + b", "(s | (a + b))"),
            ("a + b - c ++ d", "(((a + b) - c) ++ d)"),
            ("a + b * c / d % e", "(a + (((b * c) / d) % e))"),
            ("-a * -b", "((-a) * (-b))"),
            ("!a.b && !c[0]", "((!a.b) && (!c[0]))"),
            ("!a == b", "((!a) == b)"),
            ("- - a", "(-(-a))"),
            ("a - -b", "(a - (-b))"),
            ("(a == b) == c", "((a == b) == c)"),
            ("a is Some(x) && x > 1", "((a is <Some(x)>) && (x > 1))"),
            ("a is A | B || c", "((a is (<A> | <B>)) || c)"),
            ("f(a)(b)[c].d(e)", "f(a)(b)[c].d(e)"),
        ],
    );
}

#[test]
fn quantifiers_reach_to_the_right() {
    table(
        statements,
        &[
            ("forall x in xs: p && q ==> r", "(forall x in xs: ((p && q) ==> r))"),
            ("a && forall x in xs: p || q", "(a && (forall x in xs: (p || q)))"),
            ("a ==> exists x in xs: p ==> q", "(a ==> (exists x in xs: (p ==> q)))"),
            ("a || b && exists x in xs: p", "(a || (b && (exists x in xs: p)))"),
            ("!exists x in xs: p", "(!(exists x in xs: p))"),
            ("forall a in A, b in B if a != b: p", "(forall a in A, b in B if (a != b): p)"),
            ("forall (a, _) in m: exists b in a: b", "(forall (a, _) in m: (exists b in a: b))"),
            ("(forall x in xs: p) && q", "((forall x in xs: p) && q)"),
        ],
    );
}

#[test]
fn literals_and_comprehensions() {
    table(
        statements,
        &[
            ("[1, 2,]", "(list 1 2)"),
            ("set[]", "(set)"),
            ("map[\"a\": 1, \"b\": 2]", "(map \"a\": 1 \"b\": 2)"),
            ("map[true: 1]", "(map true: 1)"),
            ("()", "(tuple)"),
            ("(a)", "a"),
            ("(a, b)", "(tuple a b)"),
            ("[e for x in xs if p]", "(list e for x in xs if p)"),
            ("set[e for x in xs, (y, z) in ys]", "(set e for x in xs, (y, z) in ys)"),
            ("map[k: v for x in xs]", "(map k: v for x in xs)"),
            ("count(x in xs if p)", "(count x in xs if p)"),
            ("count((_, v) in m)", "(count (_, v) in m)"),
            ("count(a, b)", "count(a, b)"),
            ("count(x not in xs)", "count((x not in xs))"),
            ("sum(e for x in xs)", "(sum e for x in xs)"),
            ("max(a, b) + max(e for x in xs)", "(max(a, b) + (max e for x in xs))"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("1 - 9_223_372_036_854_775_807", "(1 - 9223372036854775807)"),
            ("\"a\\u{e9}\\n\"", "\"aé\\n\""),
        ],
    );
}

#[test]
fn calls_and_blocks() {
    table(
        statements,
        &[
            ("Entry(..e, term: 2)", "Entry(..e, term: 2)"),
            ("S.apply(state, input)", "S.apply(state, input)"),
            ("inner.input(i, c)", "inner.input(i, c)"),
            ("f(for: 1, to: 2, in: 3)", "f(for: 1, to: 2, in: 3)"),
            ("x.in.for", "x.in.for"),
            (
                "if let Some(x) = e { x } else if c { 1 } else { 2 }",
                "(if let <Some(x)> = e {x} else (if c {1} else {2}))",
            ),
            (
                "match e { A => 1, B(x) | C(x: x, ..) => { x }\n _ => 3 }",
                "(match e [<A> => 1] [(<B(x)> | <C(x: x, ..)>) => {x}] [_ => 3])",
            ),
            (
                "match e { [] => 0, [x, ..] => 1, [x, y, ..rest] => 2, -3 => 4, Role.Leader => 5 }",
                "(match e [[] => 0] [[x, ..] => 1] [[x, y, ..rest] => 2] [-3 => 4] [<Role.Leader> => 5])",
            ),
            (
                "match e { A => send x to y, B => x := 1\n C => return, D => return 1, E => assert p, \"why\", \"F\" => 1 }",
                "(match e [<A> => {<send> x <to> y;}] [<B> => {x := 1;}] [<C> => {return;}] [<D> => {return 1;}] [<E> => {<assert> p, \"why\";}] [\"F\" => 1])",
            ),
            ("match e { A => assert p, \"F\" => 1 }", "(match e [<A> => {<assert> p;}] [\"F\" => 1])"),
            ("{ let x = 1; x }", "{let x = 1; x}"),
        ],
    );
}

#[test]
fn lines() {
    table(
        statements,
        &[
            ("a\n b", "a; b"),
            ("a;; b;", "a; b"),
            ("a\n && b\n || c\n ==> d", "(((a && b) || c) ==> d)"),
            ("a +\n b", "(a + b)"),
            ("a\n + b", "(a + b)"),
            ("a\n - b", "(a - b)"),
            ("a\n -b", "a; (-b)"),
            ("a\n [b]", "a; (list b)"),
            ("a\n (b)", "a; b"),
            ("a\n !b", "a; (!b)"),
            ("a\n .b()\n .c", "a.b().c"),
            ("a\n in b\n", "(a in b)"),
            ("a\n not in b", "(a not in b)"),
            ("a\n is B\n | C", "(a is (<B> | <C>))"),
            ("f(a,\n b\n )", "f(a, b)"),
            ("f(a\n - b\n -c)", "f(((a - b) - c))"),
            ("f({ a\n b })", "f({a; b})"),
            ("if a { b }\n else { c }", "(if a {b} else {c})"),
            ("send x\n to y", "<send> x <to> y;"),
            ("return\n x", "return; x"),
            ("let x =\n 1", "let x = 1;"),
            ("a // comment\n // another\n && b", "(a && b)"),
        ],
    );
}

#[test]
fn words_that_are_keywords_elsewhere() {
    table(
        statements,
        &[
            ("send to to from", "<send> to <to> from;"),
            ("output := input", "output := input;"),
            ("output input", "<output> input;"),
            ("output -1", "<output> (-1);"),
            ("output - 1", "(output - 1)"),
            ("output [x]", "<output> (list x);"),
            ("output[x] := 1", "output[x] := 1;"),
            ("output x to c", "<output> x <to> c;"),
            ("output.push(x)", "output.push(x)"),
            ("start election", "<start> election;"),
            ("start(x)", "start(x)"),
            ("start.x := stop", "start.x := stop;"),
            ("send (a, b) to n", "<send> (tuple a b) <to> n;"),
            ("assert(x)", "<assert> x;"),
            ("assert x, \"why\"", "<assert> x, \"why\";"),
            ("let state = message + type", "let state = (message + type);"),
            ("var rule: int = test", "var rule: int = test;"),
            ("count := count + 1", "count := (count + 1);"),
            ("set.insert(map)", "set.insert(map)"),
            ("for node in nodes { at := node }", "for node in nodes {at := node;};"),
            ("let (from, to) = packet", "let (from, to) = packet;"),
            ("deliver(x)", "deliver(x)"),
            ("crash in down", "(crash in down)"),
            ("inner.timeout(t).sends", "inner.timeout(t).sends"),
            ("match input { to => from }", "(match input [to => from])"),
            ("next[src] := seq + 1", "next[src] := (seq + 1);"),
            ("x := if to { from } else { at }", "x := (if to {from} else {at});"),
            ("send if a { b } else { c } to d", "<send> (if a {b} else {c}) <to> d;"),
        ],
    );
    table(
        rule,
        &[
            ("input i at n", "<input> i <at> n;"),
            ("timeout t at n", "<timeout> t <at> n;"),
            ("packets.remove(p); deliver p", "packets.remove(p); <deliver> p;"),
            ("deliver (p)", "<deliver> p;"),
            ("if a { crash n } else { reboot n }", "(if a {<crash> n;} else {<reboot> n;})"),
            ("crash.insert(n)", "crash.insert(n)"),
        ],
    );
}

#[test]
fn scripts() {
    let text = "input Put(1) at Client[0] from 2
        deliver Lock from a to b // comment
        drop Put(k, ..) from a
          to b
        timeout t at n
        crash Client[0]
        cut(a, b)
        cut (a, b)
        heal; expect a
          && b
        move p, q";
    let (steps, diagnostics) = verdi_syntax::parse_steps(FileId(0), text);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let printed: Vec<_> = steps.iter().map(step).collect();
    assert_eq!(
        printed,
        [
            "<input> Put(1) <at> Client[0] <from> 2",
            "deliver! <Lock> <from> a <to> b",
            "drop! <Put(k, ..)> <from> a <to> b",
            "<timeout> t <at> n",
            "crash! Client[0]",
            "cut! a b",
            "cut! (tuple a b)",
            "heal!",
            "<expect> (a && b)",
            "move! p q",
        ]
    );
}

#[test]
fn types() {
    for (source, printed) in [
        ("int", "int"),
        ("Map<string, List<Set<int>>>", "Map<string, List<Set<int>>>"),
        ("S.Message", "S.Message"),
        ("(int, (bool), ())", "(int, bool, ())"),
    ] {
        let module = module(&format!("type T = {source}"));
        let [Item::Type(TypeDecl { body: TypeBody::Alias(alias), .. })] = module.items.as_slice() else {
            panic!("no alias: {source}")
        };
        assert_eq!(ty(alias), printed);
    }
    let module = module(
        "type A = B(x: int)\ntype C = | D\ntype E<T, U>(x: T, y: U)\ntype F = List<int>\ntype G = H | I",
    );
    let shape = |item: &Item| match item {
        Item::Type(TypeDecl { body: TypeBody::Alias(_), .. }) => "alias".to_owned(),
        Item::Type(TypeDecl { body: TypeBody::Record(f), params, .. }) => {
            format!("record {} {}", params.len(), f.len())
        }
        Item::Type(TypeDecl { body: TypeBody::Variants(v), .. }) => format!("variants {}", v.len()),
        _ => "other".to_owned(),
    };
    let shapes: Vec<_> = module.items.iter().map(shape).collect();
    assert_eq!(shapes, ["variants 1", "variants 1", "record 2 2", "alias", "variants 2"]);
}

#[test]
fn documentation_belongs_to_what_follows() {
    let text = "/// A system.\n///\n///  More.\nsystem S {\n  // not this\n  /// The messages.\n  message A\n    /// The second.\n    | B\n\n  /// Not read.\n}\n//// Nor this.\nfn f(): int { 1 }";
    let module = module(text);
    let [Item::System(system), Item::Fn(f)] = module.items.as_slice() else { panic!("{:?}", module.items) };
    assert_eq!(system.doc, "A system.\n\n More.");
    assert_eq!(f.doc, "");
    let SystemBody::Members(members) = &system.body else { panic!("no members") };
    let [SystemItem::Message(variants)] = members.as_slice() else { panic!("no messages") };
    assert_eq!(variants.iter().map(|v| v.doc.as_str()).collect::<Vec<_>>(), ["The messages.", "The second."]);
}

#[test]
fn spans_leave_parentheses_out() {
    let text = "fn f(): int { ((a + b)) * c }";
    let module = module(text);
    let [Item::Fn(f)] = module.items.as_slice() else { panic!("no function") };
    let Some(ExprKind::Binary(_, operator, x, _)) = f.body.result.as_ref().map(|e| &e.kind) else {
        panic!("no product")
    };
    assert_eq!(&text[x.span.start as usize..x.span.end as usize], "a + b");
    assert_eq!(&text[operator.start as usize..operator.end as usize], "*");
    assert_eq!(expr(x), "(a + b)");
}

#[test]
fn byte_order_marks_and_carriage_returns_are_accepted() {
    let module = module("\u{feff}fn f(): int {\r\n  a\r\n  b\r\n}\r\n");
    let [Item::Fn(f)] = module.items.as_slice() else { panic!("no function") };
    assert_eq!(block(&f.body), "{a; b}");
}
