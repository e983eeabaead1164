//! What a receiver said came of a job, as an outcome of ours.

use super::{about, linked};
use crate::backoff::{LONGEST, due};
use crate::base::Base;
use crate::job::{Account as Known, Job};
use crate::outcome::{Doubt, Outcome, Status};
use crate::sync::adopt::taken_over;
use crate::sync::put::gone;
use crate::sync::said::{Said, WAITS_FOR};
use crate::sync::talk::Talk;
use crate::sync::told::told;
use crate::sync::want::Want;
use crate::wire::receiver::{Account, Done, Told, What};
use crate::wire::reply::{plain, shorten};

/// The status of every answer with outcomes in it.
const HTTP: Option<u16> = Some(200);
/// Seconds for which one waits for another user's account or address.
const WAIT_FOR_OTHER: u64 = 60;

/// What the receiver said.
pub(super) struct Word {
    pub(super) told: Told,
    /// An earlier request of this delivery with the same job may have done something as well.
    pub(super) was_unanswered: bool,
}

/// Of a put.
pub(super) fn put(talk: &Talk, job: &Job, want: Want, word: Word) -> Outcome {
    let Word { told: Told { what, message }, was_unanswered } = word;
    match what {
        // Where the account that a person named is gone, its place was taken by one that nobody has a password of yet.
        What::Done(ref it) if matches!(job.account, Known::Named(_)) && it.status == Status::Created && may_be(talk, job, &it.account) => {
            taken_over(job, &it.account.linked, Some(it.account.registered), HTTP)
        }
        What::Done(ref it) if linked(job).is_none_or(|linked| linked.id == it.account.linked.id) && may_be(talk, job, &it.account) => {
            done(talk, job, want, it)
        }
        What::Found(account) if linked(job).is_none() && may_be(talk, job, &account) => {
            taken_over(job, &account.linked, Some(account.registered), HTTP)
        }
        What::Retry { code, seconds, id } => not_now(talk, job, &code, seconds, id, &message, was_unanswered),
        What::Rejected { code, id } => {
            let is_gone = code == "gone" || code == "incomplete" && talk.site.options.recreate;
            if let Some(linked) = linked(job).filter(|_| is_gone) {
                return gone(talk, job, linked, HTTP);
            }
            // A person's word that proved wrong.
            let forget = matches!(job.account, Known::Named(_));
            no(talk, job, Outcome { id, forget, ..Outcome::rejected(&code, words(talk, &code, &message)) }, was_unanswered)
        }
        What::Other => unknown(talk, job),
        What::Done(_) | What::Found(_) | What::Over(_) => odd(talk, job),
    }
}

/// Of a removal.
pub(super) fn delete(talk: &Talk, job: &Job, word: Word) -> Outcome {
    let Word { told: Told { what, message }, was_unanswered } = word;
    let name = talk.site.name();
    match what {
        What::Over(status) => {
            let message = match (status, linked(job)) {
                (Status::Deleted, Some(linked)) => format!("account {} on {name} removed", linked.id),
                (Status::Deleted, None) => format!("the account on {name} removed"),
                (Status::Unlinked, _) => {
                    format!("{name} leaves the account as it is: it knows nothing of this source having made it, or removes none")
                }
                _ => format!("no account of ours is there on {name}"),
            };
            about(job, Outcome { http: HTTP, message, ..Outcome::new(status) }).settled()
        }
        What::Retry { code, seconds, id } => not_now(talk, job, &code, seconds, id, &message, was_unanswered),
        What::Rejected { code, id } => {
            let outcome = Outcome { id, ..Outcome::rejected(&code, words(talk, &code, &message)) };
            no(talk, job, outcome, was_unanswered)
        }
        What::Other => unknown(talk, job),
        What::Done(_) | What::Found(_) => odd(talk, job),
    }
}

fn done(talk: &Talk, job: &Job, want: Want, it: &Done) -> Outcome {
    let account = &it.account.linked;
    let said = Said::by_receiver(talk, it, &want);
    let waits = said.refused.get("user_email").is_some_and(|code| code == WAITS_FOR);
    let nothing = Base::default();
    let before = if matches!(job.account, Known::Linked(_) | Known::Named(_)) { &job.base } else { &nothing };
    let (base, refused) = want.accepted(job, before, Some(&said));
    let what = match it.status {
        Status::Created => "made",
        Status::Updated => "changed",
        _ => "unchanged",
    };
    let message = told(talk, what, account.id, &refused);
    let outcome = Outcome { base: Some(base), refused, http: HTTP, message, ..Outcome::new(it.status).of(account) }.settled();
    if waits {
        let code = Some(WAITS_FOR.to_owned());
        return Outcome { status: Status::Retry, code, due: Some(WAIT_FOR_OTHER), ..outcome };
    }
    outcome
}

/// Again later. What the receiver has not begun is nobody's fault and leaves nothing in doubt; all else may have been done in part.
fn not_now(talk: &Talk, job: &Job, code: &str, seconds: Option<u64>, id: Option<u64>, message: &str, was_unanswered: bool) -> Outcome {
    let is_begun = match code {
        "busy" | "budget" | "waits_for" => false,
        "fatal" => seconds.is_some_and(|seconds| seconds > 0),
        _ => true,
    };
    let asked = seconds.map(|seconds| seconds.min(LONGEST));
    let outcome = Outcome {
        id,
        http: HTTP,
        code: Some(talk.shown_code(code.to_owned())),
        message: words(talk, code, message),
        due: Some(if is_begun {
            due(job.attempts, None).max(asked.unwrap_or(0))
        } else {
            asked.unwrap_or_else(|| due(job.attempts, None))
        }),
        spent: is_begun,
        ..Outcome::new(Status::Retry)
    };
    let is_unclear = is_begun || was_unanswered;
    Outcome { doubt: if is_unclear { Doubt::Now } else { Doubt::Before }, ..outcome }
}

/// No; of the account that the link holds, unless another is to blame.
fn no(talk: &Talk, job: &Job, outcome: Outcome, was_unanswered: bool) -> Outcome {
    let code = outcome.code.map(|code| talk.shown_code(code));
    let doubt = if was_unanswered { Doubt::Now } else { Doubt::Before };
    let outcome = Outcome { http: HTTP, code, doubt, ..outcome };
    match linked(job) {
        Some(linked) if outcome.id.is_none_or(|id| id == linked.id) => outcome.of(linked),
        _ => outcome,
    }
}

/// Whether an account may be called so: it is what was asked for, or at least nothing that must not be shown.
fn may_be(talk: &Talk, job: &Job, account: &Account) -> bool {
    let login = &account.linked.login;
    linked(job).is_some_and(|linked| linked.login == *login)
        || job.user.login.as_ref().is_some_and(|asked| asked.eq_ignore_ascii_case(login))
        || talk.shown(login).is_some()
}

/// Something that cannot be said of such a job is not believed.
fn odd(talk: &Talk, job: &Job) -> Outcome {
    no_success(talk, job, "says of this job what cannot be: is something altering the answers of its plugin?")
}

/// What has no word in this version is no success in it.
fn unknown(talk: &Talk, job: &Job) -> Outcome {
    no_success(talk, job, "says of this job what this version has no word for: is the plugin there newer than the extension here?")
}

fn no_success(talk: &Talk, job: &Job, what: &str) -> Outcome {
    let message = format!("{} {what}", talk.site.name());
    let due = Some(due(job.attempts, None));
    let outcome = Outcome { http: HTTP, code: Some("not_wordpress".into()), message, due, spent: true, ..Outcome::new(Status::Retry) };
    about(job, Outcome { doubt: Doubt::Now, ..outcome })
}

/// The receiver's words for a person, unless they hold what must not be shown.
fn words(talk: &Talk, code: &str, message: &str) -> String {
    let (name, code) = (talk.site.name(), talk.shown_code(code.to_owned()));
    let said = match talk.shown(message) {
        Some(words) => format!("{name}: {} ({code})", plain(words)),
        None => format!("{name}: {code}; its words are not shown: they hold a password"),
    };
    shorten(&said)
}
