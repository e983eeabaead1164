//! Start and stop. Nothing is opened or started here: a php-fpm master forks after the start, and threads do not follow.

use super::{exceptions, guard, ini, signatures, site, sites};
use crate::client;
use ext_php_rs::zend::{ModuleGlobal, ModuleGlobals};
use std::panic::catch_unwind;
use std::time::Duration;

const SUCCESS: i32 = 0;
const FAILURE: i32 = -1;

/// How long the process may take to end for our sake. What is still under way after that is left to the process' end; the
/// library is linked so that it stays mapped.
const PATIENCE: Duration = Duration::from_millis(500);

/// Module start.
pub extern "C" fn start(_: i32, module: i32) -> i32 {
    let started = catch_unwind(|| {
        guard::silence_panics();
        ini::register(module);
        exceptions::register()?;
        site::register()?;
        signatures::complete();
        Ok::<_, ext_php_rs::error::Error>(())
    });
    if matches!(started, Ok(Ok(()))) { SUCCESS } else { FAILURE }
}

/// Module stop.
pub extern "C" fn stop(_: i32, module: i32) -> i32 {
    let _ = catch_unwind(|| client::shutdown(PATIENCE));
    let _ = catch_unwind(|| ini::unregister(module));
    SUCCESS
}

/// Where PHP runs in threads: what it calls us for when one of them ends. Such threads may come and go for as long as the process
/// lives, and each has connections of its own.
pub static THREADS: ModuleGlobals<Thread> = ModuleGlobals::new();

/// A thread of PHP's. It holds nothing: what is a thread's own is in its thread-local storage.
#[derive(Default)]
pub struct Thread {
    // Without a size PHP would not call us.
    _size: u8,
}

impl ModuleGlobal for Thread {
    fn gshutdown(&mut self) {
        // At module stop it is called for each thread by the one that stops: then there is nothing left.
        let _ = catch_unwind(|| client::shutdown(PATIENCE));
    }
}

/// The end of a request.
pub extern "C" fn end_request(_: i32, _: i32) -> i32 {
    let _ = catch_unwind(sites::forget);
    SUCCESS
}
