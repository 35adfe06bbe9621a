use crate::support::{self, count, lock::*, network::network};
use verdi_core::{PacketStore, PropertyId};
use verdi_machine::Model;

/// The distinct worlds and levels of this model as Spin, Murphi, Stateright and TLC count them.
fn published(clients: u32, times: i64, distinct: usize, levels: usize) {
    let mut sketch = lock_server(clients, Some(times));
    network(&mut sketch, PacketStore::Bag, &["input", "deliver"]);
    let machine = support::machine(sketch.program);
    let safe = PropertyId::from_u32(0);
    let counted = count(&machine, |world| assert_eq!(machine.holds(safe, world), Ok(true)));
    assert_eq!((counted.distinct, counted.levels), (distinct, levels));
}

#[test]
fn four_clients_that_acquire_twice() {
    published(4, 2, 184_464, 41);
}
