//! Options: `None` is constructor 0, `Some` is 1.

use crate::Value;

/// The option that a Rust option stands for.
pub fn of(option: Option<Value>) -> Value {
    option.map_or_else(Value::none, Value::some)
}

/// What is in it, or else the default.
pub fn or(option: &Value, default: Value) -> Value {
    option.fields().first().cloned().unwrap_or(default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options() {
        assert_eq!(or(&Value::none(), Value::Int(7)), Value::Int(7));
        assert_eq!(or(&Value::some(Value::Int(1)), Value::Int(7)), Value::Int(1));
        assert_eq!((of(None), of(Some(Value::Int(1)))), (Value::none(), Value::some(Value::Int(1))));
    }
}
