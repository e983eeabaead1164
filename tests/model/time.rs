//! Time has no length here, only order. What may happen soon may happen later as well, so of the timers only two are events. Of
//! the others only what they promise is kept: within 60 s of giving up a request the site is done with it, and all of that within
//! a lease.

use crate::event::{Event, then};
use crate::story::Story;
use crate::world::{Due, Lease, World};

pub fn events(world: &World, story: &Story, next: &mut Vec<(Event, World)>) {
    for (user, row) in world.rows.iter().enumerate() {
        let Some(row) = row else { continue };
        if row.unsettled.is_some() {
            then(world, Event::SettlingEnds(user), next, |world| {
                // Whoever is at work on the user still takes long.
                for (number, script) in story.scripts.iter().enumerate() {
                    world.requests[number].slow |= world.is_open(number, script, user);
                }
                let row = world.rows[user].as_mut().unwrap();
                row.unsettled = None;
                if row.due == Due::Settled {
                    row.due = Due::Now;
                }
            });
        }
        // Of a holder who lives; who died needs no event.
        if let Some(Lease { holder: Some(holder), ran_out: false }) = row.lease
            && !world.at_work(user)
            && world.luck.leases > 0
        {
            then(world, Event::LeaseEnds(user), next, |world| {
                world.luck.leases -= 1;
                world.rows[user].as_mut().unwrap().lease = Some(Lease { holder: Some(holder), ran_out: true });
            });
        }
    }
}
