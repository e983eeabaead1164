//! Changes that go together, and what becomes of each. How rude answers to a batch are taken is in `wire.rs`.

#[path = "rude/calls.rs"]
mod calls;
mod rude;

use calls::{call, deliver_all, job, map, short};
use rude::Rude;
use rude::wordpress::{Fault, PASSWORD, WordPress};
use rudr_sync::input::BadInput;
use rudr_sync::job::Job;
use rudr_sync::outcome::{Doubt, Outcome, Scope, Status};
use serde_json::{Value, json};
use std::sync::Arc;

const BATCH: &str = "POST /batch/v1";

/// A site with so many users of ours.
fn site_of(rude: &Rude, name: &str, number: usize) -> (Arc<WordPress>, Vec<u64>) {
    let site = rude.wordpress(name);
    let ids = (0..number).map(|n| site.add(&format!("u{n}"), &format!("u{n}@a.test"), "author")).collect();
    (site, ids)
}

fn change_with(place: usize, id: u64, more: Value) -> Result<Job, BadInput> {
    let mut keys = map(json!({
        "user_id": place, "remote_id": id, "remote_login": format!("u{place}"), "trust": "own", "user": {"first_name": format!("Name {place}")}
    }));
    keys.extend(map(more));
    job("put", Value::Object(keys))
}

fn changes_with(ids: &[u64], more: Value) -> Vec<Result<Job, BadInput>> {
    ids.iter().enumerate().map(|(place, id)| change_with(place, *id, more.clone())).collect()
}

fn changes(ids: &[u64]) -> Vec<Result<Job, BadInput>> {
    changes_with(ids, json!({}))
}

fn one_of_each(lines: &[String]) -> (usize, usize) {
    let number = |wanted: &str| lines.iter().filter(|line| line.starts_with(wanted)).count();
    (number(BATCH), number("POST /wp/v2/users"))
}

fn assert_all(outcomes: &[Outcome], status: Status) {
    assert!(outcomes.iter().all(|outcome| outcome.status == status), "{outcomes:?}");
}

fn assert_arrived(site: &WordPress, ids: &[u64]) {
    for (place, id) in ids.iter().enumerate() {
        assert_eq!(site.person(*id).texts["first_name"], json!(format!("Name {place}")));
    }
}

fn wp_error(code: &str, status: u16, message: &str) -> Value {
    json!({"code": code, "message": message, "data": {"status": status}})
}

#[test]
fn sixty_changes_are_three_requests_and_each_has_its_own_outcome() {
    let rude = Rude::start();
    let (site, ids) = site_of(&rude, "b", 60);
    let outcomes = deliver_all(&call(&rude.url("b"), json!({})), changes(&ids));
    for (place, (outcome, id)) in outcomes.iter().zip(&ids).enumerate() {
        assert_eq!((outcome.status, outcome.id, outcome.http, outcome.doubt), (Status::Updated, Some(*id), Some(200), Doubt::Settled));
        assert_eq!(outcome.login, Some(format!("u{place}")));
    }
    assert_arrived(&site, &ids);
    assert_eq!(rude.take("b"), [BATCH; 3]);
    let bases: Vec<_> = outcomes.iter().map(|outcome| outcome.base.as_ref().unwrap().store()).collect();
    let again = ids.iter().enumerate().map(|(place, id)| change_with(place, *id, json!({"base": bases[place]}))).collect();
    assert_all(&deliver_all(&call(&rude.url("b"), json!({})), again), Status::Unchanged);
    assert!(rude.take("b").is_empty(), "each base holds what was sent for that user");
}

#[test]
fn one_alone_goes_as_ever_and_does_not_wait_for_what_will_not_join() {
    let rude = Rude::start();
    let (_, ids) = site_of(&rude, "b", 1);
    let newcomer = || job("put", json!({"user": {"user_login": "new", "user_email": "new@a.test"}}));
    assert_all(&deliver_all(&call(&rude.url("b"), json!({})), changes(&ids)), Status::Updated);
    assert_eq!(rude.take("b"), [format!("POST /wp/v2/users/{}", ids[0])]);
    // Both are under way at once, or neither is answered.
    rude.gate(2);
    let jobs = changes(&ids).into_iter().chain([newcomer()]).collect();
    let outcomes = deliver_all(&call(&rude.url("b"), json!({})), jobs);
    assert_eq!(outcomes.iter().map(short).collect::<Vec<_>>(), ["updated", "created"]);
    let mut sent = rude.take("b");
    sent.sort();
    assert_eq!(sent, ["POST /wp/v2/users".to_owned(), format!("POST /wp/v2/users/{}", ids[0])]);
}

#[test]
fn each_is_looked_at_first_where_it_would_be_alone() {
    let rude = Rude::start();
    let (site, ids) = site_of(&rude, "b", 6);
    site.state().people.entry(ids[3]).and_modify(|person| person.roles = vec!["administrator".into()]);
    let jobs = changes_with(&ids, json!({"user": {"first_name": "A", "user_pass": "a secret"}, "password_mark": "m"}));
    let outcomes = deliver_all(&call(&rude.url("b"), json!({"concurrency": 2})), jobs);
    for (place, outcome) in outcomes.iter().enumerate() {
        let wanted = if place == 3 { "rejected privileged" } else { "updated" };
        assert_eq!(short(outcome), wanted);
        assert_eq!(site.person(ids[place]).password, if place == 3 { "their own" } else { "a secret" });
    }
    let sent = rude.take("b");
    assert_eq!((sent.len(), sent.last().map(String::as_str)), (7, Some(BATCH)), "{sent:?}");
}

#[test]
fn what_befalls_one_in_a_batch_is_its_own() {
    let rude = Rude::start();
    let (site, ids) = site_of(&rude, "b", 8);
    let line = |place: usize| format!("POST /wp/v2/users/{}", ids[place]);
    site.next(&line(1), Fault::Say(400, wp_error("some_plugin_says_no", 400, &format!("No: {PASSWORD}"))));
    site.next(&line(2), Fault::Say(500, wp_error("internal_server_error", 500, "Critical.")));
    site.state().people.remove(&ids[3]);
    site.state().people.entry(ids[4]).and_modify(|person| person.login = "somebody_else".into());
    site.next(&line(5), Fault::Say(400, json!({"code": "rest_invalid_param", "message": "x", "data": {"params": {"first_name": "x"}}})));
    site.next(&line(6), Fault::Say(403, json!("a firewall's page")));
    let outcomes = deliver_all(&call(&rude.url("b"), json!({})), changes(&ids));
    let wanted = [
        "updated",
        "rejected some_plugin_says_no",
        "retry internal_server_error",
        "rejected gone",
        "rejected identity_mismatch",
        "unchanged",
        "retry http_403",
        "updated",
    ];
    assert_eq!(outcomes.iter().map(short).collect::<Vec<_>>(), wanted);
    assert!(outcomes.iter().all(|outcome| outcome.scope == Scope::Job));
    assert!(!outcomes[1].message.contains("EFGH") && outcomes[1].message.contains("not shown"), "{}", outcomes[1].message);
    assert_eq!(outcomes[5].refused["first_name"], "rest_invalid_param");
    let doubts: Vec<_> = [1, 2, 6, 7].iter().map(|place| outcomes[*place].doubt).collect();
    assert_eq!(doubts, [Doubt::Settled, Doubt::Now, Doubt::Now, Doubt::Settled]);
    assert_eq!(rude.take("b"), [BATCH, "GET /wp/v2/users/me"]);
}

#[test]
fn what_is_left_when_a_field_is_refused_goes_together_again() {
    let rude = Rude::start();
    let (site, ids) = site_of(&rude, "b", 5);
    let jobs = changes_with(&ids, json!({"user": {"locale": "xx_XX", "last_name": "B"}}));
    let outcomes = deliver_all(&call(&rude.url("b"), json!({})), jobs);
    for (outcome, id) in outcomes.iter().zip(&ids) {
        assert_eq!((outcome.status, outcome.refused["locale"].as_str()), (Status::Updated, "rest_not_in_enum"));
        assert_eq!(site.person(*id).texts["last_name"], "B");
    }
    assert_eq!(rude.take("b"), [BATCH; 2]);
}

#[test]
fn a_site_that_takes_no_users_in_batches_is_asked_once_and_gets_them_one_by_one() {
    let rude = Rude::start();
    let (site, ids) = site_of(&rude, "old", 60);
    site.state().takes_batches = false;
    assert_all(&deliver_all(&call(&rude.url("old"), json!({})), changes(&ids)), Status::Updated);
    assert_arrived(&site, &ids);
    assert_eq!(one_of_each(&rude.take("old")), (1, 60), "while it is tried, no other batch goes");
    assert_all(&deliver_all(&call(&rude.url("old"), json!({})), changes(&ids[..5])), Status::Updated);
    assert_eq!(one_of_each(&rude.take("old")), (0, 5));
    let roles = changes_with(&ids[..2], json!({"user": {"roles": ["editor"]}}));
    assert_all(&deliver_all(&call(&rude.url("old"), json!({"concurrency": 1})), roles), Status::Updated);
    let of = |id: u64| [format!("GET /wp/v2/users/{id}"), format!("POST /wp/v2/users/{id}")];
    assert_eq!(rude.take("old"), [of(ids[0]), of(ids[1])].concat(), "nobody waits for anybody");
}

#[test]
fn what_is_too_large_goes_in_halves() {
    let rude = Rude::start();
    let (site, ids) = site_of(&rude, "b", 4);
    site.next(BATCH, Fault::Say(413, json!("too large")));
    site.next(&format!("POST /wp/v2/users/{}", ids[3]), Fault::Say(400, wp_error("some_plugin_says_no", 400, "No.")));
    let outcomes = deliver_all(&call(&rude.url("b"), json!({})), changes(&ids));
    assert_eq!(outcomes.iter().map(short).collect::<Vec<_>>(), ["updated", "updated", "updated", "rejected some_plugin_says_no"]);
    assert_arrived(&site, &ids[..3]);
    assert_eq!(rude.take("b"), [BATCH; 3]);
    let large = "x".repeat(300_000);
    let jobs = changes_with(&ids, json!({"user": {"description": large}}));
    assert_all(&deliver_all(&call(&rude.url("b"), json!({})), jobs), Status::Updated);
    assert_eq!(one_of_each(&rude.take("b")), (0, 4), "two would be more than many a server takes");
}

#[test]
fn one_that_brings_the_batch_down_takes_nobody_along() {
    let rude = Rude::start();
    let (site, ids) = site_of(&rude, "dies", 5);
    let poison = format!("POST /wp/v2/users/{}", ids[2]);
    site.next(BATCH, Fault::DoAndSay(500, wp_error("internal_server_error", 500, "Critical.")));
    site.next(&poison, Fault::None);
    site.next(&poison, Fault::Say(500, wp_error("internal_server_error", 500, "Critical.")));
    let outcomes = deliver_all(&call(&rude.url("dies"), json!({})), changes(&ids));
    assert_eq!(outcomes.iter().map(short).collect::<Vec<_>>(), ["updated", "updated", "retry internal_server_error", "updated", "updated"]);
    assert_eq!(one_of_each(&rude.take("dies")), (1, 5));
}

#[test]
fn what_died_in_a_batch_and_could_not_be_sent_again_is_in_doubt() {
    let rude = Rude::start();
    let (site, ids) = site_of(&rude, "dies", 3);
    site.next(BATCH, Fault::DoAndSay(500, wp_error("internal_server_error", 500, "Critical.")));
    site.next(&format!("POST /wp/v2/users/{}", ids[0]), Fault::None);
    site.next(&format!("POST /wp/v2/users/{}", ids[0]), Fault::Say(429, json!("busy")));
    let outcomes = deliver_all(&call(&rude.url("dies"), json!({"concurrency": 1})), changes(&ids));
    for outcome in outcomes {
        assert_eq!((short(&outcome).as_str(), outcome.scope, outcome.doubt), ("retry http_429", Scope::Site, Doubt::Now), "{outcome:?}");
        assert!(outcome.due >= Some(60), "{outcome:?}");
    }
}

#[test]
fn a_lost_answer_leaves_each_in_doubt_as_it_would_one_alone() {
    let rude = Rude::start();
    let (site, ids) = site_of(&rude, "lost", 3);
    site.next(BATCH, Fault::LoseAnswer);
    let outcomes = deliver_all(&call(&rude.url("lost"), json!({})), changes(&ids));
    for outcome in &outcomes {
        assert_eq!((short(outcome).as_str(), outcome.scope, outcome.doubt), ("retry truncated", Scope::Job, Doubt::Now));
        assert!(outcome.due >= Some(60) && outcome.spent && outcome.base.is_some(), "{outcome:?}");
    }
    assert_arrived(&site, &ids);
    assert_eq!(rude.take("lost"), [BATCH, "GET /wp/v2/users/me"]);
}

#[test]
fn what_failed_before_or_is_in_doubt_goes_by_itself() {
    let rude = Rude::start();
    let (_, ids) = site_of(&rude, "b", 4);
    let tried = json!({"tried_at": 1000, "tried_last": 1000, "now": 2000});
    let more = [json!({}), json!({"attempts": 1}), tried, json!({})];
    let jobs = ids.iter().enumerate().map(|(place, id)| change_with(place, *id, more[place].clone())).collect();
    assert_all(&deliver_all(&call(&rude.url("b"), json!({})), jobs), Status::Updated);
    let sent = rude.log("b");
    let alone: Vec<_> = sent.iter().map(rude::request::Request::line).filter(|line| line != BATCH).collect();
    assert_eq!(alone.len(), 2, "{alone:?}");
    let batch = sent.iter().find(|request| request.line() == BATCH).unwrap().json();
    let paths: Vec<_> = batch["requests"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap().to_owned()).collect();
    assert!(paths.len() == 2 && paths[0].starts_with(&format!("/wp/v2/users/{}?_fields=id,", ids[0])), "{paths:?}");
}

#[test]
fn as_many_batches_are_in_flight_as_the_site_allows_and_never_more() {
    let rude = Rude::start();
    let (_, ids) = site_of(&rude, "b", 150);
    let call = call(&rude.url("b"), json!({"concurrency": 3}));
    assert_all(&deliver_all(&call, changes(&ids[..2])), Status::Updated);
    rude.gate(3);
    assert_all(&deliver_all(&call, changes(&ids)), Status::Updated);
    assert_eq!((rude.most_in_flight(), one_of_each(&rude.take("b"))), (3, (7, 0)));
}

#[test]
fn looks_at_the_site_count_among_its_requests() {
    for (scenario, concurrency, code) in [("hang", 1, "timeout"), ("hang", 2, "timeout"), ("hang", 3, "timeout"), ("reset", 2, "truncated")]
    {
        for site_fails in ["", ".site"] {
            let rude = Rude::start();
            let options = json!({"concurrency": concurrency, "timeout": 1});
            let jobs = (0..3).map(|n| job("put", json!({"user": {"user_login": format!("u{n}"), "user_email": format!("u{n}@a.test")}})));
            let outcomes = deliver_all(&call(&rude.url(&format!("{scenario}{site_fails}")), options), jobs.collect());
            let scope = if site_fails.is_empty() { Scope::Job } else { Scope::Site };
            for outcome in outcomes {
                assert_eq!((outcome.scope, outcome.code.as_deref()), (scope, Some(code)), "{outcome:?}");
            }
            assert!(rude.most_in_flight() <= concurrency, "{scenario}{site_fails}, {concurrency}: {}", rude.most_in_flight());
        }
    }
}

#[test]
fn a_site_that_is_away_is_not_asked_by_each_who_waited() {
    let rude = Rude::start();
    let ids: Vec<u64> = (5..205).collect();
    for (scenario, code) in
        [("503.site", "http_503"), ("429.site", "http_429"), ("401-json.site", "rest_not_logged_in"), ("reset.site", "truncated")]
    {
        let outcomes = deliver_all(&call(&rude.url(scenario), json!({"concurrency": 4})), changes(&ids));
        for outcome in outcomes {
            assert_eq!((outcome.scope, outcome.code.as_deref(), outcome.spent), (Scope::Site, Some(code), false), "{outcome:?}");
        }
        let sent = rude.take(scenario);
        assert!(sent.len() <= 2, "{scenario}: {sent:?}");
    }
}

#[test]
fn a_look_that_hangs_does_not_hold_the_others() {
    let rude = Rude::start();
    let (site, ids) = site_of(&rude, "b", 5);
    site.next(&format!("GET /wp/v2/users/{}", ids[1]), Fault::Late(std::time::Duration::from_mins(10)));
    // No time for that would be left behind the look.
    site.next(BATCH, Fault::Late(std::time::Duration::from_millis(3600)));
    let jobs = changes_with(&ids, json!({"user": {"first_name": "A", "roles": ["editor"]}}));
    let outcomes = deliver_all(&call(&rude.url("b"), json!({"budget": 12, "timeout": 20})), jobs);
    for (place, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.status, if place == 1 { Status::Retry } else { Status::Updated }, "{outcome:?}");
    }
}
