//! Time has no length here, only order. What may happen soon may happen later as well, so of the timers only three are events. Of
//! the others only what they promise is kept: within 60 s of giving up a request the site is done with it, and all of that within
//! a lease.

use crate::event::{Event, then};
use crate::row::{Due, Lease, Settling};
use crate::rules::{Rule, Rules};
use crate::story::Story;
use crate::world::{User, World};

pub fn events(world: &World, story: &Story, rules: Rules, next: &mut Vec<(Event, World)>) {
    for (user, row) in world.rows.iter().enumerate() {
        let Some(row) = row else { continue };
        let at_work = |number: usize| world.is_open(number, &story.scripts[number], user);
        match row.settling {
            Settling::Open(_) => then(world, Event::SettlingEnds(user), next, |world| settling_ends(world, story, user)),
            // No removal takes ten minutes.
            Settling::RanOut(_) if !(0..story.scripts.len()).any(at_work) => {
                then(world, Event::GrowsOld(user), next, |world| world.rows[user].as_mut().unwrap().settling = Settling::Old);
            }
            _ => {}
        }
        // Of a holder who lives; who died needs no event.
        if let Some(Lease { holder: Some(holder), ran_out: false }) = row.lease
            && !(world.at_work(user) && rules.has(Rule::RenewedLease))
            && world.luck.leases > 0
        {
            then(world, Event::LeaseEnds(user), next, |world| {
                world.luck.leases -= 1;
                world.rows[user].as_mut().unwrap().lease = Some(Lease { holder: Some(holder), ran_out: true });
            });
        }
    }
}

fn settling_ends(world: &mut World, story: &Story, user: User) {
    // Whoever is at work on the user still takes long.
    for (number, script) in story.scripts.iter().enumerate() {
        world.requests[number].slow |= world.is_open(number, script, user);
    }
    let Some(row) = &mut world.rows[user] else { return };
    row.settling = match row.settling {
        Settling::Open(by) if row.absent => Settling::RanOut(by),
        _ => Settling::Done,
    };
    if row.due == Due::Settled {
        row.due = Due::Now;
    }
}
