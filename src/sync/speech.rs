//! Which wire a site speaks: asked once in a delivery, and only when something has to be sent.

use super::answer::Answer;
use super::talk::Talk;
use crate::backoff::{LONGEST, due};
use crate::outcome::{Outcome, Scope, Status};
use crate::site::{Known, Wire};
use crate::wire::core;
use crate::wire::meaning::{Ask, Meaning};
use crate::wire::receiver::{self, About};
use std::sync::Arc;

/// How a site is spoken to.
pub(super) enum Speech {
    /// By core's REST.
    Plain,
    /// By core's REST, although it was a receiver once: no password goes there until an administrator allows it.
    Former,
    /// By the receiver.
    Receiver(Arc<About>),
}

/// What this delivery knows of the site.
pub(super) struct Knowledge {
    known: Known,
    /// The site was asked, or what was known proved wrong.
    has_news: bool,
    /// What was known has been given up once: not for a second time.
    has_turned: bool,
}

impl Knowledge {
    pub(super) fn new(known: Known) -> Self {
        Self { known, has_news: false, has_turned: false }
    }

    /// One that cannot be spoken to is asked again each time: it may have been updated.
    fn speech(&self, talk: &Talk) -> Option<Speech> {
        match self.known.wire()? {
            Wire::Receiver(about) => speaks(&about.version).then(|| Speech::Receiver(Arc::new(about.clone()))),
            Wire::Plain if self.known.was_receiver && !talk.site.options.plaintext => Some(Speech::Former),
            Wire::Plain => Some(Speech::Plain),
        }
    }

    fn learn(&mut self, wire: Option<Wire>) {
        self.known = self.known.now(wire);
        self.has_news = true;
    }
}

impl Talk {
    /// Whether the site is known to be a receiver, without asking.
    pub(super) fn is_receiver(&self) -> bool {
        matches!(self.knowledge().known.wire(), Some(Wire::Receiver(_)))
    }

    /// What there is to tell of the site after this delivery.
    pub(super) fn news(&self) -> Option<String> {
        let knowledge = self.knowledge();
        knowledge.has_news.then(|| knowledge.known.store())
    }

    /// A receiver does not answer as one any more: what is known is given up. False where that was done before and it still said that
    /// it is one: then it means what it says.
    pub(super) fn turn(&self) -> bool {
        let mut knowledge = self.knowledge();
        if !matches!(knowledge.known.wire(), Some(Wire::Receiver(_))) {
            return true;
        }
        if knowledge.has_turned {
            return false;
        }
        knowledge.has_turned = true;
        knowledge.learn(None);
        true
    }

    /// The site does not let us in: whatever is known of how, the next delivery asks.
    pub(super) fn forget_speech(&self) {
        self.knowledge().learn(None);
    }

    /// How the site is spoken to; else why it cannot be.
    pub(super) async fn speech(&self, attempts: u32) -> Result<Speech, Outcome> {
        let _alone = self.asking.lock().await;
        if let Some(speech) = self.known_speech() {
            return Ok(speech);
        }
        if let Some(outage) = self.outage() {
            return Err(outage);
        }
        let about = self.ask_site(Ask::About, receiver::about()).await;
        if let Meaning::Receiver(about) = &about.meaning
            && self.shown(&about.version).is_some()
        {
            self.knowledge().learn(Some(Wire::Receiver(about.clone())));
            self.set_limit();
            return self.known_speech().ok_or_else(|| self.whole_site(self.other_version(&about.version)));
        }
        // A site without a receiver has an answer to that, if it is one at all; what has none has no other to core's question.
        let answers = about.heard.as_ref().is_ok_and(|reply| reply.status < 500) && !matches!(about.meaning, Meaning::SiteRetry);
        if !answers {
            return Err(self.whole_site(self.outcome_of(&about, attempts)));
        }
        let me = self.ask_site(Ask::Look, core::me()).await;
        let (was_receiver, is_gone) = (self.knowledge().known.was_receiver, about.code(self) == "rest_no_route");
        match &me.meaning {
            // Anybody who is let in may look at themselves, the agent of a receiver that was switched off too.
            Meaning::Account(account) if !was_receiver || account.is_privileged() == Some(true) => {
                self.knowledge().learn(Some(Wire::Plain));
                self.set_limit();
                self.known_speech().ok_or_else(|| self.whole_site(self.outcome_of(&me, attempts)))
            }
            Meaning::Account(_) | Meaning::Suspect { unauthorized: true } if was_receiver && is_gone => {
                Err(self.whole_site(self.receiver_gone(&me, attempts)))
            }
            // What the receiver itself has against us, or what garbles its answer, says more than that its agent may do nothing elsewhere.
            meaning if matches!(meaning, Meaning::Account(_)) || about.is_of_receiver(self) || about.http() == Some(200) => {
                Err(self.whole_site(self.outcome_of(&about, attempts)))
            }
            _ => Err(self.whole_site(self.outcome_of(&me, attempts))),
        }
    }

    pub(super) fn known_speech(&self) -> Option<Speech> {
        self.knowledge().speech(self)
    }

    /// The same, of the site as a whole.
    fn whole_site(&self, outcome: Outcome) -> Outcome {
        let outcome = Outcome { scope: Scope::Site, spent: false, ..outcome };
        self.note_outage(&outcome);
        outcome
    }

    fn other_version(&self, theirs: &str) -> Outcome {
        let message = format!("{} runs {}; {UPDATE}", self.site.name(), versions(theirs));
        Outcome { http: Some(200), code: Some("receiver_version".into()), message, due: Some(LONGEST), ..Outcome::new(Status::Retry) }
    }

    fn receiver_gone(&self, answer: &Answer, attempts: u32) -> Outcome {
        let message = format!(
            "{} had the plugin and has none any more, and its agent may do nothing without it: is the plugin switched off there? All waits until it is back, or until the site's login here is changed to one with core's rights",
            self.site.name()
        );
        let due = Some(due(attempts, answer.retry_after()));
        Outcome { http: answer.http(), code: Some("receiver_gone".into()), message, due, ..Outcome::new(Status::Retry) }
    }
}

/// What to do about versions that are too far from each other.
pub(crate) const UPDATE: &str = "they may be one minor version apart, not more: update the older one";

/// The version of a receiver and ours, for a person.
pub(crate) fn versions(theirs: &str) -> String {
    format!("version {theirs} of the plugin, and the extension here is {}", env!("CARGO_PKG_VERSION"))
}

/// Whether a receiver of that version is spoken to: at most one minor version from ours.
pub(crate) fn speaks(theirs: &str) -> bool {
    are_near(theirs, env!("CARGO_PKG_VERSION"))
}

fn are_near(one: &str, other: &str) -> bool {
    let read = |version: &str| {
        let mut parts = version.split(['.', '-', '+']).map(|part| part.parse::<u64>().ok());
        Some((parts.next()??, parts.next()??))
    };
    let (Some((one, one_minor)), Some((other, other_minor))) = (read(one), read(other)) else { return false };
    one == other && one_minor.abs_diff(other_minor) <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_may_be_one_minor_apart() {
        for (one, other) in [("0.1.0", "0.1.9"), ("0.1.0", "0.2.0"), ("1.4.0", "1.3.7"), ("1.4", "1.4.0"), ("1.4.0-beta", "1.5.0")] {
            assert!(are_near(one, other) && are_near(other, one), "{one} {other}");
        }
        for (one, other) in [("0.1.0", "0.3.0"), ("0.9.0", "1.0.0"), ("9.9", "0.1.0"), ("", "0.1.0"), ("1", "1.0.0"), ("x.1", "0.1.0")] {
            assert!(!are_near(one, other) && !are_near(other, one), "{one} {other}");
        }
    }
}
