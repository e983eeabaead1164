//! What may share a request with others': which kind of it goes how, and how much at once.

use super::batch::{Change, Gone};
use super::handover::{Message, Reception, hand_over};
use super::speech::Speech;
use super::talk::Talk;
use super::together::Limit;

/// For all that is in a request beside its jobs.
const FRAME: usize = 4096;

/// One of them.
pub(super) enum Parcel {
    /// A change of an account, by core's REST.
    Change(Change),
    /// A job for a receiver.
    Job(Message),
}

/// What became of it.
pub(super) enum Back {
    Change(Gone),
    Job(Reception),
}

impl Talk {
    /// Sends what has come together. It is of both kinds only where a site has just turned from one to the other.
    pub(super) async fn send_together(&self, parcels: Vec<Parcel>) -> Vec<Back> {
        let (mut changes, mut jobs, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
        for parcel in parcels {
            kinds.push(matches!(parcel, Parcel::Job(_)));
            match parcel {
                Parcel::Change(change) => changes.push(change),
                Parcel::Job(job) => jobs.push(job),
            }
        }
        let changes = if changes.is_empty() { Vec::new() } else { self.change_together(changes).await };
        let jobs = if jobs.is_empty() { Vec::new() } else { hand_over(self, &jobs).await };
        let (mut changes, mut jobs) = (changes.into_iter().map(Back::Change), jobs.into_iter().map(Back::Job));
        kinds.into_iter().filter_map(|is_job| if is_job { jobs.next() } else { changes.next() }).collect()
    }

    /// From now on so much goes together, by what is known of the site.
    pub(super) fn set_limit(&self) {
        let limit = match self.known_speech() {
            Some(Speech::Receiver(about)) => Limit { number: about.max_jobs, weight: about.max_bytes.saturating_sub(FRAME) },
            _ => self.at_most(),
        };
        self.together.set_limit(limit);
    }
}
