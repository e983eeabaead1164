//! The base that PHP keeps for us, and digests, which a receiver computes by itself.
#![no_main]

use rudr_sync::base::{Base, digest, digest_set};
use serde_json::Value;

fn turned(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(map.iter().rev().map(|(key, value)| (key.clone(), turned(value))).collect()),
        Value::Array(list) => Value::Array(list.iter().map(turned).collect()),
        other => other.clone(),
    }
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Some(base) = Base::read(text) {
        assert_eq!(Base::read(&base.store()).as_ref(), Some(&base));
        for (field, held) in &base.fields {
            assert!(!base.differs(field, &held.sent));
        }
    }
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        assert_eq!(digest(&value), digest(&turned(&value)));
        assert_eq!(digest(&value).len(), 16);
        if let Some(list) = value.as_array() {
            let words: Vec<String> = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            let turned: Vec<String> = words.iter().rev().chain(&words).cloned().collect();
            assert_eq!(digest_set(&words), digest_set(&turned));
        }
    }
});
