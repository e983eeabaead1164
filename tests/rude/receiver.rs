//! The plugin's receiver, in memory: as much of it as a source can tell, and what a real one cannot be made to do. Its rules are those
//! of php/rudr-sync/src/receiver, which the tests in PHP walk for themselves.

use super::request::Request;
use super::wordpress::{No, Person, Said, State, no};
use rudr_sync::base::{digest, digest_set};
use rudr_sync::user::{TEXTS, Text};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub const UUID: &str = "5fd1cf32-0000-4000-8000-0123456789ab";

/// The plugin on a site.
pub struct Receiver {
    pub version: String,
    pub hashes: Vec<String>,
    pub roles: Vec<String>,
    pub meta: Vec<String>,
    pub max_jobs: usize,
    pub max_bytes: usize,
    /// Whose accounts are whose, by the source's user id.
    pub rows: BTreeMap<u64, Row>,
    /// What is said of a user instead of what is so, one thing after the other.
    pub says: BTreeMap<u64, VecDeque<Value>>,
    /// Another plugin asks early who is logged in.
    pub knows_early: bool,
    /// Users whose jobs kill the request.
    pub deadly: BTreeSet<u64>,
}

/// What it knows of a user of the source.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: u64,
    pub trust: &'static str,
    pub is_gone: bool,
}

impl Default for Receiver {
    fn default() -> Self {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Self {
            version: env!("CARGO_PKG_VERSION").into(),
            hashes: texts(&["$P$", "$2y$", "md5"]),
            roles: texts(&["editor", "author", "subscriber"]),
            meta: texts(&["colour"]),
            max_jobs: 100,
            max_bytes: 8 * 1024 * 1024,
            rows: BTreeMap::new(),
            says: BTreeMap::new(),
            knows_early: false,
            deadly: BTreeSet::new(),
        }
    }
}

impl Receiver {
    pub fn kills(&self, request: &Request) -> bool {
        let body = request.json();
        body["jobs"].as_array().into_iter().flatten().any(|job| self.deadly.contains(&job["user_id"].as_u64().unwrap_or_default()))
    }

    fn about(&self) -> Value {
        json!({"version": self.version, "wordpress": "7.1", "uuid": UUID, "multisite": false, "hashes": self.hashes, "roles": self.roles,
            "meta": self.meta, "max_jobs": self.max_jobs, "max_bytes": self.max_bytes})
    }
}

/// Whether that is one of its routes.
pub fn is_route(route: &str) -> bool {
    matches!(route.trim_end_matches('/'), "/rudr-sync/v1" | "/rudr-sync/v1/jobs")
}

impl State {
    /// Answers on its routes.
    pub fn receive(&mut self, request: &Request) -> Said {
        let Some(receiver) = self.receiver.as_mut() else { return Err(no(404, "rest_no_route", json!({"status": 404}))) };
        if request.line() == "GET /rudr-sync/v1/" {
            return Ok((200, receiver.about(), None));
        }
        let body = request.json();
        let too_much = |code| Err(no(413, code, json!({"status": 413})));
        if request.body.len() > receiver.max_bytes {
            return too_much("rudr_sync_too_large");
        }
        let jobs = body["jobs"].as_array().cloned().unwrap_or_default();
        if jobs.len() > receiver.max_jobs {
            return too_much("rudr_sync_too_many_jobs");
        }
        if body["source"].as_str().is_none_or(|source| source.len() != 36) {
            return Err(no(400, "rudr_sync_invalid_request", json!({"status": 400})));
        }
        let outcomes: Vec<Value> = jobs.iter().map(|job| self.job(job, &body["options"])).collect();
        Ok((200, json!({ "outcomes": outcomes }), None))
    }

    fn plugin(&mut self) -> &mut Receiver {
        self.receiver.as_mut().expect("a receiver")
    }

    fn job(&mut self, job: &Value, options: &Value) -> Value {
        let user_id = job["user_id"].as_u64().unwrap_or_default();
        let said = self.plugin().says.get_mut(&user_id).and_then(VecDeque::pop_front);
        let mut outcome = match said {
            Some(said) => said,
            None if job["op"] == "delete" => self.remove(job, options),
            None => self.put(job, options).unwrap_or_else(|outcome| outcome),
        };
        if outcome.get("ref").is_none() {
            outcome["ref"] = job["ref"].clone();
        }
        outcome
    }

    fn remove(&mut self, job: &Value, options: &Value) -> Value {
        let over = |status: &str| json!({"status": status, "code": null, "message": ""});
        let user_id = job["user_id"].as_u64().unwrap_or_default();
        let Some(row) = self.plugin().rows.get_mut(&user_id).filter(|row| !row.is_gone) else {
            return over(if job["remote_id"].is_null() { "absent" } else { "unlinked" });
        };
        row.is_gone = true;
        let (id, is_own) = (row.id, row.trust == "own");
        if !is_own && options["remove"] != "all" {
            return over("unlinked");
        }
        if job["reassign"].as_u64().is_some_and(|heir| heir != 0 && !self.people.contains_key(&heir)) {
            self.plugin().rows.entry(user_id).and_modify(|row| row.is_gone = false);
            return rejected("invalid_heir", None);
        }
        over(if self.people.remove(&id).is_some() { "deleted" } else { "absent" })
    }

    fn put(&mut self, job: &Value, options: &Value) -> Result<Value, Value> {
        let user_id = job["user_id"].as_u64().unwrap_or_default();
        let email = job["user"]["user_email"].as_str().unwrap_or_default();
        let row = self.plugin().rows.get(&user_id).cloned().filter(|row| !row.is_gone || options["recreate"] != true);
        if row.as_ref().is_some_and(|row| row.is_gone || !self.people.contains_key(&row.id)) && options["recreate"] != true {
            return Err(rejected("gone", None));
        }
        let row = row.filter(|row| self.people.contains_key(&row.id));
        if let Some(row) = row {
            let login = &self.people[&row.id].login;
            if job["remote_id"].as_u64().is_some_and(|id| id != row.id) || job["remote_login"].as_str().is_some_and(|given| given != login)
            {
                return Err(rejected("identity_mismatch", None));
            }
            let status = if row.trust == "own" && job["remote_id"].is_null() { "created" } else { "updated" };
            return Ok(self.store(job, options, &row, status));
        }
        if let (Some(id), Some(login)) = (job["remote_id"].as_u64(), job["remote_login"].as_str()) {
            // A link from before the plugin was here.
            let person = self.people.get(&id).ok_or_else(|| rejected("gone", None))?;
            let is_it = person.email.eq_ignore_ascii_case(email) || job["held"]["user_email"] == json!(digest(&json!(person.email)));
            if person.login != login || !is_it {
                return Err(rejected("identity_mismatch", Some(id)));
            }
            let row = Row { id, trust: "adopted", is_gone: false };
            self.plugin().rows.insert(user_id, row.clone());
            return Ok(self.store(job, options, &row, "updated"));
        }
        let login = job["user"]["user_login"].as_str().unwrap_or_default().to_owned();
        if login.is_empty() || email.is_empty() {
            return Err(rejected("incomplete", None));
        }
        let with_email = self.people.iter().find(|(_, person)| person.email.eq_ignore_ascii_case(email)).map(|(id, _)| *id);
        if let Some(id) = with_email {
            if self.people[&id].roles.iter().any(|role| role == "administrator") {
                return Err(rejected("privileged", Some(id)));
            }
            if options["adopt"] != "any" && job["proved"] != true {
                return Err(rejected("unproven", Some(id)));
            }
            let row = Row { id, trust: "adopted", is_gone: false };
            self.plugin().rows.insert(user_id, row.clone());
            return Ok(self.done("found", &row, Map::new(), &Map::new()));
        }
        if self.people.values().any(|person| person.login == login) {
            return Err(rejected("existing_user_login", None));
        }
        let id = {
            let registered = self.now();
            self.insert(Person { login, email: email.to_owned(), registered, ..Person::default() })
        };
        let row = Row { id, trust: "own", is_gone: false };
        self.plugin().rows.insert(user_id, row.clone());
        Ok(self.store(job, options, &row, "created"))
    }

    fn store(&mut self, job: &Value, options: &Value, row: &Row, status: &str) -> Value {
        let Receiver { hashes, roles, meta, .. } = self.plugin();
        let (hashes, allowed, keys) = (hashes.clone(), roles.clone(), meta.clone());
        let managed: Vec<String> = match options["roles"].as_array() {
            Some(roles) => allowed.iter().filter(|role| roles.contains(&json!(role))).cloned().collect(),
            None => allowed.clone(),
        };
        let Some(person) = self.people.get_mut(&row.id) else { return rejected("gone", None) };
        let (mut held, mut refused) = (Map::new(), Map::new());
        let is_stale =
            |field: &str, now: &str| options["authority"] != true && job["held"][field].as_str().is_some_and(|known| known != now);
        for (field, value) in job["user"].as_object().into_iter().flatten() {
            let text = value.as_str().unwrap_or_default().to_owned();
            match field.as_str() {
                "user_login" | "meta_input" => {}
                "roles" => {
                    let wanted: Vec<String> = serde_json::from_value(value.clone()).unwrap_or_default();
                    if wanted.iter().any(|role| !managed.contains(role)) {
                        refused.insert("roles".into(), json!("role_not_allowed"));
                    }
                    person.roles.retain(|role| !managed.contains(role));
                    person.roles.extend(wanted.into_iter().filter(|role| managed.contains(role)));
                    let now: Vec<String> = person.roles.iter().filter(|role| managed.contains(role)).cloned().collect();
                    held.insert("roles".into(), json!(digest_set(&now)));
                }
                "user_pass_hash" | "user_pass" => {
                    if field == "user_pass_hash" && !hashes.iter().any(|kind| text.starts_with(kind.as_str())) {
                        refused.insert(field.clone(), json!("hash_unsupported"));
                    } else if is_stale("user_pass_hash", &digest(&json!(person.password))) {
                        refused.insert("user_pass_hash".into(), json!("stale"));
                        continue;
                    } else {
                        person.password = text;
                    }
                    held.insert("user_pass_hash".into(), json!(digest(&json!(person.password))));
                }
                _ => {
                    let (text_of, _, rest) = TEXTS.iter().find(|(_, wp, _)| wp == field).expect("a field of wp_insert_user()");
                    let present =
                        if *text_of == Text::Email { json!(person.email) } else { person.texts.get(*rest).cloned().unwrap_or(json!("")) };
                    if present != *value && is_stale(field, &digest(&present)) {
                        refused.insert(field.clone(), json!("stale"));
                        continue;
                    }
                    let cleaned = text.trim().to_owned();
                    held.insert(field.clone(), json!(digest(&json!(cleaned))));
                    if *text_of == Text::Email {
                        person.email = cleaned;
                    } else {
                        person.texts.insert((*rest).to_owned(), json!(cleaned));
                    }
                }
            }
        }
        for (key, value) in job["user"]["meta_input"].as_object().into_iter().flatten() {
            if keys.contains(key) {
                person.meta.insert(key.clone(), value.clone());
                held.insert(format!("meta_input.{key}"), json!(digest(value)));
            } else {
                refused.insert(format!("meta_input.{key}"), json!("meta_not_allowed"));
            }
        }
        self.done(status, row, held, &refused)
    }

    fn done(&self, status: &str, row: &Row, held: Map<String, Value>, refused: &Map<String, Value>) -> Value {
        let person = &self.people[&row.id];
        let when = jiff::Timestamp::from_second(person.registered).unwrap().strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string();
        json!({"status": status, "id": row.id, "login": person.login, "trust": row.trust, "registered": when, "held": held,
            "refused": refused, "code": null, "message": ""})
    }
}

pub fn rejected(code: &str, id: Option<u64>) -> Value {
    json!({"status": "rejected", "id": id, "code": code, "message": format!("As the receiver words {code}.")})
}

/// What its agent hears on every other route: that nobody is logged in, or, where another plugin asks for the user early, why.
pub fn fence(knows_early: bool) -> No {
    if knows_early { no(403, "rudr_sync_agent", json!({"status": 403})) } else { no(401, "rest_not_logged_in", json!({"status": 401})) }
}
