//! Making it true that a user is gone.

use super::adopt;
use super::before::absent;
use super::look::{Refusal, look};
use super::talk::Talk;
use super::unanswered::{self, Look, in_doubt};
use crate::job::{Account as Known, Job, Linked, Trust};
use crate::outcome::{Doubt, Outcome, Status};
use crate::wire::core;
use crate::wire::meaning::{Ask, Meaning};

pub(super) async fn remove(talk: &Talk, job: &Job, heir: Option<u64>) -> Outcome {
    match &job.account {
        Known::Linked(linked) => remove_linked(talk, job, linked, heir).await,
        Known::Named(named) => adopt::named(talk, job, named).await,
        // Only noted, never confirmed: if a create of ours made it, that is found out first.
        Known::Claimed(id) => only_ours(adopt::claimed(talk, job, *id).await),
        // A row that ever tried to create is looked up before it is called absent.
        Known::Unknown => only_ours(unanswered::look(talk, job).await),
    }
}

/// Of what was found for a removal, only an account that we made is of interest, or may have made: somebody else's is none of our
/// business.
fn only_ours(look: Look) -> Outcome {
    let http = match look {
        Look::Nobody { http } => http,
        Look::Told(outcome) => match outcome.status {
            Status::Found if outcome.trust == Some(Trust::Own) => return *outcome,
            Status::Retry | Status::Unauthorized => return *outcome,
            Status::Rejected if outcome.doubt != Doubt::Settled => return *outcome,
            _ => outcome.http,
        },
    };
    absent(http)
}

/// Who may inherit, in turn; none: the agent.
pub(super) fn heirs(talk: &Talk, named: Option<u64>) -> impl Iterator<Item = Option<u64>> {
    [named, talk.site.options.reassign].into_iter().flatten().map(Some).chain([None])
}

async fn remove_linked(talk: &Talk, job: &Job, linked: &Linked, heir: Option<u64>) -> Outcome {
    let name = talk.site.name();
    if let Some(outage) = talk.outage() {
        return outage;
    }
    let was_gone = |http| {
        let message = format!("account {} on {name} was gone already", linked.id);
        Outcome { http, message, ..Outcome::new(Status::Absent).of(linked) }.settled()
    };
    match look(talk, job, linked).await {
        Ok(_) => {}
        Err(Refusal::Gone(answer)) => return was_gone(answer.http()),
        Err(Refusal::Told(outcome)) => return *outcome,
    }
    // The heir may be gone there as well: then the next in line. The agent twice, since their id may be one that we remember.
    let mut http = None;
    for heir in heirs(talk, heir).chain([None]) {
        let heir = match heir {
            Some(heir) => heir,
            None => match talk.agent().await {
                Ok(agent) => agent,
                Err(answer) => return talk.failed(&answer, job.attempts).await.of(linked),
            },
        };
        let answer = talk.ask(Ask::Delete, core::delete(linked.id, heir)).await;
        http = answer.http();
        match &answer.meaning {
            Meaning::Deleted => {
                let message = format!("account {} on {name} removed", linked.id);
                return Outcome { http: answer.http(), message, ..Outcome::new(Status::Deleted).of(linked) }.settled();
            }
            Meaning::Gone => return was_gone(answer.http()),
            Meaning::NoHeir => talk.forget_agent(),
            _ => {
                let outcome = talk.failed(&answer, job.attempts).await.of(linked);
                return if answer.leaves_doubt(outcome.status) { in_doubt(outcome) } else { outcome };
            }
        }
    }
    let message = format!("{name} has nobody to give the content of account {} to: set the site's reassign", linked.id);
    Outcome { http, ..Outcome::rejected("rest_user_invalid_reassign", message).of(linked) }
}
