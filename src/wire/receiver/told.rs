//! What a receiver says came of a job (php/rudr-sync/src/receiver/class-job-outcome.php).

use crate::job::{Linked, Trust};
use crate::outcome::Status;
use crate::wire::core::registered;
use crate::wire::reply::clean_code;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A digest beyond this is none: the receiver would not take it back.
const LONGEST: usize = 64;

/// What came of a job.
#[derive(Clone, Debug)]
pub struct Told {
    /// What.
    pub what: What,
    /// The same for a person, as it came: it may hold what was sent.
    pub message: String,
}

/// What came of it, with what acting on it needs.
#[derive(Clone, Debug)]
pub enum What {
    /// It is so now.
    Done(Done),
    /// An account is there and may be taken over; nothing was written.
    Found(Account),
    /// Deleted, absent or unlinked.
    Over(Status),
    /// Not now.
    Retry {
        /// Why.
        code: String,
        /// When again, seconds; none where it is for us to say.
        seconds: Option<u64>,
        /// Because of which account.
        id: Option<u64>,
    },
    /// No.
    Rejected {
        /// Why.
        code: String,
        /// Because of which account.
        id: Option<u64>,
    },
    /// Something that this version has no word for: the receiver may be one ahead.
    Other,
}

/// An account there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Id, login, and whose it is by the receiver's word.
    pub linked: Linked,
    /// When it was made, Unix seconds by the site's clock.
    pub registered: i64,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Done {
    /// Created, updated or unchanged.
    pub status: Status,
    /// The account.
    pub account: Account,
    /// Digests of what it now holds, by field.
    pub held: BTreeMap<String, String>,
    /// Fields that were not stored, each with a code.
    pub refused: BTreeMap<String, String>,
}

impl Told {
    /// Reads the outcome of the job at that place of the request; none if it is none, or another job's.
    #[must_use]
    pub fn read(value: &Value, place: usize) -> Option<Self> {
        let object = value.as_object()?;
        if object.get("ref")?.as_u64() != Some(place as u64) {
            return None;
        }
        let message = object.get("message")?.as_str()?.to_owned();
        let code = || object.get("code")?.as_str().map(clean_code);
        let done = |status| Some(What::Done(Done { status, account: account(object)?, held: held(object)?, refused: refused(object)? }));
        let what = match object.get("status")?.as_str()? {
            "created" => done(Status::Created)?,
            "updated" => done(Status::Updated)?,
            "unchanged" => done(Status::Unchanged)?,
            "found" => What::Found(account(object)?),
            "deleted" => What::Over(Status::Deleted),
            "absent" => What::Over(Status::Absent),
            "unlinked" => What::Over(Status::Unlinked),
            "retry" => What::Retry { code: code()?, seconds: number(object, "retry_after")?, id: number(object, "id")? },
            "rejected" => What::Rejected { code: code()?, id: number(object, "id")? },
            _ => What::Other,
        };
        Some(Self { what, message })
    }
}

fn account(object: &Map<String, Value>) -> Option<Account> {
    let text = |key: &str| object.get(key)?.as_str().filter(|text| !text.is_empty());
    let trust = Trust::WORDS.into_iter().find(|(word, _)| text("trust") == Some(word))?.1;
    let id = number(object, "id")?.filter(|id| *id > 0)?;
    Some(Account { linked: Linked { id, login: text("login")?.to_owned(), trust }, registered: registered(text("registered")?)? })
}

/// A number of 0 or more; the inner none is one that is missing.
#[allow(clippy::option_option)] // none: it is neither a number nor missing
fn number(object: &Map<String, Value>, key: &str) -> Option<Option<u64>> {
    match object.get(key) {
        None | Some(Value::Null) => Some(None),
        Some(value) => crate::wire::number(value).map(Some),
    }
}

fn held(object: &Map<String, Value>) -> Option<BTreeMap<String, String>> {
    by_field(object, "held", |digest| (!digest.is_empty() && digest.len() <= LONGEST).then(|| digest.to_owned()))
}

fn refused(object: &Map<String, Value>) -> Option<BTreeMap<String, String>> {
    by_field(object, "refused", |code| Some(clean_code(code)))
}

/// PHP writes an empty map as a list where nobody has seen to it.
fn by_field(object: &Map<String, Value>, key: &str, read: impl Fn(&str) -> Option<String>) -> Option<BTreeMap<String, String>> {
    match object.get(key)? {
        Value::Array(none) if none.is_empty() => Some(BTreeMap::new()),
        Value::Object(map) => map.iter().map(|(field, value)| Some((field.clone(), read(value.as_str()?)?))).collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn created() -> Value {
        json!({"status": "created", "id": 57, "login": "ann", "trust": "own", "registered": "2026-11-23T22:33:21+00:00",
            "held": {"user_email": "ef0a93eb9f3898dc"}, "refused": {}, "code": null, "message": "", "ref": 3})
    }

    #[test]
    fn what_was_done_is_read() {
        let Some(Told { what: What::Done(done), .. }) = Told::read(&created(), 3) else { panic!() };
        assert_eq!((done.status, done.account.linked.id, done.account.registered), (Status::Created, 57, 1_795_473_201));
        assert_eq!(done.held["user_email"], "ef0a93eb9f3898dc");
        let other = json!({"status": "retry", "code": "busy", "message": "x", "retry_after": 60, "id": null, "ref": 0});
        let Some(Told { what: What::Retry { code, seconds, id }, .. }) = Told::read(&other, 0) else { panic!() };
        assert_eq!((code.as_str(), seconds, id), ("busy", Some(60), None));
        for status in ["deleted", "absent", "unlinked"] {
            let over = json!({"status": status, "code": null, "message": "", "ref": 0});
            assert!(matches!(Told::read(&over, 0), Some(Told { what: What::Over(read), .. }) if read.word() == status));
        }
    }

    #[test]
    fn a_receiver_may_be_a_version_ahead() {
        let ahead = json!({"status": "postponed", "since": 5, "message": "", "ref": 0});
        assert!(matches!(Told::read(&ahead, 0), Some(Told { what: What::Other, .. })));
        let mut more = created();
        more["since"] = json!({"version": [0, 2]});
        assert!(matches!(Told::read(&more, 3), Some(Told { what: What::Done(_), .. })));
    }

    #[test]
    fn another_jobs_outcome_is_none() {
        assert!(Told::read(&created(), 2).is_none());
        for other in [json!("3"), json!(null), json!(-3), json!(3.5)] {
            let mut told = created();
            told["ref"] = other;
            assert!(Told::read(&told, 3).is_none());
        }
    }

    #[test]
    fn what_has_another_shape_is_none() {
        for (key, value) in [
            ("status", json!(null)),
            ("status", json!(200)),
            ("id", json!("57")),
            ("id", json!(u64::MAX)),
            ("id", json!(0)),
            ("id", json!(null)),
            ("login", json!("")),
            ("login", json!(5)),
            ("trust", json!("mine")),
            ("registered", json!("yesterday")),
            ("registered", json!(null)),
            ("held", json!(["x"])),
            ("held", json!({"user_email": 5})),
            ("held", json!({"user_email": "x".repeat(65)})),
            ("refused", json!(null)),
            ("refused", json!({"roles": []})),
            ("message", json!(null)),
        ] {
            let mut told = created();
            told[key] = value.clone();
            assert!(Told::read(&told, 3).is_none(), "{key} {value}");
        }
        for told in [json!({"status": "rejected", "message": "", "ref": 0}), json!({"status": "retry", "code": 5, "message": "", "ref": 0})]
        {
            assert!(Told::read(&told, 0).is_none(), "a no without a reason");
        }
        let odd = json!({"status": "retry", "code": "two words", "message": "", "retry_after": "soon", "ref": 0});
        assert!(Told::read(&odd, 0).is_none());
    }

    #[test]
    fn codes_are_one_word() {
        let told = json!({"status": "rejected", "code": "two words", "message": "", "ref": 0});
        assert!(matches!(Told::read(&told, 0), Some(Told { what: What::Rejected { code, .. }, .. }) if code == "unknown_error"));
    }
}
