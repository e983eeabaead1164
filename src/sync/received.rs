//! What has just come from a site is not sent back to it.

use super::fields::{fields, role_map};
use super::talk::Talk;
use crate::base::{Held, digest_set};
use crate::job::{Job, Received};

/// The job with the base as it is after what came: the site holds that, and of what the user still has so, nothing goes.
pub(super) fn taken_in(talk: &Talk, mut job: Job) -> Job {
    let Some(Received { fields: came, password_mark }) = job.received.clone() else { return job };
    let present = fields(&job.user, &role_map(talk, &job), None);
    for (field, held) in came {
        let entry = job.base.fields.entry(field.clone()).or_insert_with(|| Held { sent: String::new(), held: None, refused: None });
        if let Some(wanted) = present.get(&field) {
            // What came was measured here, before the map of roles.
            let unmapped = job.user.roles.as_ref().filter(|_| field == "roles").map(|roles| digest_set(roles));
            if wanted.digest == held || unmapped.as_ref() == Some(&held) {
                entry.sent.clone_from(&wanted.digest);
                entry.refused = None;
            }
        }
        entry.held = Some(held);
    }
    if password_mark.is_some() && password_mark == job.password_mark {
        job.base.password = password_mark;
        (job.base.password_refused, job.base.password_held) = (None, None);
    }
    job
}
