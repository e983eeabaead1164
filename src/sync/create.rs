//! Making an account.

use super::answer::Answer;
use super::before::incomplete;
use super::power::take_back;
use super::said::Said;
use super::speech::Speech;
use super::taken::{Refused, taken};
use super::talk::Talk;
use super::told::told;
use super::unanswered::in_doubt;
use super::want::Want;
use super::window::Attempt;
use crate::base::Base;
use crate::job::{Job, Linked, Trust};
use crate::outcome::{Outcome, Status};
use crate::secret::Secret;
use crate::wire::core::{self, Account};
use crate::wire::meaning::{Ask, Meaning};
use serde_json::json;

pub(super) async fn create(talk: &Talk, job: &Job, speech: &Speech) -> Outcome {
    if let Some(outcome) = incomplete(job) {
        return outcome;
    }
    let (login, email) = (job.user.login.as_deref().unwrap_or_default(), job.user.email().unwrap_or_default());
    if let Some(outage) = talk.outage() {
        return outage;
    }
    let mut want = Want::all(talk, job, speech);
    let mut begun = Attempt::None;
    loop {
        let mut body = want.body(login);
        body.insert("email".into(), json!(email));
        if want.is_without_roles() {
            body.insert("roles".into(), json!([]));
        }
        if !want.password.goes() {
            // Core wants a password. Nobody knows this one: the user sets one there, or changes the one here.
            let unknown = Secret::unknown_password();
            talk.hide(&unknown);
            body.insert("password".into(), json!(unknown.expose()));
        }
        want.tell_password_of_new(job);
        let answer = talk.ask(Ask::Create, core::create(body)).await;
        match &answer.meaning {
            Meaning::Account(account) => return created(talk, job, want, login, account, &answer).await,
            Meaning::Taken { login, multisite } => {
                return taken(talk, job, Refused { login: *login, multisite: *multisite, begun, answer: &answer }).await;
            }
            Meaning::Fields(named)
                if !named.iter().any(|(name, _)| name == "user_login" || name == "user_email") && want.refuse(talk, named) =>
            {
                // Core checks meta after it has made the account: what is "taken" next may be what this very request made.
                if begun.is_none() {
                    begun = Attempt::of(answer.date);
                }
            }
            _ => {
                let outcome = talk.failed(&answer, job.attempts).await;
                return if !begun.is_none() || answer.leaves_doubt(outcome.status) { in_doubt(outcome) } else { outcome };
            }
        }
    }
}

async fn created(talk: &Talk, job: &Job, mut want: Want, login: &str, account: &Account, answer: &Answer) -> Outcome {
    let linked = Linked { id: account.id, login: account.login.clone().unwrap_or_else(|| login.to_owned()), trust: Trust::Own };
    take_back(talk, &mut want, &linked, account, &[]).await;
    let said = Said::by_core(account, &want);
    let (base, refused) = want.accepted(job, &Base::default(), Some(&said));
    let message = told(talk, "made", linked.id, &refused);
    Outcome { base: Some(base), refused, http: answer.http(), message, ..Outcome::new(Status::Created).of(&linked) }.settled()
}
