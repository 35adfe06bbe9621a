//! What the formatter makes of untidy text: source beside result.

use verdi_diagnostics::FileId;

fn check(source: &str, expected: &str) {
    let found = verdi_syntax::format(source).unwrap_or_else(|errors| panic!("{errors:?}"));
    assert_eq!(found, expected, "\n{found}");
    assert_eq!(verdi_syntax::format(&found).as_deref(), Ok(expected), "formatting again");
}

#[test]
fn spaces_are_made_uniform() {
    check(
        "use   std.transformers.{ reliable,raft }\nsystem  S<T>( n:int=3 ){message A|B( x:int ,y : Map<int,Set<( int,int)>> )}",
        "use std.transformers.{reliable, raft}\nsystem S<T>(n: int = 3) { message A | B(x: int, y: Map<int, Set<(int, int)>>) }\n",
    );
    check(
        "fn f(  ):int{x:=- 1;y:=a-b - -c;let r=0 .. n\nlet s=set [1 , 2,];g (a)[ 0 ] . h( b )\n! a<b}",
        "fn f(): int { x := -1; y := a - b - -c; let r = 0..n\n  let s = set[1, 2,]; g(a)[0].h(b)\n  !a < b }\n",
    );
    check(
        "fn f(): int {\n  output -1\n  output - 1\n  output [x]\n  output[x] := 1\n}",
        "fn f(): int {\n  output -1\n  output - 1\n  output [x]\n  output[x] := 1\n}\n",
    );
    check("fn f(): int { if a {} else { }; b - - c }", "fn f(): int { if a {} else { }; b - -c }\n");
    check("fn f(): int { - - -b }", "fn f(): int { - - -b }\n");
    check(
        "fn f(): int {\n  a\n    - b\n  -c\n  match x { [a,.. rest]=>1,Foo( x:_ , ..)=>2 }\n}",
        "fn f(): int {\n  a\n    - b\n  -c\n  match x { [a, ..rest] => 1, Foo(x: _, ..) => 2 }\n}\n",
    );
}

#[test]
fn lines_are_indented() {
    check(
        "system S {\nnode N {\non message A from c\nwhen x > 0 {\nif a\n&& b {\nfoo(a,\nb\n+ c,\n[1,\n2])\n}\nelse { bar() }\nlet q = queue\n.first()\nlet v = if a {\n1\n} else {\n2\n}\n}\n}\n}",
        "system S {\n  node N {\n    on message A from c\n      when x > 0 {\n      if a\n        && b {\n        foo(a,\n          b\n            + c,\n          [1,\n            2])\n      }\n      else { bar() }\n      let q = queue\n        .first()\n      let v = if a {\n        1\n      } else {\n        2\n      }\n    }\n  }\n}\n",
    );
    check(
        "fn f(): int {\nmatch x {\n1 => 2, 2 => 3,\n3 => {\n4\n}\n_ => 5\n}\n}\ntype T =\n| A\n| B",
        "fn f(): int {\n  match x {\n    1 => 2, 2 => 3,\n    3 => {\n      4\n    }\n    _ => 5\n  }\n}\ntype T =\n  | A\n  | B\n",
    );
}

#[test]
fn comments_and_blank_lines_stay() {
    check(
        "\n\n// first  \n\n\n\n/// doc\nsystem S {   // trailing\n\n// own\nnode N {\n  // only\n}\n\n}\n// last\n\n",
        "// first\n\n/// doc\nsystem S {  // trailing\n\n  // own\n  node N {\n    // only\n  }\n}\n// last\n",
    );
    check(
        "fn f(): int {\n  a := 1    // one\n  long := 2 // two\n  b := 3 // three\n  // before the end\n}",
        "fn f(): int {\n  a := 1     // one\n  long := 2  // two\n  b := 3  // three\n  // before the end\n}\n",
    );
    check("fn f(): int { a // why\n // and\n && b }", "fn f(): int { a  // why\n  // and\n  && b }\n");
}

#[test]
fn line_ends_and_byte_order_marks_are_dropped() {
    check("\u{feff}fn f(): int {\r\n\ta // b\r\n}\r\n", "fn f(): int {\n  a  // b\n}\n");
    check("", "");
    check("\n \n", "");
    check("// only a comment", "// only a comment\n");
}

#[test]
fn text_with_errors_is_refused() {
    let text = "fn f(): int { a b }";
    let errors = verdi_syntax::format(text).expect_err("it has an error");
    assert_eq!(errors, verdi_syntax::parse(FileId(0), text).diagnostics);
}
