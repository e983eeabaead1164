//! Whether a password has to be sent, and which.

use super::Talk;
use super::speech::Speech;
use crate::backoff::LONGEST;
use crate::base::Base;
use crate::job::Job;
use crate::outcome::{Outcome, Status};
use crate::secret::{SealError, Secret};

/// The password's part of what has to be sent.
pub(super) enum Password {
    /// The site has it, or none is spoken of.
    Same,
    /// It goes.
    Send(Secret),
    /// Its hash goes, which the site can check; nobody need know the password.
    SendHash(Secret),
    /// It changed, and nobody can say what it is; the code says why.
    Unknown(&'static str),
    /// It changed, and waits for the receiver to come back.
    Waits,
}

impl Password {
    /// Whether it is among what is sent.
    pub(super) fn goes(&self) -> bool {
        matches!(self, Self::Send(_) | Self::SendHash(_))
    }
}

/// What stands refused while a password waits for the receiver.
pub(super) const RECEIVER_GONE: &str = "receiver_gone";

/// All else was done; the password waits until the receiver is back, or an administrator lets it go by the plain way.
pub(super) fn kept_back(outcome: Outcome) -> Outcome {
    let is_done = matches!(outcome.status, Status::Created | Status::Updated | Status::Unchanged);
    if !is_done || outcome.refused.get("user_pass").is_none_or(|code| code != RECEIVER_GONE) {
        return outcome;
    }
    Outcome { status: Status::Retry, code: Some(RECEIVER_GONE.into()), due: Some(LONGEST), spent: false, ..outcome }
}

/// Codes of ours for a password that was not sent at all, and a receiver's for a hash that it cannot use; it goes as soon as it can.
pub(super) fn is_ours(code: &str) -> bool {
    matches!(code, "password_unknown" | "key_missing" | "key_lost" | "unreadable" | "hash_unsupported" | RECEIVER_GONE)
}

/// Whether the site may not have it, whatever is at hand: by the mark that the base has. So also where a write is in doubt, and where
/// the site refused it and is to be asked again.
pub(super) fn differs(job: &Job, base: &Base) -> bool {
    is_spoken_of(job) && (!is_sent(job, base) || is_to_go_again(job, base))
}

fn is_spoken_of(job: &Job) -> bool {
    job.password_mark.is_some() || job.user.pass.is_some() || job.user.pass_hash.is_some()
}

fn is_sent(job: &Job, base: &Base) -> bool {
    job.password_mark.is_some() && job.password_mark == base.password
}

/// Where a doubt was noted it is known whether it is about a password: one that somebody has set there is not undone because the answer
/// to a changed name was lost.
fn is_to_go_again(job: &Job, base: &Base) -> bool {
    let is_doubted = if base.is_doubted { base.is_password_doubted } else { job.is_in_doubt() };
    is_doubted || job.retry && base.password_refused.is_some()
}

/// What goes. Where the site may have it already, it is sent once more if it is at hand, and else believed to be there: nobody could do
/// better.
pub(super) fn password(talk: &Talk, job: &Job, base: &Base, speech: &Speech) -> Password {
    let is_sent = is_sent(job, base);
    if is_sent && !is_to_go_again(job, base) {
        return Password::Same;
    }
    let hash = job.user.pass_hash.as_ref();
    match (speech, hash) {
        (Speech::Former, _) if is_sent || !is_spoken_of(job) => return Password::Same,
        (Speech::Former, _) => return Password::Waits,
        (Speech::Receiver(about), Some(hash)) if about.checks(hash.expose()) => {
            talk.hide(hash);
            return Password::SendHash(hash.clone());
        }
        _ => {}
    }
    match at_hand(talk, job) {
        Some(Ok(plain)) => {
            talk.hide(&plain);
            Password::Send(plain)
        }
        _ if is_sent => Password::Same,
        Some(Err(code)) => Password::Unknown(code),
        None if matches!(speech, Speech::Receiver(_)) && hash.is_some() => Password::Unknown("hash_unsupported"),
        None if job.password_mark.is_some() => Password::Unknown("password_unknown"),
        None => Password::Same,
    }
}

/// The plaintext, or why it cannot be opened; none where there is none.
fn at_hand(talk: &Talk, job: &Job) -> Option<Result<Secret, &'static str>> {
    if let Some(plain) = &job.user.pass {
        return Some(Ok(plain.clone()));
    }
    let (mark, sealed) = (job.password_mark.as_ref()?, job.secret.as_ref()?);
    let id = job.user_id.to_string();
    let key = super::key_file(&talk.settings).ok().flatten();
    Some(talk.site.open(sealed, &[talk.site.name(), &id, mark], key.as_ref()).map_err(|error| match error {
        // Bound to another mark, most likely: to a password that has been changed since, and nobody could keep the new one.
        SealError::Damaged => "password_unknown",
        error => error.code(),
    }))
}
