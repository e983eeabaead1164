//! The shell: PHP's values in, PHP's values out, exceptions, settings, start and stop. It decides nothing.
//!
//! - [`module`]: what PHP sees of us; its table of contents
//! - [`lifecycle`] [`info`] [`ini`]: start and stop, `php --ri`, php.ini
//! - [`functions`] [`signatures`]: the nine functions; what their signatures need beyond the builder's words
//! - [`site`] [`exceptions`]: the classes
//! - [`sites`]: which site a `$site` argument means
//! - [`arguments`] [`arrays`] [`jobs`]: reading what PHP hands us, and handing it back
//! - [`guard`] [`wait`]: how a call ends when it does not end well; signals while it waits
//! - [`engine`]: the C symbols that ext-php-rs does not bind

mod arguments;
mod arrays;
mod engine;
mod exceptions;
mod functions;
mod guard;
mod info;
mod ini;
mod jobs;
mod lifecycle;
mod module;
mod signatures;
mod site;
mod sites;
mod wait;
