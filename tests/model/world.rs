//! All that there is: the source's users and links, the site's accounts, and who is at work. Names, addresses and passwords are
//! numbers.

use crate::story::Step;

pub type User = usize;
pub type Id = u8;

/// Who nobody here made an account for.
pub const STRANGER: User = 9;
/// A name that the site refuses.
pub const BAD: u8 = 9;
/// A password that nobody knows.
pub const NOBODY_KNOWS: u8 = 0;

/// A mark stands for a stored hash. `announced`: by the request that set it, which knew the plaintext.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    pub password: u8,
    pub announced: bool,
}

/// A sealed password opens only with the mark that it is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Secret {
    pub password: u8,
    pub mark: Mark,
}

/// A user of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Person {
    pub login: u8,
    pub email: u8,
    pub name: u8,
    pub password: u8,
    pub mark: Option<Mark>,
}

/// What the site last accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Base {
    pub name: Option<u8>,
    pub email: Option<u8>,
    pub mark: Option<Mark>,
}

/// Whose work is not settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    Request(usize),
    Several,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Due {
    Never,
    /// Or after a while: what may happen soon may also happen later.
    Now,
    /// When `unsettled_until` is over.
    Settled,
}

/// `holder`: the worker, if it lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lease {
    pub holder: Option<usize>,
    pub ran_out: bool,
}

/// Why a row waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    Refused(u8),
    NotOurs,
    Gone,
    Vanished,
    PasswordUnknown,
}

/// A row of the table of links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Row {
    pub absent: bool,
    /// Of a removed user.
    pub email: u8,
    pub account: Option<Id>,
    pub revision: u8,
    pub synced: u8,
    pub unsettled: Option<By>,
    pub due: Due,
    pub base: Base,
    pub secret: Option<Secret>,
    /// `tried_at` and `tried_last`: something was sent, and no answer is noted. The bits are the addresses that were sent.
    pub tried: Option<u8>,
    /// `tried_last` is when somebody gave up: what was sent may be at work still.
    pub gave_up: bool,
    pub lease: Option<Lease>,
    pub code: Option<Code>,
}

impl Row {
    pub const NEW: Self = Self {
        absent: false,
        email: 0,
        account: None,
        revision: 0,
        synced: 0,
        unsettled: None,
        due: Due::Never,
        base: Base { name: None, email: None, mark: None },
        secret: None,
        tried: None,
        gave_up: false,
        lease: None,
        code: None,
    };

    pub fn dirty(&self) -> bool {
        self.revision != self.synced
    }

    pub fn held_by(&self, worker: usize) -> bool {
        self.lease.is_some_and(|lease| lease.holder == Some(worker))
    }

    /// No create is without its answer any more.
    pub fn nothing_tried(&mut self) {
        self.tried = None;
        self.gave_up = false;
    }
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
    /// It was made between a user's first try and last: a look takes it for theirs.
    pub inside: [bool; 2],
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
        email: u8,
        name: u8,
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

/// What came of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    Created(Id),
    Found(Id),
    Updated,
    Unchanged,
    /// Or absent.
    Deleted,
    /// What was sent may have worked, or be at work still.
    Unanswered,
    /// `doubt`: something that was sent earlier may have worked unanswered.
    Retry {
        doubt: bool,
    },
    /// For another link to let go of the account.
    Waits {
        doubt: bool,
    },
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
    /// Nobody is there: it may be sent.
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
    /// When it read the user, a removal mark there was so old that whoever made it was over.
    pub old_mark: bool,
}

impl Worker {
    pub const IDLE: Self = Self { phase: Phase::Idle, user: 0, row: Row::NEW, person: None, old_mark: false };
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
}

impl Luck {
    pub const GOOD: Self = Self { requests: 0, workers: 0, answers: 0, leases: 0, strangers: 0 };
}

/// All that there is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    pub people: [Option<Person>; 2],
    pub rows: [Option<Row>; 2],
    pub accounts: Vec<Account>,
    pub next_id: Id,
    pub flights: Vec<Flight>,
    pub requests: [Request; 2],
    pub workers: [Worker; 2],
    pub luck: Luck,
    /// A request died between the write of a hash and its seal: the one password that may stay unknown.
    pub unsealed: bool,
    /// An account was removed that was another's.
    pub wrong_delete: bool,
}

impl World {
    /// The site works on something for that user.
    pub fn at_work(&self, user: User) -> bool {
        self.flights.iter().any(|flight| flight.user == user)
    }

    /// Dirty, due, and nobody's. The lease of a holder who died has run out as soon as the site is done with what they sent.
    pub fn is_claimable(&self, user: User) -> bool {
        let is_free = |lease: Lease| lease.ran_out || lease.holder.is_none() && !self.at_work(user);
        self.rows[user].is_some_and(|row| row.dirty() && row.due == Due::Now && row.lease.is_none_or(is_free))
    }

    /// Whether a request has marked a user and is not done with them.
    pub fn is_open(&self, request: usize, script: &[Step], user: User) -> bool {
        let Request { at, dead, .. } = self.requests[request];
        let opens = |step: &Step| matches!(step, Step::Mark(u) | Step::MarkRemoved(u) if *u == user);
        !dead && script[..at].iter().any(opens) && script[at..].iter().any(|step| *step == Step::Settle(user) || step.writes(user))
    }
}
