//! Lists, sets and maps against Rust's own: any sequence of operations gives the same contents, in
//! canonical form, whether or not the collection is shared.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use verdi_runtime::{List, Map, Set, Value, compare, list, map, set};

fn int(n: i64) -> Value {
    Value::Int(n)
}

fn ints<'a>(items: impl IntoIterator<Item = &'a i64>) -> Vec<Value> {
    items.into_iter().map(|n| int(*n)).collect()
}

/// A few numbers, so that they meet.
fn small() -> impl Strategy<Value = i64> {
    0..6_i64
}

#[derive(Clone, Debug)]
enum ListStep {
    Push(i64),
    Pop,
    PopFront,
    Set(i64, i64),
    Take(i64),
    Drop(i64),
    Reverse,
    Sort,
    Append(Vec<i64>),
    Clear,
    /// Keeps a second reference, so that the next change must copy.
    Share,
}

fn list_step() -> impl Strategy<Value = ListStep> {
    prop_oneof![
        5 => small().prop_map(ListStep::Push),
        1 => Just(ListStep::Pop),
        1 => Just(ListStep::PopFront),
        1 => (-1..8_i64, small()).prop_map(|(at, n)| ListStep::Set(at, n)),
        1 => (-1..8_i64).prop_map(ListStep::Take),
        1 => (-1..3_i64).prop_map(ListStep::Drop),
        1 => Just(ListStep::Reverse),
        1 => Just(ListStep::Sort),
        1 => vec(small(), 0..3).prop_map(ListStep::Append),
        1 => Just(ListStep::Clear),
        2 => Just(ListStep::Share),
    ]
}

fn list_model(model: &mut Vec<i64>, step: &ListStep) {
    let clamp = |n: i64, model: &Vec<i64>| (n.max(0) as usize).min(model.len());
    match step {
        ListStep::Push(n) => model.push(*n),
        ListStep::Pop => drop(model.pop()),
        ListStep::PopFront => drop((!model.is_empty()).then(|| model.remove(0))),
        ListStep::Set(at, n) => {
            if let Some(place) = usize::try_from(*at).ok().and_then(|at| model.get_mut(at)) {
                *place = *n;
            }
        }
        ListStep::Take(n) => model.truncate(clamp(*n, model)),
        ListStep::Drop(n) => drop(model.drain(..clamp(*n, model))),
        ListStep::Reverse => model.reverse(),
        ListStep::Sort => model.sort(),
        ListStep::Append(more) => model.extend(more),
        ListStep::Clear => model.clear(),
        ListStep::Share => {}
    }
}

fn list_real(xs: &mut List, step: &ListStep, shared: &mut Vec<(List, Vec<Value>)>) {
    match step {
        ListStep::Push(n) => list::push(xs, int(*n)).unwrap(),
        ListStep::Pop => list::pop(xs),
        ListStep::PopFront => list::pop_front(xs),
        ListStep::Set(at, n) => drop(list::set(xs, *at, int(*n))),
        ListStep::Take(n) => list::take(xs, *n),
        ListStep::Drop(n) => list::drop(xs, *n),
        ListStep::Reverse => list::reverse(xs),
        ListStep::Sort => list::sort(xs),
        ListStep::Append(more) => list::append(xs, &Arc::new(ints(more))).unwrap(),
        ListStep::Clear => list::clear(xs),
        ListStep::Share => shared.push((Arc::clone(xs), xs.to_vec())),
    }
}

/// What one asks of a list.
fn list_questions(xs: &List, model: &[i64]) {
    assert_eq!(list::len(xs), model.len() as i64);
    assert_eq!(
        (list::first(xs), list::last(xs)),
        (model.first().map(|n| int(*n)), model.last().map(|n| int(*n)))
    );
    assert_eq!(
        (list::max(xs).ok(), list::min(xs).ok()),
        (model.iter().max().map(|n| int(*n)), model.iter().min().map(|n| int(*n)))
    );
    for at in -1..8_i64 {
        let wanted = usize::try_from(at).ok().and_then(|at| model.get(at)).map(|n| int(*n));
        assert_eq!((list::get(xs, at), list::index(xs, at).ok()), (wanted.clone(), wanted));
        assert_eq!(list::contains(xs, &int(at)), model.contains(&at));
        assert_eq!(
            list::index_of(xs, &int(at)),
            model.iter().position(|n| *n == at).map(|at| int(at as i64))
        );
        for to in -1..8_i64 {
            let part = (0 <= at && at <= to).then(|| model.get(at as usize..to as usize)).flatten();
            assert_eq!(list::slice(xs, at, to).ok().map(|part| part.to_vec()), part.map(ints));
        }
    }
}

proptest! {
    #[test]
    fn lists_are_like_vectors(steps in vec(list_step(), 0..40)) {
        let (mut xs, mut model, mut shared) = (List::default(), Vec::new(), Vec::new());
        for step in &steps {
            list_real(&mut xs, step, &mut shared);
            list_model(&mut model, step);
            prop_assert_eq!(&*xs, &ints(&model));
        }
        list_questions(&xs, &model);
        for (kept, contents) in shared {
            prop_assert_eq!(&*kept, &contents, "a shared list was changed");
        }
    }

    #[test]
    fn sets_are_like_ordered_sets(
        steps in vec((0..4_u8, small()), 0..40),
        other in vec(small(), 0..6),
    ) {
        let (mut xs, mut model, mut shared) = (Set::default(), BTreeSet::new(), Vec::new());
        for (step, n) in &steps {
            match step {
                0 | 1 => { set::insert(&mut xs, int(*n)).unwrap(); model.insert(*n); }
                2 => { set::remove(&mut xs, &int(*n)); model.remove(n); }
                _ => shared.push((Arc::clone(&xs), xs.to_vec())),
            }
            prop_assert_eq!(&*xs, &ints(&model));
            prop_assert_eq!(set::contains(&xs, &int(*n)), model.contains(n));
        }
        for (kept, contents) in shared {
            prop_assert_eq!(&*kept, &contents, "a shared set was changed");
        }
        let (ys, other_model) = (set::of(Arc::new(ints(&other))), other.iter().copied().collect::<BTreeSet<_>>());
        prop_assert_eq!(&*ys, &ints(&other_model));
        prop_assert_eq!(&*set::union(&xs, &ys).unwrap(), &ints(&(&model | &other_model)));
        prop_assert_eq!(&*set::intersect(&xs, &ys), &ints(&(&model & &other_model)));
        prop_assert_eq!(&*set::difference(&xs, &ys), &ints(&(&model - &other_model)));
        prop_assert_eq!(set::is_subset(&xs, &ys), model.is_subset(&other_model));
        prop_assert_eq!(set::len(&xs), model.len() as i64);
    }

    #[test]
    fn maps_are_like_ordered_maps(steps in vec((0..4_u8, small(), small()), 0..40)) {
        let (mut xs, mut model, mut shared) = (Map::default(), BTreeMap::new(), Vec::new());
        let mut inserted = Vec::new();
        for (step, k, v) in &steps {
            match step {
                0 | 1 => {
                    map::insert(&mut xs, int(*k), int(*v)).unwrap();
                    model.insert(*k, *v);
                    inserted.push(Value::tuple(vec![int(*k), int(*v)]));
                }
                2 => { map::remove(&mut xs, &int(*k)); model.remove(k); inserted.retain(|pair| pair.fields()[0] != int(*k)); }
                _ => shared.push((Arc::clone(&xs), xs.to_vec())),
            }
            let wanted: Vec<_> = model.iter().map(|(k, v)| (int(*k), int(*v))).collect();
            prop_assert_eq!(&*xs, &wanted);
        }
        prop_assert_eq!(&map::of(&inserted), &xs, "built from pairs, it is the same");
        prop_assert_eq!(&map::of(&map::to_list(&xs)), &xs);
        prop_assert_eq!(&*map::keys(&xs), &ints(model.keys()));
        prop_assert_eq!(&*map::values(&xs), &ints(model.values()));
        for k in -1..7_i64 {
            let wanted = model.get(&k).map(|v| int(*v));
            prop_assert_eq!(map::get(&xs, &int(k)), wanted.clone());
            prop_assert_eq!(map::index(&xs, &int(k)).ok(), wanted.clone());
            prop_assert_eq!(map::get_or(&xs, &int(k), int(99)), wanted.clone().unwrap_or(int(99)));
            prop_assert_eq!(map::contains(&xs, &int(k)), wanted.is_some());
        }
        for (kept, contents) in shared {
            prop_assert_eq!(&*kept, &contents, "a shared map was changed");
        }
    }

    #[test]
    fn subsets_are_all_there_are(items in vec(small(), 0..5)) {
        let xs = set::of(Arc::new(ints(&items)));
        let subsets = set::subsets(&xs).unwrap();
        prop_assert_eq!(subsets.len(), 1 << xs.len());
        prop_assert!(subsets.is_sorted_by(|a, b| a < b));
        prop_assert!(subsets.iter().all(|subset| set::is_subset(subset.as_set(), &xs)));
    }

    #[test]
    fn order_is_that_of_the_contents(a in vec(small(), 0..4), b in vec(small(), 0..4)) {
        let (x, y) = (Value::list(ints(&a)), Value::list(ints(&b)));
        prop_assert_eq!((compare::lt(&x, &y), compare::le(&x, &y)), (a < b, a <= b));
        prop_assert_eq!((compare::gt(&x, &y), compare::ge(&x, &y)), (a > b, a >= b));
        prop_assert_eq!((compare::eq(&x, &y), compare::ne(&x, &y)), (a == b, a != b));
        prop_assert_eq!(compare::min(x.clone(), y.clone()), Value::list(ints((&a).min(&b))));
        prop_assert_eq!(compare::max(x, y), Value::list(ints((&a).max(&b))));
    }
}

#[test]
fn collections_have_a_largest_size() {
    use verdi_runtime::{COLLECTION_MAX, FaultKind::TooLarge, int};
    let full = int::range(0, COLLECTION_MAX as i64).unwrap();
    let one_more = Value::Int(-1);
    let mut xs = Arc::clone(&full);
    assert_eq!(list::push(&mut xs, one_more.clone()), Err(TooLarge));
    assert_eq!(list::append(&mut xs, &Arc::new(vec![one_more.clone()])), Err(TooLarge));
    assert_eq!(set::insert(&mut xs, one_more.clone()), Err(TooLarge));
    assert_eq!(set::insert(&mut xs, Value::Int(0)), Ok(()));
    assert_eq!(set::union(&xs, &Arc::new(vec![one_more.clone()])), Err(TooLarge));
    assert!(Arc::ptr_eq(&xs, &full), "a fault changes nothing");
    let mut map: Map = Arc::new(full.iter().map(|n| (n.clone(), Value::Bool(true))).collect());
    assert_eq!(map::insert(&mut map, one_more, Value::Bool(true)), Err(TooLarge));
    assert_eq!(set::subsets(&full[..18]).map(|all| all.len()), Ok(1 << 18));
    assert_eq!(set::subsets(&full[..19]), Err(TooLarge));
    assert_eq!(set::subsets(&full[..64]), Err(TooLarge));
    assert_eq!(set::subsets(&full), Err(TooLarge));
}
