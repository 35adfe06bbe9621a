//! Functions written at random, over all operations and statements.

use crate::surroundings::Surroundings;
use crate::types::World;
use crate::write::Writer;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use verdi_core::*;
use verdi_interp::Interp;
use verdi_jit::{Jit, Native, native};
use verdi_machine::{Engine, Fault};

const PROGRAMS: u64 = 160;
const FUNCTIONS: usize = 20;
const CALLS: usize = 4;

/// What the calls of a program came to.
#[derive(Default)]
struct Seen {
    /// The operations of functions that ran to their end natively.
    ops: BTreeSet<Op>,
    faults: BTreeMap<FaultKind, usize>,
    natively: usize,
}

#[test]
fn random_functions_do_the_same() {
    let mut seen = Seen::default();
    for seed in 0..PROGRAMS {
        program(seed, &mut seen);
    }
    let missing: Vec<Op> = Op::ALL.iter().copied().filter(|op| !seen.ops.contains(op)).collect();
    assert_eq!(missing, [], "these never ran natively");
    for kind in [
        FaultKind::Overflow,
        FaultKind::DivisionByZero,
        FaultKind::IndexOutOfRange,
        FaultKind::MissingKey,
        FaultKind::Empty,
        FaultKind::TooLarge,
        FaultKind::Assert,
    ] {
        assert!(seen.faults.contains_key(&kind), "{kind:?} was never met: {:?}", seen.faults);
    }
    assert!(seen.natively > PROGRAMS as usize * FUNCTIONS, "only {} calls ran natively", seen.natively);
}

fn program(seed: u64, seen: &mut Seen) {
    let mut world = World::new(seed);
    let (mut functions, mut quiet) = (Vec::new(), Vec::new());
    for at in 0..FUNCTIONS {
        let kind = KindId::from_u32((at / 5 % 2) as u32);
        let context =
            [Context::Pure, Context::Pure, Context::Node(kind), Context::World, Context::Rule][at % 5];
        let func = Writer::write(&mut world, context, &quiet);
        functions.push(func);
        if context != Context::Rule {
            quiet.push(func);
        }
    }
    if let Err(errors) = verify(&world.program) {
        panic!("seed {seed}: {}", errors[0]);
    }
    let program = Arc::new(world.program.clone());
    let (interp, jit) = (Interp::new(Arc::clone(&program)), Jit::new(Arc::clone(&program)));
    for func in functions {
        for _ in 0..CALLS {
            call(seed, &mut world, func, &interp, &jit, seen);
        }
    }
}

fn call(seed: u64, world: &mut World, func: FuncId, interp: &Interp, jit: &Jit, seen: &mut Seen) {
    let function = &interp.program().functions[func];
    let tys: Vec<TyId> = function.locals.values().take(function.params).map(|local| local.ty).collect();
    let args: Vec<Value> = tys.into_iter().map(|ty| world.value(ty, 0)).collect();
    let before = Surroundings::new(world, function.context);
    let (mut expected_env, mut env, mut native_env) = (before.clone(), before.clone(), before.clone());
    let expected = interp.call(func, &args, &mut expected_env);
    let about = || format!("seed {seed}, {} of {args:?}\n{}", function.name, interp.program());
    let found = jit.call(func, &args, &mut env);
    assert!(found == expected, "{found:?} and not {expected:?}: {}", about());
    assert!(env == expected_env, "{env:?} and not {expected_env:?}: {}", about());
    let natively = jit.call_natively(func, &args, &mut native_env);
    match (&expected, &natively) {
        (Ok(_), Some(Ok(_))) => {
            seen.natively += 1;
            ops(&function.body, &mut seen.ops);
        }
        // A rule that looks at packets after it changed them is left to the interpreter.
        (Ok(_), None) if function.context == Context::Rule => {}
        (Err(Fault { kind, .. }), None) => *seen.faults.entry(*kind).or_default() += 1,
        (Err(_), Some(Err(_))) if function.context == Context::Rule => {}
        _ => panic!("{expected:?} and natively {natively:?}: {}", about()),
    }
    let nothing_happened = natively.is_some() || native_env == before;
    assert!(nothing_happened, "it was not run, and yet {native_env:?}: {}", about());
}

fn ops(block: &Block, found: &mut BTreeSet<Op>) {
    for stmt in &block.stmts {
        match &stmt.kind {
            StmtKind::Assign(_, Rvalue::Op(op, _)) => drop(found.insert(*op)),
            StmtKind::If(_, then, other) => {
                ops(then, found);
                ops(other, found);
            }
            StmtKind::For { body, .. } | StmtKind::Scope(_, body) => ops(body, found),
            _ => {}
        }
    }
}

#[test]
fn operations_by_how_they_run() {
    let of = |wanted: Native| {
        let ops = Op::ALL.iter().filter(|op| native(**op) == wanted);
        ops.map(|op| op.info().name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        of(Native::Always),
        "Add Sub Mul Div Rem Neg Not NodeIndex StrIsEmpty ListLen ListIsEmpty ListIndex ListClear SetLen \
         SetIsEmpty SetClear SetToList MapLen MapIsEmpty MapClear"
    );
    assert_eq!(of(Native::Mostly), "Eq Ne Lt Le Gt Ge Min Max ListFirst ListLast ListGet OptionOr");
    assert_eq!(
        of(Native::Helper),
        "Range RangeInclusive StrLen StrConcat ListSlice ListTake ListDrop ListContains ListIndexOf ListReverse \
         ListSorted ListConcat ListPush ListPop ListPopFront ListSet ListMax ListMin SetContains SetInsert SetRemove \
         SetSubsets SetIsSubset SetUnion SetIntersect SetDifference SetOf MapIndex MapGet MapGetOr MapKeys MapValues \
         MapContains MapInsert MapRemove MapOf MapToList"
    );
}
