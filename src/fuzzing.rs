//! Doors for tests/fuzz to what nobody else has to reach from outside. There with `--cfg fuzzing` only.

use crate::check::{self, Step};
use crate::secret::Secret;
use crate::site::{Settings, Site};
use crate::sync::{Answer, Talk};
use crate::wire::meaning::{Ask, Heard};
use std::sync::Arc;
use tokio::time::Instant;

/// A conversation with a site that is never asked.
pub struct Listener(Talk);

impl Listener {
    /// None where the site cannot be spoken to.
    #[must_use]
    pub fn new(site: Site, secret: &Secret) -> Option<Self> {
        let talk = Talk::new(Arc::new(site), &Settings::default()).ok()?;
        talk.hide(secret);
        Some(Self(talk))
    }

    /// The code and the words that an answer comes to.
    #[must_use]
    pub fn words(&self, ask: Ask, heard: Heard) -> (String, String) {
        let answer = Answer::new(ask, heard, Instant::now());
        (answer.code(&self.0), answer.words(&self.0))
    }

    /// What a check says of that answer.
    #[must_use]
    pub fn check(&self, heard: &Heard) -> Vec<Step> {
        let (_, words) = self.words(Ask::Look, heard.clone());
        check::of_index(&self.0, heard, &words)
    }
}
