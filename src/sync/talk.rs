//! Asking a site: one request and what its answer means; for a delivery also whether it is the site or the job.

use super::answer::Answer;
use super::destructive::Guard;
use super::seal_failure;
use super::speech::Learnt;
use crate::backoff;
use crate::client::Connection;
use crate::failure::{Failure, Kind};
use crate::judge;
use crate::outcome::{Outcome, Scope, Status};
use crate::secret::Secret;
use crate::site::{Known, Settings, Site};
use crate::terms::Terms;
use crate::wire::Request;
use crate::wire::core::{self, Account, PER_PAGE};
use crate::wire::echo::{self, Hidden};
use crate::wire::meaning::{Ask, Heard, Meaning, is_of_core, meaning};
use crate::wire::receiver::{self, AGENT_ONLY, is_of_receiver};
use crate::wire::reply::{Silence, UNKNOWN_ERROR};
use futures_util::FutureExt as _;
use futures_util::future::{Either, select};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Pages of a search that are read; at 100 accounts each no honest search has more.
const PAGES: u32 = 100;

/// What a search showed.
pub(crate) struct Found {
    pub(crate) accounts: Vec<Account>,
    /// The site's clock.
    pub(crate) date: Option<u64>,
    pub(crate) http: Option<u16>,
}

/// A conversation with one site.
pub(crate) struct Talk {
    pub(crate) site: Arc<Site>,
    pub(crate) settings: Settings,
    connection: Result<Connection, Silence>,
    /// What no message may show, should the site send it back in one of its own.
    secrets: Mutex<Vec<Hidden>>,
    timeout: Duration,
    /// A wait of less than this that the budget ended shows nothing of the site.
    fair: Duration,
    /// When the whole call has to be over.
    end: Instant,
    /// A failing request is followed by a look at `users/me`.
    probes: bool,
    /// The last look, and when it was begun: those who fail together share one.
    probe: tokio::sync::Mutex<Option<(Instant, bool)>>,
    /// The site can't be worked with: jobs that have not begun need not find out for themselves.
    outage: Mutex<Option<Outcome>>,
    learnt: Mutex<Learnt>,
    /// This install's uuid, by which a receiver knows whose users it is told of.
    pub(super) source: Option<String>,
    /// So many destructive changes may be made.
    pub(super) guard: Guard,
    /// One job at a time asks how the site is spoken to.
    pub(super) asking: tokio::sync::Mutex<()>,
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
        let end = Instant::now() + timeout;
        let (probe, outage) = (tokio::sync::Mutex::default(), Mutex::default());
        let learnt = Mutex::new(Learnt::new(Known::of(&site, None)));
        let secrets = Mutex::new(vec![Hidden::new(&Connection::credentials(&site.username, &password)), Hidden::new(&password)]);
        Ok(Self {
            source: site.options.source.clone(),
            guard: Guard::new(None),
            site,
            settings: settings.clone(),
            connection,
            secrets,
            timeout,
            fair: Duration::ZERO,
            end,
            probes: false,
            probe,
            outage,
            learnt,
            asking: tokio::sync::Mutex::default(),
        })
    }

    /// The timeout is for each request, the budget for all.
    pub(crate) fn for_delivery(mut self, terms: &Terms) -> Self {
        let budgets = [self.site.options.budget, terms.budget];
        let budget = budgets.into_iter().flatten().min().unwrap_or(Duration::from_hours(24));
        self.end = Instant::now() + budget;
        self.fair = self.timeout.min(budget) / 2;
        self.probes = true;
        self.source = self.source.or_else(|| terms.source.clone());
        self.guard = Guard::new(terms.destructive);
        self.learnt = Mutex::new(Learnt::new(Known::of(&self.site, terms.state.as_deref().and_then(judge::known))));
        self
    }

    /// Sends one request. Its deadline: the timeout, or the end of the whole call if that is sooner.
    async fn send(&self, request: &Request, deadline: Instant) -> Heard {
        match &self.connection {
            Ok(connection) => connection.send(request, deadline).await,
            Err(silence) => Err(silence.clone()),
        }
    }

    /// Asks, and says what the answer means. Whether a suspect answer speaks of the site is for [`Talk::failed`] to tell.
    pub(crate) async fn ask(&self, ask: Ask, request: Request) -> Answer {
        let begun = Instant::now();
        let deadline = (begun + self.timeout).min(self.end);
        if begun >= self.end || !self.probes {
            return self.ask_site(ask, request).await;
        }
        // Half the time gone without an answer: the look at users/me starts now, so that both are over by the deadline.
        let sending = self.send(&request, deadline).boxed();
        let half = tokio::time::sleep_until(begun + (deadline - begun) / 2).boxed();
        let heard = match select(sending, half).await {
            Either::Left((heard, _)) => heard,
            Either::Right(((), sending)) => match select(sending, self.probe_since(begun, deadline).boxed()).await {
                Either::Left((heard, probing)) => {
                    if heard.is_err() {
                        probing.await;
                    }
                    heard
                }
                Either::Right((_, sending)) => sending.await,
            },
        };
        let answer = Answer::new(ask, self.fairly(heard, begun, deadline), begun);
        if matches!(answer.meaning, Meaning::Suspect { .. }) {
            self.probe_since(begun, deadline).await;
        }
        answer
    }

    /// Asks something that is no job's: what comes of it speaks of the site.
    pub(crate) async fn ask_site(&self, ask: Ask, request: Request) -> Answer {
        let begun = Instant::now();
        let deadline = (begun + self.timeout).min(self.end);
        if begun >= self.end {
            return Answer::new(ask, Err(Silence::Budget), begun);
        }
        let heard = self.send(&request, deadline).await;
        Answer::new(ask, self.fairly(heard, begun, deadline), begun)
    }

    /// What was not waited for as long as is fair says nothing of the site.
    fn fairly(&self, heard: Heard, begun: Instant, deadline: Instant) -> Heard {
        let cut_off = deadline == self.end && deadline - begun < self.fair;
        if cut_off && matches!(heard, Err(Silence::Timeout)) { Err(Silence::CutOff) } else { heard }
    }

    /// Whether the site answers as it should, by a look begun no earlier than `since`: at `users/me`, or at what a receiver says of
    /// itself.
    async fn probe_since(&self, since: Instant, deadline: Instant) -> bool {
        let mut last = self.probe.lock().await;
        if let Some((begun, works)) = *last
            && begun >= since
        {
            return works;
        }
        let begun = Instant::now();
        let (ask, request) = if self.is_receiver() { (Ask::About, receiver::about()) } else { (Ask::Look, core::me()) };
        let heard = self.send(&request, deadline).await;
        let works = matches!(meaning(ask, &heard).0, Meaning::Account(_) | Meaning::Receiver(_));
        *last = Some((begun, works));
        works
    }

    /// The last look's result.
    pub(super) async fn site_works(&self) -> bool {
        self.probe.lock().await.is_some_and(|(_, works)| works)
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
    pub(super) fn learnt(&self) -> MutexGuard<'_, Learnt> {
        self.learnt.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every account with exactly that address (a site may hold two, since `WordPress` has no unique key).
    pub(crate) async fn find(&self, email: &str) -> Result<Found, Answer> {
        self.search(email, |account| account.has_email(email)).await
    }

    /// Every account with that login.
    pub(crate) async fn find_login(&self, login: &str) -> Result<Found, Answer> {
        // With an `@` in it core searches addresses only.
        let part = login.split('@').max_by_key(|part| part.len()).filter(|part| !part.is_empty()).unwrap_or(login);
        self.search(part, |account| account.has_login(login)).await
    }

    async fn search(&self, part: &str, is_it: impl Fn(&Account) -> bool) -> Result<Found, Answer> {
        let mut found = Found { accounts: Vec::new(), date: None, http: None };
        for page in 1..=PAGES {
            let answer = self.ask(Ask::Find, core::find(part, page)).await;
            let Meaning::Accounts(accounts) = &answer.meaning else { return Err(answer) };
            let pages = answer.heard.as_ref().ok().and_then(|reply| reply.pages);
            let last = pages.map_or(accounts.len() < PER_PAGE, |pages| page >= pages);
            found.accounts.extend(accounts.iter().filter(|account| is_it(account)).cloned());
            found.date = answer.date.or(found.date);
            found.http = answer.http();
            if last {
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
        let (code, mut message, retry_after) = (answer.code(self), answer.words(self), answer.retry_after());
        if code == AGENT_ONLY {
            message.push_str("; this login is an agent's of the plugin there: rudr_sync_deliver() goes by it, single calls do not");
        }
        Failure { kind, http, code, message, retryable, retry_after, remote_id: None }
    }
}
