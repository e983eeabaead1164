//! The base: what a site last accepted of a user, as digests. It decides what a push holds. Opaque to PHP, which stores it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// The first 16 hex digits of SHA-256 over the value as compact JSON with sorted keys, slashes and Unicode unescaped.
/// A receiver computes the same in PHP.
#[must_use]
pub fn digest(value: &Value) -> String {
    let json = match value {
        Value::Object(_) | Value::Array(_) => sorted(value).to_string(),
        plain => plain.to_string(),
    };
    let first = Sha256::digest(json.as_bytes()).iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
    format!("{first:016x}")
}

/// The digest of a list in which order means nothing, such as roles.
#[must_use]
pub fn digest_set(items: &[String]) -> String {
    let mut items: Vec<&String> = items.iter().collect();
    items.sort();
    items.dedup();
    digest(&serde_json::json!(items))
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let by_key: BTreeMap<&String, Value> = map.iter().map(|(k, v)| (k, sorted(v))).collect();
            Value::Object(by_key.into_iter().map(|(k, v)| (k.clone(), v)).collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

/// One field: the digest of what we sent, and of what the site said it then holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// What we last sent.
    pub sent: String,
    /// What the site said it holds since; `None` if it did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    /// The site refused what we sent, with this code: it goes again when it changes, not at every save.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// What a site last accepted of one user. Fields are in `WordPress`' words; meta keys as `meta_input.KEY`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// By field.
    #[serde(default)]
    pub fields: BTreeMap<String, Held>,
    /// The mark of the password that the site has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The site refused that password, with this code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_refused: Option<String>,
    /// What the site's receiver said that stands for the password there since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_held: Option<String>,
    /// A push was never answered: what it held has no digests here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_doubted: bool,
    /// One that was never answered held a password.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_password_doubted: bool,
    /// When the account was made, Unix seconds by the site's clock. An id and a login can be given to another person (a backup is
    /// restored, somebody registers anew): this cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered: Option<i64>,
}

impl Base {
    /// Reads a stored base.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The same. One that can't be read counts as none: the push is then whole, which is always safe.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::read(text).unwrap_or_default()
    }

    /// For storage.
    #[must_use]
    pub fn store(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whether the site was last sent something else than `digest`.
    #[must_use]
    pub fn differs(&self, field: &str, digest: &str) -> bool {
        self.fields.get(field).is_none_or(|held| held.sent != digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_digest_is_that_of_php() {
        // substr(hash('sha256', json_encode($v, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE)), 0, 16)
        assert_eq!(digest(&json!("a/b é")), "ed8d26c6c2515956");
        assert_eq!(digest(&json!("user 52")), "00f40e7f8e95b0d6");
        assert_eq!(digest(&json!({"b": 1, "a": [true, null]})), "51705a2c9eb3e7e4");
        assert_eq!(digest(&json!({"b": 1, "a": [true, null]})), digest(&json!({"a": [true, null], "b": 1})));
    }

    #[test]
    fn order_and_repeats_mean_nothing_in_a_set() {
        let set = |s: &[&str]| digest_set(&s.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        assert_eq!(set(&["b", "a", "b"]), set(&["a", "b"]));
        assert_ne!(set(&[]), set(&["a"]));
    }

    #[test]
    fn a_broken_base_is_an_empty_one() {
        for text in ["", "null", "[]", "{\"fields\":5}", "\0"] {
            assert_eq!(Base::parse(text), Base::default());
        }
        let base = Base { password: Some("m".into()), ..Base::default() };
        assert_eq!(Base::parse(&base.store()), base);
    }
}
