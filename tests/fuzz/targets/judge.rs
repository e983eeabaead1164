//! What is kept of a site, and the outcomes that PHP hands back: a line each.
#![no_main]

use rudr_sync::backoff::LONGEST;
use rudr_sync::judge::{judge, known};
use rudr_sync::site::Known;
use rudr_sync_fuzz::object;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.split('\n');
    let state = lines.next();
    let outcomes: Vec<_> = lines.filter_map(|line| object(line.as_bytes())).collect();
    let judgement = judge(state, &outcomes);
    assert!(judgement.hold.is_none_or(|seconds| seconds <= LONGEST), "{judgement:?}");
    assert_eq!(judgement.status == "ok", judgement.hold.is_none());
    // The next judgement reads what this one has kept.
    let kept = known(&judgement.state);
    assert_eq!(kept.as_ref().and_then(Known::last_said), judgement.wire.as_ref());
    let next = judge(Some(&judgement.state), &[]);
    assert_eq!((&next.state, next.status), (&judgement.state, judgement.status));
    assert!(kept.is_none_or(|known| Known::parse(&known.store()) == Some(known)));
});
