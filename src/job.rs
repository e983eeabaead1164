//! A job: one thing to make true on a site. How one is read: [`Job::from_map`].

mod read;

use crate::base::Base;
use crate::user::User;
use std::collections::{BTreeMap, BTreeSet};

/// Whose an account on the site is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// We made it.
    Own,
    /// It was there, and is known to be the same person's.
    Adopted,
}

impl Trust {
    pub(crate) const WORDS: [(&'static str, Self); 2] = [("own", Self::Own), ("adopted", Self::Adopted)];

    /// As stored.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Adopted => "adopted",
        }
    }
}

/// Whether the user has shown on the source that the address is theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// No.
    None,
    /// Yes, at some time.
    Given,
    /// Yes, by a reset through a mailed link, which set the password with this mark.
    ByReset(String),
}

/// The account that a link holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Its id on the site.
    pub id: u64,
    /// Its login there, which every update carries: core then refuses an id that has become somebody else's.
    pub login: String,
    /// Whose it is.
    pub trust: Trust,
}

/// The account that a person named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its id on the site.
    pub id: u64,
    /// Its login there, if the person knows it: then it must have that one.
    pub login: Option<String>,
    /// Whose it is.
    pub trust: Trust,
}

/// What is known of the account on the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// Nothing.
    Unknown,
    /// An id that somebody noted (the tutorial's `user_id_2`), to be believed only once the account has been looked at.
    Claimed(u64),
    /// An account that a person with the right to say so has named as this user's. Nobody has looked at it yet.
    Named(Named),
    /// We hold it.
    Linked(Linked),
}

/// A write that was sent before and whose answer never came, in the source's database time (Unix seconds). It may have worked,
/// or be at work still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// First attempt.
    pub first: u64,
    /// Last attempt.
    pub last: u64,
    /// Now.
    pub now: u64,
    /// The address that an unanswered create carried; `None`: the present one.
    pub email: Option<String>,
}

/// What came from that very site to us lately, where each follows the other: by it nothing is sent back that has just come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Digests of what the user held here then, by field.
    pub fields: BTreeMap<String, String>,
    /// The mark of the password that came.
    pub password_mark: Option<String>,
    /// Of these fields something of ours was under way to the site at the same moment, or what came was refused, since something
    /// else is here.
    pub crossed: BTreeSet<String>,
    /// Of these fields something here has made something else.
    pub altered: BTreeSet<String>,
}

/// What a job is to make true.
#[derive(Clone, Debug)]
pub enum Op {
    /// The user exists like so.
    Put,
    /// The user is gone. `heir`: who inherits the content there; 0: nobody.
    Delete {
        /// Remote id of the heir; `None`: the site's option, else the agent.
        heir: Option<u64>,
    },
}

/// One thing to make true on a site. See the design's contract for each key.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // each is a word of the source's own
pub struct Job {
    /// What to make true.
    pub op: Op,
    /// The source's own id of the user; a sealed password is bound to it.
    pub user_id: u64,
    /// The user as they are now.
    pub user: User,
    /// The account there.
    pub account: Account,
    /// What the site last accepted; empty where it is not known.
    pub base: Base,
    /// Whether it is known.
    pub has_base: bool,
    /// Changes when the password does.
    pub password_mark: Option<String>,
    /// A sealed plaintext password, bound to site name, user id and mark.
    pub secret: Option<String>,
    /// Whether the address is proved.
    pub proof: Proof,
    /// The user may edit users or options on the source.
    pub privileged: bool,
    /// Roles that hold power over users, plugins or options on the source. Without a map of the site's they do not follow.
    pub privileged_roles: Vec<String>,
    /// A person ordered it: what the site refused before goes again.
    pub retry: bool,
    /// What came from the site lately.
    pub received: Option<Received>,
    /// An administrator has confirmed the change that was held.
    pub released: bool,
    /// An earlier write without an answer. Of an account that is only claimed: when whoever noted its id may have made it.
    pub tried: Option<Tried>,
    /// Attempts so far.
    pub attempts: u32,
    /// Seconds for which it has been failing while the site answered others.
    pub failing: u64,
    /// What of the user could not be read, and is left out: keys in `WordPress`' words, meta as `meta_input.KEY`.
    pub unreadable: Vec<String>,
}

impl Job {
    /// Whether an earlier write has had no answer, so that nobody knows what the account holds. What stands with a claim is no
    /// write of ours.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        self.tried.is_some() && !matches!(self.account, Account::Claimed(_))
    }

    /// The password that counts as sent where an account is taken over, by its mark: the present one, unless it was set by the very
    /// reset that proved the address. None for an account that we made.
    #[must_use]
    pub fn counts_as_sent(&self, trust: Trust) -> Option<String> {
        let by_reset = matches!((&self.proof, &self.password_mark), (Proof::ByReset(proof), Some(mark)) if proof == mark);
        self.password_mark.clone().filter(|_| trust == Trust::Adopted && !by_reset)
    }

    /// The address by which an unanswered create is looked for.
    #[must_use]
    pub fn tried_email(&self) -> Option<&str> {
        let sent = self.tried.as_ref().and_then(|tried| tried.email.as_deref());
        sent.or_else(|| self.user.email())
    }
}
