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
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// How many such changes a delivery may still make.
pub(super) struct Guard {
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    /// None: any number.
    left: Option<u64>,
    /// So many are under way, and may come to nothing.
    open: usize,
}

impl Guard {
    pub(super) fn new(left: Option<u64>) -> Self {
        Self { state: Mutex::new(State { left, open: 0 }), changed: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one of them, and waits for it while one that was taken may be given back; false if none is left.
    async fn take(&self) -> bool {
        loop {
            let changed = self.changed.notified();
            let taken = self.state().take();
            match taken {
                Some(taken) => return taken,
                None => changed.await,
            }
        }
    }

    /// What became of one that was taken.
    fn end(&self, is_made: bool) {
        let mut state = self.state();
        state.open -= 1;
        if !is_made {
            state.left = state.left.map(|left| left + 1);
        }
        drop(state);
        self.changed.notify_waiters();
    }
}

impl State {
    /// None: that is not known yet.
    fn take(&mut self) -> Option<bool> {
        match self.left.as_mut() {
            Some(0) if self.open > 0 => return None,
            Some(0) => return Some(false),
            Some(left) => *left -= 1,
            None => {}
        }
        self.open += 1;
        Some(true)
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
    // Whoever waits here is not waited for by those whom they wait for.
    let apart = talk.together.apart();
    let may_go = talk.guard.take().await;
    drop(apart);
    if !may_go {
        return held(talk, &changes);
    }
    let outcome = send.await;
    let destructive = changes.iter().any(|change| is_made(change, &outcome));
    talk.guard.end(destructive);
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
