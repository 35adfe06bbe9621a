use super::*;

fn shape(packets: PacketStore) -> Shape {
    Shape {
        kinds: vec![0, 1, 1],
        packets,
        has_vars: true,
        notes_events: false,
        counters: vec![3, 0],
        packets_max: None,
        depth_max: None,
        has_world_rules: false,
        properties: Vec::new(),
        questions: Vec::new(),
    }
}

fn whole() -> Whole {
    Whole { nodes: vec![5, 2, 3], vars: 1, trace: 0, left: vec![3, 0], packets: vec![0, 2, 2, 2] }
}

#[test]
fn what_is_packed_can_be_unpacked() {
    let shape = shape(PacketStore::Bag);
    let mut census = Census::new(&shape);
    let packed = loop {
        let layout = Layout::<u64>::new(&shape, &census).unwrap();
        match layout.pack(&whole(), &[]) {
            Ok(word) => break (layout, word),
            Err(overflow) => census.add(overflow),
        }
    };
    let (layout, word) = packed;
    assert_eq!(layout.unpack(word).0, whole());
    assert_eq!(layout.packet_count(word), 4);
    assert_eq!(layout.present(word).ones(), 2);
    census.add(Overflow::Copies { packet: 7, copies: 9 });
    let wider = Layout::new(&shape, &census).unwrap();
    assert_eq!(wider.unpack(layout.moves_to(&wider).apply(word)).0, whole());
}

#[test]
fn a_layout_is_extended_where_there_are_bits_left() {
    let shape = shape(PacketStore::Bag);
    let mut census = Census::new(&shape);
    for overflow in
        [Overflow::State { kind: 0, id: 5 }, Overflow::State { kind: 1, id: 3 }, Overflow::Vars(1)]
    {
        census.add(overflow);
    }
    census.add(Overflow::Copies { packet: 2, copies: 3 });
    let mut layout = Layout::<u64>::new(&shape, &census).unwrap();
    let word = layout.pack(&whole(), &[]).unwrap();
    for id in [9, 40, 300] {
        layout = layout.extended(Overflow::State { kind: 1, id }).unwrap();
        assert_eq!(layout.unpack(word).0, whole());
        let with = layout.put_state(word, 2, id).unwrap();
        assert_eq!((layout.nodes[2].get(with), layout.nodes[1].get(with)), (id, 2));
        assert_eq!(layout.put_state(with, 2, 3), Ok(word));
        // Something else comes between.
        layout = layout
            .extended(Overflow::Copies { packet: layout.packets.len() as u32, copies: 1 })
            .unwrap_or(layout);
        if id == 40 {
            assert_eq!(layout.extended(Overflow::State { kind: 1, id: 300 }), None, "too many pieces");
            return;
        }
    }
}

#[test]
fn a_count_is_full_where_one_more_would_spill() {
    let shape = shape(PacketStore::Bag);
    let mut census = Census::new(&shape);
    census.add(Overflow::Copies { packet: 0, copies: 3 });
    census.add(Overflow::Copies { packet: 1, copies: 1 });
    let layout = Layout::<u64>::new(&shape, &census).unwrap();
    let full = |copies: u32| {
        let word = layout.put_packet(0, 0, copies).unwrap();
        layout.full(word).ones()
    };
    assert_eq!([0, 1, 2, 3].map(full), [0, 0, 0, 1]);
    assert_eq!(layout.put_packet(0, 0, 4), Err(Overflow::Copies { packet: 0, copies: 4 }));
}

#[test]
fn what_does_not_fit_is_refused() {
    let shape = shape(PacketStore::Bag);
    let mut census = Census::new(&shape);
    census.add(Overflow::Copies { packet: 70, copies: 1 });
    assert!(Layout::<u64>::new(&shape, &census).is_none());
    assert!(Layout::<u128>::new(&shape, &census).is_some());
}
