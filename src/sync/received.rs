//! What has just come from a site is not sent back to it.

use super::fields::{fields, role_map};
use super::talk::Talk;
use crate::base::{Held, digest_set};
use crate::job::{Job, Received};

/// Under which name there is what stands for the password on the site.
const PASSWORD: &str = "user_pass_hash";

/// The job with the base as it is after what came: the site holds that, and of what the user still has so, nothing goes.
pub(super) fn taken_in(talk: &Talk, mut job: Job) -> Job {
    let Some(Received { fields: came, password_mark, crossed }) = job.received.clone() else { return job };
    let present = fields(&job.user, &role_map(talk, &job), None);
    for (field, held) in came.iter().filter(|(field, _)| *field != PASSWORD) {
        let entry = job.base.fields.entry(field.clone()).or_insert_with(|| Held { sent: String::new(), held: None, refused: None });
        let Some(wanted) = present.get(field) else {
            entry.held = Some(held.clone());
            continue;
        };
        if crossed.contains(field) {
            // It and a push of ours were under way at once: nobody knows which the site has now.
            (entry.sent, entry.refused) = (String::new(), None);
            continue;
        }
        let before = entry.held.replace(held.clone());
        // What came was measured here, before the map of roles.
        let unmapped = job.user.roles.as_ref().filter(|_| field == "roles").map(|roles| digest_set(roles));
        if wanted.digest == *held || unmapped.as_ref() == Some(held) {
            (entry.sent, entry.refused) = (wanted.digest.clone(), None);
        } else if entry.sent != wanted.digest || before.as_ref() != Some(held) {
            // The site has something else by now, also where the user is back at what was sent. But what it made of that very value
            // it would make of it again, and so for ever.
            (entry.sent, entry.refused) = (held.clone(), None);
        }
    }
    if password_mark.is_some() {
        if crossed.contains(PASSWORD) {
            job.base.password = None;
        } else {
            job.base.password_held = came.get(PASSWORD).cloned();
            if password_mark == job.password_mark {
                (job.base.password, job.base.password_refused) = (password_mark, None);
            }
        }
    }
    job
}
