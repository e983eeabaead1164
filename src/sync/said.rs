//! What a site says that an account holds, after it has been written to.

use super::fields::{META, Wanted};
use super::password::is_ours;
use super::talk::Talk;
use super::want::Want;
use crate::base::{digest, digest_set};
use crate::user::TEXTS;
use crate::wire::core::Account;
use crate::wire::receiver::Done;
use serde_json::Value;
use std::collections::BTreeMap;

/// A receiver's code for a field that has changed there since it was last told: it stays, and comes to us the other way.
pub(super) const STALE: &str = "stale";
/// A receiver's code for an address that another of our users has there yet.
pub(super) const WAITS_FOR: &str = "waits_for";

/// What it says.
#[derive(Default)]
pub(super) struct Said {
    /// Digests, by field.
    pub(super) held: BTreeMap<String, String>,
    /// Fields that were not stored, each with a code.
    pub(super) refused: BTreeMap<String, String>,
    /// What stands for the password.
    pub(super) password: Option<String>,
    /// When the account was made.
    pub(super) registered: Option<i64>,
}

impl Said {
    /// By the answer of core's REST to that push. It names no field that it has not stored; but shows what it holds.
    pub(super) fn by_core(account: &Account, want: &Want) -> Self {
        let mut said = Self { registered: account.registered, ..Self::default() };
        for (key, wanted) in &want.fields {
            match held_by(account, key) {
                Some(held) => drop(said.held.insert(key.clone(), held)),
                None if key.starts_with(META) && !wanted.value.is_null() => {
                    said.refused.insert(key.clone(), "meta_not_registered".into());
                }
                None => {}
            }
        }
        said.note_altered(want);
        said
    }

    /// By the outcome of a receiver.
    pub(super) fn by_receiver(talk: &Talk, done: &Done, want: &Want) -> Self {
        let of_push = |by_field: &BTreeMap<String, String>| -> BTreeMap<String, String> {
            by_field.iter().filter(|(key, _)| want.fields.contains_key(*key)).map(|(key, value)| (key.clone(), value.clone())).collect()
        };
        let mut said = Self {
            held: of_push(&done.held),
            refused: of_push(&done.refused),
            password: done.held.get("user_pass_hash").filter(|_| want.password.goes()).cloned(),
            registered: Some(done.account.registered),
        };
        for code in said.refused.values_mut() {
            *code = talk.shown_code(std::mem::take(code));
        }
        // Whether as a hash or typed: to us it is the password.
        let password = ["user_pass_hash", "user_pass"].into_iter().find_map(|key| done.refused.get(key));
        if let Some(code) = password.filter(|_| want.password.goes()) {
            said.refused.insert("user_pass".into(), talk.shown_code(code.clone()));
        }
        said.note_altered(want);
        said
    }

    /// Whether the password was taken, as far as the site says.
    pub(super) fn has_password(&self) -> bool {
        self.refused.get("user_pass").is_none_or(|code| !is_ours(code))
    }

    fn note_altered(&mut self, want: &Want) {
        for (key, wanted) in &want.fields {
            if is_altered(key, wanted, self.held.get(key)) {
                self.refused.entry(key.clone()).or_insert_with(|| "altered".into());
            }
        }
    }
}

/// Whether the site holds something else than it was sent, as where its own rules clean a name. An empty value it may fill, and
/// for an empty locale it names its own.
fn is_altered(key: &str, sent: &Wanted, held: Option<&String>) -> bool {
    let Some(held) = held else { return false };
    match &sent.value {
        Value::String(text) => !text.is_empty() && !key.starts_with(META) && *held != digest(&sent.value),
        Value::Array(roles) if key == "roles" => {
            let roles: Vec<String> = roles.iter().filter_map(|role| role.as_str().map(str::to_owned)).collect();
            *held != digest_set(&roles)
        }
        _ => false,
    }
}

fn held_by(account: &Account, key: &str) -> Option<String> {
    if let Some(key) = key.strip_prefix(META) {
        return account.meta(key).map(digest);
    }
    if key == "roles" {
        return account.roles.as_deref().map(digest_set);
    }
    TEXTS.iter().find(|(_, wp, _)| *wp == key).and_then(|(text, _, _)| account.held(*text))
}
