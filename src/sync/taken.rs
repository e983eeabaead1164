//! The site says that login or address are taken: by whom?

use super::adopt::decide;
use super::answer::Answer;
use super::talk::{Found, Talk};
use super::unanswered::in_doubt;
use super::window::Attempt;
use crate::backoff;
use crate::job::Job;
use crate::outcome::{Doubt, Outcome, Status};
use crate::wire::core::Account;

/// What was told when a create was refused.
pub(super) struct Refused<'a> {
    /// The login is taken; else the address.
    pub(super) login: bool,
    /// The site is a multisite, which shows one blog's members only.
    pub(super) multisite: bool,
    /// An earlier request of this very job may have made the account, then.
    pub(super) begun: Attempt,
    pub(super) answer: &'a Answer,
}

/// Looks for whoever has the address, then for whoever has the login.
pub(super) async fn taken(talk: &Talk, job: &Job, refused: Refused<'_>) -> Outcome {
    let http = refused.answer.http();
    let (login, email) = (job.user.login.as_deref().unwrap_or_default(), job.user.email().unwrap_or_default());
    let unclear = |outcome: Outcome| if !refused.begun.is_none() && outcome.doubt == Doubt::Before { in_doubt(outcome) } else { outcome };
    let Found { accounts, .. } = match talk.find(email).await {
        Ok(found) => found,
        Err(answer) => return unclear(talk.failed(&answer, job.attempts).await),
    };
    if !accounts.is_empty() {
        return unclear(decide(talk, job, &accounts, refused.begun, http));
    }
    let Found { accounts, is_all, .. } = match talk.find_login(login).await {
        Ok(found) => found,
        Err(answer) => return unclear(talk.failed(&answer, job.attempts).await),
    };
    match accounts.first() {
        Some(account) => of_another(talk, account, http),
        None if !is_all && refused.login => of_many(talk, http),
        None => nobody(talk, job, &refused),
    }
}

/// An equal login with another address is somebody else, always.
fn of_another(talk: &Talk, account: &Account, http: Option<u16>) -> Outcome {
    let message = format!("account {} on {} has this login and another address, so it is somebody else", account.id, talk.site.name());
    Outcome { http, id: Some(account.id), login: account.login.clone(), ..Outcome::rejected("conflict", message) }.settled()
}

/// The same of whoever is not found among all whose login, name or address holds the login: nobody has our user's address.
fn of_many(talk: &Talk, http: Option<u16>) -> Outcome {
    let message = format!(
        "{} says that the login is taken, by one of many whose login, name or address holds it, and by nobody with this address: so it is somebody else",
        talk.site.name()
    );
    Outcome { http, ..Outcome::rejected("conflict", message) }.settled()
}

fn nobody(talk: &Talk, job: &Job, refused: &Refused) -> Outcome {
    let http = refused.answer.http();
    let (name, what) = (talk.site.name(), if refused.login { "login" } else { "address" });
    if refused.multisite {
        let message = format!(
            "{name} is a multisite, and the {what} belongs to an account of its network that this blog does not show; only the plugin on that side can add it"
        );
        return Outcome { http, ..Outcome::rejected("needs_receiver", message) }.settled();
    }
    let message =
        format!("{name} says that the {what} is taken, but shows nobody who has it: removed just now, most likely; it is tried again");
    let due = Some(backoff::due(job.attempts, None));
    Outcome { http, code: Some("taken".into()), message, due, spent: true, ..Outcome::new(Status::Retry) }.settled()
}
