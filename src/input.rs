//! Reading what callers hand us: an error that names the key, and typed access to a JSON object.

use serde_json::{Map, Value};
use std::fmt;
use std::time::Duration;

/// A value that cannot be used: which key, and what is wrong with it. Never holds the value itself, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadInput {
    /// The key, as the caller wrote it (`user_email`, `meta_input.colour`).
    pub key: String,
    /// What it must be, and what it was: "must be a string, array given".
    pub problem: String,
}

impl BadInput {
    /// An error about `key`.
    pub fn new(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { key: key.into(), problem: problem.into() }
    }

    fn wrong_type(key: &str, wanted: &str, given: &Value) -> Self {
        Self::new(key, format!("must be {wanted}, {} given", type_name(given)))
    }

    /// The same error one level further out: `email` inside `user` is `user.email`.
    #[must_use]
    pub fn within(self, outer: &str) -> Self {
        Self { key: format!("{outer}.{}", self.key), ..self }
    }
}

impl fmt::Display for BadInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.problem)
    }
}

impl std::error::Error for BadInput {}

/// PHP's name for the type of a value.
fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(n) if n.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "string",
        Value::Array(_) | Value::Object(_) => "array",
    }
}

/// Typed reads from an object. Null counts as missing, as with PHP's `isset()`.
pub struct Reader<'a>(pub &'a Map<String, Value>);

impl<'a> Reader<'a> {
    /// The value, unless it is missing or null.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|v| !v.is_null())
    }

    fn read<T>(&self, key: &str, wanted: &str, as_type: impl Fn(&'a Value) -> Option<T>) -> Result<Option<T>, BadInput> {
        self.value(key).map(|v| as_type(v).ok_or_else(|| BadInput::wrong_type(key, wanted, v))).transpose()
    }

    /// A string.
    pub fn text(&self, key: &str) -> Result<Option<&'a str>, BadInput> {
        self.read(key, "a string", Value::as_str)
    }

    /// A bool; 0 and 1 are taken too, since ini files and databases have no bools.
    pub fn flag(&self, key: &str) -> Result<Option<bool>, BadInput> {
        self.read(key, "a bool", |v| match (v.as_bool(), v.as_u64()) {
            (Some(b), _) => Some(b),
            (None, Some(n @ (0 | 1))) => Some(n == 1),
            _ => None,
        })
    }

    /// A whole number, 0 or more.
    pub fn count(&self, key: &str) -> Result<Option<u64>, BadInput> {
        self.read(key, "an int of 0 or more", Value::as_u64)
    }

    /// An account's id, 1 or more.
    pub fn id(&self, key: &str) -> Result<Option<u64>, BadInput> {
        self.read(key, "an int of 1 or more", |v| v.as_u64().filter(|n| *n > 0))
    }

    /// Seconds, see [`duration`].
    pub fn seconds(&self, key: &str) -> Result<Option<Duration>, BadInput> {
        self.read(key, "a number of seconds from 0.001 to 86400", |v| v.as_f64().and_then(duration))
    }

    /// An object. PHP's empty array, which is a list as much as a map, counts as an empty one.
    pub fn map(&self, key: &str) -> Result<Option<Map<String, Value>>, BadInput> {
        self.read(key, "an array with string keys", |v| match v {
            Value::Object(map) => Some(map.clone()),
            Value::Array(list) if list.is_empty() => Some(Map::new()),
            _ => None,
        })
    }

    /// A list of strings.
    pub fn texts(&self, key: &str) -> Result<Option<Vec<String>>, BadInput> {
        let wanted = "a list of strings";
        let Some(value) = self.value(key) else { return Ok(None) };
        let items: Vec<&Value> = match value {
            Value::Array(list) => list.iter().collect(),
            // array_filter() leaves holes: a list in all but its keys.
            Value::Object(map) if map.keys().all(|k| k.bytes().all(|b| b.is_ascii_digit())) => map.values().collect(),
            other => return Err(BadInput::wrong_type(key, wanted, other)),
        };
        items
            .into_iter()
            .map(|v| {
                v.as_str().map(str::to_owned).ok_or_else(|| BadInput::new(key, format!("must be {wanted}, it holds {}", type_name(v))))
            })
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// One word of a fixed set.
    pub fn word<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Result<Option<T>, BadInput> {
        let Some(given) = self.text(key)? else { return Ok(None) };
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == given) {
            Ok(Some(*value))
        } else {
            let known: Vec<String> = words.iter().map(|(word, _)| format!("'{word}'")).collect();
            Err(BadInput::new(key, format!("must be one of {}", known.join(", "))))
        }
    }
}

/// So many seconds, whole or not: at least a millisecond, since nobody waits for less, and at most a day.
#[must_use]
pub fn duration(seconds: f64) -> Option<Duration> {
    (0.001..=86_400.0).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_millisecond_to_a_day() {
        assert_eq!(duration(0.001), Some(Duration::from_millis(1)));
        assert_eq!(duration(86_400.0), Some(Duration::from_hours(24)));
        for no in [0.0, -1.0, 1e-10, 86_400.1, f64::NAN, f64::INFINITY] {
            assert_eq!(duration(no), None, "{no}");
        }
    }
}
