//! A web server that answers as badly as web servers do, and a small `WordPress` that does as a test tells it.
//!
//! The first segment of a site's address chooses how it is answered: `http://127.0.0.1:PORT/half-a-body`. The rows are in
//! [`scenarios`]; a name of a test's own, given to [`Rude::wordpress`], is answered by a [`wordpress::WordPress`].
//!
//! - [`server`]: sockets, and a log of what came in
//! - [`request`]: a request as it was understood
//! - [`act`]: what can be done to a client
//! - [`scenarios`]: the table of all rudeness
//! - [`wordpress`]: `wp/v2/users`, in memory; [`receiver`]: the plugin there
//! - [`certificates`]: an authority, and leaves good and bad

#![allow(dead_code, reason = "each test uses a part of this")]

pub mod act;
pub mod certificates;
pub mod clock;
pub mod receiver;
pub mod request;
pub mod scenarios;
pub mod server;
pub mod wordpress;

pub use server::Rude;
