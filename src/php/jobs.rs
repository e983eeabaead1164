//! A job out of PHP's array.

use super::arrays::{json, key_text, type_name};
use crate::input::BadInput;
use crate::job::Job;
use crate::user::User;
use ext_php_rs::types::{ZendHashTable, Zval};
use serde_json::{Map, Value};

/// A job's keys. `ref` is not among them: it is carried, not read.
const JOB_KEYS: [&str; 22] = [
    "op",
    "user_id",
    "user",
    "remote_id",
    "remote_login",
    "trust",
    "base",
    "password_mark",
    "secret",
    "proved",
    "privileged",
    "privileged_roles",
    "retry",
    "received",
    "released",
    "tried_at",
    "tried_last",
    "tried_email",
    "now",
    "attempts",
    "failing",
    "reassign",
];

/// Those of them that decide what is done, and to whose account: where one cannot be read, nor can the job.
const DECISIVE: [&str; 10] =
    ["op", "user_id", "remote_id", "remote_login", "trust", "tried_at", "tried_last", "tried_email", "now", "reassign"];

/// Those that a database gives back as strings of digits.
const NUMBERS: [&str; 11] =
    ["user_id", "remote_id", "privileged", "retry", "released", "tried_at", "tried_last", "now", "attempts", "failing", "reassign"];

/// One of `$jobs`. What cannot be read of it is left out, and told with what comes of it, unless it decides whose account it is.
pub fn read(given: &Zval) -> Result<Job, BadInput> {
    let given = given.dereference();
    let array = given.array().ok_or_else(|| BadInput::new("job", format!("must be an array, {} given", type_name(given))))?;
    let mut map = Map::with_capacity(array.len());
    let mut unreadable = Vec::new();
    for key in JOB_KEYS {
        let Some(value) = array.get(key).map(Zval::dereference) else { continue };
        let value = match value.array() {
            Some(user) if key == "user" => Value::Object(readable(user, &mut unreadable)),
            _ => match json(value, key) {
                Ok(value) => value,
                Err(bad) if DECISIVE.contains(&key) => return Err(bad),
                Err(_) => {
                    unreadable.push(key.to_owned());
                    continue;
                }
            },
        };
        map.insert(key.to_owned(), if NUMBERS.contains(&key) { number(value) } else { value });
    }
    Job::from_parts(&map, unreadable)
}

/// What can be read of a job's user. What cannot is named as `user.KEY`; of meta each value stands for itself.
fn readable(user: &ZendHashTable, unreadable: &mut Vec<String>) -> Map<String, Value> {
    let mut map = Map::with_capacity(user.len());
    for key in User::KEYS {
        let Some(value) = user.get(key).map(Zval::dereference) else { continue };
        let read = match value.array() {
            Some(meta) if key == "meta_input" => Ok(Value::Object(readable_meta(meta, unreadable))),
            _ => json(value, key),
        };
        match read {
            Ok(value) => drop(map.insert(key.to_owned(), value)),
            Err(_) => unreadable.push(format!("user.{key}")),
        }
    }
    map
}

fn readable_meta(meta: &ZendHashTable, unreadable: &mut Vec<String>) -> Map<String, Value> {
    let mut map = Map::new();
    let mut items = meta.iter();
    while let Some((key, value)) = items.next_zval() {
        let name = key_text(&key);
        if let Ok(Ok(value)) = name.as_deref().map(|name| json(value, name)) {
            map.insert(name.unwrap_or_default(), value);
        } else {
            let shown = key.zend_str().map(|text| String::from_utf8_lossy(text.as_bytes()).into_owned());
            unreadable.push(format!("user.meta_input.{}", shown.unwrap_or_else(|| name.unwrap_or_default())));
        }
    }
    map
}

/// What is to come back with a job's outcome.
pub fn reference(given: &Zval) -> Zval {
    let found = given.dereference().array().and_then(|array| array.get("ref"));
    found.map_or_else(Zval::null, |value| value.dereference().shallow_clone())
}

/// A string of digits as the number that it is, if it is written as PHP would write it.
fn number(value: Value) -> Value {
    let parsed = value.as_str().and_then(|text| text.parse::<u64>().ok().filter(|number| number.to_string() == text));
    parsed.map_or(value, Value::from)
}
