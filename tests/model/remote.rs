//! The site: a plain WordPress, which has no unique key on login or address, and works on what it was sent whether or not anybody
//! still waits for the answer.

use crate::event::{Event, then};
use crate::row::Code;
use crate::rules::Rules;
use crate::story::ANN;
use crate::world::{Account, Ask, BAD, Doubt, Flight, Outcome, Phase, STRANGER, User, Window, World};

/// What a worker hears.
#[derive(Clone, Copy)]
enum Answer {
    Told(Outcome),
    Taken,
    Silence,
}

pub fn events(world: &World, rules: Rules, next: &mut Vec<(Event, World)>) {
    for (place, flight) in world.flights.iter().enumerate() {
        events_of(world, place, *flight, rules, next);
    }
    let is_quiet = world.workers.iter().all(|worker| matches!(worker.phase, Phase::Idle | Phase::Clear)) && world.flights.is_empty();
    // Nobody registers with a user's login and address within the minute in which a create of theirs may be at work.
    if world.luck.strangers > 0 && is_quiet && !has_either(world, ANN.login, ANN.email) {
        then(world, Event::StrangerRegisters, next, |world| {
            world.luck.strangers -= 1;
            insert(world, STRANGER, ANN.login, ANN.email, ANN.name, ANN.password);
        });
    }
    if world.luck.removals > 0 {
        for account in &world.accounts {
            then(world, Event::RemovedThere(account.id), next, |world| {
                world.luck.removals -= 1;
                world.removed_there = Some(account.id);
                world.accounts.retain(|other| other.id != account.id);
            });
        }
    }
}

fn events_of(world: &World, place: usize, flight: Flight, rules: Rules, next: &mut Vec<(Event, World)>) {
    let user = flight.user;
    if let Ask::Create { looked: false, name, login, email, .. } = flight.ask
        && name != BAD
        && !has_either(world, login, email)
    {
        then(world, Event::Site(user, "sees that login and address are free"), next, |world| {
            if let Ask::Create { looked, .. } = &mut world.flights[place].ask {
                *looked = true;
            }
        });
    } else {
        then(world, Event::Site(user, "does it"), next, |world| {
            let answer = land(world, place, rules);
            hear(world, flight, answer);
        });
        if flight.by.is_some() && world.luck.answers > 0 {
            then(world, Event::Site(user, "does it, and the answer is lost"), next, |world| {
                world.luck.answers -= 1;
                land(world, place, rules);
                hear(world, flight, Answer::Silence);
            });
        }
    }
    if flight.by.is_some() && world.luck.answers > 0 {
        then(world, Event::Site(user, "is at work still when the worker gives up"), next, |world| {
            world.luck.answers -= 1;
            world.flights[place].by = None;
            hear(world, flight, Answer::Silence);
        });
    }
    if flight.by.is_none() && !matches!(flight.ask, Ask::Create { looked: true, .. }) {
        then(world, Event::Site(user, "never got it"), next, |world| {
            take_flight(world, place, rules);
        });
    }
}

fn has_either(world: &World, login: u8, email: u8) -> bool {
    world.accounts.iter().any(|account| account.login == login || account.email == email)
}

/// The site is done with it.
fn take_flight(world: &mut World, place: usize, rules: Rules) -> Flight {
    let flight = world.flights.remove(place);
    world.site_may_be_done(flight.user, rules);
    flight
}

/// The site does what it was sent.
fn land(world: &mut World, place: usize, rules: Rules) -> Answer {
    let Flight { user, ask, .. } = take_flight(world, place, rules);
    match ask {
        Ask::Create { name: BAD, .. } | Ask::Update { name: Some(BAD), .. } => Answer::Told(Outcome::No(Code::Refused(BAD))),
        Ask::Create { looked: false, .. } => Answer::Taken,
        Ask::Create { login, email, name, password, .. } => {
            Answer::Told(Outcome::Created(insert(world, user, login, email, name, password)))
        }
        Ask::Update { id, email, name, password } => {
            let is_taken = world.accounts.iter().any(|account| account.id != id && Some(account.email) == email);
            let Some(account) = world.accounts.iter_mut().find(|account| account.id == id) else {
                return Answer::Told(Outcome::No(Code::Gone));
            };
            account.name = name.unwrap_or(account.name);
            account.password = password.unwrap_or(account.password);
            // It is sent again without what the site refuses.
            if is_taken {
                return Answer::Taken;
            }
            account.email = email.unwrap_or(account.email);
            Answer::Told(Outcome::Updated)
        }
        Ask::Delete { id } => {
            let present_link_holds =
                (0..2).any(|other| other != user && world.rows[other].is_some_and(|row| !row.absent && row.account == Some(id)));
            let made_for_another = world.accounts.iter().any(|account| account.id == id && account.made_for != user);
            let is_there = world.accounts.iter().any(|account| account.id == id);
            world.wrong_delete |= is_there && (present_link_holds || made_for_another);
            world.accounts.retain(|account| account.id != id);
            Answer::Told(Outcome::Deleted)
        }
    }
}

fn insert(world: &mut World, made_for: User, login: u8, email: u8, name: u8, password: u8) -> u8 {
    let id = world.next_id;
    world.next_id += 1;
    let window = [0, 1].map(|user| match world.rows[user].and_then(|row| row.tried) {
        None => Window::Outside,
        Some(_) if made_for == STRANGER => Window::After,
        Some(_) => Window::Inside,
    });
    world.accounts.push(Account { id, login, email, name, password, made_for, window });
    id
}

fn hear(world: &mut World, flight: Flight, answer: Answer) {
    let Some(worker) = flight.by else { return };
    let phase = match answer {
        Answer::Told(outcome) => Phase::Told(outcome),
        Answer::Taken => Phase::Taken,
        Answer::Silence => Phase::Told(Outcome::Retry(Doubt::Now)),
    };
    world.workers[worker].phase = phase;
}
