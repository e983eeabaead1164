//! A look at an account before anything is done that would hand it over or give it power.

use super::answer::Answer;
use super::talk::Talk;
use crate::job::{Job, Linked, Trust};
use crate::outcome::{Outcome, Scope};
use crate::user::Text;
use crate::wire::core::{self, Account};
use crate::wire::meaning::{Ask, Meaning};

/// Why an account that was looked at must be left alone.
pub(super) enum Refusal {
    /// There is none with that id.
    Gone(Box<Answer>),
    /// As told.
    Told(Box<Outcome>),
}

/// Reads the linked account, with the status of the answer: it must still be the same person's, and hold no power over the site.
pub(super) async fn look(talk: &Talk, job: &Job, linked: &Linked) -> Result<(Account, Option<u16>), Refusal> {
    let told = |outcome: Outcome| Err(Refusal::Told(Box::new(outcome)));
    let answer = talk.ask(Ask::Look, core::look(linked.id)).await;
    let account = match &answer.meaning {
        Meaning::Account(account) => account,
        Meaning::Gone => return Err(Refusal::Gone(Box::new(answer))),
        _ => return told(talk.failed(&answer, job.attempts).await.of(linked)),
    };
    if account.id != linked.id || account.login.as_ref() != Some(&linked.login) || is_another(job, account) || has_moved(job, account) {
        return told(identity_mismatch(talk, linked, answer.http()));
    }
    match account.is_privileged() {
        Some(true) if !(talk.site.options.follow_privileged && linked.trust == Trust::Own) => {
            told(privileged(talk, linked.id, answer.http()).of(linked))
        }
        Some(_) => Ok(((**account).clone(), answer.http())),
        None => told(unseen_powers(talk, answer.http()).of(linked)),
    }
}

/// Whether the account was made at another time than ours: id and login have been given to somebody else since.
pub(super) fn is_another(job: &Job, account: &Account) -> bool {
    matches!((job.base.registered, account.registered), (Some(known), Some(seen)) if known != seen)
}

/// The same by the address, for links that do not know when their account was made: it is neither what the site last said it held
/// nor what the user has now. While a write is in doubt the first is not known.
fn has_moved(job: &Job, account: &Account) -> bool {
    if job.base.registered.is_some() || job.is_in_doubt() {
        return false;
    }
    let held = job.base.fields.get(Text::Email.wp()).and_then(|held| held.held.as_ref());
    let differs = held.is_some_and(|held| account.held(Text::Email).is_some_and(|seen| seen != *held));
    differs && !job.user.email().is_some_and(|email| account.has_email(email))
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
        "account {} on {} is no longer the '{}' that it was: somebody else has that id now (was the site restored from a backup?). Unlink the user, or link the right account",
        linked.id,
        talk.site.name(),
        linked.login
    );
    Outcome { http, ..Outcome::rejected("identity_mismatch", message).of(linked) }.settled()
}

pub(super) fn privileged(talk: &Talk, id: u64, http: Option<u16>) -> Outcome {
    let message = format!("account {id} on {} may edit users or options there, and such accounts are left alone", talk.site.name());
    Outcome { http, ..Outcome::rejected("privileged", message) }
}
