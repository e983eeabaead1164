//! What a receiver says of itself, and of jobs.
#![no_main]

use rudr_sync::wire::meaning::{Ask, Meaning};
use rudr_sync::wire::receiver::{What, is_uuid};
use rudr_sync_fuzz::{answer, judged, listener};

thread_local!(static SITE: rudr_sync::fuzzing::Listener = listener().expect("a site"));

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((ask, reply, is_page)) = answer(data) else { return };
    match SITE.with(|site| judged(site, ask, &Ok(reply), is_page)) {
        Meaning::Told(told) => {
            assert!(matches!(ask, Ask::Jobs(number) if number == told.len()));
            for one in told {
                match one.what {
                    What::Done(done) => assert!(done.account.linked.id > 0 && !done.account.linked.login.is_empty()),
                    What::Retry { code, .. } | What::Rejected { code, .. } => assert!((1..=64).contains(&code.len())),
                    _ => {}
                }
            }
        }
        Meaning::Receiver(about) => {
            assert!(is_uuid(&about.uuid) && about.max_jobs > 0 && about.max_bytes > 0);
            let _ = about.checks("$P$B");
        }
        _ => {}
    }
});
