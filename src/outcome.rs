//! An outcome: what came of a job, in words that a program and a person can act on.

use crate::base::Base;
use crate::job::{Linked, Trust};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What came of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Made.
    Created,
    /// Changed.
    Updated,
    /// Nothing to send.
    Unchanged,
    /// Removed.
    Deleted,
    /// Was gone already.
    Absent,
    /// An account is there and is ours to use; nothing was written.
    Found,
    /// An adopted account, left as it is.
    Unlinked,
    /// To be tried again.
    Retry,
    /// The site, or a rule of ours, says no: for a person.
    Rejected,
    /// The site does not know us.
    Unauthorized,
}

impl Status {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Deleted => "deleted",
            Self::Absent => "absent",
            Self::Found => "found",
            Self::Unlinked => "unlinked",
            Self::Retry => "retry",
            Self::Rejected => "rejected",
            Self::Unauthorized => "unauthorized",
        }
    }
}

/// What an outcome speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// This job.
    Job,
    /// The site as a whole can't be worked with now; nothing is said of this job.
    Site,
}

/// Whether something that was sent may have worked although no clear answer came. By it the source keeps or drops when it tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// No: a clear answer or a look has settled it.
    Settled,
    /// What was in doubt before this job still is, and nothing new is: `tried_*` are to be as they were read.
    Before,
    /// Something was sent in this job that may have worked: `tried_at` stays, `tried_last` is now.
    Now,
}

impl Doubt {
    /// The word for it; none where there is no doubt.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Settled => None,
            Self::Before => Some("before"),
            Self::Now => Some("now"),
        }
    }
}

/// What came of a job. `ref` is the shell's.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// In one word.
    pub status: Status,
    /// Of what it speaks.
    pub scope: Scope,
    /// The account there.
    pub id: Option<u64>,
    /// Its login there.
    pub login: Option<String>,
    /// Whose it is.
    pub trust: Option<Trust>,
    /// To be kept; `None`: keep what there is.
    pub base: Option<Base>,
    /// Fields that the site would not take, with its code for each.
    pub refused: BTreeMap<String, String>,
    /// The HTTP status of the answer that decided.
    pub http: Option<u16>,
    /// The remote's error code, or ours.
    pub code: Option<String>,
    /// For a person: what happened and what to do.
    pub message: String,
    /// Seconds until the next try.
    pub due: Option<u64>,
    /// Whether an attempt was spent.
    pub spent: bool,
    /// Whether a write may have worked unanswered. What is dropped too early makes a second account, or an orphan; what is kept
    /// too long makes an account that appears later look like ours.
    pub doubt: Doubt,
    /// `remote_id`, `remote_login`, `trust`, `base` and `tried_*` are to be dropped: the account that the link names is none, or
    /// not this user's. With `due` 0 the job goes again at once, as that of an unknown account.
    pub forget: bool,
    /// The account there that has the address which was refused: should it be another user's of the same source, the address
    /// comes free when that user's link is in step.
    pub holder: Option<u64>,
    /// What the site said of itself, where it was asked: for the judgement.
    pub site: Option<String>,
    /// A change was made that is not taken back easily, or was held for being one. One that an administrator has confirmed does not
    /// count.
    pub destructive: bool,
}

impl Outcome {
    /// An outcome about the job, with nothing else said. Nothing is settled unless it says so: no doubt is dropped by oversight.
    #[must_use]
    pub fn new(status: Status) -> Self {
        Self {
            status,
            scope: Scope::Job,
            id: None,
            login: None,
            trust: None,
            base: None,
            refused: BTreeMap::new(),
            http: None,
            code: None,
            message: String::new(),
            due: None,
            spent: false,
            doubt: Doubt::Before,
            forget: false,
            holder: None,
            site: None,
            destructive: false,
        }
    }

    /// A no, with a code and words.
    #[must_use]
    pub fn rejected(code: &str, message: impl Into<String>) -> Self {
        Self { code: Some(code.to_owned()), message: message.into(), ..Self::new(Status::Rejected) }
    }

    /// The same outcome; nothing that was sent is in doubt any more.
    #[must_use]
    pub fn settled(self) -> Self {
        Self { doubt: Doubt::Settled, ..self }
    }

    /// The same outcome, speaking of that account.
    #[must_use]
    pub fn of(mut self, account: &Linked) -> Self {
        self.id = Some(account.id);
        self.login = Some(account.login.clone());
        self.trust = Some(account.trust);
        self
    }

    /// As PHP gets it, in the contract's order.
    #[must_use]
    pub fn rows(&self) -> [(&'static str, Value); 17] {
        [
            ("status", self.status.word().into()),
            (
                "scope",
                match self.scope {
                    Scope::Job => "job",
                    Scope::Site => "site",
                }
                .into(),
            ),
            ("id", self.id.into()),
            ("login", self.login.as_deref().into()),
            ("trust", self.trust.map(Trust::word).into()),
            ("base", self.base.as_ref().map(Base::store).into()),
            ("refused", json!(self.refused)),
            ("http", self.http.into()),
            ("code", self.code.as_deref().into()),
            ("message", self.message.as_str().into()),
            ("due", self.due.into()),
            ("spent", self.spent.into()),
            ("doubt", self.doubt.word().into()),
            ("forget", self.forget.into()),
            ("holder", self.holder.into()),
            ("site", self.site.as_deref().into()),
            ("destructive", self.destructive.into()),
        ]
    }

    /// The same, to be read like what PHP hands back.
    #[must_use]
    pub fn to_map(&self) -> Map<String, Value> {
        self.rows().into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }
}
