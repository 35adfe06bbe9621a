use smol_str::{SmolStr, format_smolstr};
use verdi_core::{FaultKind, Op, Program, Surface, TyId, show};
use verdi_runtime::Value;

/// What to say of an operation that faulted, besides why: the values at hand. `key` is the type of the
/// second operand.
pub(crate) fn detail(
    program: &Program,
    kind: FaultKind,
    op: Op,
    args: &[Value],
    key: Option<TyId>,
) -> SmolStr {
    match (kind, op, args) {
        (FaultKind::IndexOutOfRange, _, [Value::List(xs), Value::Int(from), Value::Int(to)])
            if op == Op::ListSlice =>
        {
            format_smolstr!("slice {from} to {to} of a list of {}", xs.len())
        }
        (FaultKind::IndexOutOfRange, _, [Value::List(xs), Value::Int(at), ..]) => {
            format_smolstr!("index {at} of a list of {}", xs.len())
        }
        (FaultKind::MissingKey, _, [_, value, ..]) => match key {
            Some(ty) => format_smolstr!("key {}", show(program, ty, value)),
            None => SmolStr::default(),
        },
        (_, _, [Value::Int(a)]) => format_smolstr!("-({a})"),
        (_, _, [Value::Int(a), Value::Int(b)]) => match op.info().surface {
            Surface::Operator(symbol) => format_smolstr!("{a} {symbol} {b}"),
            _ => SmolStr::default(),
        },
        _ => SmolStr::default(),
    }
}
