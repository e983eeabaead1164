//! A site's index, and what a check says of it.
#![no_main]

use rudr_sync_fuzz::{answer, listener, shows};

thread_local!(static SITE: rudr_sync::fuzzing::Listener = listener().expect("a site"));

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((_, reply, is_page)) = answer(data) else { return };
    let is_wordpress = reply.is_success() && !is_page;
    for step in SITE.with(|site| site.check(&Ok(reply))) {
        assert!(!shows(&step.detail) && !shows(&step.fix), "{step:?}");
        assert!(is_wordpress || !step.ok || step.check == "connect", "{step:?}");
        assert!(step.ok || !step.fix.is_empty(), "{step:?}");
    }
});
