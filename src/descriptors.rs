//! What this process has open, as Linux tells it: the HTTP library does not say how many connections it keeps.

use std::collections::BTreeSet;
use std::fs::{read_dir, read_link, read_to_string};

const FOLDER: &str = "/proc/self/fd";

/// The descriptors by which something here waits for many others at once.
#[must_use]
pub fn pollers() -> BTreeSet<String> {
    let all = read_dir(FOLDER).into_iter().flatten().flatten();
    all.filter(|entry| read_link(entry.path()).is_ok_and(|what| what.as_os_str() == "anon_inode:[eventpoll]"))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect()
}

/// How many sockets one of them waits for; none where that cannot be known.
#[must_use]
pub fn sockets(poller: &str) -> Option<usize> {
    let told = read_to_string(format!("/proc/self/fdinfo/{poller}")).ok()?;
    let waited_for = told.lines().filter_map(|line| line.strip_prefix("tfd:")?.split_whitespace().next());
    Some(waited_for.filter(|fd| is_socket(fd)).count())
}

fn is_socket(descriptor: &str) -> bool {
    read_link(format!("{FOLDER}/{descriptor}")).is_ok_and(|what| what.to_string_lossy().starts_with("socket:"))
}
