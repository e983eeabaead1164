//! Writing back: whether the row is still ours and still as it was read is judged in the statement itself; whether a request was at
//! work, by the row as it was read.

use crate::reading::{Password, password};
use crate::row::{Base, Code, Due, Row, Tried};
use crate::rules::{Rule, Rules};
use crate::story::Story;
use crate::world::{Doubt, Id, Outcome, Phase, Worker, World};

/// Keeps whose account is whose.
pub fn keep(world: &mut World, me: usize, id: Id, outcome: Outcome, rules: Rules) {
    let Worker { user, person, .. } = world.workers[me];
    let refused = world.rows[1 - user].is_some_and(|other| other.account == Some(id)) && rules.has(Rule::WaitsFor);
    if let Some(row) = &mut world.rows[user]
        && (row.held_by(me) || row.account.is_none() && !rules.has(Rule::FenceForAccount))
        && !refused
    {
        row.account = Some(id);
    }
    world.workers[me].phase = match (refused, person) {
        (false, _) => Phase::Kept(outcome),
        // It was not made for this user, or somebody else needs it more.
        (true, None) if rules.has(Rule::AbsentLetsBe) => Phase::Told(Outcome::Deleted),
        (true, _) => Phase::Told(Outcome::Waits),
    };
}

/// The rest of the row.
pub fn take(world: &mut World, me: usize, outcome: Outcome, story: &Story, rules: Rules) {
    let worker = world.workers[me];
    world.workers[me] = Worker::IDLE;
    let Worker { user, row: read, .. } = worker;
    let Some(row) = world.rows[user].as_mut().filter(|row| row.held_by(me) || !rules.has(Rule::LeaseFence)) else { return };
    row.lease = None;
    let doubt = match outcome {
        Outcome::Deleted => {
            world.note_tried(user, None, false);
            world.rows[user] = None;
            return;
        }
        Outcome::Found(_) => {
            row.base = Base::default();
            due(row, &read, Due::Now);
            Some(Doubt::Null)
        }
        Outcome::Created(_) | Outcome::Updated | Outcome::Unchanged => {
            in_step(row, &worker, outcome, rules);
            Some(Doubt::Null)
        }
        Outcome::Retry(doubt) => {
            failed(row, &read, Due::Now, None, rules);
            Some(doubt).filter(|doubt| *doubt != Doubt::Null || rules.has(Rule::DoubtEnds))
        }
        // What was tried stays as it is.
        Outcome::Waits => {
            failed(row, &read, Due::Now, None, rules);
            None
        }
        Outcome::No(Code::Gone) if story.recreates || read.base.name.is_none() && rules.has(Rule::FoundThenGone) => {
            forget(row, &read, rules);
            Some(Doubt::Null)
        }
        Outcome::No(code) => {
            failed(row, &read, Due::Never, Some(code), rules);
            // The site's no to an update says nothing of an earlier one; and nobody has asked about who vanished.
            let unasked = read.account.is_some() || code == Code::Vanished && rules.has(Rule::DoubtKept);
            let doubt = if unasked && read.tried.is_some() { Doubt::Before } else { Doubt::Null };
            Some(doubt).filter(|doubt| *doubt != Doubt::Null || rules.has(Rule::DoubtEnds))
        }
    };
    if let Some(doubt) = doubt {
        settle_doubt(world, &worker, doubt, rules);
    }
}

fn settle_doubt(world: &mut World, worker: &Worker, doubt: Doubt, rules: Rules) {
    let Worker { user, row: read, .. } = *worker;
    let noted = world.rows[user].and_then(|row| row.tried);
    let at_work = world.at_work(user);
    match doubt {
        Doubt::Null => world.note_tried(user, None, false),
        Doubt::Before if rules.has(Rule::DoubtAsRead) => world.note_tried(user, read.tried, false),
        Doubt::Before | Doubt::Now => {
            // Without a note before sending, this is the first.
            let unnoted = Tried { email: worker.person.map_or(0, |person| person.email), fresh: true };
            let tried = noted.or((!rules.has(Rule::NoteCreate) && read.account.is_none()).then_some(unnoted));
            world.note_tried(user, tried.map(|tried| Tried { fresh: at_work, ..tried }), true);
        }
    }
}

/// Only where nobody has marked the row since it was read.
fn due(row: &mut Row, read: &Row, due: Due) {
    if row.revision == read.revision {
        row.due = due;
    }
}

/// When the settling time is over, if it is not.
fn when_settled(row: &Row) -> Due {
    if row.is_open() { Due::Settled } else { Due::Now }
}

/// The site holds what was read.
fn in_step(row: &mut Row, worker: &Worker, outcome: Outcome, rules: Rules) {
    let (read, Some(person)) = (&worker.row, worker.person) else { return };
    let created = matches!(outcome, Outcome::Created(_));
    let sent = match password(worker, person, rules) {
        // The site wants one, so it has one that nobody knows.
        Password::Same if created => Password::Unknown,
        sent => sent,
    };
    let judged = if rules.has(Rule::SettledAsRead) { read } else { &*row };
    if judged.is_open() && rules.has(Rule::SettlingTime) {
        due(row, read, when_settled(row));
    } else {
        row.synced = if rules.has(Rule::RevisionAsRead) { read.revision } else { row.revision };
        due(row, read, Due::Never);
    }
    tell(row, read, (sent == Password::Unknown).then_some(Code::PasswordUnknown), rules);
    let before = if created { Base::default() } else { read.base };
    let mark = if sent == Password::Unknown { before.mark } else { person.mark.or(before.mark) };
    row.base = Base { name: Some(person.name), email: Some(person.email), mark };
    if read.secret.is_some() && (row.secret == read.secret || !rules.has(Rule::SecretAsRead)) {
        row.secret = None;
    }
}

/// The site does not hold it.
fn failed(row: &mut Row, read: &Row, when: Due, code: Option<Code>, rules: Rules) {
    let asks_again = when == Due::Never && read.is_open() && rules.has(Rule::RefusedUnsettled);
    due(row, read, if asks_again { when_settled(row) } else { when });
    tell(row, read, code, rules);
}

/// The same holder goes on at once with what is then an unknown account.
fn forget(row: &mut Row, read: &Row, rules: Rules) {
    row.account = None;
    row.base = Base::default();
    failed(row, read, Due::Now, None, rules);
}

fn tell(row: &mut Row, read: &Row, code: Option<Code>, rules: Rules) {
    if row.revision == read.revision || !rules.has(Rule::CodeAsRead) {
        row.code = code;
    }
}
