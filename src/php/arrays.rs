//! PHP's arrays to JSON and back.
//!
//! Only what is asked for is read: the keys beside it may hold anything, objects and broken text included.

use crate::input::BadInput;
use crate::terms::Terms;
use crate::user::User;
use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};
use serde_json::{Map, Number, Value};

/// Deeper than anything that makes sense in a user, and far from the end of the stack.
const MAX_DEPTH: usize = 64;

/// An outcome's keys, but `ref`.
const OUTCOME_KEYS: [&str; 17] = [
    "status",
    "scope",
    "id",
    "login",
    "trust",
    "base",
    "refused",
    "http",
    "code",
    "message",
    "due",
    "spent",
    "doubt",
    "forget",
    "holder",
    "site",
    "destructive",
];

/// A `$user`.
pub fn user(array: &ZendHashTable) -> Result<User, BadInput> {
    User::from_map(&pick(array, &User::KEYS)?)
}

/// One of the outcomes that are judged.
pub fn outcome(given: &Zval) -> Result<Map<String, Value>, BadInput> {
    let given = given.dereference();
    let array = given.array().ok_or_else(|| BadInput::new("outcome", format!("must be an array, {} given", type_name(given))))?;
    pick(array, &OUTCOME_KEYS)
}

/// All of an array with string keys.
pub fn options(array: &ZendHashTable) -> Result<Map<String, Value>, BadInput> {
    let mut map = Map::new();
    let mut items = array.iter();
    while let Some((key, value)) = items.next_zval() {
        let key = key_text(&key)?;
        let value = json(value, &key)?;
        map.insert(key, value);
    }
    Ok(map)
}

/// A `$call`.
pub fn terms(array: &ZendHashTable) -> Result<Terms, BadInput> {
    let mut map = Map::new();
    let mut items = array.iter();
    while let Some((key, value)) = items.next_zval() {
        let key = key_text(&key)?;
        let state = value.dereference().zend_str().filter(|_| key == "state").map(opaque);
        let value = state.map_or_else(|| json(value, &key), |state| Ok(Value::from(state)))?;
        map.insert(key, value);
    }
    Terms::from_map(&map)
}

/// What PHP only keeps: where it was damaged on its way through a database, that is for the core to see.
pub fn opaque(text: &ZendStr) -> String {
    String::from_utf8_lossy(text.as_bytes()).into_owned()
}

/// A list of strings; numbers count as their digits, since ids are among what a secret is bound to.
pub fn texts(array: &ZendHashTable) -> Result<Vec<String>, BadInput> {
    let mut texts = Vec::with_capacity(array.len());
    let mut items = array.iter();
    while let Some((key, value)) = items.next_zval() {
        let key = key_text(&key)?;
        texts.push(match json(value, &key)? {
            Value::String(text) => text,
            Value::Number(number) if !number.is_f64() => number.to_string(),
            _ => return Err(BadInput::new(key, format!("must be a string, {} given", type_name(value.dereference())))),
        });
    }
    Ok(texts)
}

/// Every value, in order, whatever the keys.
pub fn values(array: &ZendHashTable) -> Vec<&Zval> {
    let mut values = Vec::with_capacity(array.len());
    let mut items = array.iter();
    while let Some((_, value)) = items.next_zval() {
        values.push(value);
    }
    values
}

/// A JSON object as PHP's array.
pub fn table(map: &Map<String, Value>) -> ext_php_rs::error::Result<ZBox<ZendHashTable>> {
    rows(map.len(), map.iter().map(|(key, value)| (key.as_str(), value)))
}

/// So many keys with their values as PHP's array.
pub fn rows<'a>(number: usize, rows: impl Iterator<Item = (&'a str, &'a Value)>) -> ext_php_rs::error::Result<ZBox<ZendHashTable>> {
    let mut table = ZendHashTable::with_capacity(u32::try_from(number).unwrap_or(0));
    for (key, value) in rows {
        table.insert(key, zval(value)?)?;
    }
    Ok(table)
}

fn pick(array: &ZendHashTable, keys: &[&str]) -> Result<Map<String, Value>, BadInput> {
    let mut map = Map::with_capacity(keys.len());
    for key in keys {
        if let Some(value) = array.get(*key) {
            map.insert((*key).to_owned(), json(value, key)?);
        }
    }
    Ok(map)
}

pub fn json(value: &Zval, key: &str) -> Result<Value, BadInput> {
    read(value, key, &mut Vec::new())
}

/// `above`: the arrays around this one, so that one that holds itself is seen.
fn read(value: &Zval, key: &str, above: &mut Vec<*const ZendHashTable>) -> Result<Value, BadInput> {
    let value = value.dereference();
    if let Some(array) = value.array() {
        let itself = std::ptr::from_ref(array);
        if above.contains(&itself) {
            return Err(BadInput::new(key, "must not hold itself"));
        }
        if above.len() >= MAX_DEPTH {
            let top = key.split('.').next().unwrap_or(key);
            return Err(BadInput::new(top, "is nested too deeply"));
        }
        above.push(itself);
        let read = read_array(array, key, above);
        above.pop();
        return read;
    }
    if let Some(text) = value.zend_str() {
        let text = std::str::from_utf8(text.as_bytes()).map_err(|_| BadInput::new(key, "must be valid UTF-8"))?;
        return Ok(Value::from(text));
    }
    if let Some(float) = value.double() {
        return Number::from_f64(float).map(Value::Number).ok_or_else(|| BadInput::new(key, "must be a finite number"));
    }
    if value.is_object() || value.is_resource() {
        return Err(BadInput::new(key, format!("must be plain data, {} given", type_name(value))));
    }
    Ok(match (value.long(), value.bool()) {
        (Some(number), _) => Value::from(number),
        (None, Some(flag)) => Value::from(flag),
        (None, None) => Value::Null,
    })
}

fn read_array(array: &ZendHashTable, key: &str, above: &mut Vec<*const ZendHashTable>) -> Result<Value, BadInput> {
    let mut list = Vec::new();
    let mut map = Map::new();
    let mut items = array.iter();
    while let Some((inner, value)) = items.next_zval() {
        let name = key_text(&inner).map_err(|bad| BadInput::new(key, format!("has a {} that {}", bad.key, bad.problem)))?;
        let value = read(value, &format!("{key}.{name}"), above)?;
        // A list as json_encode() sees it: the keys 0, 1, 2, … in that order.
        if map.is_empty() && inner.long().and_then(|index| usize::try_from(index).ok()) == Some(list.len()) {
            list.push(value);
        } else {
            for (index, value) in list.drain(..).enumerate() {
                map.insert(index.to_string(), value);
            }
            map.insert(name, value);
        }
    }
    Ok(if map.is_empty() { Value::Array(list) } else { Value::Object(map) })
}

pub fn key_text(key: &Zval) -> Result<String, BadInput> {
    match (key.long(), key.zend_str()) {
        (Some(index), _) => Ok(index.to_string()),
        (None, Some(text)) => {
            std::str::from_utf8(text.as_bytes()).map(str::to_owned).map_err(|_| BadInput::new("key", "is not valid UTF-8"))
        }
        (None, None) => Ok(String::new()),
    }
}

fn zval(value: &Value) -> ext_php_rs::error::Result<Zval> {
    match value {
        Value::Null => Ok(Zval::null()),
        Value::Bool(flag) => flag.into_zval(false),
        Value::Number(number) => match number.as_i64() {
            Some(int) => int.into_zval(false),
            None => number.as_f64().into_zval(false),
        },
        Value::String(text) => text.as_str().into_zval(false),
        Value::Array(list) => {
            let mut table = ZendHashTable::with_capacity(u32::try_from(list.len()).unwrap_or(0));
            for item in list {
                table.push(zval(item)?)?;
            }
            table.into_zval(false)
        }
        Value::Object(map) => table(map)?.into_zval(false),
    }
}

/// PHP's name for the type of a value.
pub fn type_name(value: &Zval) -> String {
    if let Some(object) = value.object() {
        // An anonymous class has the path of its file behind a NUL.
        return object.get_class_name().map_or_else(|_| "object".to_owned(), |name| name.split('\0').next().unwrap_or("object").to_owned());
    }
    let name = match () {
        () if value.is_null() => "null",
        () if value.is_bool() => "bool",
        () if value.is_long() => "int",
        () if value.is_double() => "float",
        () if value.is_string() => "string",
        () if value.is_array() => "array",
        () => "resource",
    };
    name.to_owned()
}
