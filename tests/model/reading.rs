//! What a worker makes of the row and the user that it has read.

use crate::row::{Base, Code, Row, Settling};
use crate::rules::{Rule, Rules};
use crate::world::{Ask, NOBODY_KNOWS, Outcome, Person, Phase, Worker, World};

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
    if worker.phase == Phase::Claimed && !row.is_open() && (row.absent || !is_marked(person)) {
        return Phase::Read;
    }
    match update(worker, person, rules) {
        Ask::Update { id, email: None, name: None, password: None } if row.account == Some(id) => Phase::Told(Outcome::Unchanged),
        _ => Phase::Ready,
    }
}

/// Whether the mark stands for the stored hash.
fn is_marked(person: Person) -> bool {
    person.mark.is_some_and(|mark| mark.password == person.password)
}

/// A push holds what differs from the base; while an update is in doubt, all.
pub fn update(worker: &Worker, person: Person, rules: Rules) -> Ask {
    let Row { base, tried, account, .. } = worker.row;
    let believed = if tried.is_some() && rules.has(Rule::NoteUpdate) { Base::default() } else { base };
    let changed = |now: u8, then: Option<u8>| (then != Some(now)).then_some(now);
    let password = match password(worker, person, rules) {
        Password::Send(password) => Some(password),
        _ => None,
    };
    Ask::Update {
        id: account.unwrap_or(0),
        email: changed(person.email, believed.email),
        name: changed(person.name, believed.name),
        password,
    }
}

/// All of the user, with a password that nobody knows where theirs is not known.
pub fn create(worker: &Worker, person: Person, rules: Rules) -> Ask {
    let Person { login, email, name, .. } = person;
    let password = match password(worker, person, rules) {
        Password::Send(password) => password,
        _ => NOBODY_KNOWS,
    };
    Ask::Create { login, email, name, password, looked: false }
}

/// What goes of the password, from what the worker has read.
pub fn password(worker: &Worker, person: Person, rules: Rules) -> Password {
    let Some(mark) = person.mark else { return Password::Same };
    let Row { base, secret, tried, .. } = worker.row;
    let secret = secret.filter(|secret| secret.mark == mark || !rules.has(Rule::SecretBound));
    let doubtful = tried.is_some() && secret.is_some() && rules.has(Rule::DoubtfulPassword);
    match secret {
        _ if base.mark == Some(mark) && !doubtful => Password::Same,
        Some(secret) => Password::Send(secret.password),
        None => Password::Unknown,
    }
}

/// A user with a removal mark who is still here; a hash for which nobody made a mark. False: it has changed since it was read.
pub fn mend(world: &mut World, me: usize, rules: Rules) -> bool {
    let Worker { user, row: read, person, .. } = world.workers[me];
    if read.absent {
        // Put as present all the same.
        world.workers[me].row.absent = false;
        let is_over = matches!(read.settling, Settling::Done | Settling::Old) || !rules.has(Rule::UnmarkLate);
        let as_read = |row: &Row| row.revision == read.revision || !rules.has(Rule::UnmarkAsRead);
        if let Some(row) = world.rows[user].as_mut().filter(|row| row.held_by(me) && is_over && as_read(row)) {
            row.absent = false;
            row.settling = if row.is_open() { row.settling } else { Settling::Done };
        }
    }
    let Some(person) = person.filter(|person| !is_marked(*person)) else { return true };
    let Some(now) = world.people[user] else { return false };
    if rules.has(Rule::UnannouncedAsRead) && now.mark != person.mark {
        return false;
    }
    let mark = Some(world.new_mark(person.password));
    world.people[user] = Some(Person { mark, ..now });
    world.workers[me].person = Some(Person { mark, ..person });
    true
}
