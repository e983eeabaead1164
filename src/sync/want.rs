//! What of a user has to be sent: the fields that differ from the base, and the password if its mark does.

use super::fields::{META, Wanted, fields, is_to_go, role_map};
use super::password::{Password, RECEIVER_GONE, password};
use super::speech::Speech;
use super::talk::Talk;
use crate::base::{Base, Held, digest_set};
use crate::job::Job;
use crate::site::RoleMap;
use crate::user::{TEXTS, Text};
use crate::wire::core::Account;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What has to be sent.
pub(super) struct Want {
    pub(super) fields: BTreeMap<String, Wanted>,
    pub(super) password: Password,
    pub(super) refused: BTreeMap<String, String>,
    pub(super) noted: BTreeMap<String, Held>,
    /// All that the job speaks of, sent or not.
    pub(super) spoken: BTreeSet<String>,
}

impl Want {
    /// Everything, for an account that is to be made.
    pub(super) fn all(talk: &Talk, job: &Job, speech: &Speech) -> Self {
        Self::of(talk, job, &Base::default(), true, speech)
    }

    /// What differs from the base. While a write is in doubt the base is believed of no field: nobody knows what the account holds.
    /// On a person's order what was refused counts as never sent.
    pub(super) fn changed(talk: &Talk, job: &Job, speech: &Speech) -> Self {
        let mut want = Self::of(talk, job, &job.base, !job.is_in_doubt(), speech);
        want.fields.retain(|key, wanted| is_to_go(job, key, wanted));
        want.tell_password();
        want
    }

    fn of(talk: &Talk, job: &Job, base: &Base, is_known: bool, speech: &Speech) -> Self {
        let fields = fields(&job.user, &role_map(talk, job), is_known.then_some(base));
        let spoken = fields.keys().cloned().collect();
        let refused = job.unreadable.iter().map(|key| (key.clone(), "unreadable".to_owned())).collect();
        Self { fields, password: password(talk, job, base, speech), refused, noted: BTreeMap::new(), spoken }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty() && !self.password.goes()
    }

    /// Whether it holds something for which the account is looked at first: it would hand the account over, or more power.
    pub(super) fn is_sensitive(&self) -> bool {
        self.password.goes() || self.fields.contains_key("user_email") || self.fields.contains_key("roles")
    }

    /// Keeps the roles that the account has and the map cannot give; and sends none if it has the right ones already, since
    /// core takes all roles away and gives them anew.
    pub(super) fn reconcile_roles(&mut self, map: &RoleMap, account: &Account) {
        let (Some(wanted), Some(present)) = (self.fields.get_mut("roles"), &account.roles) else { return };
        let mut roles: Vec<String> = serde_json::from_value(wanted.value.clone()).unwrap_or_default();
        for role in present.iter().filter(|role| !map.can_give(role)) {
            if !roles.contains(role) {
                roles.push(role.clone());
            }
        }
        let right = digest_set(&roles) == digest_set(present);
        wanted.value = json!(roles);
        if right && let Some(wanted) = self.fields.remove("roles") {
            let held = Some(digest_set(present));
            self.noted.insert("roles".into(), Held { sent: wanted.digest, held, refused: None });
        }
    }

    /// Whether the user's roles are among what does not go. An account that is made must then get none: left out, they would be
    /// the site's default.
    pub(super) fn is_without_roles(&self) -> bool {
        self.refused.contains_key("roles")
    }

    /// The request's body. `login`: the account's, as it is there.
    pub(super) fn body(&self, login: &str) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("username".into(), json!(login));
        let mut meta = Map::new();
        for (key, wanted) in &self.fields {
            if let Some(key) = key.strip_prefix(META) {
                meta.insert(key.to_owned(), wanted.value.clone());
            } else {
                let text = TEXTS.iter().find(|(_, wp, _)| wp == key);
                let property = text.map_or(key.as_str(), |(_, _, rest)| rest);
                body.insert(property.to_owned(), wanted.value.clone());
            }
        }
        if !meta.is_empty() {
            body.insert("meta".into(), Value::Object(meta));
        }
        if let Password::Send(plain) = &self.password {
            body.insert("password".into(), json!(plain.expose()));
        }
        body
    }

    /// The same in WordPress' words, for a receiver.
    pub(super) fn user(&self) -> Map<String, Value> {
        let mut user = Map::new();
        let mut meta = Map::new();
        for (key, wanted) in &self.fields {
            match key.strip_prefix(META) {
                Some(key) => meta.insert(key.to_owned(), wanted.value.clone()),
                None => user.insert(key.clone(), wanted.value.clone()),
            };
        }
        if !meta.is_empty() {
            user.insert("meta_input".into(), Value::Object(meta));
        }
        match &self.password {
            Password::Send(plain) => drop(user.insert("user_pass".into(), json!(plain.expose()))),
            Password::SendHash(hash) => drop(user.insert("user_pass_hash".into(), json!(hash.expose()))),
            Password::Same | Password::Unknown(_) | Password::Waits => {}
        }
        user
    }

    /// Takes out what the site refuses; false if nothing of that is in here.
    pub(super) fn refuse(&mut self, talk: &Talk, named: &[(String, String)]) -> bool {
        let shown: Vec<_> = named.iter().map(|(name, code)| (name.clone(), talk.shown_code(code.clone()))).collect();
        self.drop_fields(&shown)
    }

    fn drop_fields(&mut self, named: &[(String, String)]) -> bool {
        let mut any = false;
        for (name, code) in named {
            let is_it = |key: &str| key == name || (name == "meta_input" && key.starts_with(META));
            let keys: Vec<String> = self.fields.keys().filter(|key| is_it(key)).cloned().collect();
            for key in keys {
                if let Some(wanted) = self.fields.remove(&key) {
                    self.noted.insert(key.clone(), Held { sent: wanted.digest, held: None, refused: Some(code.clone()) });
                    self.refused.insert(key, code.clone());
                    any = true;
                }
            }
            if name == "user_pass" && self.password.goes() {
                self.password = Password::Same;
                self.refused.insert("user_pass".into(), code.clone());
                any = true;
            }
        }
        any
    }

    /// The base while nobody can say whether the site took this: no value of it counts as what the site has, so that all of it goes
    /// again, also where the user is back at what the site had before.
    pub(super) fn doubted(&self, base: &Base) -> Base {
        let mut base = base.clone();
        let unknown = || Held { sent: String::new(), held: None, refused: None };
        base.is_doubted = true;
        base.fields.extend(self.fields.keys().map(|key| (key.clone(), unknown())));
        if self.password.goes() {
            base.is_password_doubted = true;
            (base.password, base.password_held) = (None, None);
        }
        base
    }

    /// Takes out what may have kept the site from writing the rest; false if nothing has. A database of old times takes no characters of
    /// four bytes (emoji). Core then writes nothing of the whole row of `wp_users`, the password included, and says that all went well
    /// (`wpdb::update()`, whose result `wp_insert_user()` does not look at); but shows what is there.
    pub(super) fn without_what_kept_the_row(&mut self, account: &Account) -> bool {
        let row = [Text::Email, Text::Url, Text::Nicename, Text::DisplayName];
        let in_row = row.iter().filter(|text| self.fields.contains_key(text.wp())).count();
        if in_row + usize::from(self.password.goes()) < 2 {
            return false;
        }
        let is_blamed = |text: &&Text| {
            let Some(wanted) = self.fields.get(text.wp()) else { return false };
            let has_long = wanted.value.as_str().is_some_and(|value| value.chars().any(|c| c.len_utf8() == 4));
            has_long && account.held(**text).is_some_and(|held| held != wanted.digest)
        };
        let blamed: Vec<_> = row.iter().filter(is_blamed).map(|text| (text.wp().to_owned(), "altered".to_owned())).collect();
        self.drop_fields(&blamed)
    }

    /// Notes a field that was sent and taken back.
    pub(super) fn withdraw(&mut self, key: &str, code: &str) {
        self.drop_fields(&[(key.to_owned(), code.to_owned())]);
    }

    /// Says why the password does not go, if it should.
    pub(super) fn tell_password(&mut self) {
        match self.password {
            Password::Unknown(code) => self.password_refused(code),
            Password::Waits => self.password_refused(RECEIVER_GONE),
            Password::Same | Password::Send(_) | Password::SendHash(_) => {}
        }
    }

    /// The same of an account that is made: it has a password that nobody knows then.
    pub(super) fn tell_password_of_new(&mut self, job: &Job) {
        self.tell_password();
        if matches!(self.password, Password::Same) && job.password_mark.is_none() {
            self.password_refused("password_unknown");
        }
    }

    /// Says that the password could not be carried over. That what was given cannot be read says more.
    pub(super) fn password_refused(&mut self, code: &str) {
        self.refused.entry("user_pass".into()).or_insert_with(|| code.into());
    }
}
