//! A site and us; Ann, her job and her link.

pub use crate::calls::{call, deliver, failed, map, short, user};
pub use crate::rude::Rude;
pub use crate::rude::request::Request;
pub use crate::rude::wordpress::{AGENT, Fault, Person, WordPress};
pub use rudr_sync::failure::Kind;
pub use rudr_sync::job::Trust;
pub use rudr_sync::outcome::{Doubt, Outcome, Status};
pub use rudr_sync::secret::{Key, Secret, seal};
pub use serde_json::{Value, json};
use std::sync::Arc;
use std::time::SystemTime;

pub const SITE: &str = "b";
pub const CREATE: &str = "POST /wp/v2/users";
pub const FIND: &str = "GET /wp/v2/users";

/// A site, and us.
pub struct World {
    pub rude: Rude,
    pub site: Arc<WordPress>,
}

impl World {
    pub fn new() -> Self {
        let rude = Rude::start();
        let site = rude.wordpress(SITE);
        Self { rude, site }
    }

    pub fn put(&self, options: Value, keys: Value) -> Outcome {
        deliver(&call(&self.rude.url(SITE), options), "put", keys)
    }

    pub fn remove(&self, options: Value, keys: Value) -> Outcome {
        deliver(&call(&self.rude.url(SITE), options), "delete", keys)
    }

    /// What was asked since the last look.
    pub fn asked(&self) -> Vec<String> {
        self.rude.take(SITE)
    }

    /// The bodies of what was written since the last look.
    pub fn written(&self) -> Vec<Value> {
        let bodies = self.rude.log(SITE).iter().filter(|request| request.method == "POST").map(Request::json).collect();
        self.asked();
        bodies
    }

    /// Ann, made by us and in step; her link and base.
    pub fn ann(&self) -> Value {
        let outcome = self.put(json!({}), ann(json!({})));
        assert_eq!(outcome.status, Status::Created, "{outcome:?}");
        self.asked();
        kept(&outcome)
    }

    /// As if that account had been made when `tried()` says that something was sent.
    pub fn age(&self, login: &str) -> u64 {
        let id = self.site.id(login).expect("that account");
        self.site.state().people.entry(id).and_modify(|person| person.registered -= 90);
        id
    }

    /// Everybody there, to see that nothing was changed.
    pub fn everybody(&self) -> String {
        format!("{:?}", self.site.state().people)
    }
}

pub fn both(a: Value, b: Value) -> Value {
    let mut all = map(a);
    all.extend(map(b));
    Value::Object(all)
}

/// Ann's job.
pub fn ann(more: Value) -> Value {
    both(json!({"user_id": 7, "user": person(json!({})), "password_mark": "m1"}), more)
}

pub fn person(more: Value) -> Value {
    let ann =
        json!({"user_login": "ann", "user_email": "ann@a.test", "user_pass": "first secret", "first_name": "Ann", "roles": ["author"]});
    both(ann, more)
}

/// What the link remembers of an outcome.
pub fn kept(outcome: &Outcome) -> Value {
    let base = outcome.base.as_ref().map(rudr_sync::base::Base::store);
    json!({"user_id": 7, "remote_id": outcome.id, "remote_login": outcome.login, "trust": outcome.trust.map(Trust::word), "base": base, "password_mark": "m1"})
}

/// A link without a base: everything is new to the site.
pub fn link(id: u64, login: &str, trust: &str) -> Value {
    json!({"user_id": 7, "remote_id": id, "remote_login": login, "trust": trust, "password_mark": "m1"})
}

pub fn get(id: u64) -> String {
    format!("GET /wp/v2/users/{id}")
}

pub fn post(id: u64) -> String {
    format!("POST /wp/v2/users/{id}")
}

pub fn now() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs().cast_signed()
}

/// Something was sent more than a minute ago, and its answer never came.
pub fn tried() -> Value {
    json!({"tried_at": now() - 100, "tried_last": now() - 100, "now": now()})
}

/// The same, a moment ago.
pub fn just_tried() -> Value {
    json!({"tried_at": now() - 10, "tried_last": now() - 10, "now": now()})
}

/// A change of Ann's first name.
pub fn renamed(name: &str) -> Value {
    json!({"user": person(json!({"first_name": name}))})
}
