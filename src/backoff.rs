//! When to try again.

use crate::secret::random;

/// First step of the backoff, seconds.
const FIRST: u64 = 15;
/// No wait is longer, whatever a site asks for.
pub const LONGEST: u64 = 3600;
/// A write whose answer never came may be at work still, for so long.
pub const UNANSWERED: u64 = 60;
/// A job that failed for so long, while its site answered others, is given up.
pub const GIVE_UP: u64 = 7 * 86_400;

/// Seconds until the next try: full jitter over a window that doubles from 15 s to an hour, so that those who failed together
/// do not come back together; never sooner than the site asked for.
#[must_use]
pub fn due(attempts: u32, retry_after: Option<u64>) -> u64 {
    let window = FIRST.saturating_mul(1u64.checked_shl(attempts).unwrap_or(u64::MAX)).min(LONGEST);
    match retry_after {
        Some(asked) => asked.min(LONGEST).saturating_add(below(FIRST.min(window)) / 3).min(LONGEST),
        None => 1 + below(window),
    }
}

/// A random number below `n`.
fn below(n: u64) -> u64 {
    u64::from_le_bytes(random::<8>()) % n.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_below_an_hour() {
        for attempts in [0, 1, 5, 20, 63, 64, u32::MAX] {
            let window = 15u64.saturating_mul(1u64.checked_shl(attempts).unwrap_or(u64::MAX)).min(3600);
            assert!((0..200).map(|_| due(attempts, None)).all(|d| d >= 1 && d <= window));
        }
        assert!((0..200).map(|_| due(20, None)).max().unwrap() > 1800);
    }

    #[test]
    fn retry_after_is_a_least_wait_up_to_an_hour() {
        assert!((0..200).map(|_| due(0, Some(30))).all(|d| (30..=35).contains(&d)));
        assert_eq!(due(0, Some(86_400)), 3600);
    }
}
