//! Single calls that do as they are told. The rules about trust are `deliver`'s.

use super::answer::Answer;
use super::talk::Talk;
use crate::failure::{Failure, Kind};
use crate::secret::Secret;
use crate::site::Adopt;
use crate::user::User;
use crate::wire::core;
use crate::wire::meaning::{Ask, Meaning};
use crate::wire::receiver::{self, AGENT_ONLY};
use serde_json::{Map, Value, json};

/// All that is given of the user. Roles go by the site's map if it has one.
fn body(talk: &Talk, user: &User) -> Map<String, Value> {
    let mut body = Map::new();
    if let Some(login) = &user.login {
        body.insert("username".into(), json!(login));
    }
    for (text, value) in &user.texts {
        body.insert(text.rest().into(), json!(value));
    }
    if let Some(roles) = &user.roles {
        let mapped = talk.site.options.roles.as_ref().map(|map| map.map(roles));
        body.insert("roles".into(), json!(mapped.as_ref().unwrap_or(roles)));
    }
    if !user.meta.is_empty() {
        body.insert("meta".into(), Value::Object(user.meta.clone()));
    }
    if let Some(pass) = &user.pass {
        talk.hide(pass);
        body.insert("password".into(), json!(pass.expose()));
    }
    body
}

/// An agent of a receiver may do nothing by core's REST, which mostly says no more than that nobody is logged in.
pub(super) async fn told_agent(talk: &Talk, failure: Failure) -> Failure {
    let is_agent = match failure.http {
        401 => matches!(talk.ask_site(Ask::About, receiver::about()).await.meaning, Meaning::Receiver(_)),
        _ => failure.code == AGENT_ONLY,
    };
    if !is_agent {
        return failure;
    }
    let message = format!(
        "the login for {} is an agent's of the plugin there, which takes jobs only: use rudr_sync_deliver(), or another login",
        talk.site.name()
    );
    Failure { code: AGENT_ONLY.to_owned(), message, ..failure }
}

pub(super) async fn create(talk: &Talk, user: User) -> Result<u64, Failure> {
    let (Some(login), Some(email)) = (user.login.as_deref().filter(|login| !login.is_empty()), user.email()) else {
        return Err(Failure::local("incomplete", "an account cannot be made without user_login and user_email"));
    };
    let mut all = body(talk, &user);
    if user.pass.is_none() {
        let unknown = Secret::unknown_password();
        talk.hide(&unknown);
        all.insert("password".into(), json!(unknown.expose()));
    }
    let answer = talk.ask(Ask::Create, core::for_its_id(core::create(all))).await;
    match &answer.meaning {
        Meaning::Account(account) => Ok(account.id),
        Meaning::Taken { login: by_login, .. } => taken(talk, &user, *by_login, (login, email), &answer).await,
        _ => Err(talk.failure(&answer)),
    }
}

async fn taken(talk: &Talk, user: &User, by_login: bool, wanted: (&str, &str), answer: &Answer) -> Result<u64, Failure> {
    let (login, email) = wanted;
    let accounts = talk.find(email).await.map_err(|answer| talk.failure(&answer))?.accounts;
    let name = talk.site.name();
    let conflict = |why: String| Failure {
        kind: Kind::Conflict,
        retryable: false,
        message: format!("'{login}' cannot be made on {name}: {why}"),
        remote_id: accounts.first().map(|account| account.id),
        ..talk.failure(answer)
    };
    let [account] = accounts.as_slice() else {
        let why = match (accounts.is_empty(), by_login) {
            (true, true) => "that login belongs to somebody with another address",
            (true, false) => "that address is taken, by an account that the site does not show",
            (false, _) => "several accounts there have this address",
        };
        return Err(conflict(why.into()));
    };
    if talk.site.options.adopt != Adopt::Any {
        return Err(conflict(format!("account {} there has this address (the site's adopt = 'any' would take it over)", account.id)));
    }
    if account.is_privileged() != Some(false) {
        return Err(conflict(format!("account {} there has this address and may edit users or options", account.id)));
    }
    update(talk, account.id, User { login: account.login.clone(), ..user.clone() }).await
}

pub(super) async fn update(talk: &Talk, id: u64, user: User) -> Result<u64, Failure> {
    let body = body(talk, &user);
    if body.is_empty() {
        return Ok(id);
    }
    let answer = talk.ask(Ask::Update(id), core::for_its_id(core::update(id, body))).await;
    match &answer.meaning {
        Meaning::Account(account) => Ok(account.id),
        _ => Err(talk.failure(&answer)),
    }
}

pub(super) async fn delete(talk: &Talk, id: u64, heir: Option<u64>) -> Result<bool, Failure> {
    let named = heir.or(talk.site.options.reassign);
    let mut answer = delete_for(talk, id, named).await?;
    if named.is_none() && matches!(answer.meaning, Meaning::NoHeir) {
        // The agent's id was one that we remembered.
        talk.forget_agent();
        answer = delete_for(talk, id, named).await?;
    }
    match &answer.meaning {
        Meaning::Deleted => Ok(true),
        Meaning::Gone => Ok(false),
        _ => Err(talk.failure(&answer)),
    }
}

async fn delete_for(talk: &Talk, id: u64, heir: Option<u64>) -> Result<Answer, Failure> {
    let heir = match heir {
        Some(heir) => heir,
        None => talk.agent().await.map_err(|answer| talk.failure(&answer))?,
    };
    Ok(talk.ask(Ask::Delete, core::delete(id, heir)).await)
}

pub(super) async fn find(talk: &Talk, email: &str) -> Result<Option<u64>, Failure> {
    if email.is_empty() {
        return Ok(None);
    }
    let accounts = talk.find(email).await.map_err(|answer| talk.failure(&answer))?.accounts;
    Ok(accounts.first().map(|account| account.id))
}
