//! Machines: which systems are, what they do as functions, and what is said of the others.

#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

mod common;

use common::{Checked, check_text};
use verdi_core::{FaultKind, FuncId, Program, Span, Value, verify};
use verdi_diagnostics::{Diagnostic, render};
use verdi_hir::lower::lower_machine;
use verdi_interp::Interp;
use verdi_machine::{Engine, Env, Sequential};

struct NoEnv;
impl Env for NoEnv {}

fn evaluate(program: &Program, func: FuncId) -> Result<Value, (FaultKind, Span, smol_str::SmolStr)> {
    match Interp::new(program.clone()).call(func, &[], &mut NoEnv) {
        Ok(value) => Ok(value.expect("a constant has a value")),
        Err(fault) => Err((fault.kind, fault.span, fault.detail)),
    }
}

/// Lowers the subject of the first check.
fn lower(checked: &Checked) -> Result<Program, Vec<Diagnostic>> {
    let errors: Vec<_> = checked.diagnostics.iter().filter(|found| found.is_error()).cloned().collect();
    assert!(errors.is_empty(), "{}", render::human(&checked.files, &errors, false));
    let check = &checked.program.checks[0];
    lower_machine(&checked.program, &check.subject, &check.subject_text, check.span, &evaluate)
}

fn machine(text: &str) -> Sequential<Interp> {
    let program = lower(&check_text(text)).expect("a machine");
    verify(&program).expect("verified Core");
    Sequential::new(Interp::new(program)).expect("a first state")
}

fn refusal(text: &str) -> String {
    let checked = check_text(text);
    let found = lower(&checked).expect_err("no machine");
    render::human(&checked.files, &found, false)
}

const COUNTER: &str = r#"
system Counter(step: int) {
  node Store {
    input Add | Get | Fail
    output Now(n: int)
    state n: int = 0
    on start { n := step }
    on input Add from c { n := n + step; output Now(n) to c }
    on input Get { output Now(n) }
    on input Fail { assert n < 0 }
  }
}
check "it" Counter(step: 2) { under async }
"#;

fn input(tag: u32) -> Value {
    Value::unit(tag)
}

#[test]
fn a_machine_is_a_function() {
    let counter = machine(COUNTER);
    let first = counter.first();
    let add = counter.operation(3, input(0));
    assert_eq!(add, counter.operation(0, input(0)), "callers make no difference");
    let after = counter.apply(first, add).expect("an answer");
    assert_eq!(*after.outputs, [Value::data(0, vec![Value::Int(4)])]);
    let get = counter.apply(after.state, counter.operation(0, input(1))).expect("an answer");
    assert_eq!((get.state, &*get.outputs), (after.state, &*after.outputs));
    assert_eq!(counter.apply(first, add), Ok(after), "answers are remembered");
    let fault = counter.apply(first, counter.operation(0, input(2))).expect_err("a fault");
    assert_eq!(fault.kind, FaultKind::Assert);
}

const LOCK: &str = r#"
system Lock {
  node Store {
    input Take | Give
    output Taken | Busy | Given
    state holder: Option<Caller> = None
    state waiting: List<Caller> = []
    on input Take from c {
      if holder is Some(h) { waiting.push(c); output Busy to h } else { holder := Some(c); output Taken to c }
    }
    on input Give from c when holder == Some(c) { holder := None; output Given to c }
  }
}
check "it" Lock { under async }
"#;

#[test]
fn callers_that_make_a_difference_are_told_apart() {
    let lock = machine(LOCK);
    let (take, give) = (lock.operation(1, input(0)), lock.operation(2, input(1)));
    assert_ne!(take, lock.operation(2, input(0)));
    let taken = lock.apply(lock.first(), take).expect("an answer");
    assert_eq!(*taken.outputs, [Value::unit(0)]);
    let given = lock.apply(taken.state, give).expect("an answer");
    assert_eq!((given.state, given.outputs.len()), (taken.state, 0), "no handler takes it");
    let fault = lock.apply(taken.state, lock.operation(2, input(0))).expect_err("it answers another caller");
    assert_eq!(fault.detail, "an input of caller 2 is answered to caller 1");
}

#[test]
fn what_is_no_machine_is_told_why() {
    let system = |body: &str| format!("system S {{\n{body}\n}}\ncheck \"it\" S {{ under flaky }}\n");
    insta::assert_snapshot!(refusal(&system("  node A { }\n  node B { }")));
    insta::assert_snapshot!(refusal(&system("  node A[2] { }")));
    insta::assert_snapshot!(refusal(&system(
        "  message M\n  node A {\n    input Go\n    on input Go { send M to self }\n    on message M { }\n  }"
    )));
    insta::assert_snapshot!(refusal(&system(
        "  node A {\n    output Hello\n    proc greet() { output Hello }\n    on start { greet() }\n  }"
    )));
    insta::assert_snapshot!(refusal(&system(
        "  node A {\n    input Go\n    timer t after 1s\n    timer u every 1s\n    on input Go { start t }\n    on timeout t { }\n    on timeout u { }\n  }"
    )));
}
