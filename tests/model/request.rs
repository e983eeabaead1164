//! Requests on the source: first mark, writes, second mark; each may die between any two.

use crate::event::{Event, then};
use crate::row::{By, Due, Row, Secret, Settling};
use crate::rules::{Rule, Rules};
use crate::story::{Step, Story};
use crate::world::{User, World};

pub fn events(world: &World, story: &Story, rules: Rules, next: &mut Vec<(Event, World)>) {
    for (number, script) in story.scripts.iter().enumerate() {
        let request = world.requests[number];
        if request.dead || request.at == script.len() || is_blocked(world, script[request.at]) {
            continue;
        }
        let step = script[request.at];
        then(world, Event::Request(number, step), next, |world| {
            world.requests[number].at += 1;
            act(world, number, step, script, rules);
            if world.requests[number].at == script.len() {
                world.requests[number].slow = false;
            }
        });
        if request.at > 0 && world.luck.requests > 0 && !request.slow {
            then(world, Event::RequestDies(number), next, |world| {
                world.requests[number].dead = true;
                world.luck.requests -= 1;
                // Written, and not sealed.
                let (done, left) = script.split_at(request.at);
                let writes = |step: &Step| matches!(step, Step::Password(..) | Step::Insert(..));
                world.unsealed |= done.iter().any(writes) && left.iter().any(|step| matches!(step, Step::Keep(_)));
            });
        }
    }
    for user in 0..2 {
        if world.people[user].is_some() && world.rows[user].is_none() && rules.has(Rule::Sweep) {
            then(world, Event::Swept(user), next, |world| {
                world.rows[user] = Some(Row { revision: 1, due: Due::Now, ..Row::NEW });
            });
        }
    }
}

/// WordPress refuses a login or an address that another user has, and to change who is not there. A request that is refused so
/// does nothing.
pub fn is_blocked(world: &World, step: Step) -> bool {
    match step {
        Step::Insert(_, new) => world.people.iter().flatten().any(|person| person.login == new.login || person.email == new.email),
        Step::Mark(user) | Step::MarkRemoved(user) => world.people[user].is_none() && world.rows[user].is_none(),
        _ => false,
    }
}

fn act(world: &mut World, number: usize, step: Step, script: &[Step], rules: Rules) {
    match step {
        Step::Insert(user, person) => world.people[user] = Some(person),
        Step::Name(user, name) => change(world, user, |person| person.name = name),
        Step::Email(user, email) => change(world, user, |person| person.email = email),
        Step::Password(user, password) => change(world, user, |person| person.password = password),
        Step::Remove(user) => world.people[user] = None,
        Step::Mark(user) => first_mark(world.rows[user].get_or_insert(Row::NEW), number, rules),
        Step::MarkRemoved(user) => {
            // The hook has the user in hand; one who is gone already is not removed again.
            if let (Some(row), Some(person)) = (&mut world.rows[user], &world.people[user]) {
                first_mark(row, number, rules);
                row.absent = true;
                row.email = person.email;
            }
        }
        Step::Seal(user) => seal(world, number, user, script, rules),
        Step::Keep(user) => keep(world, number, user, rules),
        Step::Settle(user) => settle(world, number, user),
    }
}

fn change(world: &mut World, user: User, what: impl FnOnce(&mut crate::world::Person)) {
    if let Some(person) = &mut world.people[user] {
        what(person);
    }
}

fn first_mark(row: &mut Row, number: usize, rules: Rules) {
    row.revision += 1;
    row.due = Due::Settled;
    let me = By::Request(number);
    row.settling = Settling::Open(match row.settling {
        Settling::Done => me,
        Settling::Open(by) | Settling::RanOut(by) if by == me => me,
        // The settling time of a removal is over, but who marked it may be at work still: nobody else's second mark ends it.
        Settling::RanOut(_) | Settling::Old if !rules.has(Rule::UnmarkByOwn) => me,
        Settling::Open(_) | Settling::RanOut(_) | Settling::Old => By::Several,
    });
}

/// Brings the mark in step with the hash, and remembers the plaintext if it is known. Reading and storing are one step here: what
/// is stored over a mark that was made in between is as good.
fn seal(world: &mut World, number: usize, user: User, script: &[Step], rules: Rules) {
    let Some(person) = world.people[user] else { return };
    let mine = script.iter().rev().find_map(|step| match step {
        Step::Password(whose, password) if *whose == user => Some(*password),
        Step::Insert(whose, new) if *whose == user => Some(new.password),
        _ => None,
    });
    let mine = mine.filter(|mine| *mine == person.password || !rules.has(Rule::SealChecked));
    let there = person.mark.filter(|mark| mark.password == person.password);
    if there.is_some() && !rules.has(Rule::SealAnyway) {
        return;
    }
    let mark = there.unwrap_or_else(|| world.new_mark(person.password));
    change(world, user, |person| person.mark = Some(mark));
    world.requests[number].sealed = mine.map(|password| Secret { password, mark });
}

/// The sealed password, for as long as its mark is the user's.
fn keep(world: &mut World, number: usize, user: User, rules: Rules) {
    let mark = world.people[user].and_then(|person| person.mark);
    let sealed = world.requests[number].sealed.take();
    if let Some(row) = &mut world.rows[user]
        && sealed.is_some_and(|sealed| mark == Some(sealed.mark) || !rules.has(Rule::SecretWithMark))
    {
        row.secret = sealed;
    }
}

fn settle(world: &mut World, number: usize, user: User) {
    let Some(row) = &mut world.rows[user] else { return };
    row.revision += 1;
    row.due = Due::Now;
    let me = By::Request(number);
    if row.settling == Settling::Open(me) || row.settling == Settling::RanOut(me) {
        row.settling = Settling::Done;
    }
}
