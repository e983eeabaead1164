//! `Retry-After`, `Date` and `X-WP-TotalPages`: a line each.
#![no_main]

use rudr_sync::backoff::{LONGEST, due};
use rudr_sync::wire::reply::Reply;
use rudr_sync_fuzz::now;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.split('\n');
    let values = [lines.next(), lines.next(), lines.next()];
    let header = |name: &str| match name {
        "retry-after" => values[0],
        "date" => values[1],
        "x-wp-totalpages" => values[2],
        _ => None,
    };
    let reply = Reply::parse(429, header, b"", now());
    for attempts in [0, 1, 8, 63, 64, u32::MAX] {
        let seconds = due(attempts, reply.retry_after);
        assert!(seconds <= LONGEST, "{seconds}");
        assert!(reply.retry_after.is_none_or(|asked| seconds >= asked.min(LONGEST)), "sooner than asked");
    }
});
