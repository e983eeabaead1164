//! A job in the receiver's words.

use crate::base::Base;
use crate::job::{Account as Known, Job, Named, Proof};
use crate::site::Authority;
use crate::sync::handover::Message;
use crate::sync::talk::Talk;
use crate::sync::want::Want;
use crate::user::Text;
use serde_json::{Map, Value, json};

pub(super) fn put(talk: &Talk, job: &Job, want: &Want) -> Message {
    let mut user = want.user();
    let mut message = begin("put", job);
    match &job.account {
        // Without a login no account is made in place of one that is gone: what has changed would be all that it held.
        Known::Linked(_) => drop(message.insert("held".into(), json!(held(talk, job, want)))),
        Known::Claimed(_) | Known::Named(..) | Known::Unknown => {
            user.insert("user_login".into(), json!(job.user.login));
            if want.is_without_roles() {
                user.insert("roles".into(), json!([]));
            }
        }
    }
    if let Known::Claimed(id) = job.account {
        message.insert("remote_id".into(), json!(id));
    }
    if want.password.goes() {
        message.insert("password_mark".into(), json!(job.password_mark));
    }
    message.insert("user".into(), Value::Object(user));
    message
}

pub(super) fn delete(job: &Job, heir: Option<u64>) -> Message {
    let mut message = begin("delete", job);
    message.insert("user".into(), json!({"user_login": job.user.login, "user_email": job.user.email()}));
    message.insert("reassign".into(), json!(heir));
    message
}

/// What is said in either: who, and which account.
fn begin(op: &str, job: &Job) -> Message {
    let mut message = Map::new();
    let mut say = |key: &str, value: Value| drop(message.insert(key.to_owned(), value));
    say("op", json!(op));
    say("user_id", json!(job.user_id));
    match &job.account {
        Known::Linked(linked) => {
            say("remote_id", json!(linked.id));
            say("remote_login", json!(linked.login));
            say("trust", json!(linked.trust.word()));
            if let Some(registered) = job.base.registered.and_then(|at| jiff::Timestamp::from_second(at).ok()) {
                say("registered", json!(registered.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()));
            }
        }
        Known::Named(Named { id, login, trust }) => {
            say("remote_id", json!(id));
            say("trust", json!(trust.word()));
            if let Some(login) = login {
                say("remote_login", json!(login));
            }
        }
        Known::Claimed(_) | Known::Unknown => {}
    }
    let is_a_persons_word = matches!(job.account, Known::Named(..));
    say("proved", json!(is_a_persons_word || job.proof != Proof::None));
    message
}

/// What the site last said that it holds of what is sent: where it holds something else by now, that stays. Only where the site is right;
/// but of the address always, since by it a receiver that is new there knows the account again. While a write is in doubt nobody knows
/// what the site holds.
fn held(talk: &Talk, job: &Job, want: &Want) -> Map<String, Value> {
    let Base { fields, password_held, is_doubted, .. } = &job.base;
    let mut held = Map::new();
    // Where the doubt was noted, what the site holds of the other fields is known yet.
    if job.is_in_doubt() && !is_doubted {
        return held;
    }
    let is_there = talk.site.options.authority == Authority::There;
    let of_push = want.fields.keys().map(String::as_str).filter(|_| is_there);
    for key in of_push.chain([Text::Email.wp()]) {
        if let Some(digest) = fields.get(key).and_then(|known| known.held.as_ref()) {
            held.insert(key.to_owned(), json!(digest));
        }
    }
    if let Some(digest) = password_held.as_ref().filter(|_| is_there && want.password.goes()) {
        held.insert("user_pass_hash".into(), json!(digest));
    }
    held
}
