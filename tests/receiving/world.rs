//! A site with the plugin and us; Ann and her link.

pub use crate::calls::{deliver_all, failed, map, short, state, unasked, user};
pub use crate::rude::Rude;
pub use crate::rude::receiver::{Receiver, rejected};
pub use crate::rude::wordpress::{AGENT, Fault, PASSWORD, WordPress};
pub use rudr_sync::failure::Kind;
pub use rudr_sync::judge::judge;
pub use rudr_sync::outcome::{Doubt, Outcome, Scope, Status};
pub use rudr_sync::site::{Known, Settings, Wire};
pub use rudr_sync::terms::Terms;
pub use serde_json::{Value, json};

use rudr_sync::job::Trust;
use rudr_sync::sync::Call;
use std::sync::{Arc, MutexGuard};
use std::time::SystemTime;

pub const SITE: &str = "b";
pub const SOURCE: &str = "0dc4ba5e-0000-4000-8000-0123456789ab";
pub const ABOUT: &str = "GET /rudr-sync/v1/";
pub const JOBS: &str = "POST /rudr-sync/v1/jobs";
pub const ME: &str = "GET /wp/v2/users/me";

/// A hash that the site can check.
pub const HASH: &str = "$P$BhashhashhashhashhashhashhashhZ/";

pub struct World {
    pub rude: Rude,
    pub site: Arc<WordPress>,
}

impl World {
    /// With the plugin there.
    pub fn new() -> Self {
        let world = Self::plain();
        world.site.state().receiver = Some(Receiver::default());
        world
    }

    /// Without.
    pub fn plain() -> Self {
        let rude = Rude::start();
        let site = rude.wordpress(SITE);
        Self { rude, site }
    }

    pub fn call(&self, options: Value, terms: Terms) -> Call {
        let mut all = map(json!({"source": SOURCE}));
        all.extend(map(options));
        unasked(&self.rude.url(SITE), json!(all), terms)
    }

    pub fn deliver(&self, options: Value, jobs: &[Value]) -> Vec<Outcome> {
        deliver_all(&self.call(options, Terms::default()), jobs.iter().map(read).collect())
    }

    /// The same, of one job.
    pub fn put(&self, options: Value, keys: Value) -> Outcome {
        self.deliver(options, &[both(json!({"op": "put"}), keys)]).remove(0)
    }

    pub fn remove(&self, options: Value, keys: Value) -> Outcome {
        self.deliver(options, &[both(json!({"op": "delete"}), keys)]).remove(0)
    }

    /// What was asked since the last look.
    pub fn asked(&self) -> Vec<String> {
        self.rude.take(SITE)
    }

    /// The bodies of what was sent to the receiver since the last look.
    pub fn sent(&self) -> Vec<Value> {
        let bodies = self.rude.log(SITE).iter().filter(|request| request.line() == JOBS).map(crate::rude::request::Request::json).collect();
        self.asked();
        bodies
    }

    /// The one job that was sent since.
    pub fn sent_job(&self) -> Value {
        let mut sent = self.sent();
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert_eq!(sent[0]["jobs"].as_array().unwrap().len(), 1);
        sent.remove(0)["jobs"][0].take()
    }

    /// Ann, made by us and in step; her link and base.
    pub fn ann(&self) -> Value {
        let outcome = self.put(json!({}), ann(json!({})));
        assert_eq!(outcome.status, Status::Created, "{outcome:?}");
        self.asked();
        kept(&outcome)
    }

    /// What the receiver says of Ann's next job.
    pub fn next(&self, said: Value) {
        self.plugin().receiver.as_mut().unwrap().says.entry(7).or_default().push_back(said);
    }

    pub fn plugin(&self) -> MutexGuard<'_, crate::rude::wordpress::State> {
        self.site.state()
    }

    /// The plugin is switched off: the agent may do nothing, or what it may as an administrator.
    pub fn switch_off(&self, agent: &str) {
        let mut state = self.site.state();
        state.receiver = None;
        for person in state.people.values_mut().filter(|person| person.login == AGENT) {
            person.roles = vec![agent.to_owned()];
        }
    }
}

pub fn read(job: &Value) -> Result<rudr_sync::job::Job, rudr_sync::input::BadInput> {
    rudr_sync::job::Job::from_map(job.as_object().unwrap())
}

pub fn both(a: Value, b: Value) -> Value {
    let mut all = map(a);
    all.extend(map(b));
    Value::Object(all)
}

/// Ann's job.
pub fn ann(more: Value) -> Value {
    both(json!({"op": "put", "user_id": 7, "user": person(json!({})), "password_mark": "m1"}), more)
}

pub fn person(more: Value) -> Value {
    let ann = json!({"user_login": "ann", "user_email": "ann@a.test", "user_pass_hash": HASH, "first_name": "Ann", "roles": ["author"]});
    both(ann, more)
}

/// What the link remembers of an outcome.
pub fn kept(outcome: &Outcome) -> Value {
    let base = outcome.base.as_ref().map(rudr_sync::base::Base::store);
    json!({"op": "put", "user_id": 7, "remote_id": outcome.id, "remote_login": outcome.login, "trust": outcome.trust.map(Trust::word),
        "base": base, "password_mark": "m1"})
}

pub fn renamed(name: &str) -> Value {
    json!({"user": person(json!({"first_name": name}))})
}

/// Somebody else, whom nobody has heard of.
pub fn newcomer(n: usize) -> Value {
    let user = json!({"user_login": format!("u{n}"), "user_email": format!("u{n}@a.test"), "user_pass_hash": HASH});
    json!({"op": "put", "user_id": 100 + n, "user": user, "password_mark": "m"})
}

pub fn statuses(outcomes: &[Outcome]) -> Vec<String> {
    outcomes.iter().map(short).collect()
}

/// Something was sent a moment ago, and its answer never came.
pub fn just_tried() -> Value {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    json!({"tried_at": now - 10, "tried_last": now - 10, "now": now})
}
