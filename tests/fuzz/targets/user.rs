//! A user, of what PHP's arrays become.
#![no_main]

use rudr_sync::user::{User, same_email};
use rudr_sync_fuzz::object;
use serde_json::Value;

fn is_right(key: &str, value: &Value) -> bool {
    let is_text = |value: &Value| value.is_string();
    match (key, value) {
        (_, Value::Null) => true,
        ("roles", Value::Array(list)) => list.iter().all(is_text),
        ("roles", Value::Object(map)) => map.iter().all(|(key, value)| key.bytes().all(|b| b.is_ascii_digit()) && is_text(value)),
        ("roles", _) => false,
        ("meta_input", value) => value.is_object() || value.as_array().is_some_and(Vec::is_empty),
        (_, value) => is_text(value),
    }
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some(map) = object(data) else { return };
    let wrong: Vec<&str> = User::KEYS.into_iter().filter(|key| map.get(*key).is_some_and(|value| !is_right(key, value))).collect();
    match User::from_map(&map) {
        Ok(user) => {
            assert!(wrong.is_empty(), "{wrong:?} taken");
            assert_eq!(user.login.as_deref(), map.get("user_login").and_then(Value::as_str));
            assert!(user.email().is_none_or(|email| same_email(email, email)));
        }
        Err(bad) => assert!(wrong.contains(&bad.key.as_str()) || bad.key == "user_pass", "{bad}"),
    }
    let (user, left_out) = User::readable(&map);
    for key in &wrong {
        assert!(left_out.iter().any(|name| name == key), "{key} is not told");
    }
    for key in &left_out {
        assert!(wrong.contains(&key.as_str()) || key == "user_pass", "{key} could be read");
    }
    for secret in [user.pass, user.pass_hash].into_iter().flatten() {
        assert_eq!(format!("{secret:?}"), "[secret]");
    }
});
