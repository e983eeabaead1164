//! Sites that follow each other as a model: one field of one user at every end, edited anywhere at any time, while pushes cross, answers
//! and requests get lost, workers die, and one end alters what it gets. Once nobody edits any more and nothing fails, all ends come to
//! rest and hold the same.
//!
//! To read it: `link` (what an end remembers of another, what it sends, what it makes of an answer and of what comes from there:
//! src/sync/received.rs, want.rs, accepted.rs and links/class-arrivals.php), `world` (what a receiver does, receiver/class-in-step.php, and
//! what can happen), `needed` (each rule has its part in it: without, it goes wrong).
//!
//! Why it comes to rest. Of two ends one is right. What it sends is taken, whatever there is; what the other sends is taken only where
//! it knew what it changes, and is refused as stale else. Then the one that is right has something that the other has not, and its link
//! is marked: so it sends that. A push and an arrival that cross leave both in doubt which came last, so what there is goes once more,
//! from the end that is not right as a change of what has just arrived. So for each pair the last word is the right end's, along a chain
//! and in a star as well; and an arrival of what is there already marks nobody.
//!
//! What it takes for granted: a request that is given up is not worked on after its next try; and where it is the right end that alters
//! what it gets, nobody edits at the other in the instant between its writing something and its saying what it holds.
//!
//! In a ring, whose ends have an order, two values may chase each other around it. Each meeting ends that if one end sends after both
//! have come to it, which is left to chance: see `a_ring_comes_to_rest`.

mod link;
mod needed;
mod world;

use link::Rule;
use world::{Seen, World};

/// Ends, and pairs of them of which the first is right.
type Shape = (&'static str, usize, &'static [(usize, usize)]);

const TREES: [Shape; 4] = [
    ("two", 2, &[(0, 1)]),
    ("chain", 3, &[(0, 1), (1, 2)]),
    ("star", 4, &[(0, 1), (0, 2), (0, 3)]),
    ("two sources with one remote", 3, &[(0, 2), (1, 2)]),
];
/// Stories of each; no two are the same.
const NUMBER: u64 = 10_000;
const RING: Shape = ("ring", 3, &[(0, 1), (1, 2), (0, 2)]);

/// Goes through so many random stories, and tells of the first that goes wrong.
fn stories(shape: Shape, number: u64, without: &'static [Rule]) -> Result<Seen, String> {
    told(shape, number, |seed| World::new(shape.1, shape.2, without, seed))
}

fn told((name, ..): Shape, number: u64, world: impl Fn(u64) -> World) -> Result<Seen, String> {
    let mut all = Seen::default();
    for seed in 1..=number {
        let mut world = world(seed);
        match world.story() {
            Ok(seen) => all.add(seen),
            Err(wrong) => return Err(format!("{name}, seed {seed}: {wrong}\n{}", world.told())),
        }
    }
    Ok(all)
}

#[test]
fn a_tree_comes_to_rest() {
    for shape in TREES {
        let seen = stories(shape, NUMBER, &[]).unwrap_or_else(|wrong| panic!("{wrong}"));
        println!("{}: {seen:?}", shape.0);
    }
}

#[test]
fn a_ring_comes_to_rest() {
    let seen = stories(RING, NUMBER, &[]).unwrap_or_else(|wrong| panic!("{wrong}"));
    println!("ring: {seen:?}");
}

#[test]
fn two_that_never_leave_each_others_values_as_they_are_come_to_rest_as_well() {
    let (_, ends, pairs) = TREES[0];
    let seen = told(TREES[0], NUMBER, |seed| World::new(ends, pairs, &[], seed).at_odds()).unwrap_or_else(|wrong| panic!("{wrong}"));
    println!("two at odds: {seen:?}");
}
