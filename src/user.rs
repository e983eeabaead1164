//! A user in `WordPress`' own words: the keys of `wp_insert_user()`, and what each is called in `wp/v2/users`.

use crate::input::{BadInput, Reader};
use crate::secret::Secret;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A field that is one string, on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // they are WordPress' own
pub enum Text {
    Email,
    Url,
    Nicename,
    DisplayName,
    Nickname,
    FirstName,
    LastName,
    Description,
    Locale,
}

/// `wp_insert_user()` key and `wp/v2/users` property of every text field.
/// (`WordPress`: `WP_REST_Users_Controller::prepare_item_for_database`.)
pub const TEXTS: [(Text, &str, &str); 9] = [
    (Text::Email, "user_email", "email"),
    (Text::Url, "user_url", "url"),
    (Text::Nicename, "user_nicename", "slug"),
    (Text::DisplayName, "display_name", "name"),
    (Text::Nickname, "nickname", "nickname"),
    (Text::FirstName, "first_name", "first_name"),
    (Text::LastName, "last_name", "last_name"),
    (Text::Description, "description", "description"),
    (Text::Locale, "locale", "locale"),
];

impl Text {
    /// Its key in `wp_insert_user()`.
    #[must_use]
    pub fn wp(self) -> &'static str {
        TEXTS[self as usize].1
    }

    /// Its property in `wp/v2/users`.
    #[must_use]
    pub fn rest(self) -> &'static str {
        TEXTS[self as usize].2
    }
}

/// What is known of a user. What is `None` or missing is not spoken of: it stays as it is on the site.
#[derive(Clone, Debug, Default)]
pub struct User {
    /// `user_login`; `WordPress` lets nobody change it later.
    pub login: Option<String>,
    /// `user_pass`, plaintext.
    pub pass: Option<Secret>,
    /// `user_pass_hash`, as stored; only a receiver can take it.
    pub pass_hash: Option<Secret>,
    /// The text fields.
    pub texts: BTreeMap<Text, String>,
    /// `roles` (or `role`); empty means no role at all.
    pub roles: Option<Vec<String>>,
    /// `meta_input`: any JSON value, null to remove a key.
    pub meta: Map<String, Value>,
}

impl User {
    /// Every key that is read; others are left out without complaint, since `WordPress`' hooks hand over many.
    pub const KEYS: [&'static str; 15] = [
        "user_login",
        "user_pass",
        "user_pass_hash",
        "user_email",
        "user_url",
        "user_nicename",
        "display_name",
        "nickname",
        "first_name",
        "last_name",
        "description",
        "locale",
        "role",
        "roles",
        "meta_input",
    ];

    /// Reads `WordPress`' userdata.
    ///
    /// # Errors
    /// A known key of the wrong type, or a stored hash where a password belongs.
    pub fn from_map(map: &Map<String, Value>) -> Result<Self, BadInput> {
        let read = Reader(map);
        let pass = read.text("user_pass")?.map(Secret::new);
        if pass.as_ref().is_some_and(Secret::is_hash) {
            return Err(BadInput::new("user_pass", "must be a plaintext password, a stored hash was given (pass it as user_pass_hash)"));
        }
        let mut texts = BTreeMap::new();
        for (text, key, _) in TEXTS {
            if let Some(value) = read.text(key)? {
                texts.insert(text, value.to_owned());
            }
        }
        let roles = match (read.texts("roles")?, read.text("role")?) {
            (Some(roles), _) => Some(roles),
            (None, Some("")) => Some(Vec::new()),
            (None, Some(role)) => Some(vec![role.to_owned()]),
            (None, None) => None,
        };
        Ok(Self {
            login: read.text("user_login")?.map(str::to_owned),
            pass,
            pass_hash: read.text("user_pass_hash")?.map(Secret::new),
            texts,
            roles,
            meta: read.map("meta_input")?.unwrap_or_default(),
        })
    }

    /// Reads what can be read: one key that is wrong holds back no other. The keys that were left out are named.
    #[must_use]
    pub fn readable(map: &Map<String, Value>) -> (Self, Vec<String>) {
        if let Ok(user) = Self::from_map(map) {
            return (user, Vec::new());
        }
        let mut good = Map::new();
        let mut unreadable = Vec::new();
        for (key, value) in map {
            let one = Map::from_iter([(key.clone(), value.clone())]);
            match Self::from_map(&one) {
                Ok(_) => drop(good.insert(key.clone(), value.clone())),
                Err(_) => unreadable.push(key.clone()),
            }
        }
        (Self::from_map(&good).unwrap_or_default(), unreadable)
    }

    /// The email address, if it is known. An empty one is none.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.texts.get(&Text::Email).map(String::as_str).filter(|email| !email.trim().is_empty())
    }
}

/// Whether two addresses are the same. ASCII case does not matter, everything else does: a database collation that takes
/// `é` for `e` must not decide whose account it is.
#[must_use]
pub fn same_email(a: &str, b: &str) -> bool {
    !a.is_empty() && a.eq_ignore_ascii_case(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn user(value: Value) -> Result<User, BadInput> {
        User::from_map(value.as_object().unwrap())
    }

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (text, wp, rest) in TEXTS {
            assert_eq!((text.wp(), text.rest()), (wp, rest));
        }
    }

    #[test]
    fn unknown_keys_and_nulls_are_left_out() {
        let user = user(json!({"ID": 5, "username": "x", "email": "a@b.c", "user_email": null, "first_name": ""})).unwrap();
        assert_eq!(user.texts.into_iter().collect::<Vec<_>>(), [(Text::FirstName, String::new())]);
        assert!(user.login.is_none());
    }

    #[test]
    fn every_known_key_of_the_wrong_type_is_named() {
        for key in User::KEYS {
            let given = if key == "meta_input" || key == "roles" { json!("x") } else { json!(["x"]) };
            assert_eq!(user(json!({ key: given })).unwrap_err().key, key);
            assert_eq!(user(json!({ key: 5 })).unwrap_err().key, key);
        }
    }

    #[test]
    fn what_can_be_read_is_read_beside_what_cannot() {
        let given = json!({"user_email": 5, "user_pass": format!("$P$B{}", "x".repeat(30)), "roles": "x", "role": "editor", "first_name": "A", "ID": []});
        let (user, mut unreadable) = User::readable(given.as_object().unwrap());
        unreadable.sort();
        assert_eq!(unreadable, ["roles", "user_email", "user_pass"]);
        assert!(user.pass.is_none() && user.email().is_none());
        assert_eq!(user.texts[&Text::FirstName], "A");
    }

    #[test]
    fn role_and_roles() {
        assert_eq!(user(json!({"role": "editor"})).unwrap().roles.unwrap(), ["editor"]);
        assert_eq!(user(json!({"role": ""})).unwrap().roles.unwrap().len(), 0);
        assert_eq!(user(json!({"role": "editor", "roles": ["author"]})).unwrap().roles.unwrap(), ["author"]);
        assert_eq!(user(json!({"roles": {"2": "author"}})).unwrap().roles.unwrap(), ["author"]);
        assert!(user(json!({"roles": [5]})).is_err());
    }

    #[test]
    fn a_hash_is_no_password_and_the_error_does_not_show_it() {
        let hash = format!("$P$B{}", "x".repeat(30));
        let error = user(json!({ "user_pass": hash })).unwrap_err();
        assert_eq!(error.key, "user_pass");
        assert!(!error.to_string().contains("xxx"));
    }

    #[test]
    fn addresses_are_compared_exactly_but_for_ascii_case() {
        assert!(same_email("Bob@Example.org", "bob@example.ORG"));
        assert!(!same_email("bob@example.org", "2bob@example.org"));
        assert!(!same_email("bób@example.org", "bob@example.org"));
        assert!(!same_email("", ""));
    }
}
