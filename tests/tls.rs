//! Whom a site must prove to be before anything is said to it.

#[path = "rude/calls.rs"]
mod calls;
mod rude;

use calls::{call, call_with, deliver, failed, job, short};
use rude::Rude;
use rude::certificates::{Certificates, Leaf, Scratch};
use rude::wordpress::Fault;
use rudr_sync::failure::{Failure, Kind};
use rudr_sync::outcome::{Doubt, Scope, Status};
use rudr_sync::site::Settings;
use serde_json::{Value, json};
use std::time::SystemTime;

fn find(url: &str, options: Value) -> Result<Option<u64>, Failure> {
    call(url, options).find("nobody@a.test", &mut || true)
}

/// Not trusted: what is said of it.
fn words(url: &str, options: Value) -> String {
    let failure = failed(find(url, options));
    assert_eq!((failure.kind, failure.code.as_str(), failure.http, failure.retryable), (Kind::Unreachable, "tls", 0, true), "{failure:?}");
    failure.message
}

#[test]
fn an_authority_of_ones_own_is_trusted_by_the_site_or_by_the_process() {
    let rude = Rude::start_tls(Leaf::Good);
    rude.wordpress("b");
    let file = rude.certificates().ca_file();
    assert_eq!(find(&rude.url("b"), json!({"ca_file": file.text()})).unwrap(), None);
    let settings = Settings { ca_file: Some(file.path().to_owned()), ..Settings::default() };
    assert_eq!(call_with(&rude.url("b"), json!({}), settings).find("nobody@a.test", &mut || true).unwrap(), None);
}

#[test]
fn an_unknown_authority_is_refused_with_what_to_do_and_is_told_nothing() {
    let rude = Rude::start_tls(Leaf::Good);
    rude.wordpress("b");
    assert!(words(&rude.url("b"), json!({})).contains("rudr_sync.ca_file"));
    let another = Certificates::make(Leaf::Good).ca_file();
    assert!(words(&rude.url("b"), json!({"ca_file": another.text()})).contains("authority"));
    let outcome = deliver(&call(&rude.url("b"), json!({})), "put", json!({"user": {"user_login": "ann", "user_email": "ann@a.test"}}));
    assert_eq!((short(&outcome).as_str(), outcome.scope, outcome.spent), ("retry tls", Scope::Site, false));
    assert!(outcome.due < Some(60), "nothing was sent, so nothing may have worked");
    assert!(rude.log("b").is_empty());
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let rude = Rude::start_tls(Leaf::WrongName);
    let file = rude.certificates().ca_file();
    assert!(words(&rude.url("b"), json!({"ca_file": file.text()})).contains("another name"));
}

#[test]
fn a_certificate_that_has_expired_is_refused() {
    let rude = Rude::start_tls(Leaf::Expired);
    let file = rude.certificates().ca_file();
    assert!(words(&rude.url("b"), json!({"ca_file": file.text()})).contains("expired"));
}

#[test]
fn a_ca_file_that_cannot_be_used_is_named() {
    let rude = Rude::start_tls(Leaf::Good);
    let (empty, garbage) = (Scratch::new(""), Scratch::new("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
    for file in [empty.text(), garbage.text(), "/nowhere/ca.pem".to_owned()] {
        assert!(words(&rude.url("b"), json!({"ca_file": file})).contains(&file));
    }
}

#[test]
fn a_ca_file_that_was_replaced_is_read_anew() {
    let rude = Rude::start_tls(Leaf::Good);
    rude.wordpress("b");
    let file = Certificates::make(Leaf::Good).ca_file();
    words(&rude.url("b"), json!({"ca_file": file.text()}));
    std::fs::write(file.path(), rude.certificates().ca()).unwrap();
    // Two writes within one tick of the file system's clock would look like one.
    let later = SystemTime::now() + std::time::Duration::from_secs(5);
    std::fs::File::options().write(true).open(file.path()).unwrap().set_modified(later).unwrap();
    assert!(find(&rude.url("b"), json!({"ca_file": file.text()})).is_ok());
}

#[test]
fn one_connection_serves_many_jobs_and_calls() {
    let rude = Rude::start_tls(Leaf::Good);
    rude.wordpress("b");
    let file = rude.certificates().ca_file();
    for n in 0..5 {
        let options = json!({"ca_file": file.text(), "concurrency": 1});
        let jobs = (0..5).map(|m| job("put", json!({"user": {"user_login": format!("u{n}{m}"), "user_email": format!("u{n}{m}@a.test")}})));
        let outcomes = calls::deliver_all(&call(&rude.url("b"), options), jobs.collect());
        assert!(outcomes.iter().all(|outcome| outcome.status == Status::Created));
    }
    assert_eq!(rude.connections(), 1);
}

#[test]
fn tls_that_breaks_under_a_create_leaves_it_in_doubt() {
    let rude = Rude::start_tls(Leaf::Good);
    let site = rude.wordpress("b");
    let file = rude.certificates().ca_file();
    site.next("POST /wp/v2/users", Fault::Garble);
    let ann = json!({"user": {"user_login": "ann", "user_email": "ann@a.test"}});
    let outcome = deliver(&call(&rude.url("b"), json!({"ca_file": file.text()})), "put", ann);
    assert!(site.id("ann").is_some(), "it has worked");
    assert_eq!((outcome.status, outcome.doubt), (Status::Retry, Doubt::Now), "{outcome:?}");
    assert!(outcome.due >= Some(60), "nothing is sent again before a look: {outcome:?}");
}

#[test]
fn a_redirect_away_from_tls_is_not_followed() {
    let rude = Rude::start_tls(Leaf::Good);
    let file = rude.certificates().ca_file();
    for status in ["301.site", "307.site"] {
        let failure = failed(find(&rude.url(status), json!({"ca_file": file.text()})));
        assert_eq!((failure.kind, failure.code.as_str()), (Kind::Unreachable, "redirect"));
        assert!(failure.message.contains("http://"), "{}", failure.message);
    }
    assert!(rude.log("elsewhere").is_empty());
}

#[test]
fn a_port_that_speaks_the_other_protocol_is_no_site() {
    let (plain, tls) = (Rude::start(), Rude::start_tls(Leaf::Good));
    let failure = failed(find(&plain.url("b").replace("http:", "https:"), json!({"timeout": 3})));
    assert_eq!((failure.kind, failure.code.as_str()), (Kind::Unreachable, "tls"), "{failure:?}");
    let failure = failed(find(&tls.url("b").replace("https:", "http:"), json!({"timeout": 3})));
    assert_eq!(failure.kind, Kind::Unreachable, "{failure:?}");
}

#[test]
fn plain_http_beyond_this_machine_is_refused_unless_both_sides_allow_it() {
    let site = |allowed_here: bool, options: Value| {
        let settings = Settings { allow_http: allowed_here, ..Settings::default() };
        calls::site("http://b.example", "agent", "a secret", options, &settings).map(drop)
    };
    for refused in [site(false, json!({})), site(true, json!({})), site(false, json!({"allow_http": true}))] {
        let error = refused.unwrap_err();
        assert_eq!(error.key, "url");
        assert!(error.to_string().contains("https://") && error.to_string().contains("rudr_sync.allow_http"), "{error}");
    }
    site(true, json!({"allow_http": true})).unwrap();
}
