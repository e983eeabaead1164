//! Changes of accounts go together, up to 25 in a request, where the site takes that. Whether it does is learnt by trying: with one
//! batch, for whose end the others wait. Wherever that shows that nothing was done, the changes go by themselves at once; where it
//! leaves open what was done, they are in doubt, as a single one would be. Whatever is no answer to each change, while the site
//! answers others, is the batch's doing: for an hour none is tried again, so that what bars batches holds nothing up.
//!
//! A change that failed before goes by itself: it may be the one that brought the others down.

use super::answer::Answer;
use super::parcels::{Back, Parcel};
use super::talk::Talk;
use super::together::Limit;
use super::way::Way;
use crate::job::{Account as Known, Job, Op};
use crate::wire::Request;
use crate::wire::batch::{self, Answered};
use crate::wire::core;
use crate::wire::meaning::{Ask, Heard, Meaning};
use crate::wire::reply::Silence;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What is learnt is believed for so long.
const BELIEVED: Duration = Duration::from_hours(1);
/// How long one change takes a site of which nothing is known.
const EACH: Duration = Duration::from_millis(100);
/// A batch is to take this part of the time that there is for it.
const PART: u32 = 4;

/// Whether a site takes batches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Unknown,
    /// Yes, and each change in one took it so long.
    Batches(Duration),
    Singles,
}

/// By address and username, since when.
static LEARNT: LazyLock<Mutex<Learnt>> = LazyLock::new(Mutex::default);
type Learnt = HashMap<(String, String), (Takes, Instant)>;

/// An update that may go with others.
pub(super) struct Change {
    id: u64,
    request: Request,
}

/// What became of it.
pub(super) enum Gone {
    /// It has its answer.
    Answered(Box<Answer>),
    /// It has not gone: it is to go by itself.
    Alone(Request),
    /// The site failed on the batch, and is through with it: it is to go by itself. Until that is answered it may have been done.
    Again(Request),
}

impl Talk {
    /// Whether this job may have something that goes with others'.
    pub(super) fn may_join(&self, job: &Job) -> bool {
        let changes = matches!((&job.op, &job.account), (Op::Put, Known::Linked(_)));
        changes && job.attempts == 0 && !job.is_in_doubt() && self.takes() != Takes::Singles
    }

    /// Changes an account; with others, if it may. Means the same as asking for this change alone.
    pub(super) async fn change(&self, job: &Job, id: u64, body: Map<String, Value>) -> Answer {
        let request = core::update(id, body);
        if !self.may_join(job) {
            return self.ask(Ask::Update(id), request).await;
        }
        let weight = request.body.as_ref().map_or(0, |body| body.to_string().len());
        match self.together.send(Parcel::Change(Change { id, request }), weight).await {
            Back::Change(Gone::Answered(answer)) => *answer,
            Back::Change(Gone::Alone(request)) => self.ask(Ask::Update(id), request).await,
            Back::Change(Gone::Again(request)) => Answer { is_again: true, ..self.ask(Ask::Update(id), request).await },
            Back::Job(_) => Answer::new(Ask::Update(id), Err(Silence::Away), tokio::time::Instant::now()),
        }
    }

    /// Sends changes that have come together.
    pub(super) async fn change_together(&self, changes: Vec<Change>) -> Vec<Gone> {
        let is_first = || changes.len() > 1 && self.takes() == Takes::Unknown;
        let first = if is_first() { Some(self.first_batch.lock().await) } else { None };
        let _first = first.filter(|_| is_first());
        let mut gone = Vec::with_capacity(changes.len());
        let mut parts = vec![changes];
        while let Some(mut part) = parts.pop() {
            if part.len() < 2 || self.takes() == Takes::Singles {
                gone.extend(part.into_iter().map(|change| Gone::Alone(change.request)));
                continue;
            }
            let way = match self.way().await {
                Ok(way) => way,
                Err(silence) => {
                    gone.extend(part.iter().map(|change| change.heard(Err(silence.clone()), tokio::time::Instant::now())));
                    continue;
                }
            };
            let heard = way.send(&batch::request(part.iter().map(|change| &change.request))).await;
            match batch::read(heard, part.len()) {
                Answered::Each(replies) => {
                    let each = way.begun.elapsed() / u32::try_from(part.len()).unwrap_or(u32::MAX);
                    let mut takes = Takes::Batches(each);
                    for (change, reply) in part.into_iter().zip(replies) {
                        let Some(reply) = reply else {
                            takes = Takes::Singles;
                            gone.push(Gone::Alone(change.request));
                            continue;
                        };
                        let (says_done, answer) = (reply.is_success(), way.answer(Ask::Update(change.id), Ok(reply)).await);
                        if says_done && matches!(answer.meaning, Meaning::Suspect { .. }) {
                            takes = Takes::Singles;
                        }
                        gone.push(Gone::Answered(Box::new(answer)));
                    }
                    self.learn(takes);
                }
                Answered::TooLarge => {
                    let rest = part.split_off(part.len().div_ceil(2));
                    parts.extend([rest, part]);
                }
                Answered::Nothing(heard) if self.is_the_batch(&way, &heard).await => parts.push(part),
                Answered::Died(heard) => {
                    self.is_the_batch(&way, &heard).await;
                    gone.extend(part.into_iter().map(|change| Gone::Again(change.request)));
                }
                Answered::Nothing(heard) | Answered::Failed(heard) => {
                    self.is_the_batch(&way, &heard).await;
                    gone.extend(part.iter().map(|change| change.heard(heard.clone(), way.begun)));
                }
            }
        }
        gone
    }

    /// Whether the site answers, and only not to a batch: then it gets none for a while.
    async fn is_the_batch(&self, way: &Way<'_>, heard: &Heard) -> bool {
        let answer = way.answer(Ask::Update(0), heard.clone()).await;
        let site_works = !matches!(answer.meaning, Meaning::Suspect { .. }) || self.site_works().await;
        let was_there = matches!(heard, Ok(_) | Err(Silence::Timeout | Silence::Truncated | Silence::TooLarge));
        if site_works && was_there {
            self.learn(Takes::Singles);
        }
        site_works && was_there
    }

    fn takes(&self) -> Takes {
        let learnt = LEARNT.lock().unwrap_or_else(PoisonError::into_inner);
        let (takes, since) = learnt.get(&self.whom()).copied().unwrap_or((Takes::Unknown, Instant::now()));
        if since.elapsed() < BELIEVED { takes } else { Takes::Unknown }
    }

    fn learn(&self, takes: Takes) {
        LEARNT.lock().unwrap_or_else(PoisonError::into_inner).insert(self.whom(), (takes, Instant::now()));
        self.set_limit();
    }

    /// What may go in a batch: no more than the site is through with in a part of the time.
    pub(super) fn at_most(&self) -> Limit {
        let each = if let Takes::Batches(each) = self.takes() { each } else { EACH };
        let time = self.timeout.min(self.end.saturating_duration_since(tokio::time::Instant::now())) / PART;
        let fit = time.as_millis() / each.as_millis().max(1);
        Limit { number: usize::try_from(fit).unwrap_or(batch::MOST).clamp(1, batch::MOST), weight: batch::HEAVIEST }
    }
}

impl Change {
    /// As if that had been heard after this change alone.
    fn heard(&self, heard: Heard, begun: tokio::time::Instant) -> Gone {
        Gone::Answered(Box::new(Answer::new(Ask::Update(self.id), heard, begun)))
    }
}
