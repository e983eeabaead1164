//! What has just come from a site is not sent back to it.

use super::fields::{fields, role_map};
use super::talk::Talk;
use crate::base::{Held, digest_set};
use crate::job::{Job, Received};
use crate::site::Authority;

/// Under which name there is what stands for the password on the site.
const PASSWORD: &str = "user_pass_hash";

/// The job with the base as it is after what came: the site holds that, and of what the user still has so, nothing goes.
///
/// What crossed goes once more, as a change of what came: it and a push of ours were under way at once, or what came was refused
/// here, and nobody knows what the site has now. If it is something else it refuses ours as stale, unless we are right; and who refuses
/// sends what they have. So the last word is with the end that is right, whatever crosses or gets lost (tests/converge).
pub(super) fn taken_in(talk: &Talk, mut job: Job) -> Job {
    let Some(Received { fields: came, password_mark, crossed, altered }) = job.received.clone() else { return job };
    let present = fields(&job.user, &role_map(talk, &job), None);
    for (field, held) in came.iter().filter(|(field, _)| *field != PASSWORD) {
        let nothing = || Held { sent: String::new(), held: None, refused: None };
        let entry = job.base.fields.entry(field.clone()).or_insert_with(nothing);
        let before = entry.held.replace(held.clone());
        let Some(wanted) = present.get(field) else { continue };
        if crossed.contains(field) {
            (entry.sent, entry.refused) = (String::new(), None);
            continue;
        }
        // What came was measured here, before the map of roles.
        let unmapped = job.user.roles.as_ref().filter(|_| field == "roles").map(|roles| digest_set(roles));
        let is_same = wanted.digest == *held || unmapped.as_ref() == Some(held);
        // Where both alter what they get, the site makes that of the very value that we make of it, and so for ever: the end that is
        // right leaves it there.
        let is_right = talk.site.options.authority == Authority::Here;
        let is_at_odds = is_right && altered.contains(field) && entry.sent == wanted.digest && before.as_ref() == Some(held);
        if is_same {
            (entry.sent, entry.refused) = (wanted.digest.clone(), None);
        } else if !is_at_odds {
            // The site has something else by now, also where the user is back at what was sent.
            (entry.sent, entry.refused) = (held.clone(), None);
        }
    }
    if password_mark.is_some() {
        job.base.password_held = came.get(PASSWORD).cloned();
        if crossed.contains(PASSWORD) {
            job.base.password = None;
        } else if password_mark == job.password_mark {
            (job.base.password, job.base.password_refused) = (password_mark, None);
        }
    }
    job
}
