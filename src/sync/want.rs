//! What of a user has to be sent: the fields that differ from the base, and the password if its mark does.

use super::Talk;
use super::password::{Password, is_ours, password};
use crate::base::{Base, Held, digest, digest_set};
use crate::job::Job;
use crate::site::RoleMap;
use crate::user::{TEXTS, Text, User};
use crate::wire::core::Account;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const META: &str = "meta_input.";

/// One field to send.
pub(super) struct Wanted {
    pub(super) value: Value,
    /// The digest of what the user has, which may be less than `value`: roles that are not ours to manage are sent along.
    digest: String,
}

/// What has to be sent.
pub(super) struct Want {
    pub(super) fields: BTreeMap<String, Wanted>,
    pub(super) password: Password,
    refused: BTreeMap<String, String>,
    noted: BTreeMap<String, Held>,
    /// All that the job speaks of, sent or not.
    spoken: BTreeSet<String>,
}

/// All of a user's fields in our words, with values and digests; roles by the map. Meta that is to be removed is none where the
/// site is `known` never to have been sent any.
fn fields(user: &User, roles: &RoleMap, known: Option<&Base>) -> BTreeMap<String, Wanted> {
    let mut fields = BTreeMap::new();
    for (text, value) in &user.texts {
        let value = json!(value);
        fields.insert(text.wp().to_owned(), Wanted { digest: digest(&value), value });
    }
    if let Some(here) = &user.roles {
        let there = roles.map(here);
        fields.insert("roles".to_owned(), Wanted { digest: digest_set(&there), value: json!(there) });
    }
    for (key, value) in user.meta.iter().map(|(key, value)| (format!("{META}{key}"), value)) {
        if value.is_null() && known.is_some_and(|base| !base.fields.contains_key(&key)) {
            continue;
        }
        fields.insert(key, Wanted { digest: digest(value), value: value.clone() });
    }
    fields
}

/// The site's map, which is an administrator's word; or the default, by which no role follows that holds power here.
pub(super) fn role_map(talk: &Talk, job: &Job) -> RoleMap {
    talk.site.options.roles.clone().unwrap_or_else(|| RoleMap::Same(job.privileged_roles.clone()))
}

/// Whether what waits in this job must not be given up: a password or roles.
pub(super) fn is_urgent(job: &Job) -> bool {
    let password = job.password_mark.is_some() && job.password_mark != job.base.password;
    let roles = job.user.roles.is_some();
    password && (job.user.pass.is_some() || job.secret.is_some())
        || roles && job.base.fields.get("roles").is_none_or(|held| held.refused.is_none())
}

impl Want {
    /// Everything, for an account that is to be made.
    pub(super) fn all(talk: &Talk, job: &Job) -> Self {
        Self::of(talk, job, &Base::default(), true)
    }

    /// What differs from the base. While a write is in doubt the base is believed of no field: nobody knows what the account holds.
    /// On a person's order what was refused counts as never sent.
    pub(super) fn changed(talk: &Talk, job: &Job) -> Self {
        let mut want = Self::of(talk, job, &job.base, !job.is_in_doubt());
        let again = |key: &str| job.retry && job.base.fields.get(key).is_some_and(|held| held.refused.is_some());
        want.fields.retain(|key, wanted| job.is_in_doubt() || job.base.differs(key, &wanted.digest) || again(key));
        if let Password::Unknown(code) = want.password {
            want.password_refused(code);
        }
        want
    }

    fn of(talk: &Talk, job: &Job, base: &Base, is_known: bool) -> Self {
        let fields = fields(&job.user, &role_map(talk, job), is_known.then_some(base));
        let spoken = fields.keys().cloned().collect();
        let refused = job.unreadable.iter().map(|key| (key.clone(), "unreadable".to_owned())).collect();
        Self { fields, password: password(talk, job, base), refused, noted: BTreeMap::new(), spoken }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty() && !matches!(self.password, Password::Send(_))
    }

    /// Whether it holds something for which the account is looked at first: it would hand the account over, or more power.
    pub(super) fn is_sensitive(&self) -> bool {
        matches!(self.password, Password::Send(_)) || self.fields.contains_key("user_email") || self.fields.contains_key("roles")
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
            if name == "user_pass" && matches!(self.password, Password::Send(_)) {
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
        base.fields.extend(self.fields.keys().map(|key| (key.clone(), unknown())));
        if matches!(self.password, Password::Send(_)) {
            base.password = None;
        }
        base
    }

    /// Notes a field that was sent and taken back.
    pub(super) fn withdraw(&mut self, key: &str, code: &str) {
        self.drop_fields(&[(key.to_owned(), code.to_owned())]);
    }

    /// Says that the password could not be carried over. That what was given cannot be read says more.
    pub(super) fn password_refused(&mut self, code: &str) {
        self.refused.entry("user_pass".into()).or_insert_with(|| code.into());
    }

    /// The base after the site accepted this, and what stands refused, now or since an earlier push. `account`: what it says it
    /// now holds.
    pub(super) fn accepted(self, job: &Job, base: &Base, account: Option<&Account>) -> (Base, BTreeMap<String, String>) {
        let mut base = base.clone();
        base.registered = base.registered.or_else(|| account.and_then(|account| account.registered));
        let mut refused = self.refused;
        let code = refused.get("user_pass").map(String::as_str);
        let known = matches!(self.password, Password::Send(_))
            || code.is_some_and(|code| !is_ours(code))
            || matches!(self.password, Password::Same) && code.is_none();
        if known && job.password_mark.is_some() {
            base.password_refused = code.map(str::to_owned).or(base.password_refused.filter(|_| base.password == job.password_mark));
            base.password.clone_from(&job.password_mark);
        }
        if job.is_in_doubt() {
            base.fields.retain(|key, _| self.spoken.contains(key));
        }
        for (key, wanted) in self.fields {
            let mut held = Held { sent: wanted.digest, held: None, refused: None };
            if let Some(account) = account {
                held.held = held_by(account, &key);
                if key.starts_with(META) && held.held.is_none() && !wanted.value.is_null() {
                    held.refused = Some("meta_not_registered".into());
                } else if is_altered(&key, &wanted.value, held.held.as_deref()) {
                    held.refused = Some("altered".into());
                }
            }
            base.fields.insert(key, held);
        }
        base.fields.extend(self.noted);
        for (key, held) in base.fields.iter().filter(|(key, _)| self.spoken.contains(*key)) {
            if let Some(code) = &held.refused {
                refused.entry(key.clone()).or_insert_with(|| code.clone());
            }
        }
        if let Some(code) = &base.password_refused {
            refused.entry("user_pass".into()).or_insert_with(|| code.clone());
        }
        (base, refused)
    }
}

/// Whether the site holds something else than it was sent, as where its own rules clean a name. An empty value it may fill, and
/// for an empty locale it names its own.
fn is_altered(key: &str, sent: &Value, held: Option<&str>) -> bool {
    let Some(held) = held else { return false };
    match sent {
        Value::String(text) => !text.is_empty() && !key.starts_with(META) && held != digest(sent),
        Value::Array(roles) if key == "roles" => {
            let roles: Vec<String> = roles.iter().filter_map(|role| role.as_str().map(str::to_owned)).collect();
            held != digest_set(&roles)
        }
        _ => false,
    }
}

fn held_by(account: &Account, key: &str) -> Option<String> {
    if let Some(key) = key.strip_prefix(META) {
        return account.meta(key).map(digest);
    }
    if key == "roles" {
        return account.roles.as_deref().map(digest_set);
    }
    TEXTS.iter().find(|(_, wp, _)| *wp == key).and_then(|(text, _, _): &(Text, _, _)| account.held(*text))
}
