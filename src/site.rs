//! A site: a remote `WordPress`, how to reach it, and what it allows us.

mod known;
mod options;

use crate::input::BadInput;
use crate::secret::{self, Key, SealError, Secret};
use reqwest::Url;
use serde_json::{Map, Value};
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

pub use known::{Known, Wire};
pub use options::{Adopt, Authority, OPTIONS, Options, Remove, RoleMap};

/// The process' own settings (php.ini), as they are when a call is made. A site's options go before them.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `rudr_sync.connect_timeout`
    pub connect_timeout: Duration,
    /// `rudr_sync.timeout`
    pub timeout: Duration,
    /// `rudr_sync.concurrency`
    pub concurrency: usize,
    /// `rudr_sync.idle_timeout`
    pub idle_timeout: Duration,
    /// `rudr_sync.ca_file`
    pub ca_file: Option<PathBuf>,
    /// `rudr_sync.allow_http`
    pub allow_http: bool,
    /// `rudr_sync.key_file`
    pub key_file: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(20),
            concurrency: 4,
            idle_timeout: Duration::from_secs(15),
            ca_file: None,
            allow_http: false,
            key_file: None,
        }
    }
}

/// A remote `WordPress`. `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct Site {
    url: Url,
    by_query: bool,
    /// Whose application password we use.
    pub username: String,
    password: Secret,
    /// The options.
    pub options: Options,
}

impl Site {
    /// Makes a site of what the caller gave.
    ///
    /// # Errors
    /// Names what cannot be used: an address that is none, plain http where it is not allowed, an empty name or password,
    /// an unknown option.
    pub fn new(url: &str, username: &str, password: Secret, options: &Map<String, Value>, settings: &Settings) -> Result<Self, BadInput> {
        let options = Options::from_map(options)?;
        let (url, by_query) = address(url)?;
        let http_allowed = is_loopback(&url) || (options.allow_http && settings.allow_http);
        if url.scheme() == "http" && !http_allowed {
            let problem = "must begin with https:// (plain http would show every password on the way; for a trusted network set \
                           rudr_sync.allow_http in php.ini and allow_http on the site)";
            return Err(BadInput::new("url", problem));
        }
        if username.trim().is_empty() {
            return Err(BadInput::new("username", "must not be empty: it is the remote account whose application password is used"));
        }
        if username.contains(':') || username.contains(char::is_control) {
            return Err(BadInput::new("username", "must hold no colon and no control character"));
        }
        if password.expose().trim().is_empty() {
            return Err(BadInput::new("password", "must not be empty: make an application password in the remote account's profile"));
        }
        if password.expose().contains(char::is_control) {
            return Err(BadInput::new("password", "must hold no control character"));
        }
        Ok(Self { url, by_query, username: username.to_owned(), password, options })
    }

    /// The site's short name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.options.name
    }

    /// The address, without what was given behind it.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Scheme, host and port: what a sealed password is bound to, with the username.
    #[must_use]
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// The address of a REST route (`/wp/v2/users/5`).
    #[must_use]
    pub fn endpoint(&self, route: &str, query: &[(&str, String)]) -> Url {
        let mut url = self.url.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        if self.by_query {
            url.set_path(&format!("{base}/"));
            url.query_pairs_mut().append_pair("rest_route", route);
        } else {
            url.set_path(&format!("{base}/wp-json{route}"));
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// Whether routes are spoken of as `?rest_route=`, which works without permalinks.
    #[must_use]
    pub fn is_by_query(&self) -> bool {
        self.by_query
    }

    /// The application password, opened if it is sealed.
    ///
    /// # Errors
    /// As [`secret::open`].
    pub fn password(&self, key_file: Option<&Key>) -> Result<Secret, SealError> {
        if !secret::is_sealed(self.password.expose()) {
            return Ok(self.password.clone());
        }
        self.open(self.password.expose(), &[&self.origin(), &self.username], key_file)
    }

    /// Opens a sealed value by this site's key, else by the key file's.
    ///
    /// # Errors
    /// As [`secret::open`].
    pub fn open(&self, sealed: &str, bound: &[&str], key_file: Option<&Key>) -> Result<Secret, SealError> {
        let own = self.options.key.as_ref().and_then(|key| Key::derive(key.expose()));
        secret::open(sealed, bound, own.as_ref().or(key_file))
    }

    /// Seconds for one request.
    #[must_use]
    pub fn timeout(&self, settings: &Settings) -> Duration {
        self.options.timeout.unwrap_or(settings.timeout)
    }

    /// Requests in flight at once.
    #[must_use]
    pub fn concurrency(&self, settings: &Settings) -> usize {
        self.options.concurrency.unwrap_or(settings.concurrency).clamp(1, 64)
    }
}

/// The address as an administrator would paste it: with or without a slash, `/wp-json/` or `?rest_route=/` behind it.
fn address(given: &str) -> Result<(Url, bool), BadInput> {
    let mut url = Url::parse(given.trim()).map_err(|_| BadInput::new("url", "must be a whole address, such as https://example.org"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(BadInput::new("url", "must begin with https:// and name a host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BadInput::new("url", "must hold no username or password: they have places of their own"));
    }
    let by_query = url.query_pairs().any(|(key, _)| key == "rest_route");
    if url.query().is_some() && !by_query {
        return Err(BadInput::new("url", "must hold no query (but ?rest_route=/ for a site without permalinks)"));
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/').to_owned();
    let path = path.strip_suffix("/wp-json").or_else(|| path.strip_suffix("/index.php")).unwrap_or(&path).to_owned();
    url.set_path(&path);
    Ok((url, by_query))
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    // Not `*.localhost`: nobody promises that a resolver keeps such a name on this machine.
    address.map_or_else(|_| host == "localhost", |ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn site(url: &str, options: Value) -> Result<Site, BadInput> {
        Site::new(url, "bot", Secret::new("pass"), options.as_object().unwrap(), &Settings::default())
    }

    #[test]
    fn addresses_as_people_paste_them() {
        for (given, wanted) in [
            ("https://b.example", "https://b.example/wp-json/wp/v2/users/5?context=edit"),
            ("https://b.example/", "https://b.example/wp-json/wp/v2/users/5?context=edit"),
            (" https://b.example/wp-json/ ", "https://b.example/wp-json/wp/v2/users/5?context=edit"),
            ("https://b.example/shop/#top", "https://b.example/shop/wp-json/wp/v2/users/5?context=edit"),
            ("https://b.example/?rest_route=/", "https://b.example/?rest_route=%2Fwp%2Fv2%2Fusers%2F5&context=edit"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/wp-json/wp/v2/users/5?context=edit"),
        ] {
            let url = site(given, json!({})).unwrap().endpoint("/wp/v2/users/5", &[("context", "edit".into())]);
            assert_eq!(url.as_str(), wanted);
        }
    }

    #[test]
    fn an_address_with_a_plus_is_escaped() {
        let url = site("https://b.example", json!({})).unwrap().endpoint("/wp/v2/users", &[("search", "a+b@c.d&x".into())]);
        assert_eq!(url.query(), Some("search=a%2Bb%40c.d%26x"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for given in ["", "b.example", "ftp://b.example", "https://", "https://u:p@b.example", "https://b.example/?p=5"] {
            assert_eq!(site(given, json!({})).unwrap_err().key, "url", "{given}");
        }
    }

    #[test]
    fn http_needs_both_the_site_and_the_ini_beyond_loopback() {
        for loopback in ["http://localhost", "http://127.1.2.3", "http://[::1]:8080", "http://LOCALHOST"] {
            assert!(site(loopback, json!({})).is_ok(), "{loopback}");
        }
        for far in ["http://b.example", "http://192.168.0.1", "http://localhost.example", "http://127.0.0.1.example", "http://b.localhost"]
        {
            assert!(site(far, json!({"allow_http": true})).is_err(), "{far}");
            let settings = Settings { allow_http: true, ..Settings::default() };
            let map = |on: bool| json!({"allow_http": on}).as_object().unwrap().clone();
            assert!(Site::new(far, "bot", Secret::new("p"), &map(true), &settings).is_ok());
            assert!(Site::new(far, "bot", Secret::new("p"), &map(false), &settings).is_err());
        }
    }

    #[test]
    fn a_wrong_option_is_named() {
        for (options, key) in [
            (json!({"adpot": "any"}), "adpot"),
            (json!({"adopt": "yes"}), "adopt"),
            (json!({"concurrency": 0}), "concurrency"),
            (json!({"timeout": -1}), "timeout"),
            (json!({"roles": {"editor": 5}}), "roles.editor"),
        ] {
            assert_eq!(site("https://b.example", options).unwrap_err().key, key);
        }
    }

    #[test]
    fn a_sealed_password_opens_only_for_its_own_origin_and_username() {
        let key = Key::derive("k").unwrap();
        let sealed = secret::seal(&Secret::new("pw"), &["https://b.example", "bot"], &key).unwrap();
        let at = |url: &str| {
            let options = json!({"key": "k"});
            Site::new(url, "bot", Secret::new(sealed.as_str()), options.as_object().unwrap(), &Settings::default()).unwrap().password(None)
        };
        assert_eq!(at("https://b.example/shop").unwrap().expose(), "pw");
        assert_eq!(at("https://evil.example").unwrap_err(), SealError::Damaged);
    }

    #[test]
    fn debug_shows_no_secret() {
        let text = format!("{:?}", site("https://b.example", json!({"key": "sesame"})).unwrap());
        assert!(!text.contains("sesame") && !text.contains("pass\""), "{text}");
    }
}
