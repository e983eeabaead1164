//! A site with our plugin: what is sent to its receiver, what is made of its answers, and what happens when it goes away. Against a
//! receiver in memory; tests/receiver has the real one.

#![allow(clippy::wildcard_imports, reason = "the words of `world` are this test's language")]

#[path = "../rude/calls.rs"]
mod calls;
#[path = "../rude/mod.rs"]
mod rude;

mod asking;
mod both_ways;
mod check;
mod destructive;
mod gone;
mod jobs;
mod outcomes;
mod password;
mod rude_answers;
mod together;
mod world;
