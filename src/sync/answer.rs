//! An answer, what it means, and its words for a person.

use super::talk::Talk;
use super::window::Dated;
use crate::outcome::Status;
use crate::wire::meaning::{Ask, Heard, Meaning, may_have_worked, meaning};
use crate::wire::reply::{plain, shorten};
use tokio::time::Instant;

/// An answer, or none.
pub(crate) struct Answer {
    pub(crate) meaning: Meaning,
    pub(crate) heard: Heard,
    /// The site's clock when it answered.
    pub(crate) date: Option<Dated>,
    /// The same was sent before in this job, and may have been done.
    pub(crate) is_again: bool,
}

impl Answer {
    pub(crate) fn new(ask: Ask, heard: Heard, begun: Instant) -> Self {
        let (meaning, _) = meaning(ask, &heard);
        let date = heard.as_ref().ok().and_then(|reply| reply.date);
        let date = date.map(|date| Dated { date, asked: begun, heard: Instant::now() });
        Self { meaning, heard, date, is_again: false }
    }

    pub(crate) fn http(&self) -> Option<u16> {
        self.heard.as_ref().ok().map(|reply| reply.status)
    }

    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.heard.as_ref().ok().and_then(|reply| reply.retry_after)
    }

    pub(crate) fn may_have_worked(&self) -> bool {
        may_have_worked(&self.heard)
    }

    /// Whether the site may have done what it was asked, where the outcome that was made of it leaves that open: a no of the site's own is a clear answer.
    pub(crate) fn leaves_doubt(&self, status: Status) -> bool {
        matches!(status, Status::Retry | Status::Unauthorized) && (self.is_again || self.may_have_worked())
    }

    /// The remote's error code, or ours.
    pub(crate) fn code(&self, talk: &Talk) -> String {
        match &self.heard {
            Err(silence) => silence.code().to_owned(),
            Ok(reply) => match reply.error() {
                _ if (300..400).contains(&reply.status) => "redirect".to_owned(),
                Some(error) => talk.shown_code(error.code),
                // A server's own page says what it means by its status, and only by these.
                None if matches!(reply.status, 401 | 403 | 408 | 413 | 425 | 429 | 502..=504) => format!("http_{}", reply.status),
                None => "not_wordpress".to_owned(),
            },
        }
    }

    /// Whether a receiver has made it, and no `WordPress` without.
    pub(crate) fn is_of_receiver(&self, talk: &Talk) -> bool {
        self.code(talk).starts_with("rudr_sync_")
    }

    /// What happened, for a person; begins with the site's name. The remote's own words are part of it only where they hold no
    /// secret: they are looked at as they came, since taking markup out of them may alter one beyond recognition.
    pub(crate) fn words(&self, talk: &Talk) -> String {
        let name = talk.site.name();
        let said = match &self.heard {
            Err(silence) => format!("{name} {}", silence.message()),
            Ok(reply) => match (reply.error(), &reply.location) {
                (_, Some(target)) if (300..400).contains(&reply.status) => match talk.shown(target) {
                    // Its query may hold anything, such as the request.
                    Some(target) => {
                        let target = target.split(['?', '#']).next().unwrap_or_default();
                        format!("{name} redirects to {}: enter that address as the site's url", plain(target))
                    }
                    None => format!("{name} redirects to an address that is not shown: it holds a password"),
                },
                (Some(error), _) => {
                    let code = talk.shown_code(error.code);
                    match talk.shown(&error.message) {
                        Some(words) => format!("{name} answered {}: {} ({code})", reply.status, plain(words)),
                        None => format!("{name} answered {} ({code}); its words are not shown: they hold a password", reply.status),
                    }
                }
                (None, _) if reply.is_success() => {
                    format!(
                        "{name} answered {}, but not as a WordPress does: is its REST API switched off, or another page there?",
                        reply.status
                    )
                }
                (None, _) => format!("{name} answered {}", reply.status),
            },
        };
        shorten(&said)
    }
}
