//! What comes back of several updates in one request.
#![no_main]

use rudr_sync::wire::batch::{Answered, MOST, read};
use rudr_sync::wire::meaning::Ask;
use rudr_sync_fuzz::{answer, judged, listener};

thread_local!(static SITE: rudr_sync::fuzzing::Listener = listener().expect("a site"));

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((ask, reply, is_page)) = answer(data) else { return };
    let Ask::Jobs(number) = ask else { return };
    let (status, number) = (reply.status, number.min(MOST));
    match read(Ok(reply), number) {
        Answered::Each(each) => {
            assert!(status == 207 && each.len() == number && !is_page);
            for reply in each.into_iter().flatten() {
                SITE.with(|site| judged(site, Ask::Update(57), &Ok(reply), false));
            }
        }
        Answered::Nothing(heard) => assert!(!rudr_sync::wire::meaning::may_have_worked(&heard)),
        Answered::TooLarge => assert!(status == 413),
        Answered::Died(heard) | Answered::Failed(heard) => drop(SITE.with(|site| judged(site, Ask::Update(57), &heard, is_page))),
    }
});
