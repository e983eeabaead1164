//! Which site a `$site` argument means: an object, or a name in the file that `rudr_sync.sites` names.
//!
//! The file is read once a request and dropped with it: a pool may serve several customers, and nothing with a credential
//! outlives the request in which their code could name it. What may be told of its sites is kept until the file changes: each
//! page that changes a user asks for it.
#![allow(unsafe_code)] // the calling file's name

use super::arguments::{self, Loose, SiteOrName};
use super::guard::Thrown;
use super::{engine, ini, site};
use crate::failure::Failure;
use crate::site::{Settings, Site};
use crate::sites_file::{Listing, SitesError, SitesFile};
use crate::stamp::Stamp;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::ffi::{CStr, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// The file as it was when it was read.
struct File {
    stamp: Option<Stamp>,
    sites: Result<SitesFile, SitesError>,
}

thread_local! {
    static FILE: RefCell<Option<Rc<File>>> = const { RefCell::new(None) };
    static LISTED: RefCell<Option<(PathBuf, Stamp, Rc<Listing>)>> = const { RefCell::new(None) };
}

/// A `$site` argument of the right type.
pub enum Given {
    /// An object.
    Site(Arc<Site>),
    /// A name of the file.
    Name(String),
}

impl Given {
    /// Reads argument `number`.
    pub fn read(given: Loose, number: u32) -> Result<Self, Thrown> {
        let given = match given {
            None => None,
            Some(given) => arguments::site_or_name(given, number, |value| site::in_value(value).is_some())?,
        };
        match given {
            None => Ok(Self::Name("default".to_owned())),
            Some(SiteOrName::Object(object)) => site::in_value(object).map(Self::Site).ok_or(Thrown::Pending),
            Some(SiteOrName::Name(name)) => Ok(Self::Name(arguments::utf8(name, number)?.to_owned())),
        }
    }

    /// The site that is meant.
    pub fn resolve(self, settings: &Settings) -> Result<Arc<Site>, Thrown> {
        let name = match self {
            Self::Site(site) => return Ok(site),
            Self::Name(name) => name,
        };
        let file = file().ok_or_else(|| failed(&SitesError::NoFile))?;
        let sites = file.sites.as_ref().map_err(failed)?;
        sites.site(&name, &caller(), settings).map(Arc::new).map_err(|error| failed(&error))
    }
}

/// What may be told to the calling code of the sites that it may name.
pub fn list() -> Result<Map<String, Value>, Thrown> {
    let Some(path) = ini::sites_file() else { return Ok(Map::new()) };
    Ok(listing(path)?.told_to(&caller()))
}

fn listing(path: PathBuf) -> Result<Rc<Listing>, Thrown> {
    let stamp = Stamp::of(&path);
    let kept = LISTED.with_borrow(|kept| {
        let (of, when, listing) = kept.as_ref()?;
        (*of == path && stamp.as_ref() == Some(when)).then(|| Rc::clone(listing))
    });
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let file = file().ok_or_else(|| failed(&SitesError::NoFile))?;
    let listing = Rc::new(file.sites.as_ref().map_err(failed)?.listing());
    // By the stamp with which it was read: this request may have read it before it was changed.
    LISTED.set(file.stamp.clone().map(|stamp| (path, stamp, Rc::clone(&listing))));
    Ok(listing)
}

/// Drops the file, at the end of a request.
pub fn forget() {
    FILE.with_borrow_mut(Option::take);
}

fn file() -> Option<Rc<File>> {
    let path = ini::sites_file()?;
    let read = || Rc::new(File { stamp: Stamp::of(&path), sites: SitesFile::read(&path) });
    Some(FILE.with_borrow_mut(|file| Rc::clone(file.get_or_insert_with(read))))
}

fn failed(error: &SitesError) -> Thrown {
    let code = match error {
        SitesError::NoFile | SitesError::Unknown(_) => "site_unknown",
        SitesError::Unreadable(..) | SitesError::Bad(..) => "site_file",
    };
    Thrown::Failed(Failure::local(code, error.to_string()))
}

/// The PHP file whose code called us. Code without one (`php -r`, stdin, `eval`) has an empty path, which is in no folder.
fn caller() -> PathBuf {
    // SAFETY: never null; the string belongs to the calling code, which waits for us, and is copied at once.
    let name = unsafe { CStr::from_ptr(engine::zend_get_executed_filename()) };
    let path = Path::new(OsStr::from_bytes(name.to_bytes()));
    if path.is_absolute() { path.to_owned() } else { PathBuf::new() }
}
