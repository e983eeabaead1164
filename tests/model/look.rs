//! Whose an account is that is there, and who may be waited for.

use crate::row::{Code, Row};
use crate::rules::{Rule, Rules};
use crate::story::Story;
use crate::world::{Account, Doubt, Outcome, Phase, Window, Worker, World};

/// A worker's question to the site.
pub struct Look<'a> {
    pub world: &'a World,
    pub story: &'a Story,
    pub rules: Rules,
    pub worker: Worker,
}

impl Look<'_> {
    /// Has the unanswered create worked? `None`: nobody is there.
    pub fn for_tried(&self) -> Option<Phase> {
        let Worker { user, row, person, .. } = self.worker;
        let present = person.map_or(row.email, |person| person.email);
        let sent = row.tried.filter(|_| self.rules.has(Rule::LookAsSent)).map_or(present, |tried| tried.email);
        let found = || self.world.accounts.iter().filter(|account| account.email == sent);
        let is_ours = |account: &&Account| account.login == self.story.logins[user] && account.window[user] == Window::Inside;
        if let Some(account) = found().find(is_ours) {
            return Some(Phase::Told(Outcome::Found(account.id)));
        }
        let by_rules = found().find(|account| account.email == present || !self.rules.has(Rule::OldAddressIsNobodys));
        by_rules.filter(|_| person.is_some()).map(|account| self.by_rules(account))
    }

    /// Who has taken the login or the address of a create, or the address of an update?
    pub fn for_taken(&self) -> Phase {
        let Worker { user, row, person, .. } = self.worker;
        let is_update = row.account.is_some();
        let by_address =
            self.world.accounts.iter().find(|account| row.account != Some(account.id) && person.is_some_and(|p| p.email == account.email));
        let by_login = self.world.accounts.iter().find(|account| !is_update && account.login == self.story.logins[user]);
        match (by_address, by_login) {
            _ if is_update && !self.rules.has(Rule::TakenByUpdate) => Phase::Told(Outcome::No(Code::NotOurs)),
            (Some(account), _) if is_update => self.not_ours(account),
            (Some(account), _) => self.by_rules(account),
            _ if !self.rules.has(Rule::TakenByNobody) => Phase::Told(Outcome::No(Code::NotOurs)),
            (None, Some(account)) => self.not_ours(account),
            (None, None) => Phase::Told(Outcome::Retry(Doubt::Null)),
        }
    }

    /// Somebody's who may be the same person, or our own from before.
    fn by_rules(&self, account: &Account) -> Phase {
        if self.story.adopts && !self.may_be_made_for_another(account) {
            return Phase::Told(Outcome::Found(account.id));
        }
        self.not_ours(account)
    }

    fn not_ours(&self, account: &Account) -> Phase {
        let other = self.world.rows[1 - self.worker.user];
        let held = other.is_some_and(|other| other.account == Some(account.id));
        let waits = held && self.rules.has(Rule::WaitsFor) && self.rules.has(Rule::WaitsThoughUnproven);
        Phase::Told(if waits || self.may_be_made_for_another(account) { Outcome::Waits } else { Outcome::No(Code::NotOurs) })
    }

    fn may_be_made_for_another(&self, account: &Account) -> bool {
        let other = self.world.rows[1 - self.worker.user];
        other.is_some_and(|other| other.may_have_made(account.email)) && self.rules.has(Rule::WaitsForTried)
    }

    /// Before a create: another link, of somebody removed, has the login or the address.
    pub fn waits_for_removed(&self) -> bool {
        let Worker { user, person: Some(person), .. } = self.worker else { return false };
        let same = |other: &Row| self.story.logins[1 - user] == person.login || other.email == person.email;
        let is_gone = self.world.people[1 - user].is_none() || !self.rules.has(Rule::RemovedIsGone);
        let other = self.world.rows[1 - user].filter(|other| other.absent && is_gone);
        other.is_some_and(|other| same(&other)) && self.rules.has(Rule::WaitsForRemoved)
    }
}
