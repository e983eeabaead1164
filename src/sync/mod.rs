//! One job or a thousand: picks the wire, adopts, spreads over connections.
//!
//! - [`talk`], [`way`], [`answer`], [`agent`]: a conversation with a site, one request of it, what the answer means, who asks
//! - [`speech`]: which wire the site speaks
//! - [`together`], [`parcels`]: what shares a request with others: [`batch`]: changes of accounts by core's; [`handover`]: jobs by a receiver
//! - [`direct`]: create, update, delete, find, done as they are told
//!
//! Of a job by the rules of trust:
//!
//! - [`before`], [`destructive`], [`received`]: what is judged before anything is sent: what needs no request, what would destroy too
//!   much, what has just come from there
//! - [`fields`], [`want`], [`password`]: what of a user has to be sent; [`said`], [`accepted`]: what the site says it holds since, and what
//!   is kept of that; [`told`]: the same in a line
//! - [`receiver`]: by a receiver, which keeps the rules about whose an account is itself
//!
//! And by core's REST, where they are kept here:
//!
//! - [`look`]: is the account still whose we think, and without power over the site? [`power`]: taken back where it was given
//! - [`unanswered`], [`window`]: what was sent before and never answered; what of it may have worked
//! - [`put`], [`create`], [`taken`], [`remove`], [`adopt`]: one job, with the rules about whose an account is

mod accepted;
mod adopt;
mod agent;
mod answer;
mod batch;
mod before;
mod create;
mod destructive;
mod direct;
mod fields;
mod handover;
mod look;
mod parcels;
mod password;
mod power;
mod put;
mod received;
mod receiver;
mod remove;
mod said;
mod speech;
mod taken;
mod talk;
mod together;
mod told;
mod unanswered;
mod want;
mod way;
mod window;

use crate::backoff;
use crate::client::{self, EXHAUSTED, Stopped, Tick};
use crate::failure::{Failure, Kind, REPORT};
use crate::input::BadInput;
use crate::job::{Job, Op};
use crate::outcome::{Doubt, Outcome, Scope, Status};
use crate::secret::{Key, SealError};
use crate::site::{Settings, Site};
use crate::terms::Terms;
use crate::user::User;
#[cfg(fuzzing)]
pub(crate) use answer::Answer;
use futures_util::FutureExt as _;
use speech::Speech;
pub(crate) use speech::{UPDATE, speaks, versions};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
pub(crate) use talk::Talk;

/// Calls to one site.
pub struct Call {
    site: Arc<Site>,
    settings: Settings,
    terms: Terms,
}

impl Call {
    /// To that site, by these settings.
    #[must_use]
    pub fn new(site: Arc<Site>, settings: Settings) -> Self {
        Self { site, settings, terms: Terms::default() }
    }

    /// The same, for one delivery on these terms.
    #[must_use]
    pub fn under(self, terms: Terms) -> Self {
        Self { terms, ..self }
    }

    /// Makes an account; its id.
    ///
    /// # Errors
    /// See [`Failure`]; a conflict where login or email are taken, unless the site's `adopt` is `any`: then that account is updated.
    pub fn create(&self, user: User, tick: Tick) -> Result<u64, Failure> {
        self.one(tick, |talk| async move { direct::create(&talk, user).await })
    }

    /// Changes an account; its id.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn update(&self, id: u64, user: User, tick: Tick) -> Result<u64, Failure> {
        self.one(tick, move |talk| async move { direct::update(&talk, id, user).await })
    }

    /// Removes an account; false if it was gone already. `heir`: who gets its content; 0: nobody; `None`: as the site's options say.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn delete(&self, id: u64, heir: Option<u64>, tick: Tick) -> Result<bool, Failure> {
        self.one(tick, move |talk| async move { direct::delete(&talk, id, heir).await })
    }

    /// The id of the account with exactly that address.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn find(&self, email: &str, tick: Tick) -> Result<Option<u64>, Failure> {
        let email = email.to_owned();
        self.one(tick, move |talk| async move { direct::find(&talk, &email).await })
    }

    fn one<T, F>(&self, tick: Tick, ask: impl FnOnce(Arc<Talk>) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let talk = Arc::new(self.talk()?);
        let whole = async {
            match ask(talk.clone()).await {
                Err(failure) if failure.kind == Kind::Unauthorized => Err(direct::told_agent(&talk, failure).await),
                result => result,
            }
        };
        client::wait(whole, tick).unwrap_or_else(|stopped| Err(stopped_failure(stopped)))
    }

    /// Asks the site, for the check.
    pub(crate) fn talk(&self) -> Result<Talk, Failure> {
        Talk::new(self.site.clone(), &self.settings)
    }

    /// The site.
    pub(crate) fn site(&self) -> &Arc<Site> {
        &self.site
    }

    /// Makes every job true, or says why not: outcomes in the same order and number. One job's failure is never another's.
    ///
    /// # Errors
    /// Only if nothing can be begun: no key for the site's sealed password.
    pub fn deliver(&self, jobs: Vec<Result<Job, BadInput>>, tick: Tick) -> Result<Vec<Outcome>, Failure> {
        if jobs.is_empty() {
            return Ok(Vec::new());
        }
        let talk = Arc::new(self.talk()?.for_delivery(&self.terms));
        let number = jobs.len();
        let concurrency = self.terms.concurrency(&self.site, &self.settings);
        let all = async {
            let one = |(place, job): (usize, Result<Job, BadInput>)| {
                let talk = talk.clone();
                // A fault in our code ends this job, not the others. All that a job may have to remember while it waits is kilobytes:
                // they stay where they are while the job is handed on.
                async move { (place, AssertUnwindSafe(perform(&talk, job).boxed_local()).catch_unwind().await) }
            };
            let jobs: Vec<_> = jobs.into_iter().map(|job| job.map(|job| received::taken_in(&talk, job))).collect();
            if jobs.iter().flatten().any(|job| before::before(&talk, job).is_none()) {
                // By that it is known what can go together. Why it cannot be said, each job tells by itself.
                drop(talk.speech(0).await);
            }
            // Those that may go together begin first: so they find each other.
            let joins = |(_, job): &(usize, Result<Job, BadInput>)| job.as_ref().is_ok_and(|job| talk.is_receiver() || talk.may_join(job));
            let (together, alone): (Vec<_>, Vec<_>) = jobs.into_iter().enumerate().partition(joins);
            let jobs = together.into_iter().map(|job| (true, one(job))).chain(alone.into_iter().map(|job| (false, one(job))));
            talk.together.run(jobs, concurrency, |parcels| talk.send_together(parcels)).await
        };
        let done = client::wait(all, tick).map_err(stopped_failure)?;
        let mut outcomes: Vec<Option<Outcome>> = (0..number).map(|_| None).collect();
        for (place, outcome) in done {
            if let Some(slot) = outcomes.get_mut(place) {
                *slot = outcome.ok();
            }
        }
        let site = talk.news();
        Ok(outcomes.into_iter().map(|outcome| Outcome { site: site.clone(), ..outcome.unwrap_or_else(fault) }).collect())
    }
}

async fn perform(talk: &Talk, job: Result<Job, BadInput>) -> Outcome {
    let job = match job {
        Ok(job) => job,
        // Whether anything of it was in doubt cannot be read either: it stays so.
        Err(bad) => return Outcome::rejected("invalid_job", format!("this job cannot be read: {bad}")),
    };
    let outcome = match before::before(talk, &job) {
        Some(outcome) => outcome,
        None => destructive::guarded(talk, &job, send(talk, &job).boxed_local()).await,
    };
    // What came from there is known whatever became of the rest.
    let came = job.received.is_some() && !outcome.forget;
    let outcome = Outcome { base: outcome.base.or_else(|| came.then(|| job.base.clone())), ..outcome };
    let nothing_to_doubt = outcome.doubt == Doubt::Before && job.tried.is_none();
    give_up(talk, &job, if nothing_to_doubt { outcome.settled() } else { outcome })
}

/// By whichever wire the site speaks.
async fn send(talk: &Talk, job: &Job) -> Outcome {
    loop {
        let speech = match talk.speech(job.attempts).await {
            Err(outcome) => return outcome,
            Ok(Speech::Receiver(about)) => match receiver::perform(talk, job, about).await {
                Some(outcome) => return outcome,
                // It is none any more: what it is now, is asked.
                None => continue,
            },
            Ok(speech) => speech,
        };
        // Who was taken for a receiver until now has not waited.
        return match (unanswered::wait(talk, job), &job.op) {
            (Some(waits), _) => waits,
            (None, Op::Put) => password::kept_back(put::put(talk, job, &speech).await),
            (None, Op::Delete { heir }) => remove::remove(talk, job, *heir).await,
        };
    }
}

/// What failed for a week while the site answered others is for a person; but a removal, a loss of roles or a new password
/// never expires: until it has arrived, somebody can do there what they must not.
fn give_up(talk: &Talk, job: &Job, outcome: Outcome) -> Outcome {
    let expires = || matches!(job.op, Op::Put) && !fields::is_urgent(talk, job);
    if outcome.status == Status::Retry && outcome.scope == Scope::Job && outcome.spent && job.failing > backoff::GIVE_UP && expires() {
        let message = format!("given up after {} days; last: {}", job.failing / 86_400, outcome.message);
        return Outcome { status: Status::Rejected, due: None, message, ..outcome };
    }
    outcome
}

/// A fault of our own ended the job, whatever it had sent by then: it is tried again, and said.
fn fault() -> Outcome {
    let message = format!("rudr_sync itself failed on this job; {REPORT}");
    let outcome = Outcome { code: Some(Failure::BUG.into()), message, spent: true, ..Outcome::new(Status::Retry) };
    Outcome { due: Some(backoff::LONGEST), doubt: Doubt::Now, ..outcome }
}

fn stopped_failure(stopped: Stopped) -> Failure {
    match stopped {
        Stopped::Interrupted => Failure {
            kind: Kind::Unreachable,
            retryable: true,
            ..Failure::local("interrupted", "the call was interrupted before the site had answered")
        },
        Stopped::Exhausted => Failure { retryable: true, ..Failure::local("exhausted", EXHAUSTED) },
        Stopped::Broken => Failure::bug("rudr_sync itself failed"),
    }
}

/// The key of `rudr_sync.key_file`; none if no file is set.
///
/// # Errors
/// If the file cannot be read, or does not hold 32 bytes in base64.
pub fn key_file(settings: &Settings) -> Result<Option<Key>, Failure> {
    let Some(path) = &settings.key_file else { return Ok(None) };
    let unusable = |why: &str| Failure::local("key_file", format!("the key file {} (rudr_sync.key_file) {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| unusable(&format!("cannot be read: {e}")))?;
    let text = crate::secret::Secret::new(text);
    Key::from_file(text.expose())
        .map(Some)
        .ok_or_else(|| unusable("must hold 32 random bytes in base64 (make one: openssl rand -base64 32)"))
}

/// What a sealed value that does not open means for a call.
pub(crate) fn seal_failure(what: &str, error: SealError) -> Failure {
    Failure::local(error.code(), format!("{what} cannot be opened: {error}"))
}
