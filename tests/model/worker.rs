//! Workers: claim, snapshot, job, send. What the site does with it is `remote`'s, what is written back `write_back`'s.

use crate::event::{Event, then};
use crate::rules::{Rule, Rules};
use crate::story::Story;
use crate::world::{Ask, Code, Flight, Id, Lease, Luck, NOBODY_KNOWS, Outcome, Person, Phase, Row, User, Worker, World};
use crate::{reading, write_back};

pub fn events(world: &World, story: &Story, rules: Rules, next: &mut Vec<(Event, World)>) {
    for (number, worker) in world.workers.iter().enumerate() {
        let turn = Turn { world, story, rules, number, worker: *worker };
        turn.events(next);
        if worker.phase != Phase::Idle && world.luck.workers > 0 {
            then(world, Event::WorkerDies(number), next, |world| {
                world.luck.workers -= 1;
                dies(world, number);
            });
        }
    }
}

/// Nobody waits for its answers any more; its lease has to run out.
fn dies(world: &mut World, number: usize) {
    world.workers[number] = Worker::IDLE;
    for flight in world.flights.iter_mut().filter(|flight| flight.by == Some(number)) {
        flight.by = None;
    }
    for lease in world.rows.iter_mut().flatten().filter_map(|row| row.lease.as_mut()).filter(|lease| lease.holder == Some(number)) {
        lease.holder = None;
    }
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
        let Worker { user, row, person, phase, .. } = self.worker;
        match phase {
            Phase::Idle => self.take_one(next),
            Phase::Peeked if self.world.is_claimable(user) => self.claim(user, Phase::Read, next),
            Phase::Peeked => self.to(Phase::Idle, "leaves it", next),
            Phase::Claimed => self.step("reads the user", next, |world, me| {
                world.workers[me].person = world.people[user];
                let open = |number: usize| world.is_open(number, &self.story.scripts[number], user);
                world.workers[me].old_mark = row.absent && !(0..self.story.scripts.len()).any(open);
                world.workers[me].phase = reading::made_of_it(&world.workers[me], self.rules);
            }),
            Phase::Read => self.step("mends what it has read", next, |world, me| {
                world.workers[me].phase = if reading::mend(world, me, self.rules) {
                    reading::made_of_it(&world.workers[me], self.rules)
                } else {
                    Phase::Told(Outcome::Retry { doubt: row.tried.is_some() })
                };
            }),
            Phase::Ready => match person {
                Some(_) if row.account.is_some() => self.update(next),
                Some(person) => self.make(person, next),
                None => self.remove(next),
            },
            Phase::Clear => self.send(next),
            Phase::Taken => {
                self.to(self.decide().unwrap_or_else(|| self.taken()), "looks who has taken it", next);
                self.look_fails(next);
            }
            Phase::Waiting => {}
            Phase::Told(outcome @ (Outcome::Created(id) | Outcome::Found(id))) => {
                self.step("notes the account", next, |world, me| write_back::keep(world, me, id, outcome, self.rules));
            }
            Phase::Told(outcome) | Phase::Kept(outcome) => {
                self.step("writes back", next, |world, me| write_back::take(world, me, outcome, self.rules));
            }
        }
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
            let read = Row { lease: None, code: None, ..*row };
            world.workers[me] = Worker { phase, user, row: read, ..world.workers[me] };
            if phase == Phase::Read {
                world.workers[me].phase = reading::made_of_it(&world.workers[me], self.rules);
            }
        });
    }

    /// A put for a user without an account there.
    fn make(&self, person: Person, next: &mut Vec<(Event, World)>) {
        let Worker { user, row, .. } = self.worker;
        let login = self.story.logins[1 - user] == person.login;
        let other = self.world.rows[1 - user].filter(|other| other.absent);
        if other.is_some_and(|other| login || other.email == person.email) && self.rules.has(Rule::WaitsForRemoved) {
            return self.to(
                Phase::Told(Outcome::Waits { doubt: row.tried.is_some() }),
                "finds a removed user's link with this login or address",
                next,
            );
        }
        if row.tried.is_none() {
            return self.send(next);
        }
        self.look(Phase::Clear, next);
    }

    /// A put for a user with an account there.
    fn update(&self, next: &mut Vec<(Event, World)>) {
        let Worker { user, row, .. } = self.worker;
        if !(row.gave_up && self.rules.has(Rule::WaitAfterUpdate) && self.world.at_work(user)) {
            self.send(next);
        }
    }

    fn remove(&self, next: &mut Vec<(Event, World)>) {
        let Worker { user, row, .. } = self.worker;
        if row.account.is_none() {
            return self.look(Phase::Told(Outcome::Deleted), next);
        }
        let held = self.world.rows[1 - user].is_some_and(|other| !other.absent && other.account == row.account);
        if held && self.rules.has(Rule::DeleteCheck) {
            return self.to(Phase::Told(Outcome::Deleted), "leaves the account to the link that holds it", next);
        }
        self.send(next);
    }

    /// Looks whether a create that was never answered has worked: once the site is done with it.
    fn look(&self, none: Phase, next: &mut Vec<(Event, World)>) {
        let Worker { user, row, .. } = self.worker;
        if row.gave_up && self.rules.has(Rule::WaitAfterCreate) && self.world.at_work(user) {
            return;
        }
        self.to(self.decide().unwrap_or(none), "looks whether it was made", next);
        self.look_fails(next);
    }

    fn look_fails(&self, next: &mut Vec<(Event, World)>) {
        if self.world.luck.answers > 0 {
            self.step("gets no answer to its look", next, |world, me| {
                world.luck = Luck { answers: world.luck.answers - 1, ..world.luck };
                world.workers[me].phase = Phase::Told(Outcome::Retry { doubt: true });
            });
        }
    }

    /// Whose the accounts with the address are; `None`: there is none.
    fn decide(&self) -> Option<Phase> {
        let Worker { user, row, person, .. } = self.worker;
        let sent = row.tried.filter(|_| self.rules.has(Rule::LookAsSent)).unwrap_or(0);
        let addresses = sent | 1 << person.map_or(row.email, |person| person.email);
        let mut found = self.world.accounts.iter().filter(|account| addresses & 1 << account.email != 0);
        let any = found.clone().next()?;
        let ours = row.tried.and_then(|_| found.find(|account| account.login == self.story.logins[user] && account.inside[user]));
        Some(match (ours, person) {
            (Some(account), _) => Phase::Told(Outcome::Found(account.id)),
            (None, None) => Phase::Told(Outcome::Deleted),
            (None, Some(_)) if self.story.adopts => Phase::Told(Outcome::Found(any.id)),
            (None, Some(_)) => self.not_ours(any.id),
        })
    }

    /// Nobody has the address: then somebody has the login, or had when the site looked.
    fn taken(&self) -> Phase {
        let login = self.story.logins[self.worker.user];
        match self.world.accounts.iter().find(|account| account.login == login) {
            _ if !self.rules.has(Rule::TakenByNobody) => Phase::Told(Outcome::No(Code::NotOurs)),
            None => Phase::Told(Outcome::Retry { doubt: false }),
            Some(account) => self.not_ours(account.id),
        }
    }

    fn not_ours(&self, id: Id) -> Phase {
        let anothers = self.world.rows[1 - self.worker.user].is_some_and(|other| other.account == Some(id));
        let waits = anothers && self.rules.has(Rule::WaitsFor) && self.rules.has(Rule::WaitsThoughUnproven);
        Phase::Told(if waits { Outcome::Waits { doubt: false } } else { Outcome::No(Code::NotOurs) })
    }

    /// Notes that something is about to be sent, and sends it, while the lease lasts. One step, since to die in between is the same
    /// as to send what never arrives.
    fn send(&self, next: &mut Vec<(Event, World)>) {
        let Worker { user, row, person, .. } = self.worker;
        let lives = |row: Row| row.held_by(self.number) && row.lease.is_some_and(|lease| !lease.ran_out);
        if self.rules.has(Rule::SendWithinLease) && !self.world.rows[user].is_some_and(lives) {
            // Of an update, what was in doubt before is so still; a create was looked for.
            let doubt = row.account.is_some() && row.tried.is_some();
            return self.to(Phase::Told(Outcome::Retry { doubt }), "is too late to send", next);
        }
        let rule = if row.account.is_some() { Rule::DoubtfulBase } else { Rule::TriedBeforeSending };
        let (ask, what) = match (person, row.account) {
            (None, id) => (Ask::Delete { id: id.unwrap_or(0) }, "sends a delete"),
            (Some(person), Some(id)) => {
                let password = match reading::password(&self.worker, person, self.rules) {
                    reading::Password::Send(password) => Some(password),
                    _ => None,
                };
                (Ask::Update { id, email: person.email, name: person.name, password }, "notes and sends an update")
            }
            (Some(Person { login, email, name, .. }), None) => {
                let password = match reading::password(&self.worker, person.unwrap(), self.rules) {
                    reading::Password::Send(password) => password,
                    _ => NOBODY_KNOWS,
                };
                (Ask::Create { login, email, name, password, looked: false }, "notes and sends a create")
            }
        };
        self.step(what, next, |world, me| {
            world.workers[me].phase = Phase::Waiting;
            world.flights.push(Flight { by: Some(me), user, ask });
            let noted = person.filter(|_| self.rules.has(rule));
            if let (Some(row), Some(person)) = (world.rows[user].as_mut().filter(|row| row.held_by(me)), noted) {
                row.tried = Some(row.tried.unwrap_or(0) | 1 << person.email);
                row.gave_up = false;
            }
        });
    }
}
