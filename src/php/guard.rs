//! How a call ends when it does not end well: as an exception of PHP's, never as a panic or a jump over Rust's frames.
#![allow(unsafe_code)] // the engine's own words for "which function, which argument"

use super::{engine, exceptions};
use crate::failure::Failure;
use crate::input::BadInput;
use ext_php_rs::exception::PhpException;
use ext_php_rs::types::ZendStr;
use ext_php_rs::zend::{bailout, ce, run_handler};
use std::cell::RefCell;
use std::ffi::CStr;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Why a call gives PHP no value.
pub enum Thrown {
    /// The engine holds an exception already: a wrong type, or one from a signal handler.
    Pending,
    /// A fatal error in a signal handler: to be raised again once all of ours is dropped.
    Bailout,
    /// An argument of the right type whose value cannot be used. The text follows `Argument #1 ($user)`.
    Argument(u32, String),
    /// The call failed.
    Failed(Failure),
    /// A misuse that is no argument's fault: PHP's `Error`.
    Misuse(&'static str),
}

impl Thrown {
    /// Argument `number` as a whole cannot be used: "must be valid UTF-8".
    pub fn argument(number: u32, problem: &str) -> Self {
        Self::Argument(number, format!(" {problem}"))
    }

    /// A key inside argument `number` cannot be used.
    pub fn key(number: u32, bad: &BadInput) -> Self {
        Self::Argument(number, format!(": {bad}"))
    }

    fn throw(self) {
        match self {
            Self::Pending => {}
            // SAFETY: only `call` throws, inside `run_handler`'s catch, with nothing of ours left to drop.
            Self::Bailout => unsafe { bailout() },
            Self::Argument(number, text) => {
                let message = format!("{}(): Argument #{number}{}{text}", function(), parameter(number));
                PhpException::new(printable(&message), 0, ce::value_error()).throw();
            }
            Self::Failed(failure) if failure.code == Failure::BUG => exceptions::throw(&placed(failure)),
            Self::Failed(failure) => exceptions::throw(&failure),
            Self::Misuse(message) => PhpException::new(message.to_owned(), 0, ce::error()).throw(),
        }
    }
}

impl From<Failure> for Thrown {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Runs the body of a function or method. Whatever goes wrong in it, PHP gets an exception.
pub fn call(body: impl FnOnce() -> Result<(), Thrown>) {
    // What an earlier call left is none of this one's.
    drop(panicked());
    run_handler(AssertUnwindSafe(|| match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => {}
        Ok(Err(thrown)) => thrown.throw(),
        Err(_) => exceptions::throw(&placed(Failure::bug("rudr_sync itself failed"))),
    }));
}

thread_local! {
    /// Where this thread's last panic was. Only the place is kept: a panic's text may hold data.
    static PANICKED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps panics from writing to stderr. The hook is that of this library's own copy of Rust's runtime, nobody else's.
pub fn silence_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| {
            // A dependency's path would tell where it was built.
            if at.file().starts_with("src/") { format!("{}:{}", at.file(), at.line()) } else { "a dependency".to_owned() }
        });
        // A thread that is ending has none left to ask.
        let _ = PANICKED.try_with(|panicked| panicked.replace(place));
    }));
}

/// Where this thread's last panic in this call was, if there was one: for the report that is asked for.
pub fn panicked() -> Option<String> {
    PANICKED.take().map(|place| format!(" ({place})"))
}

fn placed(bug: Failure) -> Failure {
    Failure { message: bug.message + &panicked().unwrap_or_default(), ..bug }
}

/// `rudr_sync_create`, `RudrSync\Site::__construct`.
fn function() -> String {
    // SAFETY: inside a call there is an active function; the string is ours to release, which ZBox does.
    let name = unsafe { engine::get_active_function_or_method_name().as_mut() };
    // SAFETY: as above.
    let name = name.map(|name| unsafe { ext_php_rs::boxed::ZBox::<ZendStr>::from_raw(name) });
    name.and_then(|name| name.as_str().map(str::to_owned).ok()).unwrap_or_default()
}

/// ` ($user)`
fn parameter(number: u32) -> String {
    // SAFETY: the engine answers null for an argument that has no name, else a string that lives as long as the function.
    let name = unsafe { engine::get_active_function_arg_name(number) };
    if name.is_null() {
        return String::new();
    }
    // SAFETY: as above.
    format!(" (${})", unsafe { CStr::from_ptr(name) }.to_string_lossy())
}

/// NUL would cut a message short where C reads it.
pub fn printable(message: &str) -> String {
    message.replace('\0', "\\0")
}
