//! The wire of a plain `WordPress`: `wp/v2/users` (`WP_REST_Users_Controller`).

use super::{Method, Request};
use crate::base::digest;
use crate::user::{TEXTS, Text};
use serde_json::{Map, Value};

const USERS: &str = "/wp/v2/users";

/// What an answer is to hold: without `_fields` a user is 2 KB, avatars and links mostly.
const FIELDS: &str =
    "id,username,email,registered_date,roles,capabilities,name,first_name,last_name,nickname,slug,url,description,locale,meta";
/// What is needed to know whose an account is.
const FIELDS_OF_A_LOOK: &str = "id,username,email,registered_date,roles,capabilities";

/// Accounts in one page of a search; core's limit.
pub const PER_PAGE: usize = 100;

/// `POST /users`: makes an account.
#[must_use]
pub fn create(body: Map<String, Value>) -> Request {
    Request { method: Method::Post, route: USERS.into(), query: vec![("_fields", FIELDS.into())], body: Some(Value::Object(body)) }
}

/// `POST /users/ID`: changes an account.
#[must_use]
pub fn update(id: u64, body: Map<String, Value>) -> Request {
    let query = vec![("_fields", FIELDS.into())];
    Request { method: Method::Post, route: format!("{USERS}/{id}"), query, body: Some(Value::Object(body)) }
}

/// The same, where nothing of the account is wanted but its id.
#[must_use]
pub fn for_its_id(request: Request) -> Request {
    Request { query: vec![("_fields", "id".into())], ..request }
}

/// `DELETE /users/ID`: removes an account. Heir 0: its content goes with it.
#[must_use]
pub fn delete(id: u64, heir: u64) -> Request {
    let heir = if heir == 0 { "false".to_owned() } else { heir.to_string() };
    // `_fields` is left out: it would cut `deleted` off in some versions' answers, and there is nothing to save.
    let query = vec![("force", "true".into()), ("reassign", heir)];
    Request { method: Method::Delete, route: format!("{USERS}/{id}"), query, body: None }
}

fn get(route: String, mut query: Vec<(&'static str, String)>, fields: &str) -> Request {
    query.push(("context", "edit".into()));
    query.push(("_fields", fields.into()));
    Request { method: Method::Get, route, query, body: None }
}

/// `GET /users/ID`: whose account that is.
#[must_use]
pub fn look(id: u64) -> Request {
    get(format!("{USERS}/{id}"), Vec::new(), FIELDS_OF_A_LOOK)
}

/// `GET /users/me`: who we are there, and whether the site answers at all.
#[must_use]
pub fn me() -> Request {
    get(format!("{USERS}/me"), Vec::new(), FIELDS_OF_A_LOOK)
}

/// `GET /users?search=`: one page of the accounts whose address *holds* `part`, if there is an `@` in it, else whose login, address
/// or name does; [`Account::has_email`] and [`Account::has_login`] tell which has it.
#[must_use]
pub fn find(part: &str, page: u32) -> Request {
    let query = vec![
        ("search", part.to_owned()),
        ("per_page", PER_PAGE.to_string()),
        ("page", page.to_string()),
        ("orderby", "id".into()),
        ("order", "asc".into()),
    ];
    get(USERS.into(), query, FIELDS_OF_A_LOOK)
}

/// `GET /`: what the site is. `_fields` keeps the routes out, which are hundreds of KB.
#[must_use]
pub fn index() -> Request {
    let query = vec![("_fields", "name,url,home,namespaces,authentication".into())];
    Request { method: Method::Get, route: "/".into(), query, body: None }
}

/// Capabilities with which an account could make itself or others master of the site, one a line: the plugin reads the same file.
const POWERS: &str = include_str!("../../php/rudr-sync/powers.txt");

fn is_power(capability: &str) -> bool {
    POWERS.lines().any(|line| line.trim() == capability)
}

/// Whether a capability's value grants it: as `WP_User::has_cap()` asks, by PHP's `empty()`. What a role was given as 1 is shown as 1.
#[must_use]
pub fn is_granted(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is) => *is,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(text.as_str(), "" | "0"),
        Value::Array(list) => !list.is_empty(),
        Value::Object(_) => true,
    }
}

/// An account as the site shows it.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub id: u64,
    /// Its login; missing where the answer did not tell.
    pub login: Option<String>,
    /// Its address.
    pub email: Option<String>,
    /// When it was made, Unix seconds by the site's clock.
    pub registered: Option<i64>,
    /// Its roles.
    pub roles: Option<Vec<String>>,
    capabilities: Option<Vec<String>>,
    /// Of all others those that what was sent is compared with.
    properties: Map<String, Value>,
}

/// Whether an answer's property is one of those that what was sent is compared with.
fn is_looked_at(key: &str) -> bool {
    key == "meta" || TEXTS.iter().any(|(.., rest)| *rest == key)
}

impl Account {
    /// Reads an answer's user; none if it is no user.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let properties = value.as_object()?;
        let text = |key: &str| properties.get(key).and_then(Value::as_str).map(str::to_owned);
        let capabilities = match properties.get("capabilities") {
            Some(Value::Object(all)) => Some(all.iter().filter(|(_, has)| is_granted(has)).map(|(name, _)| name.clone()).collect()),
            Some(Value::Array(none)) if none.is_empty() => Some(Vec::new()),
            _ => None,
        };
        Some(Self {
            id: super::number(properties.get("id")?).filter(|id| *id > 0)?,
            login: text("username"),
            email: text("email"),
            registered: text("registered_date").and_then(|date| registered(&date)),
            roles: properties.get("roles").and_then(list_of_texts),
            capabilities,
            properties: properties.iter().filter(|(key, _)| is_looked_at(key)).map(|(key, value)| (key.clone(), value.clone())).collect(),
        })
    }

    /// Whether it could make itself master of the site. `None`: the answer does not tell.
    #[must_use]
    pub fn is_privileged(&self) -> Option<bool> {
        self.capabilities.as_ref().map(|has| has.iter().any(|name| is_power(name)))
    }

    /// Whether it has exactly that address.
    #[must_use]
    pub fn has_email(&self, email: &str) -> bool {
        self.email.as_ref().is_some_and(|own| crate::user::same_email(own, email))
    }

    /// Whether it has that login. ASCII case does not matter: it does not to `WordPress`, when it says that a login is taken.
    #[must_use]
    pub fn has_login(&self, login: &str) -> bool {
        self.login.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(login))
    }

    /// The digest of what it holds in that text field.
    #[must_use]
    pub fn held(&self, text: Text) -> Option<String> {
        self.properties.get(text.rest()).map(digest)
    }

    /// What it holds under that meta key, if the key is registered there.
    #[must_use]
    pub fn meta(&self, key: &str) -> Option<&Value> {
        self.properties.get("meta")?.get(key)
    }

    /// Whether the answer speaks of meta at all.
    #[must_use]
    pub fn tells_meta(&self) -> bool {
        self.properties.contains_key("meta")
    }
}

/// Roles come as a list, or as an object where the site's own list has holes.
fn list_of_texts(value: &Value) -> Option<Vec<String>> {
    let texts = |items: Vec<&Value>| items.into_iter().map(|v| v.as_str().map(str::to_owned)).collect();
    match value {
        Value::Array(list) => texts(list.iter().collect()),
        Value::Object(map) => texts(map.values().collect()),
        _ => None,
    }
}

/// `registered_date` is RFC 3339 with an offset (`gmdate('c')`).
pub(super) fn registered(date: &str) -> Option<i64> {
    date.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second)
}

/// Our key for a property of `wp/v2/users`, as an error may name it.
#[must_use]
pub fn field_of(property: &str) -> Option<&'static str> {
    match property {
        "username" => Some("user_login"),
        "password" => Some("user_pass"),
        "roles" => Some("roles"),
        "meta" => Some("meta_input"),
        other => TEXTS.iter().find(|(_, _, rest)| *rest == other).map(|(_, wp, _)| *wp),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_account_needs_a_real_id() {
        for id in [json!("5"), json!(0), json!(-5), json!(5.5), json!(null), json!([5]), json!(i64::MAX as u64 + 1)] {
            assert!(Account::read(&json!({ "id": id })).is_none(), "{id}");
        }
        for no_user in [json!([]), json!({}), json!("x"), json!([{"id": 5}])] {
            assert!(Account::read(&no_user).is_none());
        }
    }

    #[test]
    fn the_list_of_powers_is_names_and_nothing_else() {
        let names: Vec<&str> = POWERS.lines().collect();
        assert!(
            names.len() >= 20 && names.iter().all(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        );
        for needed in ["edit_users", "promote_users", "manage_options"] {
            assert!(is_power(needed));
        }
        assert!(!is_power("") && !is_power("unfiltered_html"));
    }

    #[test]
    fn powers_are_seen_in_capabilities_that_wordpress_takes_for_granted() {
        let privileged = |capabilities| Account::read(&json!({"id": 5, "capabilities": capabilities})).unwrap().is_privileged();
        // What `! empty()` says of each in PHP.
        for (value, is) in [
            (json!(true), true),
            (json!(1), true),
            (json!(-1), true),
            (json!(0.5), true),
            (json!("1"), true),
            (json!("0.0"), true),
            (json!("false"), true),
            (json!([0]), true),
            (json!({}), true),
            (json!(false), false),
            (json!(0), false),
            (json!(0.0), false),
            (json!(""), false),
            (json!("0"), false),
            (json!([]), false),
            (json!(null), false),
        ] {
            assert_eq!(privileged(json!({"read": true, "edit_users": value})), Some(is), "{value}");
        }
        assert_eq!(privileged(json!({"unfiltered_html": true})), Some(false));
        assert_eq!(privileged(json!([])), Some(false));
        assert_eq!(privileged(json!(null)), None);
    }

    #[test]
    fn registered_date_is_read() {
        let account = Account::read(&json!({"id": 5, "registered_date": "2026-11-23T18:46:49+00:00"})).unwrap();
        assert_eq!(account.registered, Some(1_795_459_609));
    }
}
