//! Whose an account is that was there before. Nobody is handed an account: anybody can register here with an address or a
//! login that belongs to somebody else there.

use super::look::{privileged, unseen_powers};
use super::talk::Talk;
use super::unanswered::Look;
use super::window::{Attempt, Made, made};
use crate::base::Base;
use crate::job::{Account as Known, Job, Linked, Named, Op, Proof, Trust};
use crate::outcome::{Outcome, Status};
use crate::site::Adopt;
use crate::wire::core::{self, Account};
use crate::wire::meaning::{Ask, Meaning};

/// An id that somebody noted. Nobody: it is not our user's account, go on as if there were no id.
pub(super) async fn claimed(talk: &Talk, job: &Job, id: u64) -> Look {
    let told = |outcome: Outcome| Look::Told(Box::new(outcome));
    if let Some(outage) = talk.outage() {
        return told(outage);
    }
    let answer = talk.ask(Ask::Look, core::look(id)).await;
    match &answer.meaning {
        Meaning::Account(account) => {
            let attempt = Attempt::tried(job.tried.as_ref(), talk.begun, answer.date);
            let ours = made(attempt, job, job.user.email(), account) == Made::ByUs;
            let same_email = job.user.email().is_some_and(|email| account.has_email(email));
            if ours || same_email {
                told(decide(talk, job, std::slice::from_ref(account), attempt, answer.http()))
            } else {
                Look::Nobody { http: answer.http() }
            }
        }
        Meaning::Gone => Look::Nobody { http: answer.http() },
        _ => told(talk.failed(&answer, job.attempts).await),
    }
}

/// An id that a person named, who has the right to say whose account it is; but nobody may hand one over that holds power there.
pub(super) async fn named(talk: &Talk, job: &Job, named: &Named) -> Outcome {
    let Named { id, trust, .. } = *named;
    if let Some(outage) = talk.outage() {
        return outage;
    }
    let answer = talk.ask(Ask::Look, core::look(id)).await;
    let http = answer.http();
    let wrong = |outcome: Outcome| Outcome { http, forget: true, ..outcome }.settled();
    match &answer.meaning {
        Meaning::Account(account) if account.id == id && account.login.is_some() && is_called(account, named.login.as_deref()) => {
            match account.is_privileged() {
                Some(true) if !(talk.site.options.follow_privileged && trust == Trust::Own) => wrong(privileged(talk, id, http)),
                Some(_) => adopted(job, account, trust, http),
                None => wrong(unseen_powers(talk, http)),
            }
        }
        Meaning::Account(account) if account.id == id && account.login.is_some() => {
            let message = format!("account {id} on {} has another login than you say", talk.site.name());
            wrong(Outcome::rejected("identity_mismatch", message))
        }
        Meaning::Account(_) => {
            let message = format!("{} does not show the login of account {id}, so it cannot be linked", talk.site.name());
            wrong(Outcome::rejected("login_hidden", message))
        }
        Meaning::Gone => wrong(Outcome::rejected("gone", format!("there is no account {id} on {}", talk.site.name()))),
        _ => talk.failed(&answer, job.attempts).await,
    }
}

/// Whether an account has that login, where one is given. Core finds logins so too, whatever their case.
fn is_called(account: &Account, login: Option<&str>) -> bool {
    login.is_none_or(|login| account.login.as_deref().is_some_and(|seen| seen.to_lowercase() == login.to_lowercase()))
}

/// The rules. What they say settles an unanswered create, unless nobody can tell whether that made the account.
pub(super) fn decide(talk: &Talk, job: &Job, accounts: &[Account], attempt: Attempt, http: Option<u16>) -> Outcome {
    let sent = job.tried_email();
    // What stands with a claim is no write of ours.
    let is_claim = matches!(job.account, Known::Claimed(_));
    if let Some(account) = accounts.iter().find(|account| made(attempt, job, sent, account) == Made::ByUs) {
        return found(talk, job, account, http);
    }
    let outcome = stranger(talk, job, accounts, http);
    let unknown = accounts.iter().find(|account| !is_claim && made(attempt, job, sent, account) == Made::Unknown);
    match (unknown, &job.op) {
        (None, _) => outcome.settled(),
        (Some(account), Op::Delete { .. }) => undated(talk, account, http),
        (Some(_), Op::Put) if outcome.status == Status::Found => outcome.settled(),
        (Some(_), Op::Put) => outcome,
    }
}

/// An account that we may have made, where nothing tells.
pub(super) fn undated(talk: &Talk, account: &Account, http: Option<u16>) -> Outcome {
    let message = format!(
        "account {} on {} has this login and the address that was sent, but does not show when it was made; whether it is ours, an administrator must say",
        account.id,
        talk.site.name()
    );
    Outcome { http, id: Some(account.id), login: account.login.clone(), ..Outcome::rejected("conflict", message) }
}

/// An account that we made, as is now known; nothing was written. If it holds power by now it is still known as ours, so that it is
/// not forgotten.
pub(super) fn found(talk: &Talk, job: &Job, account: &Account, http: Option<u16>) -> Outcome {
    match account.is_privileged() {
        Some(true) if !talk.site.options.follow_privileged => privileged(talk, account.id, http),
        Some(_) => adopted(job, account, Trust::Own, http),
        None => unseen_powers(talk, http),
    }
}

/// Accounts that others made.
fn stranger(talk: &Talk, job: &Job, accounts: &[Account], http: Option<u16>) -> Outcome {
    let name = talk.site.name();
    let [account] = accounts else {
        let message = format!("{name} has {} accounts with this address; which is meant, an administrator must say", accounts.len());
        return Outcome { http, ..Outcome::rejected("conflict", message) };
    };
    let about = |outcome: Outcome| Outcome { http, id: Some(account.id), login: account.login.clone(), ..outcome };
    match account.is_privileged() {
        Some(false) => {}
        Some(true) => return about(privileged(talk, account.id, http)),
        None => return about(unseen_powers(talk, http)),
    }
    match talk.site.options.adopt {
        Adopt::Never => about(Outcome::rejected(
            "conflict",
            format!("{name} has account {} with this address, and accounts there are never adopted", account.id),
        )),
        Adopt::Any => adopted(job, account, Trust::Adopted, http),
        Adopt::Proven if job.proof != Proof::None => adopted(job, account, Trust::Adopted, http),
        Adopt::Proven => about(Outcome::rejected(
            "unproven",
            format!(
                "{name} has account {} with this address; it is left alone until the user proves the address here (by a mailed password link), or an administrator confirms that it is the same person",
                account.id
            ),
        )),
    }
}

/// It is ours to use; nothing was written.
fn adopted(job: &Job, account: &Account, trust: Trust, http: Option<u16>) -> Outcome {
    let login = account.login.clone().unwrap_or_default();
    taken_over(job, &Linked { id: account.id, login, trust }, account.registered, http)
}

/// The same, of an account of which no more is known.
pub(super) fn taken_over(job: &Job, linked: &Linked, registered: Option<i64>, http: Option<u16>) -> Outcome {
    let base = Base { password: job.counts_as_sent(linked.trust), registered, ..Base::default() };
    let message = format!("account {} is this user's", linked.id);
    Outcome { base: Some(base), http, message, due: Some(0), ..Outcome::new(Status::Found).of(linked) }.settled()
}
