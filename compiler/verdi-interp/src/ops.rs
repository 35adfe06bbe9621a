use cranelift_entity::EntityRef;
use verdi_core::{NodeId, Op, Program};
use verdi_runtime::{OpResult, Value, compare, int, list, map, option, set, text};

/// The most parameters that an operation has.
pub(crate) const PARAMS_MAX: usize = 3;

/// An operation's result. Where it faults, the arguments are as they were.
pub(crate) fn eval(program: &Program, op: Op, args: &mut [Value; PARAMS_MAX]) -> OpResult<Value> {
    let [x, y, z] = args;
    Ok(match op {
        Op::Add => Value::Int(int::add(x.as_int(), y.as_int())?),
        Op::Sub => Value::Int(int::sub(x.as_int(), y.as_int())?),
        Op::Mul => Value::Int(int::mul(x.as_int(), y.as_int())?),
        Op::Div => Value::Int(int::div(x.as_int(), y.as_int())?),
        Op::Rem => Value::Int(int::rem(x.as_int(), y.as_int())?),
        Op::Neg => Value::Int(int::neg(x.as_int())?),
        Op::Range => Value::List(int::range(x.as_int(), y.as_int())?),
        Op::RangeInclusive => Value::List(int::range_inclusive(x.as_int(), y.as_int())?),
        Op::Not => Value::Bool(!x.as_bool()),
        Op::NodeIndex => Value::Int(node_index(program, x.as_node())),

        Op::Eq => Value::Bool(compare::eq(x, y)),
        Op::Ne => Value::Bool(compare::ne(x, y)),
        Op::Lt => Value::Bool(compare::lt(x, y)),
        Op::Le => Value::Bool(compare::le(x, y)),
        Op::Gt => Value::Bool(compare::gt(x, y)),
        Op::Ge => Value::Bool(compare::ge(x, y)),
        Op::Min => compare::min(x.take(), y.take()),
        Op::Max => compare::max(x.take(), y.take()),

        Op::StrLen => Value::Int(text::len(x.as_str())),
        Op::StrIsEmpty => Value::Bool(text::is_empty(x.as_str())),
        Op::StrConcat => Value::Str(text::concat(x.as_str(), y.as_str())?),

        Op::ListLen => Value::Int(list::len(x.as_list())),
        Op::ListIsEmpty => Value::Bool(list::is_empty(x.as_list())),
        Op::ListFirst => option::of(list::first(x.as_list())),
        Op::ListLast => option::of(list::last(x.as_list())),
        Op::ListGet => option::of(list::get(x.as_list(), y.as_int())),
        Op::ListIndex => list::index(x.as_list(), y.as_int())?,
        Op::ListSlice => Value::List(list::slice(x.as_list(), y.as_int(), z.as_int())?),
        Op::ListTake => changed(x, |x| list::take(x.list_mut(), y.as_int())),
        Op::ListDrop => changed(x, |x| list::drop(x.list_mut(), y.as_int())),
        Op::ListContains => Value::Bool(list::contains(x.as_list(), y)),
        Op::ListIndexOf => option::of(list::index_of(x.as_list(), y)),
        Op::ListReverse => changed(x, |x| list::reverse(x.list_mut())),
        Op::ListSorted => changed(x, |x| list::sort(x.list_mut())),
        Op::ListConcat => try_changed(x, |x| list::append(x.list_mut(), y.as_list()))?,
        Op::ListPush => try_changed(x, |x| list::push(x.list_mut(), y.take()))?,
        Op::ListPop => changed(x, |x| list::pop(x.list_mut())),
        Op::ListPopFront => changed(x, |x| list::pop_front(x.list_mut())),
        Op::ListClear => changed(x, |x| list::clear(x.list_mut())),
        Op::ListSet => try_changed(x, |x| list::set(x.list_mut(), y.as_int(), z.take()))?,
        Op::ListMax => list::max(x.as_list())?,
        Op::ListMin => list::min(x.as_list())?,

        Op::SetLen => Value::Int(set::len(x.as_set())),
        Op::SetIsEmpty => Value::Bool(set::is_empty(x.as_set())),
        Op::SetContains => Value::Bool(set::contains(x.as_set(), y)),
        Op::SetInsert => try_changed(x, |x| set::insert(x.set_mut(), y.take()))?,
        Op::SetRemove => changed(x, |x| set::remove(x.set_mut(), y)),
        Op::SetClear => changed(x, |x| set::clear(x.set_mut())),
        Op::SetSubsets => Value::Set(set::subsets(x.as_set())?),
        Op::SetIsSubset => Value::Bool(set::is_subset(x.as_set(), y.as_set())),
        Op::SetUnion => Value::Set(set::union(x.as_set(), y.as_set())?),
        Op::SetIntersect => Value::Set(set::intersect(x.as_set(), y.as_set())),
        Op::SetDifference => Value::Set(set::difference(x.as_set(), y.as_set())),
        Op::SetOf => Value::Set(set::of(std::mem::take(x.list_mut()))),
        Op::SetToList => Value::List(set::to_list(x.as_set())),

        Op::MapIndex => map::index(x.as_map(), y)?,
        Op::MapGet => option::of(map::get(x.as_map(), y)),
        Op::MapGetOr => map::get_or(x.as_map(), y, z.take()),
        Op::MapKeys => Value::Set(map::keys(x.as_map())),
        Op::MapValues => Value::List(map::values(x.as_map())),
        Op::MapLen => Value::Int(map::len(x.as_map())),
        Op::MapIsEmpty => Value::Bool(map::is_empty(x.as_map())),
        Op::MapContains => Value::Bool(map::contains(x.as_map(), y)),
        Op::MapInsert => try_changed(x, |x| map::insert(x.map_mut(), y.take(), z.take()))?,
        Op::MapRemove => changed(x, |x| map::remove(x.map_mut(), y)),
        Op::MapClear => changed(x, |x| map::clear(x.map_mut())),
        Op::MapOf => Value::Map(map::of(x.as_list())),
        Op::MapToList => Value::List(map::to_list(x.as_map())),

        Op::OptionOr => option::or(x, y.take()),
    })
}

/// The value after a change of it.
fn changed(value: &mut Value, change: impl FnOnce(&mut Value)) -> Value {
    change(value);
    value.take()
}

/// The same, where the change may fault.
fn try_changed(value: &mut Value, change: impl FnOnce(&mut Value) -> OpResult<()>) -> OpResult<Value> {
    change(value)?;
    Ok(value.take())
}

/// A node's position in its kind.
fn node_index(program: &Program, node: u32) -> i64 {
    i64::from(program.nodes[NodeId::new(node as usize)].index)
}
