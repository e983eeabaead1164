//! When an account must have been made to be one that we made.

use super::answer::Answer;
use crate::backoff::UNANSWERED;
use crate::job::{Job, Tried};
use crate::wire::core::Account;

/// How long an unanswered create may be at work, seconds.
const AT_WORK: i64 = UNANSWERED.cast_signed();
/// Between two clocks, and for what rounds to seconds.
const SLACK: i64 = 2;

/// A span of time, by the site's clock.
#[derive(Clone, Copy)]
pub(super) struct Window {
    from: i64,
    to: i64,
}

/// Whether an account is one that an unanswered create of ours made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    ByUs,
    ByOthers,
    /// It has our user's login and address, and nothing tells when it was made.
    Unknown,
}

impl Window {
    /// While that answer was made.
    pub(super) fn of(answer: &Answer) -> Option<Self> {
        let date = i64::try_from(answer.date?).ok()?;
        Some(Self { from: date - i64::try_from(answer.took).ok()? - SLACK, to: date + AT_WORK })
    }

    /// Of an earlier attempt, in the source's time; `date` is the site's clock now. Without it, nothing is proved.
    pub(super) fn tried(tried: &Tried, date: Option<u64>) -> Option<Self> {
        let seconds = |n: u64| i64::try_from(n).ok();
        let ahead = seconds(date?)? - seconds(tried.now)?;
        Some(Self { from: seconds(tried.first)? + ahead - SLACK, to: seconds(tried.last)? + ahead + AT_WORK })
    }
}

/// Whether a create that was sent with `email` in that window made the account: it has our user's login and that address, and was
/// made then.
pub(super) fn made(window: Option<Window>, job: &Job, email: Option<&str>, account: &Account) -> Made {
    let same_login = account.login.is_some() && account.login == job.user.login;
    if !same_login || !email.is_some_and(|email| account.has_email(email)) {
        return Made::ByOthers;
    }
    match (window, account.registered) {
        (Some(window), Some(at)) if (window.from..=window.to).contains(&at) => Made::ByUs,
        (Some(_), Some(_)) => Made::ByOthers,
        _ => Made::Unknown,
    }
}
