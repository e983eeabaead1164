//! A user's fields in our words, and which of them a site may not have.

use super::password;
use super::talk::Talk;
use crate::base::{Base, digest, digest_set};
use crate::job::Job;
use crate::site::RoleMap;
use crate::user::User;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const META: &str = "meta_input.";

/// One field to send.
pub(super) struct Wanted {
    pub(super) value: Value,
    /// The digest of what the user has, which may be less than `value`: roles that are not ours to manage are sent along.
    pub(super) digest: String,
}

/// All of a user's fields in our words, with values and digests; roles by the map. Meta that is to be removed is none where the
/// site is `known` never to have been sent any.
pub(super) fn fields(user: &User, roles: &RoleMap, known: Option<&Base>) -> BTreeMap<String, Wanted> {
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
pub(super) fn is_urgent(talk: &Talk, job: &Job) -> bool {
    let password = job.password_mark.is_some() && job.password_mark != job.base.password;
    let there = |here: &Vec<String>| digest_set(&role_map(talk, job).map(here));
    let roles = job.user.roles.as_ref().is_some_and(|here| job.base.differs("roles", &there(here)));
    password && (job.user.pass.is_some() || job.secret.is_some() || talk.is_receiver() && job.user.pass_hash.is_some())
        || roles && job.base.fields.get("roles").is_none_or(|held| held.refused.is_none())
}

/// Whether a field of a known account is not there as it should be, as far as is known.
pub(super) fn is_to_go(job: &Job, key: &str, wanted: &Wanted) -> bool {
    let again = || job.retry && job.base.fields.get(key).is_some_and(|held| held.refused.is_some());
    job.is_in_doubt() || job.base.differs(key, &wanted.digest) || again()
}

/// Whether the account holds all that the job speaks of, as far as is known, so that no site need be asked.
pub(super) fn is_in_step(talk: &Talk, job: &Job) -> bool {
    let fields = fields(&job.user, &role_map(talk, job), (!job.is_in_doubt()).then_some(&job.base));
    !fields.iter().any(|(key, wanted)| is_to_go(job, key, wanted)) && !password::differs(job, &job.base)
}
