//! Machines under both engines: the same choices, the same worlds.

use crate::dice::Dice;
use crate::files::checks;
use std::sync::Arc;
use verdi_core::*;
use verdi_interp::Interp;
use verdi_jit::Jit;
use verdi_machine::{Engine, Env, Fired, Machine, Model, World};

const WALKS: u64 = 3;
const STEPS: usize = 25;

/// All that can be seen of a world.
fn seen(program: &Program, world: &World) -> impl PartialEq + std::fmt::Debug + use<> {
    let nodes: Vec<_> = (0..world.node_count()).map(|node| world.node(node).clone()).collect();
    let vars: Vec<Value> = program.network.vars.keys().map(|var| world.var(var).clone()).collect();
    (nodes, vars, world.packets().to_vec(), world.trace().to_vec())
}

#[test]
fn walks_agree() {
    for (name, program) in checks() {
        let interp = Machine::new(Interp::new(Arc::clone(&program)));
        let jit = Machine::new(Jit::new(Arc::clone(&program)));
        for walk in 0..WALKS {
            walks(&name, &interp, &jit, walk);
        }
    }
}

fn walks(name: &str, interp: &Machine<Interp>, jit: &Machine<Jit>, seed: u64) {
    let (program, mut dice) = (interp.program(), Dice::new(seed));
    let (Ok(mut expected), Ok(mut found)) = (interp.initial(), jit.initial()) else {
        assert_eq!(interp.initial().err(), jit.initial().err(), "{name}");
        return;
    };
    for step in 0..STEPS {
        assert_eq!(seen(program, &expected), seen(program, &found), "{name}, step {step}");
        assert_eq!(interp.key(&expected), jit.key(&found), "{name}, step {step}");
        for (id, property) in &program.properties {
            if matches!(property.kind, PropertyKind::Invariant | PropertyKind::Reach) {
                assert_eq!(interp.holds(id, &expected), jit.holds(id, &found), "{name}, {}", property.name);
                let explained = jit.explain(id, &found).map(|told| format!("{told:?}"));
                assert_eq!(interp.explain(id, &expected).map(|told| format!("{told:?}")), explained);
            }
        }
        assert_eq!(interp.expandable(&expected), jit.expandable(&found), "{name}, step {step}");
        let (choices, others) = (interp.choices(&expected), jit.choices(&found));
        assert_eq!(choices.enabled, others.enabled, "{name}, step {step}");
        assert_eq!((choices.held_back, choices.faults), (others.held_back, others.faults), "{name}");
        let Some(choice) = dice.pick(&choices.enabled) else { return };
        match (interp.fire(&expected, choice), jit.fire(&found, choice)) {
            (Fired::World(after), Fired::World(other)) => (expected, found) = (after, other),
            (Fired::TooManyPackets, Fired::TooManyPackets) => {}
            (Fired::Fault(fault), Fired::Fault(other)) => assert_eq!(fault, other, "{name}, step {step}"),
            (after, other) => panic!("{name}: {choice:?} leads to {after:?} and {other:?}"),
        }
    }
}

/// Functions without surroundings: the parts of all programs that can be called as they are.
#[test]
fn functions_without_parameters_agree() {
    struct Nothing;
    impl Env for Nothing {}
    let mut natively = 0;
    for (name, program) in checks() {
        let (interp, jit) = (Interp::new(Arc::clone(&program)), Jit::new(Arc::clone(&program)));
        for (func, function) in &program.functions {
            if function.context == Context::Pure && function.params == 0 {
                let expected = interp.call(func, &[], &mut Nothing);
                assert_eq!(expected, jit.call(func, &[], &mut Nothing), "{name}, {}", function.name);
                let found = jit.call_natively(func, &[], &mut Nothing);
                assert_eq!(found, expected.ok().map(Ok), "{name}, {}", function.name);
                natively += usize::from(found.is_some());
            }
        }
    }
    assert!(natively > 100, "only {natively} functions were called");
}

/// Everything compiles, whether a walk gets there or not.
#[test]
fn everything_compiles_and_is_printed_the_same_twice() {
    for (name, program) in checks() {
        let printed = verdi_jit::print_clif(&program);
        assert_eq!(printed, verdi_jit::print_clif(&program), "{name}");
        let functions = printed.lines().filter(|line| line.starts_with("function ")).count();
        assert_eq!(functions, program.functions.len(), "{name}");
        assert_eq!(Jit::new(Arc::clone(&program)).compile_all(), functions, "{name}");
    }
}
