//! A row of the table of links, and what it holds.

use crate::world::Id;

/// A mark stands for a stored hash. No two marks are equal, also of one hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    pub password: u8,
    pub number: u8,
}

/// A sealed password opens only with the mark that it is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Secret {
    pub password: u8,
    pub mark: Mark,
}

/// What the site last accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Base {
    pub name: Option<u8>,
    pub email: Option<u8>,
    pub mark: Option<Mark>,
}

/// `unsettled_by`: whose work it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    Request(usize),
    Several,
}

/// `unsettled_until` and `unsettled_by`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Settling {
    /// `NULL`: nobody's, or whoever's it was is done. So is what ran out where no removal is marked: there is no difference.
    Done,
    /// A request is at work on the user, or was killed less than a minute ago.
    Open(By),
    /// It has run out; a removal is marked.
    RanOut(By),
    /// Ten minutes ago.
    Old,
}

/// `tried_at`, `tried_last`, `tried_email`: something was sent, and no answer is noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tried {
    /// The address that a create carried; 0: an update.
    pub email: u8,
    /// `tried_last` is when somebody gave up, and the site may be at work on it still: less than 60 s ago.
    pub fresh: bool,
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
    pub settling: Settling,
    pub due: Due,
    pub base: Base,
    pub secret: Option<Secret>,
    pub tried: Option<Tried>,
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
        settling: Settling::Done,
        due: Due::Never,
        base: Base { name: None, email: None, mark: None },
        secret: None,
        tried: None,
        lease: None,
        code: None,
    };

    pub fn dirty(&self) -> bool {
        self.revision != self.synced
    }

    pub fn held_by(&self, worker: usize) -> bool {
        self.lease.is_some_and(|lease| lease.holder == Some(worker))
    }

    pub fn is_open(&self) -> bool {
        matches!(self.settling, Settling::Open(_))
    }

    /// The create that is without its answer carried that address.
    pub fn may_have_made(&self, email: u8) -> bool {
        self.account.is_none() && self.tried.is_some_and(|tried| tried.email == email)
    }
}
