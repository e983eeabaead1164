//! What is so for one delivery only, besides what the site's options say of every one.

use crate::input::{BadInput, Reader};
use crate::site::{Settings, Site};
use serde_json::{Map, Value};
use std::time::Duration;

/// The terms of a delivery. None given: the site's own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    /// What the last judgement gave to keep: what is known of the site is in it.
    pub state: Option<String>,
    /// Seconds for all of it; never more than the site's own.
    pub budget: Option<Duration>,
    /// Requests in flight at once; never more than the site's own.
    pub concurrency: Option<usize>,
    /// So many destructive changes may be made; `None`: any number.
    pub destructive: Option<u64>,
    /// This source's uuid, where the site's options name none.
    pub source: Option<String>,
}

const KEYS: [&str; 5] = ["state", "budget", "concurrency", "destructive", "source"];

impl Terms {
    /// Reads them.
    ///
    /// # Errors
    /// Names the key that is unknown or of a wrong type.
    pub fn from_map(map: &Map<String, Value>) -> Result<Self, BadInput> {
        if let Some(unknown) = map.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(BadInput::new(unknown, format!("is none of the terms of a delivery (known: {})", KEYS.join(", "))));
        }
        let read = Reader(map);
        let concurrency = read.id("concurrency")?.map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        Ok(Self {
            state: read.text("state")?.map(str::to_owned),
            budget: read.seconds("budget")?,
            concurrency,
            destructive: read.count("destructive")?,
            source: read.text("source")?.map(str::to_owned),
        })
    }

    /// Requests in flight at once.
    #[must_use]
    pub fn concurrency(&self, site: &Site, settings: &Settings) -> usize {
        site.concurrency(settings).min(self.concurrency.unwrap_or(usize::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn terms(value: Value) -> Result<Terms, BadInput> {
        Terms::from_map(value.as_object().unwrap())
    }

    #[test]
    fn all_may_be_missing() {
        assert_eq!(terms(json!({})).unwrap(), Terms::default());
        assert_eq!(terms(json!({"state": null, "destructive": null})).unwrap(), Terms::default());
        let all = terms(json!({"state": "x", "budget": 1.5, "concurrency": 2, "destructive": 0, "source": "u"})).unwrap();
        assert_eq!((all.budget, all.concurrency, all.destructive), (Some(Duration::from_millis(1500)), Some(2), Some(0)));
    }

    #[test]
    fn what_is_unknown_or_wrong_is_named() {
        for (given, key) in [
            (json!({"timeout": 5}), "timeout"),
            (json!({"state": 5}), "state"),
            (json!({"budget": "x"}), "budget"),
            (json!({"budget": 0}), "budget"),
            (json!({"concurrency": 0}), "concurrency"),
            (json!({"destructive": -1}), "destructive"),
            (json!({"source": []}), "source"),
        ] {
            assert_eq!(terms(given).unwrap_err().key, key);
        }
    }
}
