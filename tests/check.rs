//! Why a connection does not work: each cause is told by its own check, with what to do.

#[path = "rude/calls.rs"]
mod calls;
mod rude;

use calls::call;
use rude::Rude;
use rude::certificates::Leaf;
use rude::wordpress::{AGENT, Fault};
use rudr_sync::check::Step;
use rudr_sync::site::Settings;
use rudr_sync::sync::Call;
use serde_json::{Value, json};
use std::sync::Arc;

fn check(url: &str, options: Value) -> Vec<Step> {
    let steps = call(url, options).check(&mut || true);
    let failed: Vec<_> = steps.iter().enumerate().filter(|(_, step)| !step.ok).collect();
    assert!(failed.len() <= 1 && failed.iter().all(|(place, _)| place + 1 == steps.len()), "the first failure is the last: {steps:?}");
    for step in &steps {
        assert!(!step.detail.is_empty(), "{step:?}");
        assert_eq!(step.ok, step.fix.is_empty(), "what went well needs no fix, what did not has one: {step:?}");
    }
    steps
}

/// What fails, and what to do.
fn failure(url: &str, options: Value) -> (&'static str, String) {
    let last = check(url, options).pop().unwrap();
    assert!(!last.ok, "{last:?}");
    (last.check, last.fix)
}

#[track_caller]
fn assert_fix((check, fix): (&'static str, String), wanted: &str, words: &[&str]) {
    assert_eq!(check, wanted, "{fix}");
    assert!(words.iter().all(|word| fix.contains(word)), "{fix}");
}

fn names(steps: &[Step]) -> Vec<&str> {
    steps.iter().map(|step| step.check).collect()
}

const ALL: [&str; 6] = ["address", "connect", "wordpress", "application_passwords", "login", "rights"];

#[test]
fn all_is_well() {
    let rude = Rude::start();
    rude.wordpress("b");
    let steps = check(&rude.url("b"), json!({}));
    assert_eq!(names(&steps), ALL);
    assert!(steps.iter().all(|step| step.ok), "{steps:?}");
    assert!(steps[0].detail.contains("plain http"), "{}", steps[0].detail);
    assert!(steps[4].detail.contains(AGENT), "{}", steps[4].detail);
    assert_eq!(rude.take("b"), ["GET /", "GET /wp/v2/users/me"]);
}

#[test]
fn all_is_well_without_permalinks() {
    let rude = Rude::start();
    rude.wordpress("b");
    assert_eq!(names(&check(&format!("{}/?rest_route=/", rude.url("b")), json!({}))), ALL);
}

#[test]
fn nobody_listens_there() {
    assert_fix(failure(&rude::server::nobody(), json!({})), "connect", &["up", "firewall"]);
}

#[test]
fn the_host_is_not_known() {
    assert_fix(failure("https://nobody.invalid", json!({})), "connect", &["spelt"]);
}

#[test]
fn nobody_answers() {
    let rude = Rude::start();
    assert_fix(failure(&rude.url("hang.site"), json!({"timeout": 0.5})), "connect", &["rudr_sync.timeout"]);
}

#[test]
fn the_certificate_is_not_trusted() {
    for leaf in [Leaf::Good, Leaf::WrongName, Leaf::Expired] {
        let rude = Rude::start_tls(leaf);
        assert_fix(failure(&rude.url("b"), json!({})), "tls", &["rudr_sync.ca_file"]);
    }
}

#[test]
fn it_redirects() {
    let rude = Rude::start();
    let steps = check(&rude.url("301.site"), json!({}));
    let last = steps.last().unwrap();
    assert_eq!((last.check, last.ok), ("redirect", false));
    assert!(last.detail.contains(&rude.url("elsewhere")), "{}", last.detail);
}

#[test]
fn it_is_no_wordpress_or_has_plain_permalinks() {
    let rude = Rude::start();
    assert_fix(
        failure(&rude.url("404-html.site"), json!({})),
        "wordpress",
        &["permalinks", &format!("{}/?rest_route=/", rude.url("404-html.site"))],
    );
    assert_fix(failure(&format!("{}/?rest_route=/", rude.url("404-html.site")), json!({})), "wordpress", &["REST API"]);
    for page in ["html.site", "list.site", "503.site", "500-html.site"] {
        assert_fix(failure(&rude.url(page), json!({})), "wordpress", &["maintenance"]);
    }
}

#[test]
fn a_firewall_bars_the_rest_api() {
    let rude = Rude::start();
    for page in ["403-html.site", "401-html.site", "403-json.site"] {
        assert_fix(failure(&rude.url(page), json!({})), "wordpress", &["security plugin"]);
    }
}

#[test]
fn core_s_rest_api_is_switched_off() {
    let rude = Rude::start();
    rude.wordpress("b").next("GET /", Fault::Say(200, json!({"name": "B", "namespaces": ["shop/v1"]})));
    assert_fix(failure(&rude.url("b"), json!({})), "wordpress", &["plugin"]);
}

#[test]
fn application_passwords_are_off() {
    let rude = Rude::start();
    rude.wordpress("b").next("GET /", Fault::Say(200, json!({"name": "B", "namespaces": ["wp/v2"], "authentication": []})));
    assert_fix(failure(&rude.url("b"), json!({})), "application_passwords", &["https"]);
}

#[test]
fn the_password_the_account_or_the_header_is_wrong() {
    let rude = Rude::start();
    rude.wordpress("b");
    let settings = Settings::default();
    let site = calls::site(&rude.url("b"), "nobody", "not the password", json!({}), &settings).unwrap();
    let last = Call::new(Arc::new(site), settings).check(&mut || true).pop().unwrap();
    assert_fix((last.check, last.fix), "login", &["wrong or revoked", "'nobody'", "Authorization header"]);
    assert!(!last.detail.contains("not the password"), "{}", last.detail);
}

#[test]
fn the_account_is_barred() {
    let rude = Rude::start();
    rude.wordpress("b").next("GET /wp/v2/users/me", Fault::Say(403, json!({"code": "blocked", "message": "No.", "data": {"status": 403}})));
    assert_fix(failure(&rude.url("b"), json!({})), "login", &["security plugin"]);
}

#[test]
fn the_login_page_breaks() {
    let rude = Rude::start();
    rude.wordpress("b").next("GET /wp/v2/users/me", Fault::LoseRequest);
    assert_fix(failure(&rude.url("b"), json!({})), "login", &["error log"]);
}

#[test]
fn the_account_may_not_do_enough() {
    let rude = Rude::start();
    let site = rude.wordpress("b");
    site.state().roles.insert("half".into(), vec!["list_users".into(), "edit_users".into()]);
    site.state().people.entry(1).and_modify(|agent| agent.roles = vec!["half".into()]);
    let last = check(&rude.url("b"), json!({})).pop().unwrap();
    assert_eq!((last.check, last.ok), ("rights", false));
    assert!(last.detail.contains("create_users, delete_users, promote_users"), "{}", last.detail);
}

#[test]
fn the_application_password_cannot_be_opened() {
    let key = rudr_sync::secret::Key::derive("a key").unwrap();
    let rude = Rude::start();
    let origin = rude.url("").trim_end_matches('/').to_owned();
    let sealed = rudr_sync::secret::seal(&rudr_sync::secret::Secret::new("x"), &[&origin, AGENT], &key).unwrap();
    let settings = Settings::default();
    let site = calls::site(&rude.url("b"), AGENT, &sealed, json!({}), &settings).unwrap();
    let last = Call::new(Arc::new(site), settings).check(&mut || true).pop().unwrap();
    assert_fix((last.check, last.fix), "password", &["application password"]);
    assert!(last.detail.contains("rudr_sync.key_file"), "{}", last.detail);
}

#[test]
fn a_step_is_told_in_the_contracts_words() {
    let step = Step { check: "login", ok: false, detail: "d".into(), fix: "f".into() };
    assert_eq!(Value::Object(step.to_map()), json!({"check": "login", "ok": false, "detail": "d", "fix": "f"}));
}
