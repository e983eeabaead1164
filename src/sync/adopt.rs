//! Whose an account is that was there before. Nobody is handed an account: anybody can register here with an address or a
//! login that belongs to somebody else there.

use super::look::{privileged, unseen_powers};
use super::talk::{Answer, Talk};
use crate::backoff::UNANSWERED_CREATE;
use crate::base::Base;
use crate::job::{Job, Linked, Op, Proof, Tried, Trust};
use crate::outcome::{Outcome, Status};
use crate::site::Adopt;
use crate::wire::core::{self, Account};
use crate::wire::meaning::{Ask, Meaning};

/// How long an unanswered create may be at work, seconds.
const AT_WORK: i64 = UNANSWERED_CREATE.cast_signed();
/// Between two clocks, and for what rounds to seconds.
const SLACK: i64 = 2;

/// When an account must have been made to be one that we made, by the site's clock.
#[derive(Clone, Copy)]
pub(super) struct Window {
    from: i64,
    to: i64,
}

impl Window {
    /// While that answer was made.
    pub(super) fn of(answer: &Answer) -> Option<Self> {
        let date = i64::try_from(answer.date?).ok()?;
        Some(Self { from: date - i64::try_from(answer.took).ok()? - SLACK, to: date + AT_WORK })
    }

    /// Of earlier attempts, in the source's time; `date` is the site's clock now. Without it, nothing is proved.
    fn tried(tried: Tried, date: Option<u64>) -> Option<Self> {
        let seconds = |n: u64| i64::try_from(n).ok();
        let ahead = seconds(date?)? - seconds(tried.now)?;
        Some(Self { from: seconds(tried.first)? + ahead - SLACK, to: seconds(tried.last)? + ahead + AT_WORK })
    }

    /// Whether the account has our user's login and address and was made in here: then a create of ours made it.
    fn made(self, job: &Job, account: &Account) -> bool {
        let same_login = account.login.is_some() && account.login == job.user.login;
        let same_email = job.user.email().is_some_and(|email| account.has_email(email));
        same_login && same_email && account.registered.is_some_and(|at| (self.from..=self.to).contains(&at))
    }
}

/// A create was sent before and its answer never came: wait, then look. `None`: nobody is there, it can be sent (again).
pub(super) async fn unanswered(talk: &Talk, job: &Job) -> Option<Outcome> {
    let tried = job.tried?;
    let rest = (tried.last + UNANSWERED_CREATE).saturating_sub(tried.now);
    if rest > 0 {
        let message = format!("a create was sent to {} and never answered; whether it worked is looked at in {rest} s", talk.site.name());
        return Some(Outcome { code: Some("unanswered".into()), message, due: Some(rest), doubt: true, ..Outcome::new(Status::Retry) });
    }
    let email = job.user.email()?;
    if let Some(outage) = talk.outage() {
        return Some(in_doubt(outage));
    }
    match talk.find(email).await {
        Err(answer) => Some(in_doubt(talk.failed(&answer, job.attempts).await)),
        Ok((accounts, _)) if accounts.is_empty() => None,
        Ok((accounts, date)) => Some(decide(talk, job, &accounts, Window::tried(tried, date), None)),
    }
}

/// Whether an earlier create worked could not be found out: what is known of it is still needed.
fn in_doubt(outcome: Outcome) -> Outcome {
    let doubt = matches!(outcome.status, Status::Retry | Status::Unauthorized);
    Outcome { doubt, ..outcome }
}

/// An id that somebody noted. `None`: it is not our user's account, go on as if there were no id.
pub(super) async fn claimed(talk: &Talk, job: &Job, id: u64) -> Option<Outcome> {
    if let Some(outage) = talk.outage() {
        return Some(if matches!(job.op, Op::Put) { outage } else { in_doubt(outage) });
    }
    let answer = talk.ask(Ask::Look, core::look(id)).await;
    match &answer.meaning {
        Meaning::Account(account) => {
            let window = job.tried.and_then(|tried| Window::tried(tried, answer.date));
            let ours = window.is_some_and(|window| window.made(job, account));
            let same_email = job.user.email().is_some_and(|email| account.has_email(email));
            (ours || same_email).then(|| decide(talk, job, std::slice::from_ref(account), window, answer.http()))
        }
        Meaning::Gone => None,
        // For a put nothing has been sent yet; a removal keeps by what the claim is judged.
        _ if matches!(job.op, Op::Put) => Some(talk.failed(&answer, job.attempts).await),
        _ => Some(in_doubt(talk.failed(&answer, job.attempts).await)),
    }
}

/// The site says that login or address are taken: by whom?
pub(super) async fn taken(talk: &Talk, job: &Job, email: &str, begun: Option<Window>, multisite: bool, told: &Answer) -> Outcome {
    match talk.find(email).await {
        Err(answer) => in_doubt(talk.failed(&answer, job.attempts).await),
        Ok((accounts, _)) if accounts.is_empty() => {
            let name = talk.site.name();
            let message = if multisite {
                format!(
                    "{name} is a multisite, and login or address belong to an account of its network that this blog does not show; only the plugin on that side can add it"
                )
            } else {
                format!("{}; whoever has it there has another address, so it is somebody else", talk.words(told))
            };
            let code = if multisite { "needs_receiver" } else { "conflict" };
            Outcome { http: told.http(), ..Outcome::rejected(code, message) }
        }
        Ok((accounts, date)) => {
            let window = begun.or_else(|| job.tried.and_then(|tried| Window::tried(tried, date)));
            decide(talk, job, &accounts, window, told.http())
        }
    }
}

/// The rules.
fn decide(talk: &Talk, job: &Job, accounts: &[Account], window: Option<Window>, http: Option<u16>) -> Outcome {
    let name = talk.site.name();
    let options = &talk.site.options;
    if let Some(account) = window.and_then(|window| accounts.iter().find(|account| window.made(job, account))) {
        return match account.is_privileged() {
            Some(false) => found(job, account, Trust::Own, http),
            Some(true) if options.follow_privileged => found(job, account, Trust::Own, http),
            Some(true) => privileged(talk, account.id, http),
            None => unseen_powers(talk, http),
        };
    }
    let [account] = accounts else {
        let message = format!("{name} has {} accounts with this address; which is meant, an administrator must say", accounts.len());
        return Outcome { http, ..Outcome::rejected("conflict", message) };
    };
    let about = |outcome: Outcome| Outcome { http, id: Some(account.id), login: account.login.clone(), ..outcome };
    match account.is_privileged() {
        Some(false) => {}
        Some(true) => return about(privileged(talk, account.id, http)),
        None => return about(unseen_powers(talk, http)),
    }
    let proved = job.proof != Proof::None;
    match options.adopt {
        Adopt::Never => about(Outcome::rejected(
            "conflict",
            format!("{name} has account {} with this address, and accounts there are never adopted", account.id),
        )),
        Adopt::Any => found(job, account, Trust::Adopted, http),
        Adopt::Proven if proved => found(job, account, Trust::Adopted, http),
        Adopt::Proven => about(Outcome::rejected(
            "unproven",
            format!(
                "{name} has account {} with this address; it is left alone until the user proves the address here (by a mailed password link), or an administrator confirms that it is the same person",
                account.id
            ),
        )),
    }
}

/// It is ours to use; nothing was written.
fn found(job: &Job, account: &Account, trust: Trust, http: Option<u16>) -> Outcome {
    // At adoption the present password counts as sent, unless it was set by the very reset that proved the address.
    let by_reset = matches!((&job.proof, &job.password_mark), (Proof::ByReset(proof), Some(mark)) if proof == mark);
    let counts_as_sent = trust == Trust::Adopted && !by_reset;
    let base = Base { password: job.password_mark.clone().filter(|_| counts_as_sent), ..Base::default() };
    let login = account.login.clone().unwrap_or_default();
    let linked = Linked { id: account.id, login, trust };
    let message = format!("account {} is this user's", linked.id);
    Outcome { base: Some(base), http, message, due: Some(0), ..Outcome::new(Status::Found).of(&linked) }
}
