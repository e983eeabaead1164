//! Signals, kept away while a slice of a call runs.

use nix::sys::signal::{SigSet, SigmaskHow};

/// Runs that with every signal blocked, also in the threads which it makes (names are looked up in some): PHP's and pcntl's
/// handlers must run on PHP's own, and between slices. What comes meanwhile waits for the end of the slice.
pub(crate) fn with_signals_blocked<T>(run: impl FnOnce() -> T) -> T {
    let _before = Blocked(SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK).ok());
    run()
}

/// What was blocked before, which it is again afterwards, however that ends.
struct Blocked(Option<SigSet>);

impl Drop for Blocked {
    fn drop(&mut self) {
        if let Some(before) = self.0.take() {
            let _ = before.thread_set_mask();
        }
    }
}
