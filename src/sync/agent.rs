//! Who we are on a site: the agent inherits where nobody else does.

use super::answer::Answer;
use super::talk::Talk;
use crate::wire::core;
use crate::wire::meaning::{Ask, Meaning};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The agents' ids, by address (one host may hold many sites) and username: who inherits where nobody else does. No credential
/// is kept.
static AGENTS: std::sync::LazyLock<Mutex<HashMap<(String, String), u64>>> = std::sync::LazyLock::new(Mutex::default);

impl Talk {
    /// The agent's own id.
    pub(crate) async fn agent(&self) -> Result<u64, Answer> {
        let key = self.whom();
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
        AGENTS.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.whom());
    }

    /// Whom we speak to, and as whom: under that a process remembers what it has learnt.
    pub(super) fn whom(&self) -> (String, String) {
        (self.site.url().to_string(), self.site.username.clone())
    }
}
