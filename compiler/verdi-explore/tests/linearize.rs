//! The search for linearizations against all orders of small generated histories, and its limits.

use proptest::prelude::*;
use verdi_explore::{Call, GivenUp, Linearized, Patience, Specification, linearize};

/// What a register is asked, and what it answered.
#[derive(Clone, Copy, Debug)]
enum Operation {
    Write(u32),
    Read(u32),
    /// From the first to the second, and whether it did.
    Swap(u32, u32, bool),
}

/// A register: its state is its value. An open call may have been given any answer.
struct Register<'a> {
    operations: &'a [(Operation, Call)],
}

impl Specification for Register<'_> {
    fn first(&mut self) -> u32 {
        0
    }

    fn apply(&mut self, state: u32, call: usize) -> Option<u32> {
        let (operation, Call { returned, .. }) = self.operations[call];
        let agrees = |agrees: bool, after: u32| (agrees || returned.is_none()).then_some(after);
        match operation {
            Operation::Write(value) => Some(value),
            Operation::Read(value) => agrees(value == state, state),
            Operation::Swap(from, to, done) if from == state => agrees(done, to),
            Operation::Swap(_, _, done) => agrees(!done, state),
        }
    }
}

fn search(operations: &[(Operation, Call)], remembered_max: u64) -> Linearized {
    let calls: Vec<Call> = operations.iter().map(|(_, call)| *call).collect();
    let chosen: Vec<usize> = (0..calls.len()).collect();
    let mut patience = Patience { remembered_max, bytes_max: u64::MAX, stop: &mut || false };
    linearize(&calls, &chosen, &mut Register { operations }, &mut patience).0
}

/// Whether an order is allowed by time and by the register, and has all that returned.
fn is_right(operations: &[(Operation, Call)], order: &[usize]) -> bool {
    let mut state = 0;
    let mut register = Register { operations };
    for (place, &call) in order.iter().enumerate() {
        let invoked = operations[call].1.invoked;
        let late = order[place + 1..]
            .iter()
            .any(|&later| operations[later].1.returned.is_some_and(|end| end < invoked));
        let Some(after) = register.apply(state, call) else { return false };
        if late {
            return false;
        }
        state = after;
    }
    (0..operations.len()).all(|call| operations[call].1.returned.is_none() || order.contains(&call))
}

/// Every order of every subset that time allows: the definition.
fn by_definition(operations: &[(Operation, Call)], order: &mut Vec<usize>) -> bool {
    is_right(operations, order)
        || (0..operations.len()).any(|call| {
            if order.contains(&call) {
                return false;
            }
            order.push(call);
            let found = by_definition(operations, order);
            order.pop();
            found
        })
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        (1..3_u32).prop_map(Operation::Write),
        (0..3_u32).prop_map(Operation::Read),
        (0..3_u32, 0..3_u32, any::<bool>()).prop_map(|(from, to, done)| Operation::Swap(from, to, done)),
    ]
}

/// Up to five operations whose moments are in any order.
fn history() -> impl Strategy<Value = Vec<(Operation, Call)>> {
    let moments = Just((0..10_u64).collect::<Vec<_>>()).prop_shuffle();
    (prop::collection::vec((operation(), 0..4_u8), 0..=5), moments).prop_map(|(operations, moments)| {
        let spans = moments.chunks(2).map(|pair| (pair[0].min(pair[1]), pair[0].max(pair[1])));
        let open = |fate: u8| fate == 0;
        operations
            .into_iter()
            .zip(spans)
            .map(|((operation, fate), (invoked, end))| {
                (operation, Call { invoked, returned: (!open(fate)).then_some(end) })
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_definition(operations in history()) {
        let expected = by_definition(&operations, &mut Vec::new());
        match search(&operations, u64::MAX) {
            Linearized::Yes(order) => prop_assert!(expected && is_right(&operations, &order), "{order:?}"),
            Linearized::No(stuck) => {
                prop_assert!(!expected, "{stuck:?}");
                prop_assert!(!stuck.order.contains(&stuck.blocked));
                prop_assert!(stuck.candidates.contains(&stuck.blocked));
            }
            Linearized::GivenUp(why) => prop_assert!(false, "{why:?}"),
        }
    }
}

fn at(operation: Operation, invoked: u64, returned: u64) -> (Operation, Call) {
    (operation, Call { invoked, returned: Some(returned) })
}

#[test]
fn a_write_that_changes_nothing_now_may_be_needed_later() {
    let operations = [
        at(Operation::Write(2), 0, 1),
        at(Operation::Write(2), 2, 9),
        at(Operation::Write(1), 3, 4),
        at(Operation::Read(2), 5, 6),
    ];
    assert!(matches!(search(&operations, u64::MAX), Linearized::Yes(_)));
}

#[test]
fn a_stale_read_is_where_every_order_ends() {
    let operations = [
        at(Operation::Write(1), 0, 1),
        at(Operation::Write(2), 2, 3),
        at(Operation::Read(1), 4, 5),
        at(Operation::Read(2), 6, 7),
    ];
    let Linearized::No(stuck) = search(&operations, u64::MAX) else { panic!("it is not linearizable") };
    assert_eq!((stuck.blocked, stuck.order, stuck.state, stuck.candidates), (2, vec![0, 1], 2, vec![2]));
}

/// Concurrent swaps of which none can be last, among many that can be in any order.
fn hard(width: u32) -> Vec<(Operation, Call)> {
    let mut operations: Vec<_> =
        (0..width).map(|n| at(Operation::Write(n + 1), u64::from(n), u64::from(1000 + n))).collect();
    operations.push(at(Operation::Read(9999), 500, 5000));
    operations
}

#[test]
fn a_search_that_is_too_long_is_given_up() {
    assert_eq!(search(&hard(40), 20_000), Linearized::GivenUp(GivenUp::Memory));
    assert!(matches!(search(&hard(8), 20_000), Linearized::No(_)));
    let operations = hard(40);
    let calls: Vec<Call> = operations.iter().map(|(_, call)| *call).collect();
    let chosen: Vec<usize> = (0..calls.len()).collect();
    let mut patience = Patience { remembered_max: u64::MAX, bytes_max: u64::MAX, stop: &mut || true };
    let found = linearize(&calls, &chosen, &mut Register { operations: &operations }, &mut patience).0;
    assert_eq!(found, Linearized::GivenUp(GivenUp::Stopped));
}
