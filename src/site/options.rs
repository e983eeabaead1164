//! What a site's administrator has decided about it.

use crate::input::{BadInput, Reader};
use crate::secret::Secret;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// When an account that we find on the site may be taken for our user's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adopt {
    /// Never: an account that is there is a conflict.
    Never,
    /// Once the user has proved the address.
    Proven,
    /// At once: the administrator's word that the source verifies addresses.
    Any,
}

/// What a removal on the source removes on the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remove {
    /// Accounts that we made.
    Own,
    /// Adopted accounts too.
    All,
    /// None.
    Never,
}

/// Of two sites that follow each other, which is right about a user whom both have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// This one: what we send counts, whatever the site holds by now. One that follows nobody is right as well.
    Here,
    /// The site: what has changed there since we last sent it stays.
    There,
}

/// Which role there a role here becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleMap {
    /// The same name, but never `administrator`, nor these: roles that hold power on the source.
    Same(Vec<String>),
    /// As listed; what is not listed does not follow.
    Listed(BTreeMap<String, String>),
}

impl RoleMap {
    /// The site's roles for the source's, in the same order and each once.
    #[must_use]
    pub fn map(&self, roles: &[String]) -> Vec<String> {
        let mut mapped: Vec<String> = Vec::new();
        for role in roles {
            let there = match self {
                Self::Same(_) => self.can_give(role).then_some(role),
                Self::Listed(map) => map.get(role),
            };
            if let Some(there) = there.filter(|there| !mapped.contains(there)) {
                mapped.push(there.clone());
            }
        }
        mapped
    }

    /// Whether this map can give that role of the site's. Only such roles are managed; others stay as they are there.
    #[must_use]
    pub fn can_give(&self, role: &str) -> bool {
        match self {
            Self::Same(powerful) => !ADMINISTRATORS.contains(&role) && !powerful.iter().any(|name| name == role),
            Self::Listed(map) => map.values().any(|there| there == role),
        }
    }
}

/// Core's roles that may edit users, plugins or options. A role of another name may too: that is seen in the capabilities
/// of the account that has it, before and after it is given ([`crate::wire::core::Account::is_privileged`]).
const ADMINISTRATORS: [&str; 1] = ["administrator"];

/// A site's options, each `None` or at its default where not given.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // each is a switch of its own in the administrator's file
pub struct Options {
    /// The site's short name.
    pub name: String,
    /// This source's uuid.
    pub source: Option<String>,
    /// Who inherits a removed user's content there; 0: nobody, it is deleted.
    pub reassign: Option<u64>,
    /// The roles; `None`: the default of whoever asks.
    pub roles: Option<RoleMap>,
    /// Seconds for one request.
    pub timeout: Option<Duration>,
    /// Seconds for one whole `deliver`.
    pub budget: Option<Duration>,
    /// Requests in flight at once.
    pub concurrency: Option<usize>,
    /// Extra CA certificates, PEM.
    pub ca_file: Option<PathBuf>,
    /// Plain http beyond loopback.
    pub allow_http: bool,
    /// When to adopt.
    pub adopt: Adopt,
    /// What to remove.
    pub remove: Remove,
    /// Make an account anew that was removed there.
    pub recreate: bool,
    /// Administrators of the source follow too.
    pub follow_privileged: bool,
    /// A plaintext password may go by the plain way to what was a receiver once.
    pub plaintext: bool,
    /// Who is right.
    pub authority: Authority,
    /// Opens sealed values.
    pub(super) key: Option<Secret>,
}

/// Their names.
pub const OPTIONS: [&str; 16] = [
    "name",
    "source",
    "reassign",
    "roles",
    "timeout",
    "budget",
    "concurrency",
    "ca_file",
    "allow_http",
    "adopt",
    "remove",
    "recreate",
    "follow_privileged",
    "plaintext",
    "authority",
    "key",
];

impl Options {
    pub(super) fn from_map(map: &Map<String, Value>) -> Result<Self, BadInput> {
        if let Some(unknown) = map.keys().find(|key| !OPTIONS.contains(&key.as_str())) {
            return Err(BadInput::new(unknown, format!("is no option of a site (known: {})", OPTIONS.join(", "))));
        }
        let read = Reader(map);
        let roles = match read.map("roles")? {
            None => None,
            Some(given) => {
                let mut roles = BTreeMap::new();
                for (here, there) in given {
                    match there {
                        Value::String(there) => roles.insert(here, there),
                        Value::Null | Value::Bool(false) => None,
                        _ => return Err(BadInput::new(format!("roles.{here}"), "must be the name of a role there, or null")),
                    };
                }
                Some(RoleMap::Listed(roles))
            }
        };
        let concurrency = read.count("concurrency")?.map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        if concurrency.is_some_and(|n| !(1..=64).contains(&n)) {
            return Err(BadInput::new("concurrency", "must be between 1 and 64"));
        }
        Ok(Self {
            name: read.text("name")?.unwrap_or("default").to_owned(),
            source: read.text("source")?.map(str::to_owned),
            reassign: read.count("reassign")?,
            roles,
            timeout: read.seconds("timeout")?,
            budget: read.seconds("budget")?,
            concurrency,
            ca_file: read.text("ca_file")?.map(PathBuf::from),
            allow_http: read.flag("allow_http")?.unwrap_or(false),
            adopt: read.word("adopt", &[("never", Adopt::Never), ("proven", Adopt::Proven), ("any", Adopt::Any)])?.unwrap_or(Adopt::Proven),
            remove: read.word("remove", &[("own", Remove::Own), ("all", Remove::All), ("never", Remove::Never)])?.unwrap_or(Remove::Own),
            recreate: read.flag("recreate")?.unwrap_or(false),
            follow_privileged: read.flag("follow_privileged")?.unwrap_or(false),
            plaintext: read.flag("plaintext")?.unwrap_or(false),
            authority: read.word("authority", &[("here", Authority::Here), ("there", Authority::There)])?.unwrap_or(Authority::Here),
            key: read.text("key")?.map(Secret::new),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_map_gives_no_administrator() {
        let roles = ["editor".to_owned(), "administrator".to_owned()];
        assert_eq!(RoleMap::Same(Vec::new()).map(&roles), ["editor"]);
        let same = RoleMap::Same(vec!["editor".to_owned()]);
        assert_eq!(same.map(&roles), Vec::<String>::new());
        assert!(!same.can_give("editor") && same.can_give("author"));
        let listed = RoleMap::Listed([("editor".to_owned(), "author".to_owned())].into());
        assert_eq!(listed.map(&roles), ["author"]);
        assert!(listed.can_give("author") && !listed.can_give("editor"));
    }
}
