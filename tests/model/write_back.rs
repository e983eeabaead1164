//! Writing back: whether the row is still ours, still as it was read, and still at rest is judged in the statement itself.

use crate::reading::{Password, password};
use crate::rules::{Rule, Rules};
use crate::world::{Base, Code, Due, Id, Outcome, Phase, Row, Worker, World};

/// Keeps whose account is whose. That there is one is true whoever has the lease.
pub fn keep(world: &mut World, me: usize, id: Id, outcome: Outcome, rules: Rules) {
    let Worker { user, row: read, person, .. } = world.workers[me];
    let other = world.rows[1 - user].filter(|other| other.account == Some(id));
    let refused = other.is_some() && rules.has(Rule::WaitsFor);
    if let Some(row) = &mut world.rows[user]
        && (row.held_by(me) || row.account.is_none() && rules.has(Rule::LateAccount))
        && !refused
    {
        row.account = Some(id);
    }
    let leaves = person.is_none() && read.absent && other.is_some_and(|other| !other.absent) && rules.has(Rule::DeleteCheck);
    world.workers[me].phase = match (refused, leaves) {
        (true, true) => Phase::Told(Outcome::Deleted),
        (true, false) => Phase::Told(Outcome::Waits { doubt: false }),
        (false, _) => Phase::Kept(outcome),
    };
}

/// The rest of the row.
pub fn take(world: &mut World, me: usize, outcome: Outcome, rules: Rules) {
    let worker = world.workers[me];
    world.workers[me] = Worker::IDLE;
    let user = worker.user;
    let Some(row) = world.rows[user].as_mut().filter(|row| row.held_by(me) || !rules.has(Rule::LeaseFence)) else { return };
    row.lease = None;
    match outcome {
        Outcome::Deleted => world.rows[user] = None,
        Outcome::Found(_) => {
            row.base = Base::default();
            row.nothing_tried();
            due(row, &worker.row, Due::Now);
        }
        Outcome::Created(_) | Outcome::Updated | Outcome::Unchanged => in_step(row, &worker, outcome, rules),
        Outcome::Unanswered => {
            failed(row, &worker.row, Due::Now, None, true, rules);
            unanswered(row, rules);
        }
        Outcome::Retry { doubt } | Outcome::Waits { doubt } => failed(row, &worker.row, Due::Now, None, doubt, rules),
        Outcome::No(Code::Gone) if worker.row.base.name.is_none() && rules.has(Rule::FoundThenGone) => {
            row.account = None;
            failed(row, &worker.row, Due::Now, None, false, rules);
        }
        Outcome::No(code) => {
            // The site's no to an update says nothing of an earlier one.
            let unasked = row.account.is_some() || code == Code::Vanished && rules.has(Rule::DoubtKept);
            let doubt = unasked && worker.row.tried.is_some();
            failed(row, &worker.row, Due::Never, Some(code), doubt, rules);
        }
    }
    // What a row without a try has no window for.
    if world.rows[user].is_none_or(|row| row.tried.is_none()) {
        world.accounts.iter_mut().for_each(|account| account.inside[user] = false);
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
    if row.unsettled.is_some() { Due::Settled } else { Due::Now }
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
    let judged = if rules.has(Rule::UnsettledAsRead) { read.unsettled } else { row.unsettled };
    if judged.is_some() && rules.has(Rule::SettlingTime) {
        due(row, read, when_settled(row));
    } else {
        row.synced = if rules.has(Rule::RevisionAsRead) { read.revision } else { row.revision };
        due(row, read, Due::Never);
    }
    row.code = (sent == Password::Unknown).then_some(Code::PasswordUnknown);
    let before = if created { Base::default() } else { read.base };
    let mark = if sent == Password::Unknown { before.mark } else { person.mark.or(before.mark) };
    row.base = Base { name: Some(person.name), email: Some(person.email), mark };
    if read.secret.is_some() && (row.secret == read.secret || !rules.has(Rule::SecretAsRead)) {
        row.secret = None;
    }
    row.nothing_tried();
}

/// The site does not hold it.
fn failed(row: &mut Row, read: &Row, when: Due, code: Option<Code>, doubt: bool, rules: Rules) {
    let asks_again = when == Due::Never && read.unsettled.is_some() && rules.has(Rule::RefusedUnsettled);
    due(row, read, if asks_again { when_settled(row) } else { when });
    row.code = code;
    if !doubt && rules.has(Rule::Doubt) {
        row.nothing_tried();
    }
}

/// From here on the wait is counted: what was sent was sent before.
fn unanswered(row: &mut Row, rules: Rules) {
    if !rules.has(Rule::TriedBeforeSending) && row.account.is_none() {
        row.tried.get_or_insert(0);
    }
    row.gave_up = row.tried.is_some();
}
