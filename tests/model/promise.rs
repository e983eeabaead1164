//! What the protocol promises.

use crate::request;
use crate::row::{Code, Due, Row};
use crate::rules::{Rule, Rules};
use crate::story::Story;
use crate::world::{Account, BAD, Person, Phase, STRANGER, User, World};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// With nothing left to do, the site has every user as the source has them, or the row says why not, and a person can act on it.
    NoLostUpdate,
    /// A user never has two accounts.
    NoDoubleCreate,
    /// With nothing left to do, who was removed here has no account there.
    NoResurrectedDelete,
    /// No account is removed that was made for another, or that a present link holds.
    NoDeleteOfTheWrongAccount,
    /// Whatever has happened, there is a way on to where nothing is left to do, without more that goes wrong.
    ComesToRest,
}

/// The promise that this world breaks.
pub fn broken(world: &World, story: &Story, rules: Rules) -> Option<Promise> {
    if world.wrong_delete {
        return Some(Promise::NoDeleteOfTheWrongAccount);
    }
    let accounts = |user: User| world.accounts.iter().filter(move |account| account.made_for == user);
    if (0..2).any(|user| accounts(user).count() > 1) {
        return Some(Promise::NoDoubleCreate);
    }
    if !at_rest(world, story, rules) {
        return None;
    }
    if (0..2).any(|user| world.people[user].is_none() && accounts(user).count() > 0) {
        return Some(Promise::NoResurrectedDelete);
    }
    (0..2).any(|user| is_lost(world, user)).then_some(Promise::NoLostUpdate)
}

/// Whether nothing is left to do.
pub fn at_rest(world: &World, story: &Story, rules: Rules) -> bool {
    let over = |(number, script): (usize, &Vec<_>)| {
        let request = world.requests[number];
        request.dead || request.at == script.len() || request.at == 0 && request::is_blocked(world, script[0])
    };
    let quiet = |row: &Row| {
        let is_free = row.lease.is_none_or(|lease| lease.ran_out);
        is_free && !row.is_open() && !(row.dirty() && row.due != Due::Never)
    };
    let unswept = |user: User| rules.has(Rule::Sweep) && world.people[user].is_some() && world.rows[user].is_none();
    world.flights.is_empty()
        && world.workers.iter().all(|worker| worker.phase == Phase::Idle)
        && world.rows.iter().flatten().all(quiet)
        && story.scripts.iter().enumerate().all(over)
        && !(0..2).any(unswept)
}

/// Whether all is in step, and no row waits for a person, but for a password that nobody could know.
pub fn is_well(world: &World) -> bool {
    let told = |code: Option<Code>| code.is_none() || code == Some(Code::PasswordUnknown) && world.unsealed;
    world.rows.iter().flatten().all(|row| !row.dirty() && told(row.code))
}

fn is_lost(world: &World, user: User) -> bool {
    match (world.people[user], world.rows[user]) {
        (None, None) => false,
        // Marked by a request that came too late for the user: told, and nothing is there.
        (None, Some(row)) => row.code != Some(Code::Vanished),
        (Some(_), None) => true,
        (Some(person), Some(row)) => !is_as_told(world, person, &row),
    }
}

/// The account is as the user is, or the row says what is not, truly.
fn is_as_told(world: &World, person: Person, row: &Row) -> bool {
    let stranger = |account: &Account| account.made_for == STRANGER && account.email == person.email;
    match row.code {
        Some(Code::Refused(name)) => person.name == BAD && name == BAD,
        Some(Code::NotOurs) => world.accounts.iter().any(stranger),
        Some(Code::Gone | Code::Vanished) => false,
        None | Some(Code::PasswordUnknown) => {
            // Nobody knows until the next change.
            if row.account.is_some() && row.account == world.removed_there {
                return !row.dirty();
            }
            let Some(account) = world.accounts.iter().find(|account| row.account == Some(account.id)) else { return false };
            let told = world.unsealed && row.code == Some(Code::PasswordUnknown);
            !row.dirty()
                && row.secret.is_none()
                && (account.name, account.email) == (person.name, person.email)
                && (account.password == person.password || told)
        }
    }
}
