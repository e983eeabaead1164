//! What may happen next, whoever does it; and in which words it is told.

use crate::rules::Rules;
use crate::story::{Step, Story};
use crate::world::{Id, User, World};
use crate::{remote, request, time, worker};
use std::fmt;

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Request(usize, Step),
    RequestDies(usize),
    Swept(User),
    SettlingEnds(User),
    GrowsOld(User),
    LeaseEnds(User),
    Worker(usize, User, &'static str),
    WorkerDies(usize),
    Site(User, &'static str),
    StrangerRegisters,
    RemovedThere(Id),
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Request(request, step) => write!(f, "request {request}: {step}"),
            Self::RequestDies(request) => write!(f, "request {request}: killed"),
            Self::Swept(user) => write!(f, "the sweep finds user {user}"),
            Self::SettlingEnds(user) => write!(f, "user {user}: settling time over"),
            Self::GrowsOld(user) => write!(f, "user {user}: ten minutes have passed"),
            Self::LeaseEnds(user) => write!(f, "user {user}: lease runs out"),
            Self::Worker(worker, user, what) => write!(f, "worker {worker}, for user {user}: {what}"),
            Self::WorkerDies(worker) => write!(f, "worker {worker}: killed"),
            Self::Site(user, what) => write!(f, "site, for user {user}: {what}"),
            Self::StrangerRegisters => write!(f, "site: a stranger registers with user 0's login and address"),
            Self::RemovedThere(id) => write!(f, "site: its administrator removes account {id}"),
        }
    }
}

/// All that may happen next.
pub fn all(world: &World, story: &Story, rules: Rules) -> Vec<(Event, World)> {
    let mut next = Vec::new();
    request::events(world, story, rules, &mut next);
    time::events(world, story, rules, &mut next);
    worker::events(world, story, rules, &mut next);
    remote::events(world, rules, &mut next);
    next
}

/// Notes what happens in a world that is like this one but for `change`.
pub fn then(world: &World, event: Event, next: &mut Vec<(Event, World)>, change: impl FnOnce(&mut World)) {
    let mut world = world.clone();
    change(&mut world);
    next.push((event, world));
}
