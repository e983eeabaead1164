//! Jobs to a receiver and their outcomes back. What fails as a whole is sent again in halves, so that the one job that is to blame
//! finds itself alone.

use super::answer::Answer;
use super::parcels::{Back, Parcel};
use super::talk::Talk;
use crate::site::{Adopt, Authority, Remove, RoleMap};
use crate::wire::meaning::{Ask, Meaning};
use crate::wire::receiver::{self, Told};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// A job in the receiver's words.
pub(super) type Message = Map<String, Value>;

/// What came back for a job.
pub(super) struct Reception {
    pub(super) what: What,
    /// It was sent before in this delivery, and that was never answered.
    pub(super) was_unanswered: bool,
}

/// See [`Reception`].
pub(super) enum What {
    /// The receiver told what came of it.
    Told(Told),
    /// The request had no answer that says so, alone with this job or whatever its jobs.
    Failed(Arc<Answer>),
    /// It was not sent: the site went away meanwhile.
    NotSent,
    /// The site is no receiver any more, as far as is known.
    Turned,
}

impl Talk {
    /// Hands over a job, with others'.
    pub(super) async fn hand_over(&self, job: Message) -> Reception {
        let weight = Value::Object(job.clone()).to_string().len();
        match self.together.send(Parcel::Job(job), weight).await {
            Back::Job(reception) => reception,
            Back::Change(_) => Reception { what: What::NotSent, was_unanswered: false },
        }
    }
}

/// Hands over jobs; what came of each, in order.
pub(super) async fn hand_over(talk: &Talk, jobs: &[Message]) -> Vec<Reception> {
    let source = talk.source.as_deref().unwrap_or_default();
    let mut receptions: Vec<Reception> = jobs.iter().map(|_| Reception { what: What::NotSent, was_unanswered: false }).collect();
    let mut parts: Vec<Range<usize>> = std::iter::once(0..jobs.len()).collect();
    while let Some(part) = parts.pop().filter(|_| talk.outage().is_none()) {
        let request = receiver::jobs(source, &options(talk), jobs[part.clone()].to_vec());
        let answer = talk.ask(Ask::Jobs(part.len()), request).await;
        let here = &mut receptions[part.clone()];
        match answer.meaning {
            Meaning::Told(told) => {
                for (reception, told) in here.iter_mut().zip(told) {
                    reception.what = What::Told(told);
                }
            }
            _ if has_turned(talk, &answer).await => {
                let not_told = receptions.iter_mut().filter(|reception| matches!(reception.what, What::NotSent));
                not_told.for_each(|reception| reception.what = What::Turned);
                break;
            }
            _ if here.len() > 1 && may_be_one_jobs(talk, &answer).await => {
                for reception in here {
                    reception.was_unanswered |= answer.may_have_worked();
                }
                let middle = part.start + part.len() / 2;
                parts.extend([middle..part.end, part.start..middle]);
            }
            _ => {
                // Where it speaks of the site that is noted here, so that the rest is not sent to find out the same.
                talk.failed(&answer, 0).await;
                let answer = Arc::new(answer);
                for reception in here {
                    reception.what = What::Failed(answer.clone());
                }
            }
        }
    }
    receptions
}

/// Whether the site speaks as if it were no receiver, or did not know us as one, and stands by that: then it is asked anew.
async fn has_turned(talk: &Talk, answer: &Answer) -> bool {
    let is_suspect = match answer.meaning {
        Meaning::Suspect { unauthorized } => unauthorized || answer.code(talk) == "rest_no_route",
        _ => false,
    };
    is_suspect && !talk.site_works().await && talk.turn()
}

/// Whether one job of the request may have spoilt it for all.
async fn may_be_one_jobs(talk: &Talk, answer: &Answer) -> bool {
    match answer.meaning {
        Meaning::TooLarge | Meaning::Retry => true,
        Meaning::Suspect { .. } => talk.site_works().await,
        // A job that cannot be read has an outcome of its own.
        Meaning::Rejected => answer.code(talk) != "rudr_sync_invalid_request",
        _ => false,
    }
}

/// What the site's administrator has decided, in the receiver's words.
fn options(talk: &Talk) -> Value {
    let options = &talk.site.options;
    let roles = match &options.roles {
        Some(RoleMap::Listed(map)) => Some(map.values().collect::<BTreeSet<_>>()),
        _ => None,
    };
    let mut said = json!({
        "adopt": match options.adopt {
            Adopt::Never => "never",
            Adopt::Proven => "proven",
            Adopt::Any => "any",
        },
        "remove": match options.remove {
            Remove::Own => "own",
            Remove::All => "all",
            Remove::Never => "never",
        },
        "recreate": options.recreate,
        "authority": options.authority == Authority::Here,
        "seconds": talk.patience().as_secs().max(1),
    });
    if let Some(roles) = roles {
        said["roles"] = json!(roles);
    }
    said
}
