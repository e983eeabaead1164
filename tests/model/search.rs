//! Every order of events, breadth first: the first broken promise has the shortest story. Stories are small enough to keep every
//! world, so nothing rests on digests, and what can be reached from where is known as well.

use crate::event::{self, Event};
use crate::promise::{Promise, at_rest, broken, is_well};
use crate::rules::Rules;
use crate::story::Story;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

/// What was seen.
pub struct Seen {
    pub worlds: usize,
    /// Worlds in which nothing is left to do, and of these the ones in which nothing waits for a person either.
    pub rests: usize,
    pub well: usize,
    pub broken: Option<(Promise, Vec<Event>)>,
}

/// Goes through all worlds of a story, as far as the first broken promise.
pub fn search(story: &Story, rules: Rules) -> Seen {
    let first = Rc::new(story.begin());
    let mut worlds = vec![first.clone()];
    let mut ways: Vec<(usize, Option<Event>)> = vec![(0, None)];
    let mut known: HashMap<_, _, BuildHasherDefault<Quick>> = HashMap::from_iter([(first, 0)]);
    let mut steps: Vec<(usize, usize)> = Vec::new();
    let mut rests = Vec::new();
    let mut well = 0;
    let mut at = 0;
    while at < worlds.len() {
        let world = worlds[at].clone();
        if let Some(promise) = broken(&world, story, rules) {
            return Seen { worlds: worlds.len(), rests: rests.len(), well, broken: Some((promise, way_to(&ways, at))) };
        }
        if at_rest(&world, story, rules) {
            rests.push(at);
            well += usize::from(is_well(&world));
        }
        for (event, next) in event::all(&world, story, rules) {
            let by_itself = next.luck == world.luck;
            let place = *known.entry(Rc::new(next)).or_insert_with_key(|next| {
                worlds.push(next.clone());
                ways.push((at, Some(event)));
                worlds.len() - 1
            });
            if by_itself {
                steps.push((place, at));
            }
        }
        at += 1;
    }
    let broken = first_that_never_rests(worlds.len(), steps, &rests).map(|at| (Promise::ComesToRest, way_to(&ways, at)));
    Seen { worlds: worlds.len(), rests: rests.len(), well, broken }
}

/// The first world from which no way leads to one where nothing is left to do, unless more goes wrong. `steps`: to and from.
fn first_that_never_rests(worlds: usize, mut steps: Vec<(usize, usize)>, rests: &[usize]) -> Option<usize> {
    steps.sort_unstable();
    let mut will_rest = vec![false; worlds];
    let mut todo = rests.to_vec();
    while let Some(at) = todo.pop() {
        if !std::mem::replace(&mut will_rest[at], true) {
            let before = steps.partition_point(|(to, _)| *to < at);
            todo.extend(steps[before..].iter().take_while(|(to, _)| *to == at).map(|(_, from)| from));
        }
    }
    will_rest.iter().position(|rests| !rests)
}

fn way_to(ways: &[(usize, Option<Event>)], mut at: usize) -> Vec<Event> {
    let mut way = Vec::new();
    while let (from, Some(event)) = ways[at] {
        way.push(event);
        at = from;
    }
    way.reverse();
    way
}

/// Tests are built without optimisation, and there the standard hasher takes most of the time. Worlds are compared whole.
#[derive(Default)]
struct Quick(u64);

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u8(*byte);
        }
    }

    fn write_u8(&mut self, n: u8) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(n)).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_usize(&mut self, n: usize) {
        self.0 = (self.0.rotate_left(5) ^ n as u64).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_isize(&mut self, n: isize) {
        self.write_usize(n.cast_unsigned());
    }
}
