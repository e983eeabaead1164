//! The protocol of mark, claim, snapshot, deliver and write back as a model: every order of events in small stories with two
//! workers, requests and workers that die anywhere, leases that run out, and a site that works on what it was sent whether or not
//! anybody still waits for the answer.
//!
//! To read it: `story` (what is to happen), `request` (who marks), `worker` (who delivers: claim, read, look, note, send), `remote`
//! (the site), `write_back`; `promise` says what must never happen, `rules` what prevents it. `holds` tests that it is prevented,
//! `needed` that each rule has its part in that; `cargo test --test model needed -- --show-output` tells how it goes wrong without.
//!
//! What it takes for granted: a request that gets killed is killed within its settling time (one that works longer marks again, or
//! comes to its end); within 60 s of giving up a request the site is done with it, and within these 60 s no stranger registers there
//! with the same login and address; no removal takes ten minutes (should one, it is marked again when it is done). What persons order (link, unlink, confirm) is not in it.

mod begin;
mod event;
mod holds;
mod look;
mod needed;
mod promise;
mod reading;
mod remote;
mod request;
mod row;
mod rules;
mod search;
mod story;
mod time;
mod worker;
mod world;
mod write_back;

use rules::{Rule, Rules};
use search::{Seen, search};
use story::Story;

/// Goes through a story without these rules, and tells what it saw.
fn tell(story: Story, without: &'static [Rule]) -> Seen {
    let rules = Rules(without);
    let seen = search(&story.under(rules), rules);
    println!("without {without:?}: {} worlds; nothing left to do in {}, all well in {}", seen.worlds, seen.rests, seen.well);
    if let Some((promise, way)) = &seen.broken {
        println!("breaks {promise:?}:");
        for event in way {
            println!("    {event}");
        }
    }
    seen
}
