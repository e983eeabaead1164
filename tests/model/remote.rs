//! The site: a plain WordPress, which has no unique key on login or address, and works on what it was sent whether or not anybody
//! still waits for the answer.

use crate::event::{Event, then};
use crate::story::ANN;
use crate::world::{Account, Ask, BAD, Code, Flight, Outcome, Phase, STRANGER, User, World};

/// What a worker hears.
#[derive(Clone, Copy)]
enum Answer {
    Told(Outcome),
    Taken,
    Silence,
}

pub fn events(world: &World, next: &mut Vec<(Event, World)>) {
    for (place, flight) in world.flights.iter().enumerate() {
        let user = flight.user;
        if let Ask::Create { looked: false, name, login, email, .. } = flight.ask
            && name != BAD
            && !world.accounts.iter().any(|account| account.login == login || account.email == email)
        {
            then(world, Event::Site(user, "sees that login and address are free"), next, |world| {
                if let Ask::Create { looked, .. } = &mut world.flights[place].ask {
                    *looked = true;
                }
            });
        } else {
            then(world, Event::Site(user, "does it"), next, |world| {
                let answer = land(world, place);
                hear(world, *flight, answer);
            });
            if flight.by.is_some() && world.luck.answers > 0 {
                then(world, Event::Site(user, "does it, and the answer is lost"), next, |world| {
                    world.luck.answers -= 1;
                    land(world, place);
                    hear(world, *flight, Answer::Silence);
                });
            }
        }
        if flight.by.is_some() && world.luck.answers > 0 {
            then(world, Event::Site(user, "is at work still when the worker gives up"), next, |world| {
                world.luck.answers -= 1;
                world.flights[place].by = None;
                hear(world, *flight, Answer::Silence);
            });
        }
        if flight.by.is_none() && !matches!(flight.ask, Ask::Create { looked: true, .. }) {
            then(world, Event::Site(user, "never got it"), next, |world| {
                world.flights.remove(place);
            });
        }
    }
    if world.luck.strangers > 0 && world.workers.iter().all(|worker| worker.phase == Phase::Idle) && world.flights.is_empty() {
        let person = ANN;
        if !world.accounts.iter().any(|account| account.login == person.login || account.email == person.email) {
            then(world, Event::StrangerRegisters, next, |world| {
                world.luck.strangers -= 1;
                insert(world, STRANGER, person.login, person.email, person.name, person.password);
            });
        }
    }
}

/// The site does what it was sent.
fn land(world: &mut World, place: usize) -> Answer {
    let Flight { user, ask, .. } = world.flights.remove(place);
    match ask {
        Ask::Create { name: BAD, .. } | Ask::Update { name: BAD, .. } => Answer::Told(Outcome::No(Code::Refused(BAD))),
        Ask::Create { looked: false, .. } => Answer::Taken,
        Ask::Create { login, email, name, password, .. } => {
            Answer::Told(Outcome::Created(insert(world, user, login, email, name, password)))
        }
        Ask::Update { id, email, name, password } => match world.accounts.iter_mut().find(|account| account.id == id) {
            Some(account) => {
                account.email = email;
                account.name = name;
                account.password = password.unwrap_or(account.password);
                Answer::Told(Outcome::Updated)
            }
            None => Answer::Told(Outcome::No(Code::Gone)),
        },
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
    let inside = [0, 1].map(|user| world.rows[user].is_some_and(|row| row.tried.is_some()));
    world.accounts.push(Account { id, login, email, name, password, made_for, inside });
    id
}

fn hear(world: &mut World, flight: Flight, answer: Answer) {
    let Some(worker) = flight.by else { return };
    let phase = match answer {
        Answer::Told(outcome) => Phase::Told(outcome),
        Answer::Taken => Phase::Taken,
        Answer::Silence => Phase::Told(Outcome::Unanswered),
    };
    world.workers[worker].phase = phase;
}
