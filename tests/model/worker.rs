//! Workers: claim, snapshot, job, send. What the site does with it is `remote`'s, what is written back `write_back`'s.

use crate::event::{Event, then};
use crate::look::Look;
use crate::row::{Code, Due, Lease, Row, Tried};
use crate::rules::{Rule, Rules};
use crate::story::Story;
use crate::world::{Ask, Doubt, Flight, Outcome, Person, Phase, User, Worker, World};
use crate::{reading, write_back};

pub fn events(world: &World, story: &Story, rules: Rules, next: &mut Vec<(Event, World)>) {
    for (number, worker) in world.workers.iter().enumerate() {
        let turn = Turn { world, story, rules, number, worker: *worker };
        turn.events(next);
        if worker.phase != Phase::Idle && world.luck.workers > 0 {
            then(world, Event::WorkerDies(number), next, |world| {
                world.luck.workers -= 1;
                dies(world, number, rules);
            });
        }
    }
}

/// Nobody waits for its answers any more; its lease has to run out.
fn dies(world: &mut World, number: usize, rules: Rules) {
    world.workers[number] = Worker::IDLE;
    for flight in world.flights.iter_mut().filter(|flight| flight.by == Some(number)) {
        flight.by = None;
    }
    for lease in world.rows.iter_mut().flatten().filter_map(|row| row.lease.as_mut()).filter(|lease| lease.holder == Some(number)) {
        lease.holder = None;
    }
    (0..2).for_each(|user| world.site_may_be_done(user, rules));
}

/// What a worker may do next.
struct Turn<'a> {
    world: &'a World,
    story: &'a Story,
    rules: Rules,
    number: usize,
    worker: Worker,
}

impl Turn<'_> {
    fn events(&self, next: &mut Vec<(Event, World)>) {
        let Worker { user, person, phase, .. } = self.worker;
        match phase {
            Phase::Idle => self.take_one(next),
            Phase::Peeked if self.world.is_claimable(user) => self.claim(user, Phase::Read, next),
            Phase::Peeked => self.to(Phase::Idle, "leaves it", next),
            Phase::Claimed => self.step("reads the user", next, |world, me| {
                world.workers[me].person = world.people[user];
                world.workers[me].phase = reading::made_of_it(&world.workers[me], self.rules);
            }),
            Phase::Read => self.step("mends what it has read", next, |world, me| {
                world.workers[me].phase = if reading::mend(world, me, self.rules) {
                    reading::made_of_it(&world.workers[me], self.rules)
                } else {
                    Phase::Told(Outcome::Retry(Doubt::Before))
                };
            }),
            Phase::Ready => self.job(next),
            Phase::Clear => person.into_iter().for_each(|person| self.make(person, next)),
            Phase::Waiting => {}
            Phase::Taken => {
                self.to(self.look().for_taken(), "looks who has taken it", next);
                self.look_fails(Doubt::Null, next);
            }
            Phase::Told(Outcome::No(Code::Gone)) if self.makes_anew_at_once() => {
                self.step("goes on to make it anew", next, |world, me| {
                    world.workers[me].row = Row { account: None, base: Row::NEW.base, tried: None, ..world.workers[me].row };
                    world.workers[me].phase = Phase::Ready;
                });
            }
            Phase::Told(outcome @ (Outcome::Created(id) | Outcome::Found(id))) => {
                self.step("notes the account", next, |world, me| write_back::keep(world, me, id, outcome, self.rules));
            }
            Phase::Told(outcome) | Phase::Kept(outcome) => {
                self.step("writes back", next, |world, me| write_back::take(world, me, outcome, self.story, self.rules));
            }
        }
    }

    fn makes_anew_at_once(&self) -> bool {
        self.story.recreates && self.worker.person.is_some() && !self.rules.has(Rule::ForgetThenMake)
    }

    fn step(&self, what: &'static str, next: &mut Vec<(Event, World)>, change: impl FnOnce(&mut World, usize)) {
        self.step_for(self.worker.user, what, next, change);
    }

    fn step_for(&self, user: User, what: &'static str, next: &mut Vec<(Event, World)>, change: impl FnOnce(&mut World, usize)) {
        then(self.world, Event::Worker(self.number, user, what), next, |world| {
            change(world, self.number);
            if world.workers[self.number].phase == Phase::Idle {
                world.workers[self.number] = Worker::IDLE;
            }
        });
    }

    fn to(&self, phase: Phase, what: &'static str, next: &mut Vec<(Event, World)>) {
        self.step(what, next, |world, me| world.workers[me].phase = phase);
    }

    /// Workers are alike: of two idle ones the first goes.
    fn take_one(&self, next: &mut Vec<(Event, World)>) {
        if self.world.workers[..self.number].iter().any(|worker| worker.phase == Phase::Idle) {
            return;
        }
        for user in 0..2 {
            if !self.world.is_claimable(user) {
                continue;
            }
            if self.rules.has(Rule::SnapshotAfterRow) {
                self.claim(user, Phase::Claimed, next);
            } else {
                self.step_for(user, "reads the user before the row", next, |world, me| {
                    world.workers[me] = Worker { phase: Phase::Peeked, user, person: world.people[user], ..Worker::IDLE };
                });
            }
        }
    }

    /// Takes the row and reads it back.
    fn claim(&self, user: User, phase: Phase, next: &mut Vec<(Event, World)>) {
        self.step_for(user, "claims and reads the row", next, |world, me| {
            let Some(row) = &mut world.rows[user] else { return };
            row.lease = Some(Lease { holder: Some(me), ran_out: false });
            // Of the rest nobody makes anything.
            let read = Row { lease: None, code: None, due: Due::Now, synced: 0, ..*row };
            world.workers[me] = Worker { phase, user, row: read, ..world.workers[me] };
            if phase == Phase::Read {
                world.workers[me].phase = reading::made_of_it(&world.workers[me], self.rules);
            }
        });
    }

    /// First of all, what was sent before must be over.
    fn job(&self, next: &mut Vec<(Event, World)>) {
        let Worker { user, row, person, .. } = self.worker;
        let rule = match (person, row.account) {
            (_, None) => Rule::WaitAfterCreate,
            (Some(_), Some(_)) => Rule::WaitAfterUpdate,
            (None, Some(_)) => Rule::NoteDelete,
        };
        if row.tried.is_some_and(|tried| tried.fresh) && self.rules.has(rule) && self.world.at_work(user) {
            return self.to(Phase::Told(Outcome::Retry(Doubt::Before)), "is told that the site may be at work still", next);
        }
        match (person, row.account) {
            (Some(person), Some(_)) => self.send(reading::update(&self.worker, person, self.rules), "notes and sends an update", next),
            (Some(person), None) if row.tried.is_none() => self.make(person, next),
            (None, Some(_)) => self.remove(next),
            (_, None) => {
                let none = match person {
                    None => Phase::Told(Outcome::Deleted),
                    // That nobody is there ends the doubt; what is sent next has a note of its own.
                    Some(_) if self.rules.has(Rule::LookApart) => Phase::Told(Outcome::Retry(Doubt::Null)),
                    Some(_) => Phase::Clear,
                };
                self.to(self.look().for_tried().unwrap_or(none), "looks whether it was made", next);
                self.look_fails(Doubt::Before, next);
            }
        }
    }

    fn make(&self, person: Person, next: &mut Vec<(Event, World)>) {
        if self.look().waits_for_removed() {
            return self.to(Phase::Told(Outcome::Waits), "finds a removed user's link with this login or address", next);
        }
        self.send(reading::create(&self.worker, person, self.rules), "notes and sends a create", next);
    }

    fn remove(&self, next: &mut Vec<(Event, World)>) {
        let Worker { user, row, .. } = self.worker;
        let held = self.world.rows[1 - user].is_some_and(|other| !other.absent && other.account == row.account);
        if held && self.rules.has(Rule::DeleteCheck) {
            return self.to(Phase::Told(Outcome::Deleted), "leaves the account to the link that holds it", next);
        }
        self.send(Ask::Delete { id: row.account.unwrap_or(0) }, "notes and sends a delete", next);
    }

    fn look(&self) -> Look<'_> {
        Look { world: self.world, story: self.story, rules: self.rules, worker: self.worker }
    }

    fn look_fails(&self, doubt: Doubt, next: &mut Vec<(Event, World)>) {
        if self.world.luck.answers > 0 {
            self.step("gets no answer to its look", next, |world, me| {
                world.luck.answers -= 1;
                world.workers[me].phase = Phase::Told(Outcome::Retry(doubt));
            });
        }
    }

    /// Notes that something is about to be sent, renews the lease, and sends what still bears its token. One step, since to die in
    /// between is the same as to send what never arrives.
    fn send(&self, ask: Ask, what: &'static str, next: &mut Vec<(Event, World)>) {
        let Worker { user, row: read, .. } = self.worker;
        if self.rules.has(Rule::SendUnderToken) && !self.world.rows[user].is_some_and(|row| row.held_by(self.number)) {
            return self.to(Phase::Idle, "has lost the row before it could send", next);
        }
        let (notes, email) = match ask {
            Ask::Create { email, .. } => (self.rules.has(Rule::NoteCreate), email),
            Ask::Update { .. } => (self.rules.has(Rule::NoteUpdate), 0),
            Ask::Delete { .. } => (self.rules.has(Rule::NoteDelete), 0),
        };
        self.step(what, next, |world, me| {
            world.workers[me].phase = Phase::Waiting;
            world.flights.push(Flight { by: Some(me), user, ask });
            let Some(row) = world.rows[user].as_mut().filter(|row| row.held_by(me)) else { return };
            if self.rules.has(Rule::RenewedLease) {
                row.lease = Some(Lease { holder: Some(me), ran_out: false });
            }
            if notes {
                // The address of an earlier create, if there is one, belongs to `tried_at`.
                let tried = read.tried.unwrap_or(Tried { email, fresh: false });
                world.note_tried(user, Some(Tried { fresh: false, ..tried }), true);
            }
        });
    }
}
