//! When an account must have been made to be one that we made.

use crate::backoff::UNANSWERED;
use crate::job::{Job, Tried};
use crate::wire::core::Account;
use tokio::time::Instant;

/// How long an unanswered create may be at work, seconds.
const AT_WORK: i64 = UNANSWERED.cast_signed();
/// Between two clocks, and for what rounds to seconds.
const SLACK: i64 = 2;

/// What an answer told of the site's clock.
#[derive(Clone, Copy)]
pub(crate) struct Dated {
    /// What it showed, Unix seconds.
    pub(crate) date: u64,
    /// It showed that between these two moments.
    pub(crate) asked: Instant,
    /// See `asked`.
    pub(crate) heard: Instant,
}

/// A span of time, by the site's clock.
#[derive(Clone, Copy)]
pub(super) struct Window {
    from: i64,
    to: i64,
}

/// A create of ours that may have made an account, though no answer said so.
#[derive(Clone, Copy)]
pub(super) enum Attempt {
    /// There was none.
    None,
    /// There was one, and the site does not tell its time: nothing is proved.
    Undated,
    /// If it made one, it was then.
    Within(Window),
}

/// Whether an account is one that a create of ours made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    ByUs,
    ByOthers,
    /// It has our user's login and address, and nothing tells when it was made.
    Unknown,
}

impl Attempt {
    fn within(window: Option<Window>) -> Self {
        window.map_or(Self::Undated, Self::Within)
    }

    /// While that answer was made.
    pub(super) fn of(answer: Option<Dated>) -> Self {
        Self::within(answer.and_then(Window::of))
    }

    /// In an earlier job, told in the source's time as it was `since` when; `seen` is what the site's clock shows now.
    pub(super) fn tried(tried: Option<&Tried>, since: Instant, seen: Option<Dated>) -> Self {
        tried.map_or(Self::None, |tried| Self::within(seen.and_then(|seen| Window::tried(tried, since, seen))))
    }

    /// Whether there was none.
    pub(super) fn is_none(self) -> bool {
        matches!(self, Self::None)
    }
}

fn signed(seconds: u64) -> Option<i64> {
    i64::try_from(seconds).ok()
}

impl Window {
    fn of(answer: Dated) -> Option<Self> {
        let (date, took) = (signed(answer.date)?, signed((answer.heard - answer.asked).as_secs())?);
        Some(Self { from: date - took - SLACK, to: date + AT_WORK })
    }

    /// How far the site's clock is ahead of the source's is known as exactly as the moment at which it was seen: a slow site's is not.
    fn tried(tried: &Tried, since: Instant, seen: Dated) -> Option<Self> {
        let passed = |until: Instant| signed(until.saturating_duration_since(since).as_secs());
        let ahead = signed(seen.date)? - signed(tried.now)?;
        let (least, most) = (ahead - passed(seen.heard)? - 1, ahead - passed(seen.asked)?);
        Some(Self { from: signed(tried.first)? + least - SLACK, to: signed(tried.last)? + most + AT_WORK })
    }
}

/// Whether that create, which was sent with `email`, made the account: it has our user's login and that address, and was made then.
pub(super) fn made(attempt: Attempt, job: &Job, email: Option<&str>, account: &Account) -> Made {
    let same_login = account.login.is_some() && account.login == job.user.login;
    if !same_login || !email.is_some_and(|email| account.has_email(email)) {
        return Made::ByOthers;
    }
    match (attempt, account.registered) {
        (Attempt::Within(window), Some(at)) if (window.from..=window.to).contains(&at) => Made::ByUs,
        (Attempt::None, _) | (Attempt::Within(_), Some(_)) => Made::ByOthers,
        _ => Made::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_a_slow_site_takes_to_tell_its_time_is_no_difference_of_clocks() {
        let since = Instant::now();
        let tried = Tried { first: 100, last: 100, now: 165, email: None };
        // Equal clocks; the look waited for others until 4 s after the call began, and had its answer 5 s later.
        for shown in 169..=174 {
            let (asked, heard) = (since + Duration::from_secs(4), since + Duration::from_secs(9));
            let window = Window::tried(&tried, since, Dated { date: shown, asked, heard }).unwrap();
            for made in [99, 100, 160] {
                assert!((window.from..=window.to).contains(&made), "made {made}, shown {shown}: {} to {}", window.from, window.to);
            }
            assert!(window.from > 100 - 10 && window.to < 160 + 10, "shown {shown}: {} to {}", window.from, window.to);
        }
    }
}
