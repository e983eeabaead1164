//! A look at an account before anything is done that would hand it over or give it power.

use super::talk::{Answer, Talk};
use crate::job::{Job, Linked, Trust};
use crate::outcome::{Outcome, Scope};
use crate::wire::core::{self, Account};
use crate::wire::meaning::{Ask, Meaning};

/// Why an account that was looked at must be left alone.
pub(super) enum Refusal {
    /// There is none with that id.
    Gone(Box<Answer>),
    /// As told.
    Told(Box<Outcome>),
}

/// Reads the linked account: it must still be the same login, and hold no power over the site.
pub(super) async fn look(talk: &Talk, job: &Job, linked: &Linked) -> Result<Account, Refusal> {
    let told = |outcome: Outcome| Err(Refusal::Told(Box::new(outcome)));
    let answer = talk.ask(Ask::Look, core::look(linked.id)).await;
    let account = match &answer.meaning {
        Meaning::Account(account) => account,
        Meaning::Gone => return Err(Refusal::Gone(Box::new(answer))),
        _ => return told(talk.failed(&answer, job.attempts).await.of(linked)),
    };
    if account.id != linked.id || account.login.as_ref() != Some(&linked.login) {
        return told(identity_mismatch(talk, linked, answer.http()));
    }
    match account.is_privileged() {
        Some(false) => Ok((**account).clone()),
        Some(true) if talk.site.options.follow_privileged && linked.trust == Trust::Own => Ok((**account).clone()),
        Some(true) => told(privileged(talk, linked.id, answer.http()).of(linked)),
        None => told(unseen_powers(talk, answer.http()).of(linked)),
    }
}

pub(super) fn unseen_powers(talk: &Talk, http: Option<u16>) -> Outcome {
    let message = format!(
        "{} does not show what the account may do there, so it is left alone: is a plugin altering its REST answers?",
        talk.site.name()
    );
    Outcome { http, scope: Scope::Job, ..Outcome::rejected("capabilities_hidden", message) }
}

pub(super) fn identity_mismatch(talk: &Talk, linked: &Linked, http: Option<u16>) -> Outcome {
    let message = format!(
        "account {} on {} is no longer '{}': somebody else has that id now (was the site restored from a backup?). Unlink the user, or link the right account",
        linked.id,
        talk.site.name(),
        linked.login
    );
    Outcome { http, ..Outcome::rejected("identity_mismatch", message).of(linked) }
}

pub(super) fn privileged(talk: &Talk, id: u64, http: Option<u16>) -> Outcome {
    let message = format!("account {id} on {} may edit users or options there, and such accounts are left alone", talk.site.name());
    Outcome { http, ..Outcome::rejected("privileged", message) }
}
