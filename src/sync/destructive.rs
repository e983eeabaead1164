//! The guard against accidents: of changes that are not taken back easily only so many are made before a person is asked.
//!
//! They are a removal, the loss of all roles, and another address, of an account that we hold. A script that has removed the wrong
//! thousand users, or a source whose roles were lost, is stopped at the first few.

use super::fields::{fields, role_map};
use super::talk::Talk;
use crate::base::{digest, digest_set};
use crate::job::{Account as Known, Job, Op};
use crate::outcome::{Doubt, Outcome, Status};
use serde_json::json;
use std::sync::{Mutex, PoisonError};

/// How many such changes a delivery may still make; none: any number.
pub(super) struct Guard(Mutex<Option<u64>>);

impl Guard {
    pub(super) fn new(left: Option<u64>) -> Self {
        Self(Mutex::new(left))
    }

    /// Takes one of them; false if none is left.
    fn take(&self) -> bool {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match left.as_mut() {
            Some(0) => return false,
            Some(left) => *left -= 1,
            None => {}
        }
        true
    }

    fn give_back(&self) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.map(|left| left + 1);
    }
}

/// A destructive change.
enum Change {
    /// The account goes.
    Removal,
    /// That field gets a value with that digest.
    Field(&'static str, String),
}

/// Does the job, unless it would destroy too much: then nothing of that user is sent, since all of a push is one state of theirs.
pub(super) async fn guarded(talk: &Talk, job: &Job, send: impl Future<Output = Outcome>) -> Outcome {
    let changes = changes(talk, job);
    if changes.is_empty() || job.released {
        return send.await;
    }
    if !talk.guard.take() {
        return held(talk, &changes);
    }
    let outcome = send.await;
    let destructive = changes.iter().any(|change| is_made(change, &outcome));
    if !destructive {
        talk.guard.give_back();
    }
    Outcome { destructive, ..outcome }
}

/// Of a value that may have been sent already and was never answered nothing is known: it does not count as another.
fn changes(talk: &Talk, job: &Job) -> Vec<Change> {
    if matches!(job.op, Op::Delete { .. }) {
        return vec![Change::Removal];
    }
    if !matches!(job.account, Known::Linked(_)) {
        return Vec::new();
    }
    let sent = |field: &str| job.base.fields.get(field).map(|held| held.sent.as_str()).filter(|sent| !sent.is_empty());
    let present = fields(&job.user, &role_map(talk, job), None);
    let mut changes = Vec::new();
    for field in ["user_email", "roles"] {
        let Some((before, wanted)) = sent(field).zip(present.get(field)) else { continue };
        let empty = if field == "roles" { digest_set(&[]) } else { digest(&json!("")) };
        let is_loss = field == "user_email" || wanted.digest == empty;
        if is_loss && before != wanted.digest && before != empty {
            changes.push(Change::Field(field, wanted.digest.clone()));
        }
    }
    changes
}

/// Whether it was made, or may have been.
fn is_made(change: &Change, outcome: &Outcome) -> bool {
    let is_accepted = match change {
        Change::Removal => outcome.status == Status::Deleted,
        Change::Field(field, digest) => {
            let held = outcome.base.as_ref().and_then(|base| base.fields.get(*field));
            held.is_some_and(|held| held.sent == *digest && held.refused.is_none())
        }
    };
    is_accepted || outcome.doubt == Doubt::Now
}

fn held(talk: &Talk, changes: &[Change]) -> Outcome {
    let what = match changes.first() {
        Some(Change::Field("roles", _)) => "loses all roles",
        Some(Change::Field(..)) => "gets another address",
        _ => "is to be removed",
    };
    let message = format!(
        "the account on {} {what}, after many such changes in a short time: it is held until an administrator confirms that this is meant",
        talk.site.name()
    );
    Outcome { code: Some("held".into()), message, destructive: true, ..Outcome::new(Status::Retry) }
}
