//! Whether a file is still as it was read.

use std::fs::File;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Clocks of file systems are coarse: a file that was changed twice within this may look as if it was changed once.
const COARSE: Duration = Duration::from_secs(2);

/// A file's identity, size, and times of change. Taken before it is read; equal later, it is the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    place: (u64, u64),
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    /// That of a file; none if there is no such file, or if it has changed so lately that the next change might not show.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        Self::at(path, SystemTime::now())
    }

    fn at(path: &Path, now: SystemTime) -> Option<Self> {
        // Opened: a network's file system may answer from memory when it is only asked.
        let about = File::open(path).and_then(|file| file.metadata()).ok()?;
        let changed = SystemTime::UNIX_EPOCH + Duration::from_secs(about.ctime().try_into().ok()?);
        // A time that lies ahead says nothing either.
        now.duration_since(changed).is_ok_and(|age| age > COARSE).then_some(Self {
            place: (about.dev(), about.ino()),
            size: about.size(),
            modified: (about.mtime(), about.mtime_nsec()),
            changed: (about.ctime(), about.ctime_nsec()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_the_same_until_it_is_written() {
        let path = std::env::temp_dir().join(format!("rudr-sync-{}-stamp", std::process::id()));
        let later = || SystemTime::now() + Duration::from_secs(10);
        std::fs::write(&path, "one").unwrap();
        let first = Stamp::at(&path, later());
        let second = Stamp::at(&path, later());
        std::fs::write(&path, "other").unwrap();
        let third = Stamp::at(&path, later());
        let lately = Stamp::of(&path);
        std::fs::remove_file(&path).unwrap();
        assert!(first.is_some() && first == second && third.is_some() && first != third);
        assert_eq!((lately, Stamp::at(&path, later())), (None, None));
    }
}
