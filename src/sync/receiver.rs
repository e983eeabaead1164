//! One job by a receiver. It keeps the rules about whose an account is itself, and has them at hand while it writes: what is asked of a
//! plain site one by one is one request here, which can be sent again whatever became of it.

mod message;
mod told;

use super::before::incomplete;
use super::handover::{Reception, What};
use super::put::unchanged;
use super::remove::heirs;
use super::speech::Speech;
use super::talk::Talk;
use super::unanswered::in_doubt;
use super::want::Want;
use crate::job::{Account as Known, Job, Linked, Op};
use crate::outcome::{Doubt, Outcome, Status};
use crate::wire::receiver::{About, is_uuid};
use std::sync::Arc;

/// What came of it; none if the site is no receiver any more.
pub(super) async fn perform(talk: &Talk, job: &Job, about: Arc<About>) -> Option<Outcome> {
    if let Some(outage) = talk.outage() {
        return Some(outage);
    }
    if !talk.source.as_deref().is_some_and(is_uuid) {
        let message = "a receiver wants to know who sends: name a uuid of this install as the site's `source`";
        return Some(Outcome::rejected("source_missing", message));
    }
    if job.user_id == 0 {
        return Some(Outcome::rejected("incomplete", "a receiver tells users apart by their `user_id`, and this job has none"));
    }
    match job.op {
        Op::Put => put(talk, job, about).await,
        Op::Delete { heir } => remove(talk, job, heir).await,
    }
}

async fn put(talk: &Talk, job: &Job, about: Arc<About>) -> Option<Outcome> {
    let speech = Speech::Receiver(about);
    let mut want = match &job.account {
        Known::Linked(linked) => {
            let want = Want::changed(talk, job, &speech);
            if want.is_empty() {
                return Some(unchanged(talk, job, want, linked, None));
            }
            want
        }
        Known::Named(_) => Want::changed(talk, job, &speech),
        Known::Claimed(_) | Known::Unknown => match incomplete(job) {
            Some(outcome) => return Some(outcome),
            None => Want::all(talk, job, &speech),
        },
    };
    if linked(job).is_none() {
        want.tell_password_of_new(job);
    }
    let Reception { what, was_unanswered } = talk.hand_over(message::put(talk, job, &want)).await;
    let base = linked(job).map(|_| want.doubted(&job.base));
    let outcome = match settle(talk, job, what, was_unanswered).await? {
        Ok(said) => told::put(talk, job, want, said),
        Err(outcome) => outcome,
    };
    // What was begun and has not ended well may have been done in part.
    Some(if outcome.doubt == Doubt::Now { Outcome { base, ..outcome } } else { outcome })
}

async fn remove(talk: &Talk, job: &Job, heir: Option<u64>) -> Option<Outcome> {
    let mut last = None;
    for heir in heirs(talk, heir) {
        let Reception { what, was_unanswered } = talk.hand_over(message::delete(job, heir)).await;
        let outcome = match settle(talk, job, what, was_unanswered).await? {
            Ok(said) => told::delete(talk, job, said),
            Err(outcome) => outcome,
        };
        let has_no_heir = outcome.code.as_deref() == Some("invalid_heir");
        last = Some(outcome);
        if !has_no_heir {
            break;
        }
    }
    last
}

/// What the receiver said; else what else came of it. None: it is none any more.
async fn settle(talk: &Talk, job: &Job, what: What, was_unanswered: bool) -> Option<Result<told::Word, Outcome>> {
    let unclear = |outcome: Outcome, is_unclear: bool| if is_unclear { Outcome { doubt: Doubt::Now, ..outcome } } else { outcome };
    match what {
        What::Told(told) => Some(Ok(told::Word { told, was_unanswered })),
        What::Failed(answer) => {
            let outcome = about(job, talk.failed(&answer, job.attempts).await);
            let is_unclear = was_unanswered || answer.leaves_doubt(outcome.status);
            Some(Err(unclear(outcome, is_unclear)))
        }
        What::NotSent => Some(Err(unclear(talk.outage().unwrap_or_else(|| Outcome::new(Status::Retry)), was_unanswered))),
        What::Turned if was_unanswered => {
            let message =
                format!("what was sent to {} was never answered, and its plugin is gone since; it is looked at later", talk.site.name());
            Some(Err(in_doubt(Outcome { code: Some("unanswered".into()), message, due: Some(0), ..Outcome::new(Status::Retry) })))
        }
        What::Turned => None,
    }
}

fn linked(job: &Job) -> Option<&Linked> {
    if let Known::Linked(linked) = &job.account { Some(linked) } else { None }
}

/// The same, speaking of the account that the link holds, if it holds one.
fn about(job: &Job, outcome: Outcome) -> Outcome {
    match linked(job) {
        Some(linked) => outcome.of(linked),
        None => outcome,
    }
}
