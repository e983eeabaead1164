//! A conversation with one site: with whom, within which limits, and what an answer that settles nothing makes of a job.

use super::answer::Answer;
use super::destructive::Guard;
use super::parcels::{Back, Parcel};
use super::seal_failure;
use super::speech::Knowledge;
use super::together::{Limit, Together};
use super::window::Dated;
use crate::backoff;
use crate::client::Connection;
use crate::failure::{Failure, Kind};
use crate::judge;
use crate::outcome::{Outcome, Scope, Status};
use crate::secret::Secret;
use crate::site::{Known, Settings, Site};
use crate::terms::Terms;
use crate::wire::core::{self, Account, PER_PAGE};
use crate::wire::echo::{self, Hidden};
use crate::wire::meaning::{Ask, Meaning, is_of_core};
use crate::wire::receiver::is_of_receiver;
use crate::wire::reply::{Silence, UNKNOWN_ERROR};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// Pages of a search for an address that are read; at 100 accounts each no honest search has more.
const PAGES: u32 = 100;
/// The same for a login, which core finds also as a part of other logins, names and addresses: for `info` that may be half of all.
const PAGES_OF_A_LOGIN: u32 = 3;

/// What a search showed.
pub(crate) struct Found {
    pub(crate) accounts: Vec<Account>,
    /// The site's clock.
    pub(crate) date: Option<Dated>,
    pub(crate) http: Option<u16>,
    /// Whether all that the site has was looked through.
    pub(crate) is_all: bool,
}

/// A conversation with one site.
pub(crate) struct Talk {
    pub(crate) site: Arc<Site>,
    pub(crate) settings: Settings,
    pub(super) connection: Result<Connection, Silence>,
    /// What no message may show, should the site send it back in one of its own.
    secrets: Mutex<Vec<Hidden>>,
    pub(super) timeout: Duration,
    /// A wait of less than this that the budget ended shows nothing of the site.
    pub(super) fair: Duration,
    /// When the call began: what it was told of the time was so then.
    pub(super) begun: Instant,
    /// When the whole call has to be over.
    pub(super) end: Instant,
    /// A failing request is followed by a look at `users/me`.
    pub(super) probes: bool,
    /// The last look, and when it was begun: those who fail together share one.
    pub(super) probe: tokio::sync::Mutex<Option<(Instant, bool)>>,
    /// So many requests are on their way at once.
    pub(super) permits: Semaphore,
    /// What waits for others' to go with.
    pub(super) together: Together<Parcel, Back>,
    /// Held by whoever tries whether the site takes batches.
    pub(super) first_batch: tokio::sync::Mutex<()>,
    /// The site can't be worked with: what has not been sent need not find out for itself.
    outage: Mutex<Option<Outcome>>,
    knowledge: Mutex<Knowledge>,
    /// One job at a time asks how the site is spoken to.
    pub(super) asking: tokio::sync::Mutex<()>,
    /// This install's uuid, by which a receiver knows whose users it is told of.
    pub(super) source: Option<String>,
    /// So many destructive changes may be made.
    pub(super) guard: Guard,
}

impl Talk {
    pub(crate) fn new(site: Arc<Site>, settings: &Settings) -> Result<Self, Failure> {
        let key = super::key_file(settings);
        let password = match (site.password(key.as_ref().ok().and_then(Option::as_ref)), key) {
            (Ok(password), _) => password,
            (Err(_), Err(failure)) => return Err(failure),
            (Err(error), Ok(_)) => return Err(seal_failure(&format!("the application password of site '{}'", site.name()), error)),
        };
        let timeout = site.timeout(settings);
        let connection = Connection::new(site.clone(), &password, settings);
        let secrets = Mutex::new(vec![Hidden::new(&Connection::credentials(&site.username, &password)), Hidden::new(&password)]);
        Ok(Self {
            settings: settings.clone(),
            connection,
            secrets,
            timeout,
            fair: Duration::ZERO,
            begun: Instant::now(),
            end: Instant::now() + timeout,
            probes: false,
            probe: tokio::sync::Mutex::default(),
            permits: Semaphore::new(site.concurrency(settings)),
            together: Together::new(Limit { number: 1, weight: 0 }),
            first_batch: tokio::sync::Mutex::default(),
            outage: Mutex::default(),
            knowledge: Mutex::new(Knowledge::new(Known::of(&site, None))),
            asking: tokio::sync::Mutex::default(),
            source: site.options.source.clone(),
            guard: Guard::new(None),
            site,
        })
    }

    /// The timeout is for each request, the budget for all.
    pub(crate) fn for_delivery(mut self, terms: &Terms) -> Self {
        let budgets = [self.site.options.budget, terms.budget];
        let budget = budgets.into_iter().flatten().min().unwrap_or(Duration::from_hours(24));
        self.end = Instant::now() + budget;
        self.fair = self.timeout.min(budget) / 2;
        self.probes = true;
        self.permits = Semaphore::new(terms.concurrency(&self.site, &self.settings));
        self.knowledge = Mutex::new(Knowledge::new(Known::of(&self.site, terms.state.as_deref().and_then(judge::known))));
        self.source = self.source.or_else(|| terms.source.clone());
        self.guard = Guard::new(terms.destructive);
        self.set_limit();
        self
    }

    /// Keeps a secret that is about to be sent out of every message.
    pub(crate) fn hide(&self, secret: &Secret) {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).push(Hidden::new(secret));
    }

    /// A remote's words, unless they hold what must not be shown.
    pub(crate) fn shown<'w>(&self, words: &'w str) -> Option<&'w str> {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        (!echo::holds(words, &secrets)).then_some(words)
    }

    /// A remote's error code, unless it holds what must not be shown.
    pub(crate) fn shown_code(&self, code: String) -> String {
        if is_of_core(&code) || is_of_receiver(&code) || self.shown(&code).is_some() { code } else { UNKNOWN_ERROR.to_owned() }
    }

    /// What an answer that settles nothing comes to, whoever is to blame.
    pub(super) fn outcome_of(&self, answer: &Answer, attempts: u32) -> Outcome {
        let is_over = matches!(answer.heard, Err(Silence::Budget | Silence::CutOff));
        let is_denied = matches!(answer.meaning, Meaning::Suspect { unauthorized: true } | Meaning::Barred);
        Outcome {
            http: answer.http(),
            code: Some(answer.code(self)),
            message: answer.words(self),
            due: Some(if is_over { 0 } else { backoff::due(attempts, answer.retry_after()) }),
            spent: true,
            ..Outcome::new(if is_denied { Status::Unauthorized } else { Status::Retry })
        }
    }

    /// The outcome of a job that got no answer that settles it.
    pub(crate) async fn failed(&self, answer: &Answer, attempts: u32) -> Outcome {
        if let (Err(Silence::Away), Some(outage)) = (&answer.heard, self.outage()) {
            return outage;
        }
        let outcome = self.outcome_of(answer, attempts);
        let site_wide = match &answer.meaning {
            Meaning::SiteRetry | Meaning::Barred => true,
            Meaning::Suspect { .. } => !self.site_works().await,
            _ => false,
        };
        match answer.meaning {
            _ if site_wide => {
                let outcome = Outcome { scope: Scope::Site, spent: false, ..outcome };
                self.note_outage(&outcome);
                if outcome.status == Status::Unauthorized {
                    self.forget_speech();
                }
                outcome
            }
            Meaning::Suspect { .. } | Meaning::Retry => Outcome { status: Status::Retry, ..outcome },
            Meaning::Unsupported => {
                let message = format!("{}; a plain WordPress cannot do this (a multisite removes nobody over REST)", outcome.message);
                Outcome { http: outcome.http, ..Outcome::rejected("unsupported", message) }
            }
            Meaning::TooLarge => {
                let message = format!("{}: this user is too large for its web server", outcome.message);
                Outcome { http: outcome.http, ..Outcome::rejected("too_large", message) }
            }
            _ => Outcome { http: outcome.http, ..Outcome::rejected(&answer.code(self), outcome.message) },
        }
    }

    /// The budget ran out, or the site went away for one job: the rest of this delivery is not sent to find out the same.
    pub(super) fn note_outage(&self, outcome: &Outcome) {
        let mut outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        outage.get_or_insert_with(|| outcome.clone());
    }

    /// The outage that an earlier job met.
    pub(crate) fn outage(&self) -> Option<Outcome> {
        self.outage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// For how long a request that is sent now is waited for.
    pub(super) fn patience(&self) -> Duration {
        self.timeout.min(self.end.saturating_duration_since(Instant::now()))
    }

    /// What is known of how the site is spoken to.
    pub(super) fn knowledge(&self) -> MutexGuard<'_, Knowledge> {
        self.knowledge.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every account with exactly that address (a site may hold two, since `WordPress` has no unique key).
    pub(crate) async fn find(&self, email: &str) -> Result<Found, Answer> {
        self.search(email, PAGES, |account| account.has_email(email)).await
    }

    /// The account with that login, if it is among the first that the site finds.
    pub(crate) async fn find_login(&self, login: &str) -> Result<Found, Answer> {
        // With an `@` in it core searches addresses only.
        let part = login.split('@').max_by_key(|part| part.len()).filter(|part| !part.is_empty()).unwrap_or(login);
        self.search(part, PAGES_OF_A_LOGIN, |account| account.has_login(login)).await
    }

    async fn search(&self, part: &str, pages: u32, is_it: impl Fn(&Account) -> bool) -> Result<Found, Answer> {
        let mut found = Found { accounts: Vec::new(), date: None, http: None, is_all: false };
        for page in 1..=pages {
            let answer = self.ask(Ask::Find, core::find(part, page)).await;
            let Meaning::Accounts(accounts) = &answer.meaning else { return Err(answer) };
            let all = answer.heard.as_ref().ok().and_then(|reply| reply.pages);
            found.is_all = all.map_or(accounts.len() < PER_PAGE, |all| page >= all);
            found.accounts.extend(accounts.iter().filter(|account| is_it(account)).cloned());
            found.date = answer.date.or(found.date);
            found.http = answer.http();
            if found.is_all {
                break;
            }
        }
        Ok(found)
    }

    /// What a failed single call is told as.
    pub(crate) fn failure(&self, answer: &Answer) -> Failure {
        let http = answer.http().unwrap_or(0);
        let kind = match answer.meaning {
            _ if matches!(http, 401 | 403) => Kind::Unauthorized,
            Meaning::Taken { .. } => Kind::Conflict,
            Meaning::Suspect { .. } | Meaning::SiteRetry => Kind::Unreachable,
            _ => Kind::Rejected,
        };
        let retryable = matches!(answer.meaning, Meaning::Suspect { unauthorized: false } | Meaning::SiteRetry | Meaning::Retry);
        let (code, message, retry_after) = (answer.code(self), answer.words(self), answer.retry_after());
        Failure { kind, http, code, message, retryable, retry_after, remote_id: None }
    }
}
