//! Asking a site: one request and what its answer means; for a delivery also whether it is the site or the job.

use super::seal_failure;
use crate::backoff;
use crate::client::Connection;
use crate::failure::{Failure, Kind};
use crate::outcome::{Outcome, Scope, Status};
use crate::secret::Secret;
use crate::site::{Settings, Site};
use crate::wire::core::{self, Account, PER_PAGE};
use crate::wire::meaning::{Ask, Heard, Meaning, meaning};
use crate::wire::reply::Silence;
use crate::wire::{
    Request,
    reply::{plain, shorten},
};
use futures_util::FutureExt as _;
use futures_util::future::{Either, select};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Pages of a search that are read; at 100 accounts each no honest search has more.
const PAGES: u32 = 100;

/// The agents' ids, by address (one host may hold many sites) and username: who inherits where nobody else does. No credential
/// is kept.
static AGENTS: std::sync::LazyLock<Mutex<HashMap<(String, String), u64>>> = std::sync::LazyLock::new(Mutex::default);

/// A conversation with one site.
pub(crate) struct Talk {
    pub(crate) site: Arc<Site>,
    pub(crate) settings: Settings,
    connection: Result<Connection, Silence>,
    /// What no message may show, should the site send it back in one of its own.
    secrets: Mutex<Vec<Secret>>,
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
}

/// An answer, what it means, and its words.
pub(crate) struct Answer {
    pub(crate) meaning: Meaning,
    pub(crate) heard: Heard,
    /// The site's clock when it answered, and how long it had the request, in seconds.
    pub(crate) date: Option<u64>,
    pub(crate) took: u64,
}

impl Answer {
    pub(crate) fn http(&self) -> Option<u16> {
        self.heard.as_ref().ok().map(|reply| reply.status)
    }

    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.heard.as_ref().ok().and_then(|reply| reply.retry_after)
    }

    /// The remote's error code, or ours.
    pub(crate) fn code(&self) -> String {
        match &self.heard {
            Err(silence) => silence.code().to_owned(),
            Ok(reply) => match reply.error() {
                _ if (300..400).contains(&reply.status) => "redirect".to_owned(),
                Some(error) => error.code,
                // A server's own page says what it means by its status, and only by these.
                None if matches!(reply.status, 401 | 403 | 408 | 413 | 425 | 429 | 502..=504) => format!("http_{}", reply.status),
                None => "not_wordpress".to_owned(),
            },
        }
    }

    /// What happened, for a person; begins with the site's name.
    fn message(&self, site: &Site) -> String {
        let name = site.name();
        match &self.heard {
            Err(silence) => format!("{name} {}", silence.message()),
            Ok(reply) => match (reply.error(), &reply.location) {
                (_, Some(target)) if (300..400).contains(&reply.status) => {
                    // Its query may hold anything, such as the request.
                    let target = target.split(['?', '#']).next().unwrap_or_default();
                    format!("{name} redirects to {}: enter that address as the site's url", plain(target))
                }
                (Some(error), _) => format!("{name} answered {}: {} ({})", reply.status, error.message, error.code),
                (None, _) if reply.is_success() => {
                    format!(
                        "{name} answered {}, but not as a WordPress does: is its REST API switched off, or another page there?",
                        reply.status
                    )
                }
                (None, _) => format!("{name} answered {}", reply.status),
            },
        }
    }
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
        let secrets = Mutex::new(vec![Connection::credentials(&site.username, &password), password]);
        Ok(Self { site, settings: settings.clone(), connection, secrets, timeout, fair: Duration::ZERO, end, probes: false, probe, outage })
    }

    /// The timeout is for each request, the budget for all.
    pub(crate) fn for_delivery(mut self) -> Self {
        let budget = self.site.options.budget.unwrap_or(Duration::from_hours(24));
        self.end = Instant::now() + budget;
        self.fair = self.timeout.min(budget) / 2;
        self.probes = true;
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
        if begun >= self.end {
            return answer(ask, Err(Silence::Budget), begun);
        }
        if !self.probes {
            return answer(ask, self.send(&request, deadline).await, begun);
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
        let cut_off = deadline == self.end && deadline - begun < self.fair;
        let heard = if cut_off && matches!(heard, Err(Silence::Timeout)) { Err(Silence::CutOff) } else { heard };
        let answer = answer(ask, heard, begun);
        if matches!(answer.meaning, Meaning::Suspect { .. }) {
            self.probe_since(begun, deadline).await;
        }
        answer
    }

    /// Whether the site answers `users/me`, by a look begun no earlier than `since`.
    async fn probe_since(&self, since: Instant, deadline: Instant) -> bool {
        let mut last = self.probe.lock().await;
        if let Some((begun, works)) = *last
            && begun >= since
        {
            return works;
        }
        let begun = Instant::now();
        let heard = self.send(&core::me(), deadline).await;
        let works = matches!(meaning(Ask::Look, &heard).0, Meaning::Account(_));
        *last = Some((begun, works));
        works
    }

    /// The last look's result.
    async fn site_works(&self) -> bool {
        self.probe.lock().await.is_some_and(|(_, works)| works)
    }

    /// Keeps a secret that is about to be sent out of every message.
    pub(crate) fn hide(&self, secret: &Secret) {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).push(secret.clone());
    }

    /// What happened, for a person.
    pub(crate) fn words(&self, answer: &Answer) -> String {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        shorten(&secrets.iter().fold(answer.message(&self.site), |message, secret| secret.hidden_in(message)))
    }

    /// The outcome of a job that got no answer that settles it.
    pub(crate) async fn failed(&self, answer: &Answer, attempts: u32) -> Outcome {
        let due = backoff::due(attempts, answer.retry_after());
        let mut outcome = Outcome {
            http: answer.http(),
            code: Some(answer.code()),
            message: self.words(answer),
            due: Some(due),
            spent: true,
            ..Outcome::new(Status::Retry)
        };
        let site_wide = match &answer.meaning {
            Meaning::SiteRetry => true,
            Meaning::Suspect { .. } => !self.site_works().await,
            _ => false,
        };
        if matches!(answer.heard, Err(Silence::Budget | Silence::CutOff)) {
            outcome.due = Some(0);
        }
        match answer.meaning {
            _ if site_wide => {
                outcome.scope = Scope::Site;
                outcome.spent = false;
                if matches!(answer.meaning, Meaning::Suspect { unauthorized: true }) {
                    outcome.status = Status::Unauthorized;
                }
                self.note_outage(&outcome);
            }
            Meaning::Suspect { .. } | Meaning::Retry => {}
            Meaning::Unsupported => {
                outcome = Outcome {
                    http: outcome.http,
                    ..Outcome::rejected(
                        "unsupported",
                        format!("{}; a plain WordPress cannot do this (a multisite removes nobody over REST)", outcome.message),
                    )
                };
            }
            Meaning::TooLarge => {
                outcome = Outcome {
                    http: outcome.http,
                    ..Outcome::rejected("too_large", format!("{}: this user is too large for its web server", outcome.message))
                };
            }
            _ => outcome = Outcome { http: outcome.http, ..Outcome::rejected(&answer.code(), outcome.message) },
        }
        outcome
    }

    /// The budget ran out, or the site went away for one job: the rest of this delivery is not sent to find out the same.
    fn note_outage(&self, outcome: &Outcome) {
        let mut outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        outage.get_or_insert_with(|| outcome.clone());
    }

    /// The outage that an earlier job met.
    pub(crate) fn outage(&self) -> Option<Outcome> {
        self.outage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Every account with exactly that address (a site may hold two, since `WordPress` has no unique key), and the site's clock.
    pub(crate) async fn find(&self, email: &str) -> Result<(Vec<Account>, Option<u64>), Answer> {
        let mut found = Vec::new();
        let mut date = None;
        for page in 1..=PAGES {
            let answer = self.ask(Ask::Find, core::find(email, page)).await;
            let Meaning::Accounts(accounts) = &answer.meaning else { return Err(answer) };
            let pages = answer.heard.as_ref().ok().and_then(|reply| reply.pages);
            let last = pages.map_or(accounts.len() < PER_PAGE, |pages| page >= pages);
            found.extend(accounts.iter().filter(|account| account.has_email(email)).cloned());
            date = answer.date.or(date);
            if last {
                break;
            }
        }
        Ok((found, date))
    }

    /// The agent's own id.
    pub(crate) async fn agent(&self) -> Result<u64, Answer> {
        let key = (self.site.url().to_string(), self.site.username.clone());
        let known = AGENTS.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        if let Some(id) = known {
            return Ok(id);
        }
        let answer = self.ask(Ask::Look, core::me()).await;
        let Meaning::Account(account) = &answer.meaning else { return Err(answer) };
        AGENTS.lock().unwrap_or_else(PoisonError::into_inner).insert(key, account.id);
        Ok(account.id)
    }

    /// Forgets the agent's id: the site says that nobody has it.
    pub(crate) fn forget_agent(&self) {
        let key = (self.site.url().to_string(), self.site.username.clone());
        AGENTS.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
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
        let (code, message, retry_after) = (answer.code(), self.words(answer), answer.retry_after());
        Failure { kind, http, code, message, retryable, retry_after, remote_id: None }
    }
}

fn answer(ask: Ask, heard: Heard, begun: Instant) -> Answer {
    let (meaning, _) = meaning(ask, &heard);
    let date = heard.as_ref().ok().and_then(|reply| reply.date);
    Answer { meaning, heard, date, took: begun.elapsed().as_secs() }
}
