//! Nobody is handed an account; and a write whose answer never came makes no second account and is not forgotten. Row by row,
//! against a `WordPress` in memory, with what was asked of it each time.

#![allow(clippy::wildcard_imports, reason = "the words of `world` are this test's language")]

#[path = "../rude/calls.rs"]
mod calls;
#[path = "../rude/mod.rs"]
mod rude;

mod claimed;
mod doubt;
mod echoes;
mod found;
mod identity;
mod in_step;
mod making;
mod named;
mod refused;
mod removing;
mod roles;
mod single;
mod unanswered;
mod world;
