//! Users of one `WordPress` follow to others.
//!
//! Rooms, each knowing only those above it:
//!
//! - what things are, pure: [`input`] [`secret`] [`user`] [`base`] [`site`] [`terms`] [`job`] [`outcome`] [`failure`] [`backoff`] [`mod@judge`]
//! - [`wire`]: what is said to a site and what its answers mean; no I/O
//! - [`sites_file`]: the sites that php.ini's file names; [`stamp`]: whether it has changed
//! - [`client`]: the only file that opens a socket; [`descriptors`]: how many it has open; `mark`: that all which came in was dealt with;
//!   `signals`: kept away meanwhile
//! - [`sync`] and [`check`]: one job or a thousand; and why a connection does not work
//! - `php`: the shell around it all, a PHP extension; no decisions

pub mod backoff;
pub mod base;
pub mod check;
pub mod client;
pub mod descriptors;
pub mod failure;
pub mod input;
pub mod job;
pub mod judge;
mod mark;
pub mod outcome;
pub mod secret;
mod signals;
pub mod site;
pub mod sites_file;
pub mod stamp;
pub mod sync;
pub mod terms;
pub mod user;
pub mod wire;

#[cfg(feature = "extension")]
mod php;

#[cfg(fuzzing)]
pub mod fuzzing;
