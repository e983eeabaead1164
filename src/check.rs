//! Why a connection does not work, and what to do: small questions in the order in which things go wrong.

use crate::client::{self, Tick};
use crate::sync::{Call, Talk, UPDATE, speaks, versions};
use crate::wire::core;
use crate::wire::meaning::{Ask, Heard, Meaning, meaning};
use crate::wire::receiver::{self, About, NAMESPACE};
use crate::wire::reply::{Reply, Silence};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// One question and its answer.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its name, for programs.
    pub check: &'static str,
    /// Whether it went well.
    pub ok: bool,
    /// What was seen.
    pub detail: String,
    /// What to do; empty if nothing.
    pub fix: String,
}

impl Step {
    fn good(check: &'static str, detail: impl Into<String>) -> Self {
        Self { check, ok: true, detail: detail.into(), fix: String::new() }
    }

    fn bad(check: &'static str, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, ok: false, detail: detail.into(), fix: fix.into() }
    }

    /// As PHP gets it.
    #[must_use]
    pub fn to_map(&self) -> Map<String, Value> {
        let value = json!({"check": self.check, "ok": self.ok, "detail": self.detail, "fix": self.fix});
        if let Value::Object(map) = value { map } else { Map::new() }
    }
}

/// The capabilities that an agent on a plain site needs.
const NEEDED: [&str; 5] = ["list_users", "create_users", "edit_users", "delete_users", "promote_users"];

impl Call {
    /// Asks the questions in order; the first that fails is the last.
    pub fn check(&self, tick: Tick) -> Vec<Step> {
        let talk = match self.talk() {
            Ok(talk) => Arc::new(talk),
            Err(failure) => return vec![Step::bad("password", failure.message, "Enter the application password again.")],
        };
        let insecure = self.site().url().scheme() == "http";
        let first = if insecure {
            Step::good("address", format!("{} (plain http: every password can be read on the way)", self.site().url()))
        } else {
            Step::good("address", self.site().url().to_string())
        };
        client::wait(async move { steps(&talk, first).await }, tick)
            .unwrap_or_else(|_| vec![Step::bad("wait", "the check was interrupted", "Run it again.")])
    }
}

/// What an index comes to, whoever has sent it.
#[cfg(fuzzing)]
pub(crate) fn of_index(talk: &Talk, heard: &Heard, message: &str) -> Vec<Step> {
    let mut steps = reach(talk, heard, message).0;
    steps.extend(account(talk, heard, message, true));
    steps
}

async fn steps(talk: &Talk, first: Step) -> Vec<Step> {
    let mut steps = vec![first];
    let index = talk.ask(Ask::Look, core::index()).await;
    let (more, go_on) = reach(talk, &index.heard, &index.words(talk));
    steps.extend(more);
    if !go_on {
        return steps;
    }
    let has_plugin = index.heard.as_ref().is_ok_and(|reply| namespaces(reply).iter().any(|name| name == NAMESPACE));
    let about = if has_plugin { Some(talk.ask(Ask::About, receiver::about()).await) } else { None };
    if let Some(Meaning::Receiver(about)) = about.as_ref().map(|answer| &answer.meaning) {
        steps.extend(agent(talk, about));
        return steps;
    }
    let me = talk.ask(Ask::Look, core::me()).await;
    // An agent whom the receiver does not hear is told by it why. Where it says nothing, that core's routes are barred to an agent is no
    // news: they always are.
    let lets_in = matches!(me.meaning, Meaning::Account(_));
    let me = about.filter(|about| !lets_in && (about.is_of_receiver(talk) || is_out(&about.heard))).unwrap_or(me);
    steps.extend(account(talk, &me.heard, &me.words(talk), has_plugin));
    steps
}

/// Whether nothing sensible came at all.
fn is_out(heard: &Heard) -> bool {
    heard.as_ref().map_or(true, |reply| reply.status >= 500)
}

/// The login is an agent's of the receiver.
fn agent(talk: &Talk, about: &About) -> Vec<Step> {
    if !speaks(&about.version) {
        return vec![Step::bad("receiver", format!("the site runs {}", versions(&about.version)), format!("On versions: {UPDATE}."))];
    }
    let login = format!("as {}, an agent of the receiver (version {} of the plugin)", talk.site.username, about.version);
    vec![Step::good("login", login), Step::good("rights", "may hand users to the receiver, and nothing else there")]
}

/// Is it reached, safely, and is it a `WordPress`?
fn reach(talk: &Talk, heard: &Heard, message: &str) -> (Vec<Step>, bool) {
    let reply = match heard {
        Err(Silence::Dns(_)) => {
            return (
                vec![Step::bad("connect", message, "Is the host in the site's url spelt right? This server must be able to resolve it.")],
                false,
            );
        }
        Err(Silence::Tls(_)) => {
            return (
                vec![Step::bad("tls", message, "Renew or correct the certificate there; a private CA goes into rudr_sync.ca_file.")],
                false,
            );
        }
        Err(Silence::Timeout) => {
            return (
                vec![Step::bad(
                    "connect",
                    message,
                    "Is the site up, and does a firewall let this server through? rudr_sync.timeout sets how long is waited.",
                )],
                false,
            );
        }
        Err(_) => return (vec![Step::bad("connect", message, "Is the site up, and does a firewall let this server through?")], false),
        Ok(reply) => reply,
    };
    let mut steps = vec![Step::good("connect", format!("answered {}", reply.status))];
    if (300..400).contains(&reply.status) {
        steps.push(Step::bad(
            "redirect",
            message,
            "Enter the address that it redirects to as the site's url (https, www or not, exactly as WordPress has it).",
        ));
        return (steps, false);
    }
    let has_namespaces = reply.is_success() && reply.object().is_some_and(|o| o.get("namespaces").is_some_and(Value::is_array));
    if !has_namespaces {
        let fix = if reply.status == 404 && !talk.site.is_by_query() {
            format!(
                "Is this the address of a WordPress? If it has plain permalinks, enter {}?rest_route=/ as the url.",
                with_slash(talk.site.url().as_str())
            )
        } else if matches!(reply.status, 401 | 403) {
            "A security plugin or firewall there bars the REST API: let this server's address through.".to_owned()
        } else {
            "Is this the address of a WordPress, and is its REST API on? A firewall or a maintenance page may answer in its stead."
                .to_owned()
        };
        steps.push(Step::bad("wordpress", message, fix));
        return (steps, false);
    }
    if !namespaces(reply).iter().any(|name| name == "wp/v2") {
        steps.push(Step::bad(
            "wordpress",
            "its REST API has no wp/v2",
            "A plugin there switches core's REST API off: allow it for this agent.",
        ));
        return (steps, false);
    }
    let name = reply.object().and_then(|o| o.get("name")).and_then(Value::as_str).unwrap_or("a WordPress");
    steps.push(Step::good("wordpress", crate::wire::reply::plain(talk.shown(name).unwrap_or("a WordPress"))));
    let authentication = reply.object().and_then(|o| o.get("authentication"));
    let passwords = authentication.and_then(|a| a.get("application-passwords"));
    if authentication.is_some() && passwords.is_none() {
        let fix = "Application passwords are on only where the site is https (or its environment type is 'local') and no plugin switches them off.";
        steps.push(Step::bad("application_passwords", "application passwords are off there", fix));
        return (steps, false);
    }
    steps.push(Step::good("application_passwords", "on"));
    (steps, true)
}

/// What the site's index lists.
fn namespaces(reply: &Reply) -> &[Value] {
    reply.object().and_then(|o| o.get("namespaces")).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn with_slash(url: &str) -> String {
    format!("{}/", url.trim_end_matches('/'))
}

/// Is the login one, and may it do what a plain site needs? What does not let us in has nothing to say of that.
fn account(talk: &Talk, heard: &Heard, message: &str, has_plugin: bool) -> Vec<Step> {
    let login = login(talk, heard, message, has_plugin);
    let may = login.ok.then(|| rights(heard, has_plugin));
    std::iter::once(login).chain(may).collect()
}

/// What says nothing of the login goes by another name: by it a site is given up.
fn login(talk: &Talk, heard: &Heard, message: &str, has_plugin: bool) -> Step {
    match meaning(Ask::Look, heard).0 {
        Meaning::Account(account) => {
            let login = account.login.as_deref().and_then(|login| talk.shown(login)).unwrap_or("?");
            Step::good("login", format!("as {} (account {})", crate::wire::reply::plain(login), account.id))
        }
        Meaning::Suspect { unauthorized: true } => {
            let status = heard.as_ref().map_or(0, |reply| reply.status);
            let fix = if status == 401 {
                format!(
                    "One of three: the application password is wrong or revoked; there is no account '{}'; or the web server there drops the Authorization header (Apache with CGI or FPM: CGIPassAuth On).",
                    talk.site.username
                )
            } else {
                "The account is known but barred: a security plugin, or an account without the right to see itself.".to_owned()
            };
            Step::bad("login", message, fix)
        }
        Meaning::Barred => {
            Step::bad("login", message, "Let this server call there, or use this install's own agent: see Users → Sync there.")
        }
        _ => Step::bad(
            if has_plugin { "receiver" } else { "login" },
            message,
            "The site answered before; run the check again, then look at its error log.",
        ),
    }
}

/// `has_plugin`: an agent of its receiver could be used instead.
fn rights(heard: &Heard, has_plugin: bool) -> Step {
    let capabilities = heard.as_ref().ok().and_then(|reply| reply.object()).and_then(|o| o.get("capabilities"));
    let has = |name: &&&str| capabilities.and_then(|all| all.get(**name)).is_some_and(core::is_granted);
    let missing: Vec<&str> = NEEDED.iter().filter(|name| !has(name)).copied().collect();
    if missing.is_empty() {
        let better = if has_plugin {
            "the plugin is there: make an agent for it instead (`wp rudr-sync agent` or Users → Sync there), which may do nothing else"
        } else {
            "with our plugin there an agent would do that may do nothing else"
        };
        let detail = format!(
            "may list, create, edit, delete and promote users: that is an administrator's power, so keep its password as an administrator's; {better}"
        );
        return Step::good("rights", detail);
    }
    Step::bad(
        "rights",
        format!("the account lacks {}", missing.join(", ")),
        "Give it a role with these capabilities, such as administrator.",
    )
}
