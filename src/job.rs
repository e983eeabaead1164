//! A job: one thing to make true on a site.

use crate::base::Base;
use crate::input::{BadInput, Reader};
use crate::user::User;
use serde_json::{Map, Value};

/// Whose an account on the site is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// We made it.
    Own,
    /// It was there, and is known to be the same person's.
    Adopted,
}

impl Trust {
    const WORDS: [(&'static str, Self); 2] = [("own", Self::Own), ("adopted", Self::Adopted)];

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

/// What is known of the account on the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// Nothing.
    Unknown,
    /// An id that somebody noted (the tutorial's `user_id_2`), to be believed only once the account has been looked at.
    Claimed(u64),
    /// We hold it.
    Linked(Linked),
}

/// A create that was sent before and whose answer never came, in the source's database time (Unix seconds).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// First attempt.
    pub first: u64,
    /// Last attempt.
    pub last: u64,
    /// Now.
    pub now: u64,
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
pub struct Job {
    /// What to make true.
    pub op: Op,
    /// The source's own id of the user; a sealed password is bound to it.
    pub user_id: u64,
    /// The user as they are now.
    pub user: User,
    /// The account there.
    pub account: Account,
    /// What the site last accepted.
    pub base: Base,
    /// Changes when the password does.
    pub password_mark: Option<String>,
    /// A sealed plaintext password, bound to site name, user id and mark.
    pub secret: Option<String>,
    /// Whether the address is proved.
    pub proof: Proof,
    /// The user may edit users or options on the source.
    pub privileged: bool,
    /// An earlier create without an answer.
    pub tried: Option<Tried>,
    /// Attempts so far.
    pub attempts: u32,
    /// Seconds for which it has been failing while the site answered others.
    pub failing: u64,
}

impl Job {
    /// Reads a job.
    ///
    /// # Errors
    /// Names the key that cannot be used; one inside `user` as `user.KEY`.
    pub fn from_map(map: &Map<String, Value>) -> Result<Self, BadInput> {
        let read = Reader(map);
        let op = read
            .word("op", &[("put", false), ("delete", true)])?
            .ok_or_else(|| BadInput::new("op", "is missing: it must be 'put' or 'delete'"))?;
        let op = if op { Op::Delete { heir: read.count("reassign")? } } else { Op::Put };
        let user = User::from_map(&read.map("user")?.unwrap_or_default()).map_err(|e| e.within("user"))?;
        let account = match (read.id("remote_id")?, read.text("remote_login")?, read.word("trust", &Trust::WORDS)?) {
            (None, _, _) => Account::Unknown,
            (Some(id), Some(login), Some(trust)) if !login.is_empty() => Account::Linked(Linked { id, login: login.to_owned(), trust }),
            (Some(id), _, _) => Account::Claimed(id),
        };
        let proof = match read.value("proved") {
            // A flag from a database is a string too; no mark is that short.
            Some(Value::String(flag)) if flag.is_empty() || flag == "0" => Proof::None,
            Some(Value::String(flag)) if flag == "1" => Proof::Given,
            Some(Value::String(mark)) => Proof::ByReset(mark.clone()),
            _ if read.flag("proved")?.unwrap_or(false) => Proof::Given,
            _ => Proof::None,
        };
        let (first, last, now) = (read.count("tried_at")?, read.count("tried_last")?, read.count("now")?);
        let tried = match (first, now) {
            (Some(first), Some(now)) => Some(Tried { first, last: last.unwrap_or(first).max(first), now }),
            (Some(_), None) => return Err(BadInput::new("now", "is missing: tried_at means nothing without the database's time")),
            (None, _) => None,
        };
        Ok(Self {
            op,
            user_id: read.count("user_id")?.unwrap_or(0),
            user,
            account,
            base: read.text("base")?.map(Base::parse).unwrap_or_default(),
            password_mark: read.text("password_mark")?.filter(|m| !m.is_empty()).map(str::to_owned),
            secret: read.text("secret")?.filter(|s| !s.is_empty()).map(str::to_owned),
            proof,
            privileged: read.flag("privileged")?.unwrap_or(false),
            tried,
            attempts: u32::try_from(read.count("attempts")?.unwrap_or(0)).unwrap_or(u32::MAX),
            failing: read.count("failing")?.unwrap_or(0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn job(value: Value) -> Result<Job, BadInput> {
        Job::from_map(value.as_object().unwrap())
    }

    #[test]
    fn all_but_op_may_be_missing() {
        assert!(job(json!({"op": "put"})).is_ok());
        assert!(job(json!({"op": "delete", "user": []})).is_ok());
        assert_eq!(job(json!({})).unwrap_err().key, "op");
        assert_eq!(job(json!({"op": "upsert"})).unwrap_err().key, "op");
    }

    #[test]
    fn an_id_alone_is_only_a_claim() {
        assert_eq!(job(json!({"op": "put", "remote_id": 5})).unwrap().account, Account::Claimed(5));
        assert_eq!(job(json!({"op": "put", "remote_id": 5, "remote_login": "x"})).unwrap().account, Account::Claimed(5));
        let linked = job(json!({"op": "put", "remote_id": 5, "remote_login": "x", "trust": "own"})).unwrap().account;
        assert_eq!(linked, Account::Linked(Linked { id: 5, login: "x".into(), trust: Trust::Own }));
        assert_eq!(job(json!({"op": "put", "remote_id": 0})).unwrap_err().key, "remote_id");
    }

    #[test]
    fn an_error_inside_the_user_says_so() {
        assert_eq!(job(json!({"op": "put", "user": {"user_email": 5}})).unwrap_err().key, "user.user_email");
    }

    #[test]
    fn proof_may_name_the_reset() {
        let proof = |v: Value| job(json!({"op": "put", "proved": v})).unwrap().proof;
        assert_eq!(proof(json!(null)), Proof::None);
        assert_eq!(proof(json!("")), Proof::None);
        assert_eq!(proof(json!("0")), Proof::None);
        assert_eq!(proof(json!(1)), Proof::Given);
        assert_eq!(proof(json!("1")), Proof::Given);
        assert_eq!(proof(json!("m1")), Proof::ByReset("m1".into()));
    }
}
