//! What a worker makes of the row and the user that it has read.

use crate::rules::{Rule, Rules};
use crate::world::{Code, Mark, Outcome, Person, Phase, Row, Worker, World};

/// The password's part of a job.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Password {
    Same,
    Send(u8),
    Unknown,
}

/// What a worker makes of what it has read, as far as nothing else has a say in that.
pub fn made_of_it(worker: &Worker, rules: Rules) -> Phase {
    let Worker { row, person, .. } = worker;
    let Some(person) = *person else {
        let looks = row.tried.is_some() && rules.has(Rule::LookBeforeAbsent);
        return match row {
            Row { absent: false, .. } => Phase::Told(Outcome::No(Code::Vanished)),
            Row { account: None, .. } if !looks => Phase::Told(Outcome::Deleted),
            _ => Phase::Ready,
        };
    };
    if worker.phase == Phase::Claimed && row.unsettled.is_none() && (row.absent || !is_marked(person)) {
        return Phase::Read;
    }
    let believed = row.tried.is_none() || !rules.has(Rule::DoubtfulBase);
    let same = row.base.name == Some(person.name) && row.base.email == Some(person.email);
    let sends = !believed || !same || matches!(password(worker, person, rules), Password::Send(_));
    if row.account.is_some() && !sends { Phase::Told(Outcome::Unchanged) } else { Phase::Ready }
}

/// Whether the mark stands for the stored hash.
fn is_marked(person: Person) -> bool {
    person.mark.is_some_and(|mark| mark.password == person.password)
}

/// What goes of the password, from what the worker has read.
pub fn password(worker: &Worker, person: Person, rules: Rules) -> Password {
    let Some(mark) = person.mark else { return Password::Same };
    match worker.row.secret {
        _ if worker.row.base.mark == Some(mark) => Password::Same,
        Some(secret) if secret.mark == mark || !rules.has(Rule::SecretBound) => Password::Send(secret.password),
        _ => Password::Unknown,
    }
}

/// A user with a removal mark who is still here; a hash for which nobody made a mark. False: it has changed since it was read.
pub fn mend(world: &mut World, me: usize, rules: Rules) -> bool {
    let Worker { user, row: read, person, old_mark, .. } = world.workers[me];
    let same_revision = world.rows[user].is_some_and(|row| row.revision == read.revision);
    if read.absent {
        world.workers[me].row.absent = false;
        let is_old = old_mark && same_revision || !rules.has(Rule::UnmarkLate);
        if let Some(row) = world.rows[user].as_mut().filter(|row| row.held_by(me) && is_old) {
            row.absent = false;
        }
    }
    let Some(person) = person.filter(|person| !is_marked(*person)) else { return true };
    let Some(now) = &mut world.people[user] else { return false };
    // Stored only over the mark that was read.
    if rules.has(Rule::UnannouncedAsRead) && !(same_revision && now.mark == person.mark) {
        return false;
    }
    now.mark = Some(Mark { password: person.password, announced: false });
    world.workers[me].person = Some(Person { mark: now.mark, ..person });
    true
}
