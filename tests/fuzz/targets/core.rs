//! What a plain WordPress answers, or whoever stands in its place.
#![no_main]

use rudr_sync_fuzz::{answer, judged, listener};

thread_local!(static SITE: rudr_sync::fuzzing::Listener = listener().expect("a site"));

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((ask, reply, is_page)) = answer(data) else { return };
    SITE.with(|site| judged(site, ask, &Ok(reply), is_page));
});
