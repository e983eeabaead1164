//! php.ini: the settings, their defaults, and what they may be.
//!
//! Values are read when a call needs them: php-fpm applies a pool's values after the module has started.
#![allow(unsafe_code)] // the engine's ini functions

use super::engine;
use crate::input::duration;
use crate::site::Settings;
use ext_php_rs::ffi::{zend_ini_entry, zend_string};
use ext_php_rs::flags::IniEntryPermission;
use ext_php_rs::types::ZendStr;
use ext_php_rs::zend::{IniEntryDef, IniEntryDefs};
use std::ffi::{CStr, OsStr, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Duration;

/// The settings, as the README's table has them.
static TABLE: IniEntryDefs<9> = IniEntryDefs::new([
    IniEntryDef::new(c"rudr_sync.sites", c"", IniEntryPermission::System),
    IniEntryDef::new(c"rudr_sync.key_file", c"", IniEntryPermission::System),
    seconds_entry(c"rudr_sync.connect_timeout", c"5", IniEntryPermission::All),
    seconds_entry(c"rudr_sync.timeout", c"20", IniEntryPermission::All),
    connections_entry(c"rudr_sync.concurrency", c"4", IniEntryPermission::All),
    seconds_entry(c"rudr_sync.idle_timeout", c"15", IniEntryPermission::System),
    IniEntryDef::new(c"rudr_sync.ca_file", c"", IniEntryPermission::System),
    IniEntryDef::new(c"rudr_sync.allow_http", c"0", IniEntryPermission::System),
    IniEntryDef::end(),
]);

const fn seconds_entry(name: &'static CStr, default: &'static CStr, who: IniEntryPermission) -> IniEntryDef {
    let mut entry = IniEntryDef::new(name, default, who);
    entry.on_modify = Some(only_seconds);
    entry
}

const fn connections_entry(name: &'static CStr, default: &'static CStr, who: IniEntryPermission) -> IniEntryDef {
    let mut entry = IniEntryDef::new(name, default, who);
    entry.on_modify = Some(only_connections);
    entry
}

/// Registers the settings; at module start only.
pub fn register(module: i32) {
    IniEntryDef::register(TABLE.as_slice(), module);
}

/// Takes them back; at module stop only.
pub fn unregister(module: i32) {
    // SAFETY: the module's own number.
    unsafe { engine::zend_unregister_ini_entries(module) };
}

/// The settings as they are now.
pub fn settings() -> Settings {
    let usual = Settings::default();
    let time = |name: &CStr, usual: Duration| text(name).as_deref().and_then(seconds).unwrap_or(usual);
    Settings {
        connect_timeout: time(c"rudr_sync.connect_timeout", usual.connect_timeout),
        timeout: time(c"rudr_sync.timeout", usual.timeout),
        concurrency: text(c"rudr_sync.concurrency").as_deref().and_then(connections).unwrap_or(usual.concurrency),
        idle_timeout: time(c"rudr_sync.idle_timeout", usual.idle_timeout),
        ca_file: path(c"rudr_sync.ca_file"),
        allow_http: flag(c"rudr_sync.allow_http"),
        key_file: path(c"rudr_sync.key_file"),
    }
}

/// The file with the sites, if one is named.
pub fn sites_file() -> Option<PathBuf> {
    path(c"rudr_sync.sites")
}

/// Seconds, see [`duration`].
fn seconds(text: &[u8]) -> Option<Duration> {
    duration(std::str::from_utf8(text).ok()?.trim().parse().ok()?)
}

fn connections(text: &[u8]) -> Option<usize> {
    std::str::from_utf8(text).ok()?.trim().parse().ok().filter(|number| (1..=64).contains(number))
}

fn text(name: &CStr) -> Option<Vec<u8>> {
    let mut exists = false;
    // SAFETY: the name's own length; the answer is null or a string of the entry, copied before anything can change it.
    let value = unsafe { engine::zend_ini_string_ex(name.as_ptr(), name.count_bytes(), 0, &raw mut exists) };
    if value.is_null() {
        return None;
    }
    // SAFETY: as above.
    let value = unsafe { CStr::from_ptr(value) }.to_bytes();
    (!value.is_empty()).then(|| value.to_vec())
}

fn path(name: &CStr) -> Option<PathBuf> {
    text(name).map(|path| PathBuf::from(OsStr::from_bytes(&path)))
}

fn flag(name: &CStr) -> bool {
    text(name).is_some_and(|text| {
        let mut text = ZendStr::new(text, false);
        // SAFETY: a live string, only read.
        unsafe { engine::zend_ini_parse_bool(&raw mut *text) }
    })
}

unsafe extern "C" fn only_seconds(
    _: *mut zend_ini_entry,
    new: *mut zend_string,
    _: *mut c_void,
    _: *mut c_void,
    _: *mut c_void,
    _: c_int,
) -> c_int {
    accept(
        new,
        |text| seconds(text).is_some(),
        c"rudr_sync: a timeout must be a number of seconds from 0.001 to 86400; the old value stays",
    )
}

unsafe extern "C" fn only_connections(
    _: *mut zend_ini_entry,
    new: *mut zend_string,
    _: *mut c_void,
    _: *mut c_void,
    _: *mut c_void,
    _: c_int,
) -> c_int {
    accept(new, |text| connections(text).is_some(), c"rudr_sync.concurrency must be between 1 and 64; the old value stays")
}

/// A value that is refused is refused aloud: the engine itself would drop it in silence.
fn accept(new: *mut zend_string, fits: impl Fn(&[u8]) -> bool, complaint: &'static CStr) -> c_int {
    let fits = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: null, or the engine's own string, only read.
        let new: Option<&ZendStr> = unsafe { new.as_ref() };
        new.is_some_and(|new| fits(new.as_bytes()))
    }));
    if fits.unwrap_or(false) {
        return engine::SUCCESS;
    }
    // SAFETY: a format without places. An error handler of PHP's may jump out of this: nothing here waits to be dropped.
    unsafe { engine::zend_error(engine::E_WARNING, complaint.as_ptr()) };
    engine::FAILURE
}
