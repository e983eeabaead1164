//! All that there is: the source's users and links, the site's accounts, and who is at work. Names, addresses and passwords are
//! numbers.

use crate::row::{Code, Due, Mark, Row, Secret, Tried};
use crate::rules::{Rule, Rules};
use crate::story::Step;

pub type User = usize;
pub type Id = u8;

/// Who nobody here made an account for.
pub const STRANGER: User = 9;
/// A name that the site refuses.
pub const BAD: u8 = 9;
/// A password that nobody knows.
pub const NOBODY_KNOWS: u8 = 0;

/// A user of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Person {
    pub login: u8,
    pub email: u8,
    pub name: u8,
    pub password: u8,
    pub mark: Option<Mark>,
}

/// Where the making of an account lies to what a row notes of a user's tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Window {
    /// Before, or there is no note.
    Outside,
    /// After the last try: outside, until another one is noted without a new beginning.
    After,
    /// Between first and last: a look takes it for the user's.
    Inside,
}

/// An account on the site. Only the checker knows whom it was `made_for`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Account {
    pub id: Id,
    pub login: u8,
    pub email: u8,
    pub name: u8,
    pub password: u8,
    pub made_for: User,
    pub window: [Window; 2],
}

/// What is asked of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// Core looks whether login or address are taken, and only then inserts. `looked`: it has.
    Create {
        login: u8,
        email: u8,
        name: u8,
        password: u8,
        looked: bool,
    },
    Update {
        id: Id,
        email: Option<u8>,
        name: Option<u8>,
        password: Option<u8>,
    },
    Delete {
        id: Id,
    },
}

/// A request that the site has. `by`: the worker who waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flight {
    pub by: Option<usize>,
    pub user: User,
    pub ask: Ask,
}

/// What an outcome knows of what was sent and not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// A clear answer or a look has settled it: what was tried is forgotten.
    Null,
    /// Nothing new was sent: it is put back as it was read.
    Before,
    /// Something was sent just now that may have worked, or be at work still.
    Now,
}

/// What came of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    Created(Id),
    Found(Id),
    Updated,
    Unchanged,
    /// Or absent.
    Deleted,
    Retry(Doubt),
    /// For another link to let go of an account, a login or an address.
    Waits,
    No(Code),
}

/// How far a worker is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    Idle,
    /// Only where the user is read before the row.
    Peeked,
    Claimed,
    /// The user is read, and the row or the user has to be mended before the job is made.
    Read,
    Ready,
    /// Only where a look and what is sent after it are not apart: nobody is there.
    Clear,
    Waiting,
    /// The site says that login or address are taken.
    Taken,
    Told(Outcome),
    /// The account is noted, the rest is not.
    Kept(Outcome),
}

/// A worker, with what it has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Worker {
    pub phase: Phase,
    pub user: User,
    pub row: Row,
    pub person: Option<Person>,
}

impl Worker {
    pub const IDLE: Self = Self { phase: Phase::Idle, user: 0, row: Row::NEW, person: None };
}

/// A request on the source: how many of its steps are done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Request {
    pub at: usize,
    pub dead: bool,
    /// The password that it sealed.
    pub sealed: Option<Secret>,
    /// It takes longer than the settling time, so it is none that gets killed.
    pub slow: bool,
}

/// What may still go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Luck {
    /// Requests that die.
    pub requests: u8,
    /// Workers that die.
    pub workers: u8,
    /// Answers that do not come.
    pub answers: u8,
    /// Leases that run out while their holder lives.
    pub leases: u8,
    /// Somebody registers on the site.
    pub strangers: u8,
    /// The site's administrator removes an account.
    pub removals: u8,
}

impl Luck {
    pub const GOOD: Self = Self { requests: 0, workers: 0, answers: 0, leases: 0, strangers: 0, removals: 0 };
}

/// All that there is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    pub people: [Option<Person>; 2],
    pub rows: [Option<Row>; 2],
    pub accounts: Vec<Account>,
    pub next_id: Id,
    pub flights: Vec<Flight>,
    pub requests: [Request; 3],
    /// How many marks were made.
    pub marks: u8,
    pub workers: [Worker; 2],
    pub luck: Luck,
    /// A request died between the write of a hash and its seal: the one password that may stay unknown.
    pub unsealed: bool,
    /// An account was removed that was another's.
    pub wrong_delete: bool,
    /// The account that the site's administrator has removed.
    pub removed_there: Option<Id>,
}

impl World {
    /// The site works on something for that user.
    pub fn at_work(&self, user: User) -> bool {
        self.flights.iter().any(|flight| flight.user == user)
    }

    /// Dirty, due, and nobody's.
    pub fn is_claimable(&self, user: User) -> bool {
        self.rows[user].is_some_and(|row| row.dirty() && row.due == Due::Now && row.lease.is_none_or(|lease| lease.ran_out))
    }

    /// Once the site is done with what was sent for a user, that was not just now any more; and the lease of a holder who died has
    /// run out.
    pub fn site_may_be_done(&mut self, user: User, rules: Rules) {
        let at_work = self.at_work(user);
        let Some(row) = &mut self.rows[user] else { return };
        if let Some(tried) = &mut row.tried {
            tried.fresh &= at_work;
        }
        row.lease = row.lease.filter(|lease| lease.holder.is_some() || at_work && rules.has(Rule::LeaseOutlastsSite));
    }

    /// Notes what was tried for a user. `moves`: with a `tried_last` of now.
    pub fn note_tried(&mut self, user: User, tried: Option<Tried>, moves: bool) {
        let Some(row) = &mut self.rows[user] else { return };
        row.tried = tried;
        for account in &mut self.accounts {
            let window = &mut account.window[user];
            *window = match (tried, *window) {
                (None, _) => Window::Outside,
                (Some(_), Window::After) if moves => Window::Inside,
                (Some(_), as_before) => as_before,
            };
        }
    }

    /// A fresh mark for a hash.
    pub fn new_mark(&mut self, password: u8) -> Mark {
        self.marks += 1;
        Mark { password, number: self.marks }
    }

    /// Whether a request has marked a user and is not done with them.
    pub fn is_open(&self, request: usize, script: &[Step], user: User) -> bool {
        let Request { at, dead, .. } = self.requests[request];
        let opens = |step: &Step| matches!(step, Step::Mark(u) | Step::MarkRemoved(u) if *u == user);
        !dead && script[..at].iter().any(opens) && script[at..].iter().any(|step| *step == Step::Settle(user) || step.writes(user))
    }
}
