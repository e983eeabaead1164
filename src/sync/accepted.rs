//! What is kept of a push that a site has accepted.

use super::password::{Password, is_ours};
use super::said::{STALE, Said, WAITS_FOR};
use super::want::Want;
use crate::base::{Base, Held};
use crate::job::Job;
use std::collections::BTreeMap;

impl Want {
    /// The base after the site accepted this, and what stands refused, now or since an earlier push. `said`: what it says it now holds.
    pub(super) fn accepted(self, job: &Job, base: &Base, said: Option<&Said>) -> (Base, BTreeMap<String, String>) {
        let nothing = Said::default();
        let said = said.unwrap_or(&nothing);
        let mut base = base.clone();
        (base.is_doubted, base.is_password_doubted) = (false, false);
        base.registered = base.registered.or(said.registered);
        let mut refused = self.refused;
        let at_site = said.refused.get("user_pass");
        let code = at_site.or(refused.get("user_pass")).cloned();
        let known = said.has_password()
            && (self.password.goes()
                || code.as_ref().is_some_and(|code| !is_ours(code))
                || matches!(self.password, Password::Same) && code.is_none());
        if known && job.password_mark.is_some() {
            base.password_refused = code.clone().or_else(|| base.password_refused.take().filter(|_| base.password == job.password_mark));
            base.password.clone_from(&job.password_mark);
        }
        if self.password.goes() && at_site.is_none_or(|code| code != STALE) {
            base.password_held.clone_from(&said.password);
        }
        refused.extend(code.filter(|_| at_site.is_some()).map(|code| ("user_pass".to_owned(), code)));
        if job.is_in_doubt() {
            base.fields.retain(|key, _| self.spoken.contains(key));
        }
        for (key, wanted) in self.fields {
            let code = said.refused.get(&key).cloned();
            let held = match code.as_deref() {
                // It goes again as it is.
                Some(WAITS_FOR) => {
                    refused.insert(key, WAITS_FOR.into());
                    continue;
                }
                Some(STALE) => base.fields.get(&key).and_then(|known| known.held.clone()),
                _ => said.held.get(&key).cloned(),
            };
            base.fields.insert(key, Held { sent: wanted.digest, held, refused: code });
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
