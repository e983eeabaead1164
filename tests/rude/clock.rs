//! Waits that are kept while others wait as well. The runtime's own timers are a millisecond coarse, and a thread for each wait takes
//! longer to wake than there is to measure: so each is a timer of the system, which the runtime waits for as for a socket.

use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use std::os::fd::OwnedFd;
use std::time::Duration;
use tokio::io::unix::AsyncFd;

/// Waits that long.
#[expect(deprecated, reason = "what is to be used instead is unsafe, for descriptors that may close meanwhile; an owned one does not")]
pub async fn wait(time: Duration) -> std::io::Result<()> {
    let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC)?;
    timer.set(Expiration::OneShot(TimeSpec::from_duration(time)), TimerSetTimeFlags::empty())?;
    drop(AsyncFd::new(OwnedFd::from(timer))?.readable().await?);
    Ok(())
}
