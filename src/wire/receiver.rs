//! The wire of our own plugin on the other side: `rudr-sync/v1` (php/rudr-sync/src/receiver).

mod told;

use super::{Method, Request};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub use told::{Account, Done, Told, What};

const ROUTE: &str = "/rudr-sync/v1";

/// The namespace, as a site's index lists it.
pub const NAMESPACE: &str = "rudr-sync/v1";

/// What core's routes may say to the agent of a receiver, who may do nothing there.
pub const AGENT_ONLY: &str = "rudr_sync_agent";

/// `GET /rudr-sync/v1/`: what the receiver is, and whether the site answers at all.
#[must_use]
pub fn about() -> Request {
    Request { method: Method::Get, route: format!("{ROUTE}/"), query: Vec::new(), body: None }
}

/// `POST /rudr-sync/v1/jobs`. Each job gets its place as `ref`, by which its outcome is known again.
#[must_use]
pub fn jobs(source: &str, options: &Value, jobs: Vec<Map<String, Value>>) -> Request {
    let jobs: Vec<Value> = jobs
        .into_iter()
        .enumerate()
        .map(|(place, mut job)| {
            job.insert("ref".into(), json!(place));
            Value::Object(job)
        })
        .collect();
    let body = json!({"source": source, "options": options, "jobs": jobs});
    Request { method: Method::Post, route: format!("{ROUTE}/jobs"), query: Vec::new(), body: Some(body) }
}

/// What came of the jobs of a request, in their order; none if this is not an outcome for each of so many.
#[must_use]
pub fn outcomes(value: &Value, number: usize) -> Option<Vec<Told>> {
    let list = value.get("outcomes")?.as_array().filter(|list| list.len() == number)?;
    list.iter().enumerate().map(|(place, told)| Told::read(told, place)).collect()
}

/// Whether the receiver itself has that code, so that it shows nothing of what was sent, whatever that was.
#[must_use]
pub fn is_of_receiver(code: &str) -> bool {
    CODES.contains(&code)
}

/// Its codes of jobs and of fields, besides those of core.
const CODES: &[&str] = &[
    "budget",
    "busy",
    "conflict",
    "db_insert_error",
    "does_not_fit",
    "empty_data",
    "exception",
    "fatal",
    "gone",
    "hash_unsupported",
    "identity_mismatch",
    "incomplete",
    "invalid_email",
    "invalid_heir",
    "invalid_job",
    "invalid_role",
    "locale_not_installed",
    "meta_not_allowed",
    "not_removed",
    "not_stored",
    "privileged",
    "role_not_allowed",
    "rudr_sync_address",
    "rudr_sync_agent",
    "rudr_sync_invalid_request",
    "rudr_sync_too_large",
    "rudr_sync_too_many_failures",
    "rudr_sync_too_many_jobs",
    "rudr_sync_wrong_source",
    "stale",
    "suspended",
    "taken",
    "unproven",
    "waits_for",
];

/// What a receiver says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Of the plugin there.
    pub version: String,
    /// Of that install.
    pub uuid: String,
    /// Beginnings of the hashes that it can check; `md5` has none.
    pub hashes: Vec<String>,
    /// Jobs in a request.
    pub max_jobs: usize,
    /// Bytes in a request.
    pub max_bytes: usize,
}

impl About {
    /// Reads it; none if this is no receiver's answer.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let number = |key: &str| value.get(key).and_then(Value::as_u64).filter(|n| *n > 0).and_then(|n| usize::try_from(n).ok());
        let hashes: Vec<&str> = value.get("hashes")?.as_array()?.iter().map(Value::as_str).collect::<Option<_>>()?;
        Some(Self {
            version: text("version").filter(|version| is_version(version))?.to_owned(),
            uuid: text("uuid").filter(|uuid| is_uuid(uuid))?.to_owned(),
            // One that is a version ahead may know kinds that have no such beginning: those are none that we have.
            hashes: hashes.into_iter().filter(|kind| is_kind(kind)).map(str::to_owned).collect(),
            max_jobs: number("max_jobs")?,
            max_bytes: number("max_bytes")?,
        })
    }

    /// Whether it can check that hash.
    #[must_use]
    pub fn checks(&self, hash: &str) -> bool {
        let is_md5 = hash.len() == 32 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        self.hashes.iter().any(|kind| if kind == "md5" { is_md5 } else { hash.starts_with(kind.as_str()) })
    }
}

/// One word that may stand in a message.
fn is_version(version: &str) -> bool {
    (1..=20).contains(&version.len())
        && version.starts_with(|c: char| c.is_ascii_digit())
        && version.bytes().all(|b| b.is_ascii_alphanumeric() || b".-+".contains(&b))
}

fn is_kind(kind: &str) -> bool {
    kind == "md5" || kind.len() <= 16 && kind.len() > 1 && kind.starts_with('$') && kind.bytes().all(|b| b.is_ascii_graphic())
}

/// Whether this is a uuid, as a receiver wants its sources to have one.
#[must_use]
pub fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.concat().bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said() -> Value {
        json!({"version": "0.1.0", "wordpress": "7.1.4", "uuid": "5fd1cf32-0000-4000-8000-0123456789ab", "multisite": false,
            "hashes": ["$P$", "$wp$2y$", "$2y$", "$argon2id$", "md5"], "roles": [], "meta": [], "max_jobs": 100, "max_bytes": 8_388_608})
    }

    #[test]
    fn a_receiver_says_what_it_is() {
        let about = About::read(&said()).unwrap();
        assert_eq!((about.version.as_str(), about.max_jobs, about.max_bytes), ("0.1.0", 100, 8_388_608));
    }

    #[test]
    fn what_has_another_shape_is_none() {
        for (key, value) in [
            ("version", json!(1)),
            ("version", json!("")),
            ("version", json!("no version")),
            ("version", json!("abcdEFGH1234ijkl")),
            ("uuid", json!("5fd1cf32")),
            ("hashes", json!("$P$")),
            ("hashes", json!([5])),
            ("max_jobs", json!(0)),
            ("max_jobs", json!("100")),
            ("max_bytes", json!(-1)),
            ("max_bytes", json!(null)),
        ] {
            let mut other = said();
            other[key] = value.clone();
            assert!(About::read(&other).is_none(), "{key} {value}");
        }
        for no_receiver in [json!([]), json!(null), json!({"namespace": "rudr-sync/v1", "routes": {}})] {
            assert!(About::read(&no_receiver).is_none());
        }
    }

    #[test]
    fn what_a_version_ahead_says_besides_is_left_out() {
        let mut ahead = said();
        ahead["hashes"] = json!(["$P$", "sha512", "", "$2y$"]);
        ahead["can"] = json!(["more"]);
        assert_eq!(About::read(&ahead).unwrap().hashes, ["$P$", "$2y$"]);
    }

    #[test]
    fn hashes_are_told_by_their_beginning_and_md5_by_its_form() {
        let about = About::read(&said()).unwrap();
        let md5 = "5f4dcc3b5aa765d61d8327deb882cf99";
        for good in ["$P$Bxxxx", "$wp$2y$10$xxx", "$2y$10$xxx", "$argon2id$v=19$x", md5] {
            assert!(about.checks(good), "{good}");
        }
        for bad in ["$2a$10$xxx", "$generic$x", "plain", &md5[1..], ""] {
            assert!(!about.checks(bad), "{bad}");
        }
        let old = About { hashes: vec!["$P$".into()], ..about };
        assert!(!old.checks(md5) && !old.checks("$wp$2y$10$xxx"));
    }

    #[test]
    fn an_answer_has_an_outcome_for_each_job() {
        let over = |place: usize| json!({"status": "absent", "code": null, "message": "", "ref": place});
        let answer = |list: Vec<Value>| json!({ "outcomes": list });
        assert_eq!(outcomes(&answer(vec![over(0), over(1)]), 2).unwrap().len(), 2);
        for wrong in [
            answer(vec![over(0)]),
            answer(vec![over(1), over(0)]),
            answer(vec![over(0), over(1), over(2)]),
            answer(vec![over(0), json!(5)]),
        ] {
            assert!(outcomes(&wrong, 2).is_none(), "{wrong}");
        }
        for wrong in [json!({"outcomes": {"0": over(0)}}), json!([over(0)]), json!({}), json!(null)] {
            assert!(outcomes(&wrong, 1).is_none(), "{wrong}");
        }
    }

    #[test]
    fn every_job_of_a_request_has_its_place() {
        let request = jobs("u", &json!({}), vec![Map::new(), Map::from_iter([("op".to_owned(), json!("put"))])]);
        assert_eq!(request.route, "/rudr-sync/v1/jobs");
        assert_eq!(request.body.unwrap(), json!({"source": "u", "options": {}, "jobs": [{"ref": 0}, {"op": "put", "ref": 1}]}));
    }
}
