//! What a site said of itself when it was last asked: which wire it speaks, and what it can do.

use super::Site;
use crate::wire::receiver::About;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::SystemTime;

/// For so many seconds it is believed.
const BELIEVED: u64 = 3600;

/// Which wire a site speaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wire {
    /// Core's `wp/v2`.
    Plain,
    /// `rudr-sync/v1`, as this says.
    Receiver(About),
}

/// What is known of a site. It belongs to an address and a username: another account of the same site may be let in by another way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    address: String,
    username: String,
    /// When it was asked, Unix seconds.
    asked: u64,
    /// What it speaks; none: nobody has asked, or it was found to be otherwise since.
    wire: Option<Wire>,
    /// It has been a receiver once.
    pub was_receiver: bool,
}

/// What this process knows.
static MEMO: LazyLock<Mutex<HashMap<(String, String), Known>>> = LazyLock::new(Mutex::default);

impl Known {
    /// Nothing is known.
    #[must_use]
    pub fn nothing(site: &Site) -> Self {
        Self { address: site.url().to_string(), username: site.username.clone(), asked: 0, wire: None, was_receiver: false }
    }

    /// What is known of that site: the younger of what this process has seen and of what was kept by whoever calls.
    #[must_use]
    pub fn of(site: &Site, kept: Option<Self>) -> Self {
        let nothing = Self::nothing(site);
        let memo = MEMO.lock().unwrap_or_else(PoisonError::into_inner).get(&nothing.key()).cloned();
        [kept, memo].into_iter().flatten().fold(nothing, |best, other| {
            let is_younger = other.key() == best.key() && other.asked >= best.asked;
            if is_younger { other.after(Some(&best)) } else { best.after(Some(&other)) }
        })
    }

    /// The same site, which has just said that it speaks so; `None`: what was known is believed no longer.
    #[must_use]
    pub fn now(&self, wire: Option<Wire>) -> Self {
        let was_receiver = self.was_receiver || matches!(wire, Some(Wire::Receiver(_)));
        let known = Self { asked: now(), wire, was_receiver, ..self.clone() };
        MEMO.lock().unwrap_or_else(PoisonError::into_inner).insert(known.key(), known.clone());
        known
    }

    /// Which wire it speaks; none where that is not known, or was seen too long ago.
    #[must_use]
    pub fn wire(&self) -> Option<&Wire> {
        self.wire.as_ref().filter(|_| now().abs_diff(self.asked) <= BELIEVED)
    }

    /// What it last said, however long ago.
    #[must_use]
    pub fn last_said(&self) -> Option<&Wire> {
        self.wire.as_ref()
    }

    /// This, after that: a site that was a receiver once has been one for good.
    #[must_use]
    pub fn after(self, earlier: Option<&Self>) -> Self {
        let was = earlier.is_some_and(|earlier| earlier.address == self.address && earlier.was_receiver);
        Self { was_receiver: self.was_receiver || was, ..self }
    }

    /// Reads what was stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// For storage.
    #[must_use]
    pub fn store(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn key(&self) -> (String, String) {
        (self.address.clone(), self.username.clone())
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use crate::site::Settings;
    use serde_json::Map;

    fn site(url: &str, username: &str) -> Site {
        Site::new(url, username, Secret::new("p"), &Map::new(), &Settings::default()).unwrap()
    }

    fn receiver() -> Wire {
        let hashes = vec!["$P$".to_owned()];
        Wire::Receiver(About { version: "0.1.0".into(), uuid: "u".into(), hashes, max_jobs: 100, max_bytes: 1000 })
    }

    #[test]
    fn it_is_believed_for_an_hour() {
        let known = Known::nothing(&site("https://hour.example", "a")).now(Some(Wire::Plain));
        assert_eq!(known.wire(), Some(&Wire::Plain));
        for asked in [now() - 3700, now() + 3700, 0] {
            let old = Known { asked, ..known.clone() };
            assert_eq!((old.wire(), old.last_said()), (None, Some(&Wire::Plain)));
        }
    }

    #[test]
    fn a_process_remembers_and_the_younger_word_counts() {
        let b = site("https://memo.example", "a");
        assert_eq!(Known::of(&b, None).wire(), None);
        let seen = Known::of(&b, None).now(Some(receiver()));
        assert_eq!(Known::of(&b, None), seen);
        let kept = Known { asked: seen.asked - 10, wire: Some(Wire::Plain), was_receiver: false, ..seen.clone() };
        assert_eq!(Known::of(&b, Some(kept.clone())).wire(), Some(&receiver()));
        assert_eq!(Known::of(&b, Some(Known { asked: seen.asked + 10, ..kept })).wire(), Some(&Wire::Plain));
        assert_eq!((seen.now(None).wire(), Known::of(&b, None).wire()), (None, None));
    }

    #[test]
    fn it_is_known_of_one_address_and_one_account() {
        let kept = Known::nothing(&site("https://one.example", "a")).now(Some(receiver()));
        for (other, was_receiver) in [(site("https://one.example/two", "a"), false), (site("https://one.example", "b"), true)] {
            let known = Known::of(&other, Some(kept.clone()));
            assert_eq!((known.wire(), known.was_receiver), (None, was_receiver), "{other:?}");
            assert_eq!(known.username, other.username);
        }
    }

    #[test]
    fn a_receiver_once_is_one_for_good() {
        let b = site("https://once.example", "a");
        let was = Known::nothing(&b).now(Some(receiver()));
        let is = was.now(Some(Wire::Plain));
        assert!(is.was_receiver);
        let unaware = Known { was_receiver: false, ..is.clone() };
        assert!(Known::of(&b, Some(unaware.clone())).was_receiver);
        assert!(unaware.clone().after(Some(&was)).was_receiver);
        assert!(!unaware.after(Some(&Known::nothing(&b))).was_receiver);
    }

    #[test]
    fn it_survives_storage() {
        for wire in [None, Some(Wire::Plain), Some(receiver())] {
            let known = Known::nothing(&site("https://kept.example", "a")).now(wire);
            assert_eq!(Known::parse(&known.store()), Some(known));
        }
        assert_eq!(Known::parse("{\"wire\":5}"), None);
    }
}
