//! Why a single call failed, for the exceptions of the PHP shell.

use std::fmt;

/// Which exception it becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `RudrSync\Unreachable`: no answer, or none of a `WordPress`.
    Unreachable,
    /// `RudrSync\Unauthorized`: 401 or 403.
    Unauthorized,
    /// `RudrSync\Rejected`: the site said no.
    Rejected,
    /// `RudrSync\Conflict`: somebody else has that login or email.
    Conflict,
    /// `RudrSync\Exception` itself: something here is wrong, such as a key that is missing.
    Local,
}

/// Why a single call failed. Holds no secret.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Which exception it becomes.
    pub kind: Kind,
    /// The HTTP status; 0 where there was no answer.
    pub http: u16,
    /// The remote's error code, or ours.
    pub code: String,
    /// What happened, to whom, and what to do.
    pub message: String,
    /// Whether the same call may work later.
    pub retryable: bool,
    /// Seconds that the site asked us to wait.
    pub retry_after: Option<u64>,
    /// The account in the way, for a conflict.
    pub remote_id: Option<u64>,
}

/// What the words for a fault of our own end with.
pub const REPORT: &str =
    concat!("this is a bug in rudr_sync ", env!("CARGO_PKG_VERSION"), ", please report it where you have rudr_sync from, with this line");

impl Failure {
    /// The code of a fault of our own.
    pub const BUG: &str = "bug";

    /// Something on our side that a person must mend.
    #[must_use]
    pub fn local(code: &str, message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Local,
            http: 0,
            code: code.to_owned(),
            message: message.into(),
            retryable: false,
            retry_after: None,
            remote_id: None,
        }
    }

    /// A fault of our own. Retryable: something may have been sent by then, which only another try can tell.
    #[must_use]
    pub fn bug(what: &str) -> Self {
        Self { retryable: true, ..Self::local(Self::BUG, format!("{what}; {REPORT}")) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
