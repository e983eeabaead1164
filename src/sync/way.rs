//! One request on its way: with one of the site's permits, within its time, and with a look at the site where its answer leaves
//! open whether the site fails or the job.

use super::answer::Answer;
use super::talk::Talk;
use crate::client;
use crate::wire::Request;
use crate::wire::core;
use crate::wire::meaning::{Ask, Heard, Meaning, meaning};
use crate::wire::receiver;
use crate::wire::reply::Silence;
use futures_util::FutureExt as _;
use futures_util::future::{Either, select};
use std::time::Duration;
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, timeout_at};

/// The time for a look is a part of the timeout, but not less than what any site may need.
const LEAST_LOOK: Duration = Duration::from_secs(1);

/// Leave to send one request, and the look after it.
pub(super) struct Way<'t> {
    talk: &'t Talk,
    _permit: SemaphorePermit<'t>,
    pub(super) begun: Instant,
    /// Of the request.
    deadline: Instant,
    /// Of the look.
    end: Instant,
}

impl Talk {
    /// Asks, and says what the answer means. Whether a suspect answer speaks of the site is for [`Talk::failed`] to tell.
    pub(crate) async fn ask(&self, ask: Ask, request: Request) -> Answer {
        self.ask_by(self.way().await, ask, &request).await
    }

    /// The same, also where others have met an outage meanwhile: what must not be left undone.
    pub(super) async fn insist(&self, ask: Ask, request: Request) -> Answer {
        self.ask_by(self.any_way().await, ask, &request).await
    }

    async fn ask_by(&self, way: Result<Way<'_>, Silence>, ask: Ask, request: &Request) -> Answer {
        match way {
            Ok(way) => {
                let heard = way.send(request).await;
                way.answer(ask, heard).await
            }
            Err(silence) => Answer::new(ask, Err(silence), Instant::now()),
        }
    }

    /// Asks something that is no job's: what comes of it speaks of the site, without another look.
    pub(super) async fn ask_site(&self, ask: Ask, request: Request) -> Answer {
        match self.way().await {
            Ok(way) => {
                let heard = self.exchange(&request, way.deadline).await;
                Answer::new(ask, way.fairly(heard), way.begun)
            }
            Err(silence) => Answer::new(ask, Err(silence), Instant::now()),
        }
    }

    /// Waits for a permit.
    ///
    /// # Errors
    /// If there is no time left, or no site by now.
    pub(super) async fn way(&self) -> Result<Way<'_>, Silence> {
        let way = self.any_way().await?;
        if self.outage().is_some() { Err(Silence::Away) } else { Ok(way) }
    }

    async fn any_way(&self) -> Result<Way<'_>, Silence> {
        let Ok(Ok(permit)) = timeout_at(self.end, self.permits.acquire()).await else { return Err(Silence::Budget) };
        let begun = Instant::now();
        if begun >= self.end {
            return Err(Silence::Budget);
        }
        if !self.probes {
            let deadline = (begun + self.timeout).min(self.end);
            return Ok(Way { talk: self, _permit: permit, begun, deadline, end: deadline });
        }
        // The request has all of its timeout and the look a time of its own, or both so much less as is left of the budget.
        let look = (self.timeout / 4).max(LEAST_LOOK.min(self.timeout));
        let end = (begun + self.timeout + look).min(self.end);
        let share = self.timeout.as_secs_f64() / (self.timeout + look).as_secs_f64();
        Ok(Way { talk: self, _permit: permit, begun, deadline: begun + (end - begun).mul_f64(share), end })
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
        let heard = self.exchange(&request, deadline).await;
        let works = matches!(meaning(ask, &heard).0, Meaning::Account(_) | Meaning::Receiver(_));
        *last = Some((begun, works));
        works
    }

    /// The last look's result.
    pub(super) async fn site_works(&self) -> bool {
        self.probe.lock().await.is_some_and(|(_, works)| works)
    }

    async fn exchange(&self, request: &Request, deadline: Instant) -> Heard {
        match &self.connection {
            Ok(connection) => connection.send(request, deadline).await,
            Err(silence) => Err(silence.clone()),
        }
    }
}

impl Way<'_> {
    /// Sends the request.
    pub(super) async fn send(&self, request: &Request) -> Heard {
        let talk = self.talk;
        if !talk.probes {
            return talk.exchange(request, self.deadline).await;
        }
        let sending = talk.exchange(request, self.deadline).boxed();
        let half = tokio::time::sleep_until(self.begun + (self.deadline - self.begun) / 2).boxed();
        let heard = match select(sending, half).await {
            Either::Left((heard, _)) => heard,
            Either::Right(((), sending)) => self.send_on(sending).await,
        };
        self.fairly(heard)
    }

    /// What was not waited for as long as is fair says nothing of the site.
    fn fairly(&self, heard: Heard) -> Heard {
        let cut_off = self.deadline - self.begun < self.talk.fair && matches!(heard, Err(Silence::Timeout));
        if cut_off { Err(Silence::CutOff) } else { heard }
    }

    /// Half the time is gone without an answer: nobody waits any longer for what comes of it. The look begins now if there is a
    /// permit for it, so that it is over when the request is; else it waits for the request's own.
    async fn send_on(&self, sending: impl Future<Output = Heard> + Unpin) -> Heard {
        let _apart = self.talk.together.apart();
        let Ok(permit) = self.talk.permits.try_acquire() else { return sending.await };
        let look = async {
            self.talk.probe_since(self.begun, self.end).await;
            drop(permit);
        };
        match select(sending, look.boxed()).await {
            Either::Left((heard, look)) => {
                if heard.is_err() {
                    look.await;
                } else {
                    drop(look);
                    client::settle().await;
                }
                heard
            }
            Either::Right(((), sending)) => sending.await,
        }
    }

    /// What was heard, and whether the site answers at all where that is the question.
    pub(super) async fn answer(&self, ask: Ask, heard: Heard) -> Answer {
        let answer = Answer::new(ask, heard, self.begun);
        if self.talk.probes && matches!(answer.meaning, Meaning::Suspect { .. }) {
            self.talk.probe_since(self.begun, self.end).await;
        }
        answer
    }
}
