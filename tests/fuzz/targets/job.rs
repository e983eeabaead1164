//! A job, of what PHP's arrays become. What decides whose an account it is must be right.
#![no_main]

use rudr_sync::job::{Account, Job};
use rudr_sync_fuzz::object;
use serde_json::Value;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some(map) = object(data) else { return };
    let unreadable = ["user.user_pass".to_owned(), "privileged_roles".to_owned()];
    for unreadable in [&[][..], &unreadable] {
        match Job::from_parts(&map, unreadable.to_vec()) {
            Ok(job) => {
                assert!(matches!(map.get("op").and_then(Value::as_str), Some("put" | "delete")));
                let id = map.get("remote_id").and_then(Value::as_u64);
                let (read, is_known) = match &job.account {
                    Account::Unknown => (None, false),
                    Account::Claimed(id) => (Some(*id), false),
                    Account::Named(named) => (Some(named.id), true),
                    Account::Linked(linked) => (Some(linked.id), !linked.login.is_empty()),
                };
                assert_eq!(read, id);
                assert!(!is_known || map.get("trust").is_some_and(Value::is_string));
                assert!(job.tried.as_ref().is_none_or(|tried| tried.last >= tried.first));
                assert!(unreadable.is_empty() || job.user.roles.is_none(), "roles whose power is not known");
                let _ = (job.is_in_doubt(), job.tried_email());
            }
            Err(bad) => {
                let is_there = map.contains_key(&bad.key) || bad.key == "op" || bad.key == "now";
                assert!(is_there, "{bad}");
            }
        }
    }
});
