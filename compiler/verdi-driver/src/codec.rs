//! Values as JSON: our own form, which can be read back, and that of the Informal Trace Format.
//!
//! Our form by type: `bool`, `int` and `string` as they are (an int that a double cannot hold as a string of
//! digits); a node by its name; a caller by its number; lists, sets and tuples as arrays; a map as an array
//! of pairs; a constructor without fields as its name, with fields as `{"Name": {"label": …}}`, or
//! `{"Name": […]}` where fields have no labels.

use serde_json::{Map, Value as Json, json};
use verdi_core::{Ctor, Data, DataStyle, Program, Ty, TyId, Value};

/// Ints beyond this are not exact in every reader of JSON.
const EXACT: i64 = 1 << 53;

/// A value in our form.
pub fn value_to_json(program: &Program, ty: TyId, value: &Value) -> Json {
    let many = |ty: TyId, items: &[Value]| -> Json {
        items.iter().map(|item| value_to_json(program, ty, item)).collect()
    };
    match (program.types.get(ty), value) {
        (_, Value::Bool(b)) => (*b).into(),
        (_, Value::Int(n)) if (-EXACT..=EXACT).contains(n) => (*n).into(),
        (_, Value::Int(n)) => n.to_string().into(),
        (_, Value::Str(text)) => (**text).into(),
        (_, Value::Node(node)) => program.node_name(*node).into(),
        (_, Value::Caller(caller)) => (*caller).into(),
        (Ty::List(ty), Value::List(items)) | (Ty::Set(ty), Value::Set(items)) => many(*ty, items),
        (Ty::Map(key, ty), Value::Map(entries)) => entries
            .iter()
            .map(|(k, v)| json!([value_to_json(program, *key, k), value_to_json(program, *ty, v)]))
            .collect(),
        (Ty::Data(id), Value::Data(tag, fields)) => {
            let data = program.types.data(*id);
            match data.ctors.get(*tag as usize) {
                Some(ctor) => ctor_to_json(program, data, ctor, fields),
                None => Json::Null,
            }
        }
        _ => Json::Null,
    }
}

fn ctor_to_json(program: &Program, data: &Data, ctor: &Ctor, fields: &[Value]) -> Json {
    let parts = ctor.fields.iter().zip(fields);
    if data.style == DataStyle::Tuple {
        return parts.map(|((_, ty), field)| value_to_json(program, *ty, field)).collect();
    }
    if ctor.fields.is_empty() {
        return ctor.name.as_str().into();
    }
    let inner: Json = if is_labelled(ctor) {
        let object: Map<String, Json> = parts
            .map(|((label, ty), field)| (label.to_string(), value_to_json(program, *ty, field)))
            .collect();
        object.into()
    } else {
        parts.map(|((_, ty), field)| value_to_json(program, *ty, field)).collect()
    };
    json!({ (ctor.name.as_str()): inner })
}

fn is_labelled(ctor: &Ctor) -> bool {
    ctor.fields.iter().all(|(label, _)| !label.is_empty())
}

/// Reads a value of a type.
///
/// # Errors
/// What is wrong, in a few words.
pub fn json_to_value(program: &Program, ty: TyId, json: &Json) -> Result<Value, String> {
    let shape = || format!("`{}` is not {}", brief(json), a_type(program, ty));
    match program.types.get(ty) {
        Ty::Bool => json.as_bool().map(Value::Bool).ok_or_else(shape),
        Ty::Int => int(json).map(Value::Int).ok_or_else(shape),
        Ty::Str => json.as_str().map(Value::text).ok_or_else(shape),
        Ty::Caller => {
            let number = json.as_u64().and_then(|n| u32::try_from(n).ok());
            number.map(Value::Caller).ok_or_else(shape)
        }
        Ty::Node => {
            let name = json.as_str().ok_or_else(shape)?;
            let found = program.nodes.iter().find(|(_, info)| info.name == name);
            found.map(|(id, _)| Value::Node(id.as_u32())).ok_or_else(|| format!("there is no node `{name}`"))
        }
        Ty::List(ty) => Ok(Value::list(items(program, *ty, json).ok_or_else(shape)??)),
        Ty::Set(ty) => Ok(Value::set(items(program, *ty, json).ok_or_else(shape)??)),
        Ty::Map(key, ty) => {
            let mut entries = Vec::new();
            for entry in json.as_array().ok_or_else(shape)? {
                let [k, v] = entry.as_array().map(Vec::as_slice).ok_or_else(shape)? else {
                    return Err(shape());
                };
                entries.push((json_to_value(program, *key, k)?, json_to_value(program, *ty, v)?));
            }
            Ok(Value::map(entries))
        }
        Ty::Data(id) => json_to_data(program, program.types.data(*id), json).ok_or_else(shape)?,
    }
}

fn items(program: &Program, ty: TyId, json: &Json) -> Option<Result<Vec<Value>, String>> {
    let array = json.as_array()?;
    Some(array.iter().map(|item| json_to_value(program, ty, item)).collect())
}

fn int(json: &Json) -> Option<i64> {
    json.as_i64().or_else(|| json.as_str()?.parse().ok())
}

fn json_to_data(program: &Program, data: &Data, json: &Json) -> Option<Result<Value, String>> {
    if data.style == DataStyle::Tuple {
        return fields(program, data.ctors.first()?, json.as_array()?).map(|all| all.map(Value::tuple));
    }
    if let Some(name) = json.as_str() {
        let tag = data.ctors.iter().position(|ctor| ctor.name == name && ctor.fields.is_empty())?;
        return Some(Ok(Value::unit(tag as u32)));
    }
    let object = json.as_object()?;
    let (name, inner) = object.iter().next().filter(|_| object.len() == 1)?;
    let tag = data.ctors.iter().position(|ctor| ctor.name == name.as_str())?;
    let ctor = &data.ctors[tag];
    let all = if is_labelled(ctor) {
        let inner = inner.as_object()?;
        let parts: Option<Vec<Json>> =
            ctor.fields.iter().map(|(label, _)| inner.get(label.as_str()).cloned()).collect();
        fields(program, ctor, &parts?)?
    } else {
        fields(program, ctor, inner.as_array()?)?
    };
    Some(all.map(|fields| Value::data(tag as u32, fields)))
}

fn fields(program: &Program, ctor: &Ctor, parts: &[Json]) -> Option<Result<Vec<Value>, String>> {
    if parts.len() != ctor.fields.len() {
        return None;
    }
    Some(ctor.fields.iter().zip(parts).map(|((_, ty), part)| json_to_value(program, *ty, part)).collect())
}

fn brief(json: &Json) -> String {
    verdi_diagnostics::render::clip(&json.to_string(), 40, false)
}

fn a_type(program: &Program, ty: TyId) -> String {
    match program.types.get(ty) {
        Ty::Bool => "a bool".into(),
        Ty::Int => "an int of 64 bits".into(),
        Ty::Str => "a string".into(),
        Ty::Node => "the name of a node".into(),
        Ty::Caller => "a caller's number".into(),
        Ty::List(_) => "a list".into(),
        Ty::Set(_) => "a set".into(),
        Ty::Map(..) => "a map: an array of pairs".into(),
        Ty::Data(id) => format!("of type `{}`", program.types.data(*id).name),
    }
}

/// A value as the Informal Trace Format has it.
pub fn value_to_itf(program: &Program, ty: TyId, value: &Value) -> Json {
    let many = |ty: TyId, items: &[Value]| -> Json {
        items.iter().map(|item| value_to_itf(program, ty, item)).collect()
    };
    match (program.types.get(ty), value) {
        (_, Value::Bool(b)) => (*b).into(),
        (_, Value::Int(n)) => json!({ "#bigint": n.to_string() }),
        (_, Value::Str(text)) => (**text).into(),
        (_, Value::Node(node)) => program.node_name(*node).into(),
        (_, Value::Caller(caller)) => json!({ "#bigint": caller.to_string() }),
        (Ty::List(ty), Value::List(items)) => many(*ty, items),
        (Ty::Set(ty), Value::Set(items)) => json!({ "#set": many(*ty, items) }),
        (Ty::Map(key, ty), Value::Map(entries)) => {
            let entries: Vec<Json> = entries
                .iter()
                .map(|(k, v)| json!([value_to_itf(program, *key, k), value_to_itf(program, *ty, v)]))
                .collect();
            json!({ "#map": entries })
        }
        (Ty::Data(id), Value::Data(tag, fields)) => {
            let data = program.types.data(*id);
            match data.ctors.get(*tag as usize) {
                Some(ctor) => ctor_to_itf(program, data, ctor, fields),
                None => Json::Null,
            }
        }
        _ => Json::Null,
    }
}

fn ctor_to_itf(program: &Program, data: &Data, ctor: &Ctor, fields: &[Value]) -> Json {
    let parts = ctor.fields.iter().zip(fields);
    let encoded = parts.map(|((label, ty), field)| (label.to_string(), value_to_itf(program, *ty, field)));
    if data.style == DataStyle::Tuple {
        return json!({ "#tup": encoded.map(|(_, field)| field).collect::<Vec<_>>() });
    }
    let inner: Json = if fields.is_empty() || !is_labelled(ctor) {
        let mut inner: Vec<Json> = encoded.map(|(_, field)| field).collect();
        if inner.len() == 1 { inner.swap_remove(0) } else { json!({ "#tup": inner }) }
    } else {
        encoded.collect::<Map<_, _>>().into()
    };
    let is_record = data.ctors.len() == 1 && data.name.starts_with(ctor.name.as_str()) && !fields.is_empty();
    if is_record { inner } else { json!({ "tag": ctor.name.as_str(), "value": inner }) }
}
