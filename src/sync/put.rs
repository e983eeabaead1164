//! Making it true that a user exists like so.

use super::adopt;
use super::answer::Answer;
use super::create::create;
use super::fields::role_map;
use super::look::{Refusal, identity_mismatch, is_another, look};
use super::power::take_back;
use super::said::Said;
use super::speech::Speech;
use super::talk::Talk;
use super::told::told;
use super::unanswered::{self, Look, in_doubt};
use super::want::Want;
use crate::job::{Account as Known, Job, Linked};
use crate::outcome::{Outcome, Status};
use crate::wire::core::Account;
use crate::wire::meaning::Meaning;

pub(super) async fn put(talk: &Talk, job: &Job, speech: &Speech) -> Outcome {
    match &job.account {
        Known::Linked(linked) => update(talk, job, linked, speech).await,
        Known::Named(named) => adopt::named(talk, job, named).await,
        Known::Claimed(id) => match adopt::claimed(talk, job, *id).await {
            Look::Told(outcome) => *outcome,
            Look::Nobody { .. } => create(talk, job, speech).await,
        },
        Known::Unknown => match unanswered::look(talk, job).await {
            Look::Told(outcome) => *outcome,
            Look::Nobody { http } if job.tried.is_some() => unanswered::nobody(talk, http),
            Look::Nobody { .. } => create(talk, job, speech).await,
        },
    }
}

async fn update(talk: &Talk, job: &Job, linked: &Linked, speech: &Speech) -> Outcome {
    let mut want = Want::changed(talk, job, speech);
    if want.is_empty() {
        return unchanged(talk, job, want, linked, None);
    }
    if let Some(outage) = talk.outage() {
        return outage;
    }
    let mut seen = None;
    if want.is_sensitive() {
        match look(talk, job, linked).await {
            Ok((account, http)) => {
                want.reconcile_roles(&role_map(talk, job), &account);
                seen = Some((account, http));
            }
            Err(Refusal::Gone(answer)) => return gone(talk, job, linked, answer.http()),
            Err(Refusal::Told(outcome)) => return *outcome,
        }
    }
    let before = seen.as_ref().and_then(|(account, _)| account.roles.clone()).unwrap_or_default();
    let mut address = Address::Free;
    loop {
        if want.is_empty() {
            return Outcome { holder: address.holder(), ..unchanged(talk, job, want, linked, seen.as_ref()) };
        }
        let answer = talk.change(job, linked.id, want.body(&linked.login)).await;
        match &answer.meaning {
            Meaning::Account(account) if is_another(job, account) => return identity_mismatch(talk, linked, answer.http()),
            Meaning::Account(account) if want.without_what_kept_the_row(account) => {}
            Meaning::Account(account) => {
                take_back(talk, &mut want, linked, account, &before).await;
                let said = Said::by_core(account, &want);
                let (base, refused) = want.accepted(job, &job.base, Some(&said));
                let message = told(talk, "changed", linked.id, &refused);
                let (base, http, holder) = (Some(base), answer.http(), address.holder());
                return Outcome { base, refused, http, message, holder, ..Outcome::new(Status::Updated).of(linked) }.settled();
            }
            Meaning::IdentityMismatch => return identity_mismatch(talk, linked, answer.http()),
            Meaning::Gone => return gone(talk, job, linked, answer.http()),
            Meaning::Fields(named) if address == Address::Free && names_address(named) => match who_has(talk, job, linked).await {
                Ok(found) => address = found,
                Err(answer) => return talk.failed(&answer, job.attempts).await.of(linked),
            },
            Meaning::Fields(named) if want.refuse(talk, named) => seen = seen.map(|(account, _)| (account, answer.http())),
            _ => {
                let outcome = talk.failed(&answer, job.attempts).await.of(linked);
                if answer.leaves_doubt(outcome.status) {
                    return in_doubt(Outcome { base: Some(want.doubted(&job.base)), ..outcome });
                }
                return outcome;
            }
        }
    }
}

/// What is known of the address that is to be given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Address {
    /// Nobody has said otherwise.
    Free,
    /// The site would not take it, and nobody has it: it is offered once more, since whoever had it may just have got another.
    FreeAgain,
    /// That account has it.
    Of(u64),
}

impl Address {
    fn holder(self) -> Option<u64> {
        if let Self::Of(id) = self { Some(id) } else { None }
    }
}

/// Core has one code for an address that is taken and for one that is none (`rest_user_invalid_email`).
fn names_address(named: &[(String, String)]) -> bool {
    named.iter().any(|(field, _)| field == "user_email")
}

async fn who_has(talk: &Talk, job: &Job, linked: &Linked) -> Result<Address, Answer> {
    let found = talk.find(job.user.email().unwrap_or_default()).await?;
    let other = found.accounts.iter().find(|account| account.id != linked.id);
    Ok(other.map_or(Address::FreeAgain, |account| Address::Of(account.id)))
}

/// Nothing had to be sent, or nothing is left of it. `seen`: the account as a look showed it, and the status of the last answer.
pub(super) fn unchanged(talk: &Talk, job: &Job, want: Want, linked: &Linked, seen: Option<&(Account, Option<u16>)>) -> Outcome {
    let (mut base, refused) = want.accepted(job, &job.base, None);
    base.registered = base.registered.or_else(|| seen.and_then(|(account, _)| account.registered));
    let message = told(talk, "unchanged", linked.id, &refused);
    let http = seen.and_then(|(_, http)| *http);
    let outcome = Outcome { base: Some(base), refused, http, message, ..Outcome::new(Status::Unchanged).of(linked) };
    if http.is_some() { outcome.settled() } else { outcome }
}

/// The account was removed there. Where it is to be made again, the link is forgotten first: so that its create is noted, as that of
/// an unknown account, before it is sent. One that was found and never written to was not anybody's loss: it is as if it had never
/// been found.
pub(super) fn gone(talk: &Talk, job: &Job, linked: &Linked, http: Option<u16>) -> Outcome {
    let (id, name) = (linked.id, talk.site.name());
    let never_written = job.has_base && job.base.fields.is_empty() && !job.is_in_doubt();
    if talk.site.options.recreate || never_written {
        let message = format!("account {id} was removed on {name}; the user gets another");
        let outcome = Outcome { http, code: Some("gone".into()), message, due: Some(0), forget: true, ..Outcome::new(Status::Retry) };
        return outcome.settled();
    }
    let message = format!(
        "account {id} was removed on {name} and is not made again (the site's recreate changes that); on a multisite it may only have left this blog, which a plain site does not tell"
    );
    Outcome { http, ..Outcome::rejected("gone", message).of(linked) }.settled()
}
