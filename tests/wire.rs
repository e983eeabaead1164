//! Every rude answer, and what is made of it: the table of the rude server walked, for a delivery and for single calls.
//! None is a success, none a panic, none takes longer than the timeout, and no message holds a password.

#[path = "rude/calls.rs"]
mod calls;
mod rude;

use calls::{call, deliver, failed, user};
use rude::Rude;
use rude::scenarios::SCENARIOS;
use rude::wordpress::PASSWORD;
use rudr_sync::failure::Kind;
use rudr_sync::outcome::{Doubt, Outcome, Scope, Status};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const TIMEOUT: Duration = Duration::from_secs(5);
/// For whatever else the machine does.
const MARGIN: Duration = Duration::from_secs(5);
const USER_PASSWORD: &str = "Hunter\"2/ünseen";

/// How an answer is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    /// The site can't be worked with now, whatever the job.
    Busy,
    /// The site or this job: `users/me` tells.
    Suspect,
    /// The same, and the site speaks as if it did not know us.
    Denied,
    /// A fault in the site's code: this job again, later.
    Again,
    /// No.
    No,
}
use Taken::{Again, Busy, Denied, No, Suspect};

/// Name, how it is taken, our code, the HTTP status of the answer (0: none).
const EXPECTED: &[(&str, Taken, &str, u16)] = &[
    ("reset", Suspect, "truncated", 0),
    ("hang-up", Suspect, "truncated", 0),
    ("reset-in-the-body", Suspect, "truncated", 0),
    ("half-a-body", Suspect, "truncated", 0),
    ("half-a-chunk", Suspect, "truncated", 0),
    ("no-last-chunk", Suspect, "truncated", 0),
    ("half-a-head", Suspect, "truncated", 0),
    ("no-http", Suspect, "truncated", 0),
    ("endless-head", Suspect, "truncated", 0),
    ("endless-continue", Suspect, "timeout", 0),
    ("two-lengths", Suspect, "truncated", 0),
    ("hang", Suspect, "timeout", 0),
    ("hang-in-the-body", Suspect, "timeout", 0),
    ("drip", Suspect, "timeout", 0),
    ("huge", Suspect, "too_large", 0),
    ("huge-in-chunks", Suspect, "too_large", 0),
    ("gzip-bomb", Suspect, "not_wordpress", 200),
    ("html", Suspect, "not_wordpress", 200),
    ("html-as-json", Suspect, "not_wordpress", 200),
    ("empty", Suspect, "not_wordpress", 200),
    ("no-content", Suspect, "not_wordpress", 204),
    ("list", Suspect, "not_wordpress", 200),
    ("no-id", Suspect, "not_wordpress", 201),
    ("id-as-string", Suspect, "not_wordpress", 201),
    ("id-0", Suspect, "not_wordpress", 201),
    ("id-negative", Suspect, "not_wordpress", 201),
    ("id-broken", Suspect, "not_wordpress", 201),
    ("id-too-large", Suspect, "not_wordpress", 201),
    ("null", Suspect, "not_wordpress", 200),
    ("not-utf-8", Suspect, "not_wordpress", 200),
    ("nuls", Suspect, "not_wordpress", 200),
    ("nul-at-the-end", Suspect, "not_wordpress", 200),
    ("notice-before", Suspect, "not_wordpress", 200),
    ("deep", Suspect, "not_wordpress", 200),
    ("deep-inside", Suspect, "not_wordpress", 200),
    ("207-short", Suspect, "not_wordpress", 207),
    ("207-long", Suspect, "not_wordpress", 207),
    ("207-no-list", Suspect, "not_wordpress", 207),
    ("207-failed", Suspect, "not_wordpress", 207),
    ("207-as-200", Suspect, "not_wordpress", 200),
    ("207-wrong-types", Suspect, "not_wordpress", 207),
    ("207-no-statuses", Suspect, "not_wordpress", 207),
    ("207-of-another", Suspect, "not_wordpress", 207),
    ("301", Busy, "redirect", 301),
    ("302", Busy, "redirect", 302),
    ("303", Busy, "redirect", 303),
    ("307", Busy, "redirect", 307),
    ("308", Busy, "redirect", 308),
    ("redirect-nowhere", Busy, "redirect", 302),
    ("304", Busy, "redirect", 304),
    ("400-json", No, "some_plugin_says_no", 400),
    ("401-json", Denied, "rest_not_logged_in", 401),
    ("401-html", Denied, "http_401", 401),
    ("403-json", Denied, "rest_forbidden", 403),
    ("403-html", Denied, "http_403", 403),
    ("403-user", No, "rest_cannot_edit", 403),
    ("404-route", Suspect, "rest_no_route", 404),
    ("404-html", Suspect, "not_wordpress", 404),
    ("404-json", Suspect, "not_wordpress", 404),
    ("405-html", Suspect, "not_wordpress", 405),
    ("408", Busy, "http_408", 408),
    ("413", No, "too_large", 413),
    ("425", Busy, "http_425", 425),
    ("429", Busy, "http_429", 429),
    ("429-seconds", Busy, "http_429", 429),
    ("429-date", Busy, "http_429", 429),
    ("429-past", Busy, "http_429", 429),
    ("429-for-a-year", Busy, "http_429", 429),
    ("429-garbage", Busy, "http_429", 429),
    ("500-html", Suspect, "not_wordpress", 500),
    ("500-json", Again, "internal_server_error", 500),
    ("500-empty", Suspect, "not_wordpress", 500),
    ("501-json", No, "unsupported", 501),
    ("501-html", Suspect, "not_wordpress", 501),
    ("502", Busy, "http_502", 502),
    ("503", Busy, "http_503", 503),
    ("503-with-the-user", Busy, "http_503", 503),
    ("504", Busy, "http_504", 504),
    ("echo", No, "some_plugin_says_no", 400),
    ("echo-500", Again, "internal_server_error", 500),
    ("echo-redirect", Busy, "redirect", 302),
];

/// Seconds that a row asks us to wait: at least, at most.
fn asked(name: &str) -> Option<(u64, u64)> {
    match name {
        "429-seconds" => Some((120, 120)),
        "429-date" => Some((115, 120)),
        "429-past" => Some((0, 0)),
        "429-for-a-year" => Some((31_536_000, 31_536_000)),
        "503" => Some((600, 600)),
        _ => None,
    }
}

/// Rows in which something else happens for one of the calls, and where.
const ELSEWHERE: &[&str] = &["404-user", "leaves", "leaves-after-a-change", "bench-at-once", "bench-2ms", "bench-20ms"];

fn options() -> Value {
    json!({"timeout": TIMEOUT.as_secs(), "concurrency": 1})
}

const THREADS: usize = 20;

/// Runs that for every row, all at once: the slow ones wait together.
fn walk(each: impl Fn(&Rude, &'static str, Taken, &'static str, u16) + Sync) {
    let rude = Rude::start();
    std::thread::scope(|scope| {
        for first in 0..THREADS {
            let (rude, each) = (&rude, &each);
            scope.spawn(move || {
                for (name, taken, code, http) in EXPECTED.iter().skip(first).step_by(THREADS) {
                    each(rude, name, *taken, code, *http);
                }
            });
        }
    });
}

fn assert_in_time(begun: Instant, requests: u32, what: &str) {
    assert!(begun.elapsed() < TIMEOUT * requests + MARGIN, "{what} took {:?}", begun.elapsed());
}

fn assert_secret(text: &str, what: &str) {
    use base64::Engine as _;
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{}:{PASSWORD}", rude::wordpress::AGENT));
    let as_json = json!(USER_PASSWORD).to_string();
    for secret in [PASSWORD, &basic, USER_PASSWORD, as_json.trim_matches('"'), "Hunter", "EFGH"] {
        assert!(!text.contains(secret), "{what} tells {secret}: {text}");
    }
}

fn assert_outcome(outcome: &Outcome, name: &str, taken: Taken, code: &str, http: u16, site_fails: bool) {
    let what = format!("{name}: {outcome:?}");
    let (status, scope, spent) = match (taken, site_fails) {
        (Busy, _) | (Suspect, true) => (Status::Retry, Scope::Site, false),
        (Denied, true) => (Status::Unauthorized, Scope::Site, false),
        (Suspect | Denied, false) | (Again, _) => (Status::Retry, Scope::Job, true),
        (No, _) => (Status::Rejected, Scope::Job, false),
    };
    assert_eq!((outcome.status, outcome.scope, outcome.spent), (status, scope, spent), "{what}");
    assert_eq!(outcome.code.as_deref(), Some(code), "{what}");
    assert_eq!(outcome.http.unwrap_or(0), http, "{what}");
    assert!(!outcome.message.is_empty(), "{what}");
    match (taken, asked(name)) {
        (No, _) => assert_eq!(outcome.due, None, "{what}"),
        (_, Some((least, _))) => assert!(outcome.due.is_some_and(|due| (least.min(3600)..=3600).contains(&due)), "{what}"),
        // The first step of the backoff; after a create that may have worked, a minute at the least.
        _ => assert!(outcome.due.is_some_and(|due| (1..=60).contains(&due)), "{what}"),
    }
    assert_secret(&format!("{outcome:?} {:?}", outcome.to_map()), name);
}

/// What may have worked is in doubt, and looked at no sooner than a minute later; what cannot have is not.
fn assert_doubt(outcome: &Outcome, http: u16, what: &str) {
    // Nobody redirects, or says who may not, after the work is done; but a firewall may, having seen the answer.
    let by_a_firewall = outcome.code.as_deref() == Some("http_403");
    let is_open = matches!(outcome.status, Status::Retry | Status::Unauthorized);
    let may_have_worked = is_open && (by_a_firewall || matches!(http, 0 | 200..=299 | 500..));
    assert_eq!(outcome.doubt, if may_have_worked { Doubt::Now } else { Doubt::Settled }, "{what}: {outcome:?}");
    assert!(!may_have_worked || outcome.due >= Some(60), "{what}: {outcome:?}");
}

const LINKED: &str = r#"{"user_id": 7, "remote_id": 5, "remote_login": "someone", "trust": "own"}"#;

fn linked(more: Value) -> Value {
    let mut all = calls::map(serde_json::from_str(LINKED).unwrap());
    all.extend(calls::map(more));
    Value::Object(all)
}

#[test]
fn every_row_of_the_server_is_walked() {
    let expected: Vec<&str> = EXPECTED.iter().map(|(name, ..)| *name).chain(ELSEWHERE.iter().copied()).collect();
    for row in SCENARIOS {
        assert!(expected.contains(&row.name), "{} is missing in the table above", row.name);
    }
    for name in expected {
        assert!(SCENARIOS.iter().any(|row| row.name == name), "{name} is no row of the server");
    }
}

#[test]
fn a_delivered_change_means_what_the_table_says_and_is_sent_once() {
    walk(|rude, name, taken, code, http| {
        for site_fails in [false, true] {
            let scenario = if site_fails { format!("{name}.site") } else { name.to_owned() };
            let call = call(&rude.url(&scenario), options());
            let begun = Instant::now();
            let outcome = deliver(&call, "put", linked(json!({"user": {"first_name": "A"}})));
            assert_in_time(begun, 1, &scenario);
            assert_outcome(&outcome, name, taken, code, http, site_fails);
            assert_eq!((outcome.id, outcome.login.as_deref()), (Some(5), Some("someone")), "{scenario}: the account stays known");
            assert_doubt(&outcome, http, &scenario);
            let sent = rude.take(&scenario);
            assert_eq!(sent.iter().filter(|line| line.starts_with("POST")).count(), 1, "{scenario}: {sent:?}");
            let looks = sent.iter().filter(|line| *line == "GET /wp/v2/users/me").count();
            assert!(looks <= 1, "{scenario}: {sent:?}");
            assert_eq!(looks == 1, matches!(taken, Suspect | Denied), "{scenario}: {sent:?}");
        }
    });
}

#[test]
fn a_delivered_password_means_the_same_and_is_told_to_nobody() {
    walk(|rude, name, taken, code, http| {
        let scenario = format!("{name}.writes");
        let call = call(&rude.url(&scenario), options());
        let begun = Instant::now();
        let outcome = deliver(&call, "put", linked(json!({"user": {"user_pass": USER_PASSWORD}, "password_mark": "m2"})));
        assert_in_time(begun, 2, &scenario);
        assert_outcome(&outcome, name, taken, code, http, false);
    });
}

#[test]
fn a_create_that_may_have_worked_waits_a_minute_and_one_that_cannot_have_does_not() {
    walk(|rude, name, taken, code, http| {
        let call = call(&rude.url(name), options());
        let begun = Instant::now();
        let outcome = deliver(
            &call,
            "put",
            json!({"user_id": 7, "user": {"user_login": "new", "user_email": "new@site.test", "user_pass": USER_PASSWORD}, "password_mark": "m"}),
        );
        assert_in_time(begun, 1, name);
        assert_outcome(&outcome, name, taken, code, http, false);
        assert_doubt(&outcome, http, name);
        let sent = rude.take(name);
        assert_eq!(sent.iter().filter(|line| line.starts_with("POST")).count(), 1, "{name}: two creates make two accounts: {sent:?}");
    });
}

#[test]
fn a_delivered_removal_means_what_the_table_says() {
    walk(|rude, name, taken, code, http| {
        let scenario = format!("{name}.writes");
        let call = call(&rude.url(&scenario), options());
        let begun = Instant::now();
        let outcome = deliver(&call, "delete", linked(json!({"reassign": 3})));
        assert_in_time(begun, 2, &scenario);
        assert_outcome(&outcome, name, taken, code, http, false);
        assert_doubt(&outcome, http, &scenario);
    });
}

#[test]
fn an_answer_to_a_batch_means_for_each_what_it_would_have_alone_unless_nothing_was_done() {
    walk(|rude, name, taken, code, http| {
        let scenario = format!("{name}.batch");
        let call = call(&rude.url(&scenario), options());
        let change = |id: u64| {
            let user = json!({"user_pass": USER_PASSWORD});
            calls::job("put", linked(json!({"remote_id": id, "user": user, "password_mark": "m2"})))
        };
        let begun = Instant::now();
        let outcomes = calls::deliver_all(&call, (5..8).map(change).collect());
        assert_in_time(begun, 2, &scenario);
        // A WordPress that says that it failed is through with the batch; whatever else is a no comes before anything is done.
        let is_over = matches!(name, "500-json" | "echo-500" | "501-json");
        let open = matches!(http, 0 | 200..=299 | 500..) || code == "http_403";
        let held = !is_over && (open || taken == Busy && !(300..400).contains(&http));
        for outcome in &outcomes {
            if held {
                assert_outcome(outcome, name, taken, code, http, false);
                assert_doubt(outcome, http, &scenario);
            } else {
                assert_eq!((outcome.status, outcome.http), (Status::Updated, Some(200)), "{scenario}: {outcome:?}");
            }
            assert_secret(&format!("{outcome:?} {:?}", outcome.to_map()), &scenario);
        }
        let singles = |sent: &[String]| sent.iter().filter(|line| line.starts_with("POST /wp/v2/users/")).count();
        let batches = |sent: &[String]| sent.iter().filter(|line| *line == "POST /batch/v1").count();
        let sent = rude.take(&scenario);
        assert_eq!(singles(&sent), if held { 0 } else { 3 }, "{scenario}: {sent:?}");
        assert_eq!(batches(&sent), if name == "413" { 2 } else { 1 }, "{scenario}: {sent:?}");

        let later = calls::deliver_all(&call, (5..8).map(change).collect());
        let sent = rude.take(&scenario);
        assert!(later.iter().all(|outcome| outcome.status == Status::Updated), "{scenario}: {later:?}");
        assert_eq!(
            (singles(&sent), batches(&sent)),
            (3, if name == "413" { 2 } else { 0 }),
            "{scenario}: what bars batches holds nothing up"
        );
    });
}

#[test]
fn single_calls_fail_as_the_table_says() {
    type Single = (&'static str, fn(&rudr_sync::sync::Call) -> rudr_sync::failure::Failure);
    let singles: [Single; 4] = [
        ("create", |call| {
            failed(call.create(user(json!({"user_login": "new", "user_email": "new@site.test", "user_pass": USER_PASSWORD})), &mut || true))
        }),
        ("update", |call| failed(call.update(5, user(json!({"user_login": "someone", "user_pass": USER_PASSWORD})), &mut || true))),
        ("delete", |call| failed(call.delete(5, Some(3), &mut || true))),
        ("find", |call| failed(call.find("someone@site.test", &mut || true))),
    ];
    walk(|rude, name, taken, code, http| {
        for (single, run) in singles {
            // An empty list is what a search may well find.
            if (name, single) == ("list", "find") {
                continue;
            }
            let what = format!("{name}, {single}");
            let call = call(&rude.url(name), options());
            let begun = Instant::now();
            let failure = run(&call);
            assert_in_time(begun, 1, &what);
            let what = format!("{what}: {failure:?}");
            let kind = match taken {
                Busy | Suspect => Kind::Unreachable,
                Denied => Kind::Unauthorized,
                No if http == 403 => Kind::Unauthorized,
                Again | No => Kind::Rejected,
            };
            let code = match name {
                "413" => "http_413",
                "501-json" => "rest_cannot_delete",
                _ => code,
            };
            assert_eq!((failure.kind, failure.code.as_str(), failure.http), (kind, code, http), "{what}");
            assert_eq!(failure.retryable, matches!(taken, Busy | Suspect | Again), "{what}");
            match asked(name) {
                None => assert_eq!(failure.retry_after, None, "{what}"),
                Some((least, most)) => assert!(failure.retry_after.is_some_and(|s| (least..=most).contains(&s)), "{what}"),
            }
            assert_secret(&format!("{failure} {failure:?}"), &what);
            let sent = rude.take(name);
            // Who is not logged in may be an agent of the plugin there, which is asked.
            let about = if http == 401 { vec!["GET /rudr-sync/v1/"] } else { Vec::new() };
            assert_eq!(sent[1..], about, "{what}: {sent:?}");
        }
    });
}

#[test]
fn a_redirect_is_told_with_its_target_and_never_followed() {
    let rude = Rude::start();
    for status in [301, 302, 303, 307, 308] {
        let call = call(&rude.url(&status.to_string()), options());
        let outcome = deliver(&call, "put", linked(json!({"user": {"first_name": "A"}})));
        assert!(outcome.message.contains(&rude.url("elsewhere")), "{}", outcome.message);
    }
    assert_eq!(rude.take("elsewhere"), Vec::<String>::new());
}

#[test]
fn who_is_not_there_is_gone_on_a_change_and_absent_on_a_removal() {
    let rude = Rude::start();
    let call = call(&rude.url("404-user"), options());
    let outcome = deliver(&call, "put", linked(json!({"user": {"first_name": "A"}})));
    assert_eq!((outcome.status, outcome.code.as_deref(), outcome.due), (Status::Rejected, Some("gone"), None));
    let outcome = deliver(&call, "delete", linked(json!({})));
    assert_eq!((outcome.status, outcome.scope), (Status::Absent, Scope::Job));
    assert!(!call.delete(5, Some(3), &mut || true).unwrap());
    assert_eq!(failed(call.update(5, user(json!({"first_name": "A"})), &mut || true)).code, "rest_user_invalid_id");
}

#[test]
fn a_port_where_nobody_listens_and_a_name_that_nobody_has() {
    for (url, code) in [(rude::server::nobody(), "connect"), ("https://nobody.invalid".to_owned(), "dns")] {
        let call = call(&url, options());
        let begun = Instant::now();
        let outcome = deliver(&call, "put", linked(json!({"user": {"first_name": "A"}})));
        assert_eq!(
            (outcome.status, outcome.scope, outcome.code.as_deref(), outcome.spent),
            (Status::Retry, Scope::Site, Some(code), false),
            "{outcome:?}"
        );
        let failure = failed(call.find("a@b.test", &mut || true));
        assert_eq!((failure.kind, failure.code.as_str(), failure.http, failure.retryable), (Kind::Unreachable, code, 0, true));
        assert_in_time(begun, 2, &url);
    }
}

#[test]
fn a_create_that_never_left_need_not_wait_a_minute() {
    let call = call(&rude::server::nobody(), options());
    let dues: Vec<_> =
        (0..20).map(|_| deliver(&call, "put", json!({"user": {"user_login": "new", "user_email": "new@site.test"}})).due).collect();
    assert!(dues.iter().all(|due| due.is_some_and(|due| due <= 15)), "{dues:?}");
}

#[test]
fn waits_double_with_the_attempts() {
    let rude = Rude::start();
    // What cannot have worked: after all else a minute is the least.
    let call = call(&rude.url("401-json"), options());
    let mut longest = BTreeMap::new();
    for attempts in [0, 3, 20] {
        let dues = (0..30).filter_map(|_| deliver(&call, "put", linked(json!({"user": {"first_name": "A"}, "attempts": attempts}))).due);
        longest.insert(attempts, dues.max().unwrap_or(0));
    }
    assert!(longest[&0] <= 15 && (16..=120).contains(&longest[&3]) && (121..=3600).contains(&longest[&20]), "{longest:?}");
}

#[test]
fn what_failed_for_a_week_is_given_up_but_never_a_password_a_role_or_a_removal() {
    let rude = Rude::start();
    let call = call(&rude.url("500-json.writes"), options());
    let week = json!({"failing": 7 * 86_400 + 1, "attempts": 30});
    let with = |more: Value| {
        let mut all = calls::map(week.clone());
        all.extend(calls::map(more));
        linked(Value::Object(all))
    };
    let given_up = deliver(&call, "put", with(json!({"user": {"first_name": "A"}})));
    assert_eq!((given_up.status, given_up.due), (Status::Rejected, None));
    assert_eq!(deliver(&call, "put", with(json!({"user": {"user_pass": USER_PASSWORD}, "password_mark": "m2"}))).status, Status::Retry);
    assert_eq!(deliver(&call, "put", with(json!({"user": {"roles": ["editor"]}}))).status, Status::Retry);
    assert_eq!(deliver(&call, "delete", with(json!({"reassign": 3}))).status, Status::Retry);

    // Roles that are there as they should be are no reason to go on.
    let well = calls::call(&rude.url("bench-20ms.site"), options());
    let base = deliver(&well, "put", linked(json!({"user": {"roles": ["subscriber"]}}))).base.unwrap().store();
    let roles = |role: &str| with(json!({"user": {"first_name": "A", "roles": [role]}, "base": base}));
    assert_eq!(deliver(&call, "put", roles("subscriber")).status, Status::Rejected);
    assert_eq!(deliver(&call, "put", roles("editor")).status, Status::Retry);
}
