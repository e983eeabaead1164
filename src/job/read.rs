//! Reading a job: what decides whose account it is must be right, all else is left out where it cannot be read, and told.

use super::{Account, Job, Linked, Named, Op, Proof, Received, Tried, Trust};
use crate::base::Base;
use crate::input::{BadInput, Reader};
use crate::user::User;
use serde_json::{Map, Value};

impl Job {
    /// Reads a job.
    ///
    /// # Errors
    /// Names the key that cannot be used; only of those that say what is to be done, and to which account.
    pub fn from_map(map: &Map<String, Value>) -> Result<Self, BadInput> {
        Self::from_parts(map, Vec::new())
    }

    /// The same, of what is left where some keys could not even be turned into JSON. `unreadable` names these: the job's own as
    /// they are, those of the user as `user.KEY`.
    ///
    /// # Errors
    /// As above.
    pub fn from_parts(map: &Map<String, Value>, unreadable: Vec<String>) -> Result<Self, BadInput> {
        let read = Reader(map);
        let op = read
            .word("op", &[("put", false), ("delete", true)])?
            .ok_or_else(|| BadInput::new("op", "is missing: it must be 'put' or 'delete'"))?;
        let op = if op { Op::Delete { heir: read.count("reassign")? } } else { Op::Put };
        let account = account(&read)?;
        let tried = tried(&read)?;
        let (mut user, unread) = user(&read, &unreadable);
        let known = |key: &str| !unreadable.iter().any(|name| name == key);
        let text = |key: &str| read.text(key).ok().flatten().filter(|text| !text.is_empty());
        let flag = |key: &str| read.flag(key).map(Option::unwrap_or_default);
        let mut left_out = unread;
        if read.text("secret").is_err() || read.text("password_mark").is_err() || !known("secret") || !known("password_mark") {
            left_out.push("user_pass".to_owned());
        }
        let powerful = read.texts("privileged_roles").ok().filter(|_| known("privileged_roles"));
        if powerful.is_none() && user.roles.take().is_some() {
            // Which of them hold power cannot be known.
            left_out.push("roles".to_owned());
        }
        // One that cannot be read counts as none: the push is then whole.
        let base = text("base").and_then(Base::read);
        let mut job = Self {
            op,
            user_id: read.count("user_id")?.unwrap_or(0),
            user,
            account,
            has_base: base.is_some(),
            base: base.unwrap_or_default(),
            password_mark: text("password_mark").map(str::to_owned),
            secret: text("secret").map(str::to_owned),
            proof: proof(&read),
            privileged: flag("privileged").unwrap_or(true) || !known("privileged"),
            privileged_roles: powerful.flatten().unwrap_or_default(),
            retry: flag("retry").unwrap_or(false),
            received: read.map("received").ok().flatten().as_ref().and_then(received),
            released: flag("released").unwrap_or(false),
            tried,
            attempts: u32::try_from(read.count("attempts").ok().flatten().unwrap_or(0)).unwrap_or(u32::MAX),
            failing: read.count("failing").ok().flatten().unwrap_or(0),
            unreadable: left_out,
        };
        if let Account::Named(named) = &job.account {
            // This is the first that it hears of us; or the second, and then no password was in the first.
            job.base = Base { password: job.counts_as_sent(named.trust), is_doubted: job.tried.is_some(), ..Base::default() };
        }
        Ok(job)
    }
}

/// What can be read of the user, and the keys of what cannot.
fn user(read: &Reader, unreadable: &[String]) -> (User, Vec<String>) {
    let mut left_out: Vec<String> = unreadable.iter().filter_map(|key| key.strip_prefix("user.").map(str::to_owned)).collect();
    if unreadable.iter().any(|key| key == "user") {
        left_out.push("user".to_owned());
    }
    let Ok(given) = read.map("user") else {
        left_out.push("user".to_owned());
        return (User::default(), left_out);
    };
    let (user, unread) = User::readable(&given.unwrap_or_default());
    left_out.extend(unread);
    (user, left_out)
}

/// What a job says of whose an account is.
#[derive(Clone, Copy)]
enum Word {
    /// That; without a login it is a person's word.
    Known(Trust),
    /// A person says that it is the user's, with a login or without.
    Named,
}

fn account(read: &Reader) -> Result<Account, BadInput> {
    let login = read.text("remote_login")?.filter(|login| !login.is_empty());
    let [own, adopted] = Trust::WORDS.map(|(word, trust)| (word, Word::Known(trust)));
    Ok(match (read.id("remote_id")?, login.map(str::to_owned), read.word("trust", &[own, adopted, ("named", Word::Named)])?) {
        (None, _, _) => Account::Unknown,
        (Some(id), Some(login), Some(Word::Known(trust))) => Account::Linked(Linked { id, login, trust }),
        (Some(id), None, Some(Word::Known(trust))) => Account::Named(Named { id, login: None, trust }),
        (Some(id), login, Some(Word::Named)) => Account::Named(Named { id, login, trust: Trust::Adopted }),
        (Some(id), _, None) => Account::Claimed(id),
    })
}

fn tried(read: &Reader) -> Result<Option<Tried>, BadInput> {
    let email = read.text("tried_email")?.filter(|email| !email.is_empty()).map(str::to_owned);
    let (first, last, now) = (read.count("tried_at")?, read.count("tried_last")?, read.count("now")?);
    match (first, now) {
        (Some(first), Some(now)) => Ok(Some(Tried { first, last: last.unwrap_or(first).max(first), now, email })),
        (Some(_), None) => Err(BadInput::new("now", "is missing: tried_at means nothing without the database's time")),
        (None, _) => Ok(None),
    }
}

/// Of what cannot be read nothing is believed: the push is then larger than it need be, which is always safe.
fn received(given: &Map<String, Value>) -> Option<Received> {
    let read = Reader(given);
    let fields = read.map("fields").ok()?.unwrap_or_default();
    let fields = fields.into_iter().map(|(field, digest)| Some((field, digest.as_str()?.to_owned()))).collect::<Option<_>>()?;
    let set = |key| Some(read.texts(key).ok()?.unwrap_or_default().into_iter().collect());
    let password_mark = read.text("password_mark").ok()?.map(str::to_owned);
    Some(Received { fields, password_mark, crossed: set("crossed")?, altered: set("altered")? })
}

fn proof(read: &Reader) -> Proof {
    match read.value("proved") {
        // A flag from a database is a string too; no mark is that short.
        Some(Value::String(flag)) if flag.is_empty() || flag == "0" => Proof::None,
        Some(Value::String(flag)) if flag == "1" => Proof::Given,
        Some(Value::String(mark)) => Proof::ByReset(mark.clone()),
        _ if read.flag("proved").ok().flatten().unwrap_or(false) => Proof::Given,
        _ => Proof::None,
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
    fn an_id_alone_is_only_a_claim_and_with_trust_a_persons_word() {
        let account = |v: Value| job(v).unwrap().account;
        let named = |trust| Account::Named(Named { id: 5, login: None, trust });
        assert_eq!(account(json!({"op": "put", "remote_id": 5})), Account::Claimed(5));
        assert_eq!(account(json!({"op": "put", "remote_id": 5, "remote_login": "x"})), Account::Claimed(5));
        assert_eq!(account(json!({"op": "put", "remote_id": 5, "trust": "adopted"})), named(Trust::Adopted));
        assert_eq!(account(json!({"op": "put", "remote_id": 5, "remote_login": "", "trust": "own"})), named(Trust::Own));
        assert_eq!(account(json!({"op": "put", "remote_id": 5, "trust": "named"})), named(Trust::Adopted));
        let with_login = Account::Named(Named { id: 5, login: Some("x".into()), trust: Trust::Adopted });
        assert_eq!(account(json!({"op": "put", "remote_id": 5, "remote_login": "x", "trust": "named"})), with_login);
        let linked = account(json!({"op": "put", "remote_id": 5, "remote_login": "x", "trust": "own"}));
        assert_eq!(linked, Account::Linked(Linked { id: 5, login: "x".into(), trust: Trust::Own }));
        assert_eq!(job(json!({"op": "put", "remote_id": 0})).unwrap_err().key, "remote_id");
    }

    #[test]
    fn what_decides_whose_account_it_is_must_be_right() {
        let wrong = [
            ("user_id", json!("x")),
            ("remote_id", json!(-1)),
            ("remote_login", json!(5)),
            ("trust", json!("mine")),
            ("tried_at", json!("x")),
            ("tried_last", json!([])),
            ("tried_email", json!(5)),
            ("now", json!(-1)),
        ];
        for (key, value) in wrong {
            let mut map = Map::from_iter([("op".to_owned(), json!("put"))]);
            map.insert(key.to_owned(), value);
            assert_eq!(Job::from_map(&map).unwrap_err().key, key);
        }
        assert_eq!(job(json!({"op": "put", "tried_at": 5})).unwrap_err().key, "now");
    }

    #[test]
    fn nothing_else_holds_a_job_back() {
        let job = job(
            json!({"op": "put", "user": {"user_email": 5, "first_name": "A"}, "base": 5, "password_mark": [], "secret": 5, "proved": [],
            "privileged": "x", "privileged_roles": "x", "retry": "x", "attempts": "x", "failing": -1}),
        )
        .unwrap();
        assert_eq!(job.unreadable, ["user_email", "user_pass"]);
        assert_eq!((job.base, job.proof, job.retry, job.attempts), (Base::default(), Proof::None, false, 0));
        assert!(job.privileged, "power that cannot be read is not taken for none");
    }

    #[test]
    fn roles_go_only_where_it_is_known_which_of_them_hold_power() {
        let with = |powerful: Value| job(json!({"op": "put", "user": {"roles": ["editor"]}, "privileged_roles": powerful})).unwrap();
        assert_eq!(with(json!(["boss"])).privileged_roles, ["boss"]);
        assert_eq!(with(json!(null)).user.roles.unwrap(), ["editor"]);
        let unknown = with(json!("boss"));
        assert!(unknown.user.roles.is_none());
        assert_eq!(unknown.unreadable, ["roles"]);
    }

    #[test]
    fn what_was_no_json_is_told_by_its_key() {
        let map = json!({"op": "put", "user": {"first_name": "A"}});
        let unreadable = vec!["user.meta_input.colour".to_owned(), "privileged".to_owned(), "secret".to_owned()];
        let job = Job::from_parts(map.as_object().unwrap(), unreadable).unwrap();
        assert_eq!(job.unreadable, ["meta_input.colour", "user_pass"]);
        assert!(job.privileged);
    }

    #[test]
    fn what_came_from_the_site_is_believed_only_if_it_can_be_read() {
        let received = |v: Value| job(json!({"op": "put", "received": v})).unwrap().received;
        let fields = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), "d".to_owned())).collect();
        assert_eq!(received(json!(null)), None);
        assert_eq!(received(json!([])), Some(Received::default()));
        let whole = Received { fields: fields(&["roles"]), password_mark: Some("m".into()), ..Received::default() };
        let whole = Received { crossed: ["roles".to_owned()].into(), altered: ["roles".to_owned()].into(), ..whole };
        assert_eq!(
            received(json!({"fields": {"roles": "d"}, "password_mark": "m", "crossed": ["roles"], "altered": ["roles"]})),
            Some(whole)
        );
        assert_eq!(received(json!({"fields": []})), Some(Received::default()));
        for wrong in
            [json!("x"), json!({"fields": {"roles": 5}}), json!({"fields": "x"}), json!({"password_mark": 5}), json!({"crossed": [5]})]
        {
            assert_eq!(received(wrong), None);
        }
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

    #[test]
    fn an_unanswered_create_is_looked_for_by_the_address_it_carried() {
        let job = |email: Value| {
            job(json!({"op": "put", "user": {"user_email": "new@a.test"}, "tried_at": 5, "now": 9, "tried_email": email})).unwrap()
        };
        assert_eq!(job(json!("old@a.test")).tried_email(), Some("old@a.test"));
        assert_eq!(job(json!(null)).tried_email(), Some("new@a.test"));
    }
}
