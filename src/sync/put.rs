//! Making it true that a user exists like so.

use super::adopt::{self, Window};
use super::look::{Refusal, identity_mismatch, look};
use super::talk::{Answer, Talk};
use super::want::{Password, Want, role_map};
use crate::backoff::UNANSWERED_CREATE;
use crate::base::Base;
use crate::job::{Account as Known, Job, Linked, Trust};
use crate::outcome::{Outcome, Status};
use crate::secret::Secret;
use crate::wire::core::{self, Account};
use crate::wire::meaning::{Ask, Meaning};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub(super) async fn put(talk: &Talk, job: &Job) -> Outcome {
    if job.privileged && !talk.site.options.follow_privileged {
        let message = "may edit users or options here, and such users do not follow (the site's follow_privileged changes that)";
        return Outcome::rejected("privileged", message);
    }
    match &job.account {
        Known::Linked(linked) => update(talk, job, linked).await,
        Known::Claimed(id) => match adopt::claimed(talk, job, *id).await {
            Some(outcome) => outcome,
            None => create(talk, job).await,
        },
        Known::Unknown => match adopt::unanswered(talk, job).await {
            Some(outcome) => outcome,
            None => create(talk, job).await,
        },
    }
}

async fn create(talk: &Talk, job: &Job) -> Outcome {
    let (Some(login), Some(email)) = (job.user.login.as_deref(), job.user.email()) else {
        return Outcome::rejected("incomplete", "an account cannot be made without user_login and user_email");
    };
    if let Some(outage) = talk.outage() {
        return outage;
    }
    let mut want = Want::all(talk, job);
    let mut begun = None;
    loop {
        let mut body = want.body(login);
        if !matches!(want.password, Password::Send(_)) {
            // Core wants a password. Nobody knows this one: the user sets one there, or changes the one here.
            body.insert("password".into(), json!(Secret::unknown_password().expose()));
        }
        if let Password::Unknown(code) = want.password {
            want.password_refused(code);
        } else if matches!(want.password, Password::Same) && job.password_mark.is_none() {
            want.password_refused("password_unknown");
        }
        let answer = talk.ask(Ask::Create, core::create(body)).await;
        match &answer.meaning {
            Meaning::Account(account) => return created(talk, job, want, login, account, &answer).await,
            Meaning::Taken { multisite } => return adopt::taken(talk, job, email, begun, *multisite, &answer).await,
            Meaning::Fields(named) if !named.iter().any(|(name, _)| name == "user_login" || name == "user_email") && want.refuse(named) => {
                // Core checks meta after it has made the account: what is "taken" next may be what this very request made.
                begun = begun.or_else(|| Window::of(&answer));
            }
            _ => return unanswered_create(talk, job, &answer).await,
        }
    }
}

/// A create without a clear answer may have worked: it is looked for before it is sent again, and not at once.
async fn unanswered_create(talk: &Talk, job: &Job, answer: &Answer) -> Outcome {
    let mut outcome = talk.failed(answer, job.attempts).await;
    outcome.doubt = may_have_worked(answer) && outcome.status == Status::Retry;
    if outcome.doubt {
        outcome.due = outcome.due.map(|due| due.max(UNANSWERED_CREATE));
    }
    outcome
}

/// Whether the site may have done what it was asked although it did not say so.
fn may_have_worked(answer: &Answer) -> bool {
    match &answer.heard {
        Err(silence) => silence.may_have_worked(),
        // A 403 that no WordPress made may be a firewall's that looked at the answer, not at the request.
        Ok(reply) => reply.is_success() || reply.status >= 500 || (reply.status == 403 && reply.error().is_none()),
    }
}

async fn created(talk: &Talk, job: &Job, mut want: Want, login: &str, account: &Account, answer: &Answer) -> Outcome {
    let linked = Linked { id: account.id, login: account.login.clone().unwrap_or_else(|| login.to_owned()), trust: Trust::Own };
    take_back_power(talk, &mut want, &linked, account, &[]).await;
    let (base, refused) = want.accepted(job, &Base::default(), Some(account));
    let message = told(talk, "made", linked.id, &refused);
    Outcome { base: Some(base), refused, http: answer.http(), message, ..Outcome::new(Status::Created).of(&linked) }
}

/// A lost answer must not leave somebody with power.
const TRIES_TO_TAKE_BACK: usize = 3;

/// A role of the same name may hold more power there than here. That is seen only once it is given: it is taken back at once.
async fn take_back_power(talk: &Talk, want: &mut Want, linked: &Linked, account: &Account, before: &[String]) {
    let may_follow = talk.site.options.follow_privileged && linked.trust == Trust::Own;
    if !want.fields.contains_key("roles") || may_follow || account.is_privileged() != Some(true) {
        return;
    }
    let body = [("username", json!(linked.login)), ("roles", json!(before))];
    let body: Map<String, Value> = body.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    for _ in 0..TRIES_TO_TAKE_BACK {
        let answer = talk.ask(Ask::Update(linked.id), core::update(linked.id, body.clone())).await;
        if matches!(answer.meaning, Meaning::Account(_)) {
            return want.withdraw("roles", "privileged");
        }
    }
    want.withdraw("roles", "power_left");
}

async fn update(talk: &Talk, job: &Job, linked: &Linked) -> Outcome {
    let mut want = Want::changed(talk, job);
    if want.is_empty() {
        return unchanged(talk, job, want, linked);
    }
    if let Some(outage) = talk.outage() {
        return outage;
    }
    let mut before = Vec::new();
    if want.is_sensitive() {
        match look(talk, job, linked).await {
            Ok(account) => {
                want.reconcile_roles(role_map(talk), &account);
                before = account.roles.unwrap_or_default();
            }
            Err(Refusal::Gone(answer)) => return gone(talk, job, linked, &answer).await,
            Err(Refusal::Told(outcome)) => return *outcome,
        }
    }
    loop {
        if want.is_empty() {
            return unchanged(talk, job, want, linked);
        }
        let answer = talk.ask(Ask::Update(linked.id), core::update(linked.id, want.body(&linked.login))).await;
        match &answer.meaning {
            Meaning::Account(account) => {
                take_back_power(talk, &mut want, linked, account, &before).await;
                let (base, refused) = want.accepted(job, &job.base, Some(account));
                let message = told(talk, "changed", linked.id, &refused);
                return Outcome { base: Some(base), refused, http: answer.http(), message, ..Outcome::new(Status::Updated).of(linked) };
            }
            Meaning::IdentityMismatch => return identity_mismatch(talk, linked, answer.http()),
            Meaning::Gone => return gone(talk, job, linked, &answer).await,
            Meaning::Fields(named) if want.refuse(named) => {}
            _ => {
                let outcome = talk.failed(&answer, job.attempts).await.of(linked);
                return if may_have_worked(&answer) { Outcome { base: Some(want.doubted(&job.base)), ..outcome } } else { outcome };
            }
        }
    }
}

fn unchanged(talk: &Talk, job: &Job, want: Want, linked: &Linked) -> Outcome {
    let (base, refused) = want.accepted(job, &job.base, None);
    let message = told(talk, "unchanged", linked.id, &refused);
    Outcome { base: Some(base), refused, message, ..Outcome::new(Status::Unchanged).of(linked) }
}

async fn gone(talk: &Talk, job: &Job, linked: &Linked, answer: &Answer) -> Outcome {
    if talk.site.options.recreate {
        let anew = Job { account: Known::Unknown, base: Base::default(), tried: None, ..job.clone() };
        return create(talk, &anew).await;
    }
    let message = format!(
        "account {} was removed on {} and is not made again (the site's recreate changes that); on a multisite it may only have left this blog, which a plain site does not tell",
        linked.id,
        talk.site.name()
    );
    Outcome { http: answer.http(), ..Outcome::rejected("gone", message).of(linked) }
}

/// What was done, and what was not, in a line.
fn told(talk: &Talk, done: &str, id: u64, refused: &BTreeMap<String, String>) -> String {
    let mut line = format!("account {id} on {} {done}", talk.site.name());
    for (place, (field, code)) in refused.iter().enumerate() {
        line.push_str(if place == 0 { "; without " } else { ", " });
        let _ = write!(line, "{field} ({})", reason(code));
    }
    line
}

/// Words for the codes that users meet most.
fn reason(code: &str) -> &str {
    match code {
        "password_unknown" => "password_unknown: nobody can say what it is; it follows when it is next changed",
        "key_lost" => "key_lost: it waits sealed with another key",
        "meta_not_registered" => "meta_not_registered: register it there with show_in_rest",
        "rest_user_invalid_password" => "rest_user_invalid_password: core takes no backslash in a password over REST",
        "privileged" => "privileged: it would make the account an administrator there",
        "power_left" => {
            "power_left: it made the account an administrator there, and could not be taken back: the account still has it, take it away there"
        }
        "altered" => "altered: its own rules made something else of it",
        "rest_not_in_enum" => "rest_not_in_enum: not installed there",
        other => other,
    }
}
