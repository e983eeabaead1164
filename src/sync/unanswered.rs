//! A write was sent before and its answer never came: wait until it cannot be at work any more, then look what it did.

use super::adopt::{decide, found, undated};
use super::talk::Talk;
use super::window::{Attempt, Made, made};
use crate::backoff::UNANSWERED;
use crate::job::Job;
use crate::outcome::{Doubt, Outcome, Status};

/// Nothing is sent while an earlier write may be at work still: `WordPress` has no unique key that would hold a second create back,
/// and no order in which two updates arrive.
pub(super) fn wait(talk: &Talk, job: &Job) -> Option<Outcome> {
    let tried = job.tried.as_ref().filter(|_| job.is_in_doubt())?;
    let rest = tried.last.saturating_add(UNANSWERED).saturating_sub(tried.now).min(UNANSWERED);
    if rest == 0 {
        return None;
    }
    let message = format!("what was sent to {} was never answered; whether it worked is looked at in {rest} s", talk.site.name());
    Some(Outcome { code: Some("unanswered".into()), message, due: Some(rest), ..Outcome::new(Status::Retry) })
}

/// What became of an unanswered create.
pub(super) enum Look {
    /// Nobody has that address.
    Nobody {
        /// The status of the answer that says so; none where there was nothing to look for.
        http: Option<u16>,
    },
    /// As told.
    Told(Box<Outcome>),
}

/// Looks for the account that an unanswered create may have made; asks nothing where there was no such create.
pub(super) async fn look(talk: &Talk, job: &Job) -> Look {
    let told = |outcome: Outcome| Look::Told(Box::new(outcome));
    let Some(tried) = &job.tried else { return Look::Nobody { http: None } };
    let Some(sent) = job.tried_email() else {
        let message = "whether an unanswered create worked cannot be found out without the user's address";
        return told(Outcome::rejected("incomplete", message));
    };
    if let Some(outage) = talk.outage() {
        return told(outage);
    }
    let found_there = match talk.find(sent).await {
        Ok(found) => found,
        Err(answer) => return told(talk.failed(&answer, job.attempts).await),
    };
    let (attempt, http) = (Attempt::tried(Some(tried), talk.begun, found_there.date), found_there.http);
    let is_present = job.user.email().is_some_and(|email| email.eq_ignore_ascii_case(sent));
    if found_there.accounts.is_empty() {
        return Look::Nobody { http };
    }
    if is_present {
        return told(decide(talk, job, &found_there.accounts, attempt, http));
    }
    // The create carried an address that the user has no more. Whoever else has that one is none of our business.
    match found_there.accounts.iter().map(|account| (made(attempt, job, Some(sent), account), account)).find(|(m, _)| *m != Made::ByOthers)
    {
        None => Look::Nobody { http },
        Some((Made::Unknown, account)) => told(undated(talk, account, http)),
        Some((_, account)) => told(found(talk, job, account, http)),
    }
}

/// A put goes on only once the look is noted: then its own create is noted before it is sent, as the one that is in doubt. So what
/// counts as made by us never spans more than one unanswered create.
pub(super) fn nobody(talk: &Talk, http: Option<u16>) -> Outcome {
    let message = format!("the create that was sent to {} and never answered made no account; it is sent again", talk.site.name());
    Outcome { http, code: Some("nobody".into()), message, due: Some(0), ..Outcome::new(Status::Retry) }.settled()
}

/// An outcome of something that was sent in this job and may have worked: it is looked at before anything is sent again, and not at
/// once.
pub(super) fn in_doubt(outcome: Outcome) -> Outcome {
    Outcome { doubt: Doubt::Now, due: outcome.due.map(|due| due.max(UNANSWERED)), ..outcome }
}
