//! While a call waits: signal handlers of PHP's run, and what they throw ends the wait.
#![allow(unsafe_code)] // the engine's flags and its interrupt function

use super::engine;
use super::guard::Thrown;
use crate::client::Tick;
use ext_php_rs::ffi;
use ext_php_rs::zend::try_catch;
use std::panic::AssertUnwindSafe;

/// Why a wait was ended from this side.
enum End {
    /// The time limit of the script ran out; the engine says so itself as soon as we return.
    Limit,
    /// A handler forked, and this is the child: what works on the call is the parent's.
    Fork,
    /// A handler threw.
    Exception,
    /// A fatal error in a handler.
    Bailout,
}

/// Makes a call that waits. The tick it gets lets PHP's signal handlers run; they may call us again, so nothing may be
/// borrowed or locked meanwhile.
pub fn during<R>(call: impl FnOnce(Tick) -> R) -> Result<R, Thrown> {
    let process = std::process::id();
    let mut end = None;
    let result = call(&mut || {
        if end.is_none() {
            end = interrupted(process);
        }
        end.is_none()
    });
    match end {
        Some(End::Bailout) => Err(Thrown::Bailout),
        Some(End::Exception) => Err(Thrown::Pending),
        // The call may have ended well in the same instant; else it failed as `interrupted`.
        Some(End::Limit | End::Fork) | None => Ok(result),
    }
}

/// What `ZEND_VM_INTERRUPT` does between two opcodes (Zend/zend_vm_def.h), with a fatal error caught instead of jumping
/// over our frames.
fn interrupted(process: u32) -> Option<End> {
    // SAFETY: the calling thread's executor globals, which outlive the request; only atomics and the current frame are read.
    unsafe {
        let globals = ffi::ext_php_rs_executor_globals();
        if !engine::zend_atomic_bool_load(&raw const (*globals).vm_interrupt) {
            return None;
        }
        if engine::zend_atomic_bool_load(&raw const (*globals).timed_out) {
            // Both flags stay: the engine acts on them between our return and the next opcode.
            return Some(End::Limit);
        }
        ffi::zend_atomic_bool_store(&raw mut (*globals).vm_interrupt, false);
        let interrupt = ffi::zend_interrupt_function?;
        let frame = (*globals).current_execute_data;
        match try_catch(AssertUnwindSafe(|| interrupt(frame))) {
            Err(_) => Some(End::Bailout),
            Ok(()) if !(*globals).exception.is_null() => Some(End::Exception),
            Ok(()) if std::process::id() != process => Some(End::Fork),
            Ok(()) => None,
        }
    }
}
