//! What an answer means: one table, first match wins.

use super::core::{Account, PER_PAGE, field_of};
use super::receiver::{self, About, Told};
use super::reply::{Reply, Silence, WpError};

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Make an account.
    Create,
    /// Change an account with that id.
    Update(u64),
    /// Remove an account.
    Delete,
    /// Read an account: by id, or our own (`users/me`).
    Look,
    /// Search for accounts.
    Find,
    /// Ask whether it is a receiver.
    About,
    /// Hand a receiver so many jobs.
    Jobs(usize),
}

/// What came back.
pub type Heard = Result<Reply, Silence>;

/// What that means for who asked. Each carries what acting on it needs.
#[derive(Clone, Debug)]
pub enum Meaning {
    /// It was done, or here it is.
    Account(Box<Account>),
    /// The accounts of one page of a search.
    Accounts(Vec<Account>),
    /// It is a receiver.
    Receiver(About),
    /// What came of jobs, one for each and in their order.
    Told(Vec<Told>),
    /// Removed.
    Deleted,
    /// The site can't be worked with now, whatever the job.
    SiteRetry,
    /// The site or this job? A look at `users/me` tells. The flag: the site speaks as if it did not know us.
    Suspect {
        /// 401 or 403.
        unauthorized: bool,
    },
    /// The receiver knows us, and hears nothing from us, whatever the job.
    Barred,
    /// Login or address are taken.
    Taken {
        /// The login is; else the address.
        login: bool,
        /// The site is a multisite, whose search may not show who has them.
        multisite: bool,
    },
    /// That id is somebody else now.
    IdentityMismatch,
    /// There is no account with that id.
    Gone,
    /// The site can't do this at all.
    Unsupported,
    /// The request is too large.
    TooLarge,
    /// Fields that the site will not take: ours, each with the site's code.
    Fields(Vec<(String, String)>),
    /// Nobody to give the content to.
    NoHeir,
    /// Again later.
    Retry,
    /// No.
    Rejected,
}

/// A row of the table.
pub struct Rule {
    /// Its name, for tests and debugging.
    pub name: &'static str,
    means: fn(Ask, &Heard) -> Option<Meaning>,
}

/// The table. A receiver's own refusals stand before core's, which they look like. Its order carries meaning: 413 stands before what is no `WordPress` answer, since the page that says so is the
/// web server's; a body that no `WordPress` made is never taken for success, whatever the status.
pub const RULES: &[Rule] = &[
    Rule { name: "redirect", means: |_, h| status(h, |s| (300..400).contains(&s)).then_some(Meaning::SiteRetry) },
    Rule { name: "busy", means: |_, h| status(h, |s| [408, 425, 429, 502, 503, 504].contains(&s)).then_some(Meaning::SiteRetry) },
    Rule {
        name: "not asked",
        means: |_, h| matches!(h, Err(Silence::Budget | Silence::CutOff | Silence::Away)).then_some(Meaning::SiteRetry),
    },
    Rule { name: "no answer", means: |_, h| h.is_err().then_some(Meaning::Suspect { unauthorized: false }) },
    Rule { name: "too large", means: |_, h| status(h, |s| s == 413).then_some(Meaning::TooLarge) },
    Rule { name: "barred", means: |_, h| code(h, &["rudr_sync_wrong_source", "rudr_sync_address"]).then_some(Meaning::Barred) },
    Rule { name: "no route", means: |_, h| code(h, &["rest_no_route"]).then_some(Meaning::Suspect { unauthorized: false }) },
    Rule { name: "401", means: |_, h| status(h, |s| s == 401).then_some(Meaning::Suspect { unauthorized: true }) },
    Rule { name: "success", means: success },
    Rule { name: "taken", means: taken },
    Rule { name: "field", means: fields },
    Rule { name: "403 about this user", means: |_, h| (status(h, |s| s == 403) && code(h, ABOUT_THIS_USER)).then_some(Meaning::Rejected) },
    Rule { name: "403", means: |_, h| status(h, |s| s == 403).then_some(Meaning::Suspect { unauthorized: true }) },
    Rule { name: "not WordPress", means: |_, h| error(h).is_none().then_some(Meaning::Suspect { unauthorized: false }) },
    Rule {
        name: "identity",
        means: |ask, h| (matches!(ask, Ask::Update(_)) && code(h, &["rest_user_invalid_argument"])).then_some(Meaning::IdentityMismatch),
    },
    Rule { name: "gone", means: |ask, h| (!matches!(ask, Ask::Create) && code(h, &["rest_user_invalid_id"])).then_some(Meaning::Gone) },
    Rule { name: "no heir", means: |_, h| code(h, &["rest_user_invalid_reassign"]).then_some(Meaning::NoHeir) },
    Rule { name: "501", means: |_, h| status(h, |s| s == 501).then_some(Meaning::Unsupported) },
    Rule { name: "5xx", means: |_, h| status(h, |s| s >= 500).then_some(Meaning::Retry) },
    Rule { name: "other", means: |_, _| Some(Meaning::Rejected) },
];

/// What it means, and the row that says so.
#[must_use]
pub fn meaning(ask: Ask, heard: &Heard) -> (Meaning, &'static str) {
    RULES.iter().find_map(|rule| (rule.means)(ask, heard).map(|m| (m, rule.name))).unwrap_or((Meaning::Rejected, "other"))
}

/// Whether the site may have done what it was asked although it did not say so.
#[must_use]
pub fn may_have_worked(heard: &Heard) -> bool {
    match heard {
        Err(silence) => silence.may_have_worked(),
        // A 403 that no WordPress made may be a firewall's that looked at the answer, not at the request.
        Ok(reply) => reply.is_success() || reply.status >= 500 || (reply.status == 403 && reply.error().is_none()),
    }
}

/// 403s that speak of the account and not of us. (`rest_cannot_create_user` is not among them: it speaks of our rights.)
const ABOUT_THIS_USER: &[&str] =
    &["rest_cannot_edit", "rest_cannot_delete", "rest_user_cannot_delete", "rest_user_cannot_view", "rest_cannot_update"];

/// Errors that name a field by their code alone, with the property they mean. Those without `rest_` come from
/// `wp_insert_user()`, which gives no status: core's REST makes that HTTP 500 although it is no server fault.
const NAMING_CODES: &[(&str, &str)] = &[
    ("rest_user_invalid_email", "email"),
    ("rest_user_invalid_username", "username"),
    ("rest_user_invalid_password", "password"),
    ("rest_user_invalid_slug", "slug"),
    ("rest_user_invalid_role", "roles"),
    ("rest_cannot_edit_roles", "roles"),
    ("existing_user_email", "email"),
    ("existing_user_login", "username"),
    ("empty_user_login", "username"),
    ("invalid_username", "username"),
    ("user_login_too_long", "username"),
    ("empty_user_nicename", "slug"),
    ("user_nicename_too_long", "slug"),
    ("user_url_too_long", "url"),
    ("rest_invalid_stored_value", "meta"),
    ("rest_meta_database_error", "meta"),
];

fn status(heard: &Heard, is: fn(u16) -> bool) -> bool {
    heard.as_ref().is_ok_and(|reply| is(reply.status))
}

fn error(heard: &Heard) -> Option<WpError> {
    heard.as_ref().ok()?.error()
}

fn code(heard: &Heard, codes: &[&str]) -> bool {
    error(heard).is_some_and(|error| codes.contains(&error.code.as_str()))
}

/// Success is a status of success *and* an answer of the right shape; another shape falls through to "not `WordPress`".
fn success(ask: Ask, heard: &Heard) -> Option<Meaning> {
    let reply = heard.as_ref().ok().filter(|reply| reply.is_success())?;
    let suspect = Meaning::Suspect { unauthorized: false };
    let Some(json) = reply.json.as_ref() else { return Some(suspect) };
    let meaning = match ask {
        Ask::Create | Ask::Look => Account::read(json).map(|account| Meaning::Account(Box::new(account))),
        Ask::Update(id) => Account::read(json).filter(|account| account.id == id).map(|account| Meaning::Account(Box::new(account))),
        Ask::Find => json
            .as_array()
            .filter(|list| list.len() <= PER_PAGE)
            .and_then(|list| list.iter().map(Account::read).collect::<Option<_>>())
            .map(Meaning::Accounts),
        Ask::About => About::read(json).map(Meaning::Receiver),
        Ask::Jobs(number) => receiver::outcomes(json, number).map(Meaning::Told),
        Ask::Delete => (json.get("deleted").and_then(serde_json::Value::as_bool) == Some(true)).then_some(Meaning::Deleted),
    };
    Some(meaning.unwrap_or(suspect))
}

fn taken(ask: Ask, heard: &Heard) -> Option<Meaning> {
    if ask != Ask::Create {
        return None;
    }
    let error = error(heard)?;
    if ["existing_user_login", "existing_user_email"].contains(&error.code.as_str()) {
        return Some(Meaning::Taken { login: error.code == "existing_user_login", multisite: false });
    }
    let names = |what: &str| error.code == "rest_invalid_param" && error.additional.iter().any(|code| code == what);
    let login = names("user_name");
    (login || names("user_email")).then_some(Meaning::Taken { login, multisite: true })
}

/// Whether core itself has that error code, so that it shows nothing of what was sent, whatever that was.
#[must_use]
pub fn is_of_core(code: &str) -> bool {
    let named = NAMING_CODES.iter().map(|(code, _)| code).chain(ABOUT_THIS_USER);
    named.chain(OTHER_CODES).any(|known| *known == code)
}

/// Codes of core that the rules above name, or that say enough by themselves.
const OTHER_CODES: &[&str] = &[
    "internal_server_error",
    "rest_cannot_create_user",
    "rest_forbidden",
    "rest_invalid_param",
    "rest_missing_callback_param",
    "rest_no_route",
    "rest_not_logged_in",
    "rest_user_create",
    "rest_user_invalid_argument",
    "rest_user_invalid_id",
    "rest_user_invalid_reassign",
];

fn fields(ask: Ask, heard: &Heard) -> Option<Meaning> {
    if !matches!(ask, Ask::Create | Ask::Update(_)) {
        return None;
    }
    let error = error(heard)?;
    let mut named: Vec<(String, String)> = Vec::new();
    for (name, code) in &error.params {
        named.push((our_field(name)?, code.clone()));
    }
    if let Some(key) = &error.key {
        named.push((format!("meta_input.{key}"), error.code.clone()));
    }
    if named.is_empty() {
        let (_, property) = NAMING_CODES.iter().find(|(code, _)| *code == error.code)?;
        named.push((field_of(property)?.to_owned(), error.code));
    }
    Some(Meaning::Fields(named))
}

/// Our key for a parameter as an error names it: `email`, `meta.colour`, `roles[0]`.
fn our_field(parameter: &str) -> Option<String> {
    if let Some(key) = parameter.strip_prefix("meta.") {
        return Some(format!("meta_input.{key}"));
    }
    let name = parameter.split('[').next().unwrap_or(parameter);
    field_of(name).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::time::SystemTime;

    fn reply(status: u16, body: &Value) -> Heard {
        heard(status, body.to_string().as_bytes())
    }

    fn wp(status: u16, code: &str) -> Heard {
        reply(status, &json!({"code": code, "message": "No.", "data": {"status": status}}))
    }

    fn html(status: u16) -> Heard {
        heard(status, b"<html>")
    }

    #[allow(clippy::unnecessary_wraps)] // it is what came back, or that nothing did
    fn heard(status: u16, body: &[u8]) -> Heard {
        Ok(Reply::parse(status, |_| None, body, SystemTime::UNIX_EPOCH))
    }

    /// Answers for every row; the row's name, what was asked, what came back, and the meaning's name.
    fn rows() -> Vec<(&'static str, Ask, Heard, &'static str)> {
        use Ask::{About, Create, Delete, Find, Jobs, Look, Update};
        vec![
            ("redirect", Create, html(301), "SiteRetry"),
            ("redirect", Update(5), html(308), "SiteRetry"),
            ("busy", Create, wp(408, "x"), "SiteRetry"),
            ("busy", Create, html(429), "SiteRetry"),
            ("busy", Create, reply(503, &json!({"id": 5})), "SiteRetry"),
            ("not asked", Create, Err(Silence::Budget), "SiteRetry"),
            ("not asked", Update(5), Err(Silence::Away), "SiteRetry"),
            ("no answer", Create, Err(Silence::Timeout), "Suspect"),
            ("no answer", Create, Err(Silence::TooLarge), "Suspect"),
            ("too large", Create, html(413), "TooLarge"),
            ("no route", Update(5), wp(404, "rest_no_route"), "Suspect"),
            ("401", Update(5), wp(401, "rest_not_logged_in"), "Suspect"),
            ("401", Update(5), html(401), "Suspect"),
            ("success", Create, reply(201, &json!({"id": 5})), "Account"),
            ("success", Create, reply(201, &json!({"id": "5"})), "Suspect"),
            ("success", Create, reply(201, &json!({"id": 0})), "Suspect"),
            ("success", Create, reply(201, &json!({})), "Suspect"),
            ("success", Update(5), reply(200, &json!({"id": 6})), "Suspect"),
            ("success", Create, reply(200, &json!([])), "Suspect"),
            ("success", Create, html(200), "Suspect"),
            ("success", Find, reply(200, &json!([])), "Accounts"),
            ("success", Find, reply(200, &json!([{"id": 0}])), "Suspect"),
            ("success", Find, reply(200, &json!({"id": 5})), "Suspect"),
            ("success", Look, reply(200, &json!({"id": 5})), "Account"),
            ("success", Delete, reply(200, &json!({"deleted": true})), "Deleted"),
            ("success", Delete, reply(200, &json!({"deleted": false})), "Suspect"),
            ("success", Delete, html(200), "Suspect"),
            (
                "success",
                About,
                reply(
                    200,
                    &json!({"version": "0.1.0", "uuid": "5fd1cf32-0000-4000-8000-0123456789ab", "hashes": [], "max_jobs": 1, "max_bytes": 1}),
                ),
                "Receiver",
            ),
            ("success", About, reply(200, &json!({"namespace": "rudr-sync/v1", "routes": {}})), "Suspect"),
            ("success", Jobs(1), reply(200, &json!({"outcomes": [{"status": "absent", "message": "", "ref": 0}]})), "Told"),
            ("success", Jobs(2), reply(200, &json!({"outcomes": [{"status": "absent", "message": "", "ref": 0}]})), "Suspect"),
            ("success", Jobs(0), html(200), "Suspect"),
            ("barred", Jobs(1), wp(403, "rudr_sync_wrong_source"), "Barred"),
            ("barred", About, wp(403, "rudr_sync_address"), "Barred"),
            ("403", Look, wp(403, "rudr_sync_agent"), "Suspect"),
            ("too large", Jobs(2), wp(413, "rudr_sync_too_many_jobs"), "TooLarge"),
            ("busy", Jobs(2), wp(429, "rudr_sync_too_many_failures"), "SiteRetry"),
            ("other", Jobs(2), wp(400, "rudr_sync_invalid_request"), "Rejected"),
            ("taken", Create, wp(500, "existing_user_login"), "Taken"),
            ("taken", Create, wp(500, "existing_user_email"), "Taken"),
            (
                "taken",
                Create,
                reply(400, &json!({"code": "rest_invalid_param", "message": "x", "additional_errors": [{"code": "user_email"}]})),
                "Taken",
            ),
            ("field", Update(5), wp(400, "rest_user_invalid_email"), "Fields"),
            ("field", Update(5), wp(403, "rest_user_invalid_role"), "Fields"),
            ("field", Create, wp(500, "user_url_too_long"), "Fields"),
            (
                "field",
                Create,
                reply(400, &json!({"code": "rest_invalid_param", "message": "x", "data": {"params": {"locale": "x"}}})),
                "Fields",
            ),
            ("field", Update(5), reply(403, &json!({"code": "rest_cannot_update", "message": "x", "data": {"key": "colour"}})), "Fields"),
            ("403 about this user", Update(5), wp(403, "rest_cannot_edit"), "Rejected"),
            ("403 about this user", Delete, wp(403, "rest_user_cannot_delete"), "Rejected"),
            ("403", Create, wp(403, "rest_cannot_create_user"), "Suspect"),
            ("403", Update(5), html(403), "Suspect"),
            ("not WordPress", Create, html(500), "Suspect"),
            ("not WordPress", Create, reply(404, &json!({"error": "x"})), "Suspect"),
            ("identity", Update(5), wp(400, "rest_user_invalid_argument"), "IdentityMismatch"),
            ("gone", Update(5), wp(404, "rest_user_invalid_id"), "Gone"),
            ("gone", Delete, wp(404, "rest_user_invalid_id"), "Gone"),
            ("no heir", Delete, wp(400, "rest_user_invalid_reassign"), "NoHeir"),
            ("501", Delete, wp(501, "rest_cannot_delete"), "Unsupported"),
            ("5xx", Update(5), wp(500, "internal_server_error"), "Retry"),
            ("5xx", Create, wp(500, "rest_user_create"), "Retry"),
            ("other", Update(5), wp(400, "some_plugin_says_no"), "Rejected"),
            ("other", Update(5), wp(404, "x"), "Rejected"),
            (
                // A parameter that is none of ours: going on without "it" would go on for ever.
                "other",
                Create,
                reply(400, &json!({"code": "rest_missing_callback_param", "message": "x", "data": {"params": ["captcha"]}})),
                "Rejected",
            ),
        ]
    }

    #[test]
    fn every_answer_means_what_the_table_says() {
        for (row, ask, heard, wanted) in rows() {
            let (meaning, name) = meaning(ask, &heard);
            assert_eq!(name, row, "{ask:?} {heard:?}");
            assert!(format!("{meaning:?}").starts_with(wanted), "{ask:?} {heard:?} means {meaning:?}");
        }
    }

    #[test]
    fn every_row_has_an_example() {
        for rule in RULES {
            assert!(rows().iter().any(|(row, ..)| *row == rule.name), "{}", rule.name);
        }
    }

    #[test]
    fn no_status_makes_a_page_a_success() {
        for status in 100..600 {
            let (meaning, _) = meaning(Ask::Create, &html(status));
            assert!(!matches!(meaning, Meaning::Account(_)), "{status}");
        }
    }

    #[test]
    fn fields_are_named_in_our_words() {
        let body =
            json!({"code": "rest_invalid_param", "message": "x", "data": {"params": {"locale": "x", "roles[0]": "y", "meta.a": "z"}}});
        let (Meaning::Fields(fields), _) = meaning(Ask::Update(5), &reply(400, &body)) else { panic!() };
        let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["locale", "roles", "meta_input.a"]);
    }
}
