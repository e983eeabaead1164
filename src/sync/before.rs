//! What is judged before a site is asked or sent anything, whichever wire it speaks.

use super::fields::is_in_step;
use super::put::unchanged;
use super::speech::Speech;
use super::talk::Talk;
use super::unanswered;
use super::want::Want;
use crate::job::{Account as Known, Job, Linked, Op, Trust};
use crate::outcome::{Outcome, Status};
use crate::site::Remove;

/// What comes of the job without the site; none if that is needed.
pub(super) fn before(talk: &Talk, job: &Job) -> Option<Outcome> {
    // A receiver tells one request from the next by itself: there is nothing to wait for.
    let waits = if talk.is_receiver() { None } else { unanswered::wait(talk, job) };
    waits.or_else(|| match (&job.op, &job.account) {
        (Op::Put, account) => privileged(talk, job).or_else(|| match account {
            Known::Linked(linked) => in_step(talk, job, linked),
            Known::Unknown if job.tried.is_none() => incomplete(job),
            _ => None,
        }),
        (Op::Delete { .. }, Known::Linked(linked)) => left(talk, job, linked),
        (Op::Delete { .. }, Known::Unknown) if job.tried.is_none() => Some(absent(None)),
        (Op::Delete { .. }, _) => None,
    })
}

/// Administrators of the source do not follow.
fn privileged(talk: &Talk, job: &Job) -> Option<Outcome> {
    let follows = !job.privileged || talk.site.options.follow_privileged;
    let message = "may edit users or options here, and such users do not follow (the site's follow_privileged changes that)";
    (!follows).then(|| Outcome::rejected("privileged", message))
}

fn in_step(talk: &Talk, job: &Job, linked: &Linked) -> Option<Outcome> {
    // With no password to send, how the site is spoken to makes no difference.
    is_in_step(talk, job).then(|| unchanged(talk, job, Want::changed(talk, job, &Speech::Plain), linked, None))
}

/// What an account cannot be made without.
pub(super) fn incomplete(job: &Job) -> Option<Outcome> {
    let has_login = job.user.login.as_ref().is_some_and(|login| !login.is_empty());
    let message = "an account cannot be made without user_login and user_email";
    (!has_login || job.user.email().is_none()).then(|| Outcome::rejected("incomplete", message))
}

/// An account that stays although its user is gone.
fn left(talk: &Talk, job: &Job, linked: &Linked) -> Option<Outcome> {
    let options = &talk.site.options;
    let name = talk.site.name();
    let stays = match options.remove {
        Remove::Never => true,
        Remove::Own => linked.trust == Trust::Adopted,
        Remove::All => false,
    };
    if stays {
        let message =
            format!("account {} on {name} was not made by this source, or nothing is removed there: it is left as it is", linked.id);
        return Some(Outcome { message, ..Outcome::new(Status::Unlinked).of(linked) });
    }
    if job.privileged && !options.follow_privileged {
        let message = format!(
            "the removed user could edit users or options here, so account {} on {name} is left for an administrator; \
             once it is removed there, unlink the user here",
            linked.id
        );
        return Some(Outcome::rejected("privileged", message).of(linked));
    }
    None
}

/// Nobody whom we made is there.
pub(super) fn absent(http: Option<u16>) -> Outcome {
    Outcome { http, message: "no account of ours is there".into(), ..Outcome::new(Status::Absent) }.settled()
}
