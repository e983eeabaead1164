//! Many jobs at once: in order, over so many connections and no more, each for itself.

#[path = "rude/calls.rs"]
mod calls;
mod rude;

use calls::{call, deliver, deliver_all, job, short, site, user};
use rude::Rude;
use rude::wordpress::{AGENT, Fault, PASSWORD};
use rudr_sync::input::BadInput;
use rudr_sync::job::Job;
use rudr_sync::outcome::{Doubt, Outcome, Scope, Status};
use rudr_sync::site::Settings;
use rudr_sync::sync::Call;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

const CREATE: &str = "POST /wp/v2/users";

/// A user who is to be made.
fn newcomer(n: usize) -> Result<Job, BadInput> {
    let user = json!({"user_login": format!("u{n}"), "user_email": format!("u{n}@a.test"), "user_pass": "a secret"});
    job("put", json!({"user_id": n, "user": user, "password_mark": "m"}))
}

fn newcomers(number: usize) -> Vec<Result<Job, BadInput>> {
    (0..number).map(newcomer).collect()
}

/// A change of a name.
fn change(n: usize) -> Result<Job, BadInput> {
    job("put", json!({"user_id": n, "remote_id": 5, "remote_login": "someone", "trust": "own", "user": {"first_name": "A"}}))
}

fn changes(number: usize) -> Vec<Result<Job, BadInput>> {
    (0..number).map(change).collect()
}

fn statuses(outcomes: &[Outcome]) -> Vec<String> {
    outcomes.iter().map(short).collect()
}

fn writes(lines: &[String]) -> usize {
    lines.iter().filter(|line| line.starts_with("POST")).count()
}

#[test]
fn no_jobs_are_no_requests() {
    let rude = Rude::start();
    rude.wordpress("b");
    assert!(deliver_all(&call(&rude.url("b"), json!({})), Vec::new()).is_empty());
    assert_eq!(rude.connections(), 0);
}

#[test]
fn outcomes_come_in_the_order_of_the_jobs_whichever_is_done_first() {
    let rude = Rude::start();
    let site = rude.wordpress("b");
    site.next(CREATE, Fault::Late(Duration::from_millis(300)));
    let outcomes = deliver_all(&call(&rude.url("b"), json!({"concurrency": 3})), newcomers(12));
    for (n, outcome) in outcomes.iter().enumerate() {
        assert_eq!((outcome.status, outcome.login.as_deref()), (Status::Created, Some(format!("u{n}").as_str())));
        assert_eq!(outcome.id, site.id(&format!("u{n}")));
    }
}

#[test]
fn as_many_requests_are_in_flight_as_the_site_allows_and_never_more() {
    for (options, settings, wanted) in [
        (json!({}), Settings::default(), 4),
        (json!({"concurrency": 2}), Settings::default(), 2),
        (json!({}), Settings { concurrency: 7, ..Settings::default() }, 7),
        (json!({"concurrency": 1}), Settings { concurrency: 7, ..Settings::default() }, 1),
    ] {
        let rude = Rude::start();
        rude.wordpress("b");
        rude.gate(wanted);
        let outcomes = deliver_all(&calls::call_with(&rude.url("b"), options, settings), newcomers(3 * wanted));
        assert!(outcomes.iter().all(|outcome| outcome.status == Status::Created), "{outcomes:?}");
        assert_eq!((rude.most_in_flight(), rude.connections()), (wanted, wanted));
    }
}

#[test]
fn one_jobs_failure_is_never_anothers() {
    let rude = Rude::start();
    let site = rude.wordpress("b");
    site.next(CREATE, Fault::None);
    site.next(CREATE, Fault::Say(500, json!({"code": "internal_server_error", "message": "Fatal.", "data": {"status": 500}})));
    site.next(CREATE, Fault::LoseAnswer);
    site.next(CREATE, Fault::Say(403, json!("a firewall's page")));
    site.next(CREATE, Fault::Say(400, json!({"code": "some_plugin_says_no", "message": "No.", "data": {"status": 400}})));
    let outcomes = deliver_all(&call(&rude.url("b"), json!({"concurrency": 1})), newcomers(7));
    let wanted = [
        "created",
        "retry internal_server_error",
        "retry truncated",
        "retry http_403",
        "rejected some_plugin_says_no",
        "created",
        "created",
    ];
    assert_eq!(statuses(&outcomes), wanted);
    assert!(outcomes.iter().all(|outcome| outcome.scope == Scope::Job));
}

#[test]
fn a_job_that_cannot_be_read_is_told_in_its_place() {
    let rude = Rude::start();
    rude.wordpress("b");
    let bad = [job("upsert", json!({})), job("put", json!({"tried_at": "x"})), job("put", json!({"remote_id": -1}))];
    let [a, b, c] = bad;
    let outcomes = deliver_all(&call(&rude.url("b"), json!({})), vec![newcomer(0), a, newcomer(1), b, c, newcomer(2)]);
    let wanted = ["created", "rejected invalid_job", "created", "rejected invalid_job", "rejected invalid_job", "created"];
    assert_eq!(statuses(&outcomes), wanted);
    assert!(outcomes[3].message.contains("tried_at"), "{}", outcomes[3].message);
    assert_eq!((outcomes[3].due, outcomes[3].doubt), (None, Doubt::Before), "what was in doubt before is so still");
}

#[test]
fn a_field_that_cannot_be_read_costs_nothing_but_itself() {
    let rude = Rude::start();
    let site = rude.wordpress("b");
    let odd = |n: usize, more: Value| {
        let user = json!({"user_login": format!("u{n}"), "user_email": format!("u{n}@a.test"), "first_name": "A", "last_name": more});
        job("put", json!({"user_id": n, "user": user, "attempts": more, "failing": more, "proved": more, "base": more}))
    };
    let values = [json!(5), json!([]), json!({"a": 1}), json!(true)];
    let outcomes = deliver_all(&call(&rude.url("b"), json!({})), values.into_iter().enumerate().map(|(n, value)| odd(n, value)).collect());
    for (n, outcome) in outcomes.iter().enumerate() {
        assert_eq!((outcome.status, outcome.refused["last_name"].as_str()), (Status::Created, "unreadable"), "{outcome:?}");
        assert_eq!(site.person(outcome.id.unwrap()).texts["first_name"], json!("A"), "{n}");
        assert!(outcome.message.contains("last_name (unreadable"), "{}", outcome.message);
    }
}

#[test]
fn a_site_that_is_busy_is_asked_once_and_not_by_every_job() {
    for (scenario, status, code, requests) in [
        ("503.site", Status::Retry, "http_503", 1),
        // Each change might be let through where batches are not.
        ("301.site", Status::Retry, "redirect", 2),
        ("reset.site", Status::Retry, "truncated", 2),
        ("html.site", Status::Retry, "not_wordpress", 2),
        ("401-json.site", Status::Unauthorized, "rest_not_logged_in", 2),
    ] {
        let rude = Rude::start();
        let outcomes = deliver_all(&call(&rude.url(scenario), json!({"concurrency": 1})), changes(20));
        for outcome in &outcomes {
            assert_eq!(
                (outcome.status, outcome.scope, outcome.code.as_deref(), outcome.spent),
                (status, Scope::Site, Some(code), false),
                "{outcome:?}"
            );
            assert!(outcome.due.is_some());
        }
        assert_eq!(rude.take(scenario).len(), requests, "{scenario}");
    }
}

#[test]
fn a_site_that_hangs_holds_a_delivery_for_one_timeout_not_for_one_each() {
    let rude = Rude::start();
    let begun = Instant::now();
    let outcomes = deliver_all(&call(&rude.url("hang.site"), json!({"concurrency": 2, "timeout": 1})), changes(20));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(outcomes.iter().all(|outcome| outcome.scope == Scope::Site && !outcome.spent));
    assert!(writes(&rude.take("hang.site")) <= 2);
}

#[test]
fn what_is_a_jobs_own_doing_does_not_stop_the_rest() {
    let rude = Rude::start();
    let outcomes = deliver_all(&call(&rude.url("reset"), json!({"concurrency": 1})), newcomers(5));
    assert!(outcomes.iter().all(|outcome| (outcome.scope, outcome.spent) == (Scope::Job, true)), "{outcomes:?}");
    assert_eq!(writes(&rude.take("reset")), 5);
}

#[test]
fn what_is_in_step_needs_no_site() {
    let outcomes = deliver_all(
        &call(&rude::server::nobody(), json!({"concurrency": 1})),
        vec![
            change(0),
            job("put", json!({"remote_id": 5, "remote_login": "someone", "trust": "own", "user": {}})),
            job("delete", json!({"remote_id": 5, "remote_login": "someone", "trust": "adopted"})),
        ],
    );
    assert_eq!(statuses(&outcomes), ["retry connect", "unchanged", "unlinked"]);
}

#[test]
fn a_budget_bounds_the_whole_delivery_and_what_it_leaves_costs_nothing() {
    let rude = Rude::start();
    let site = rude.wordpress("b");
    for _ in 0..20 {
        site.next(CREATE, Fault::Late(Duration::from_millis(300)));
    }
    let begun = Instant::now();
    let outcomes = deliver_all(&call(&rude.url("b"), json!({"concurrency": 2, "budget": 1, "timeout": 20})), newcomers(20));
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let made = outcomes.iter().filter(|outcome| outcome.status == Status::Created).count();
    assert!((2..=6).contains(&made), "{made}");
    for outcome in outcomes.iter().filter(|outcome| outcome.status != Status::Created) {
        // The site is well: nothing speaks against it, and no attempt was spent.
        assert_eq!((short(outcome).as_str(), outcome.scope, outcome.spent), ("retry budget", Scope::Site, false), "{outcome:?}");
    }
    // What was sent and not waited for may have worked: that, and only that, waits a minute.
    let sent = writes(&rude.take("b")) - made;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.due >= Some(60)).count(), sent, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|outcome| outcome.due == Some(0)).count(), 20 - made - sent);
    let judged = rudr_sync::judge::judge(None, &outcomes.iter().map(Outcome::to_map).collect::<Vec<_>>());
    assert_eq!(judged.status, "ok");
}

#[test]
fn a_site_that_hangs_for_all_of_a_short_budget_is_told_as_one_that_hangs() {
    let rude = Rude::start();
    let outcomes = deliver_all(&call(&rude.url("hang.site"), json!({"budget": 1, "timeout": 20})), changes(3));
    assert_eq!(statuses(&outcomes), ["retry timeout"; 3]);
    let judged = rudr_sync::judge::judge(None, &outcomes.iter().map(Outcome::to_map).collect::<Vec<_>>());
    assert_eq!(judged.status, "paused");
}

#[test]
fn a_call_whose_jobs_need_no_request_ends_when_its_caller_says_so() {
    let rude = Rude::start();
    let call = call(&rude.url("hang"), json!({}));
    // Removed here, and never made there.
    let gone = || job("delete", json!({"user_id": 7}));
    let failure = call.deliver((0..50_000).map(|_| gone()).collect(), &mut || false).err();
    assert_eq!(failure.map(|failure| failure.code), Some("interrupted".into()));
    assert!(rude.log("hang").is_empty());
}

#[test]
fn a_call_ends_when_its_caller_says_so() {
    let rude = Rude::start();
    let call = call(&rude.url("hang"), json!({"timeout": 20}));
    let begun = Instant::now();
    let mut ticks = 0;
    let failure = call
        .deliver(changes(5), &mut || {
            ticks += 1;
            ticks < 3
        })
        .unwrap_err();
    assert_eq!((failure.code.as_str(), failure.retryable, ticks), ("interrupted", true, 3));
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[test]
fn a_waiting_call_looks_up_many_times_a_second() {
    let rude = Rude::start();
    let mut ticks = 0;
    let call = call(&rude.url("hang"), json!({"timeout": 1}));
    let _ = call.find("a@b.test", &mut || {
        ticks += 1;
        true
    });
    assert!(ticks >= 5, "{ticks}");
}

#[test]
fn one_connection_serves_call_after_call() {
    let rude = Rude::start();
    rude.wordpress("b");
    for n in 0..20 {
        // As PHP does: a site, and a call, made anew each time.
        let outcome = deliver_all(&call(&rude.url("b"), json!({})), vec![newcomer(n)]).remove(0);
        assert_eq!(outcome.status, Status::Created);
        call(&rude.url("b"), json!({})).update(outcome.id.unwrap(), user(json!({"first_name": "A"})), &mut || true).unwrap();
    }
    assert_eq!((rude.log("b").len(), rude.connections()), (40, 1));
}

#[test]
fn a_connection_that_the_site_has_ended_since_is_not_taken_for_one() {
    let rude = Rude::start();
    for n in 1..=5 {
        call(&rude.url("leaves.site"), json!({})).update(5, user(json!({"first_name": "A"})), &mut || true).unwrap();
        rude.wait_until_closed(n);
    }
    assert_eq!((rude.log("leaves.site").len(), rude.connections()), (5, 5));
}

#[test]
fn nor_is_one_of_many_that_it_has_ended_together() {
    let rude = Rude::start();
    let many = call(&rude.url("leaves-after-a-change.site"), json!({"concurrency": 8}));
    let outcomes = deliver_all(&many, changes(8));
    assert!(outcomes.iter().all(|outcome| outcome.status == Status::Updated), "{outcomes:?}");
    assert!(rude.connections() >= 8, "{}", rude.connections());
    rude.wait_until_closed(8);
    let asked = rude.log("leaves-after-a-change.site").len();
    many.update(5, user(json!({"first_name": "A"})), &mut || true).unwrap();
    assert_eq!(rude.log("leaves-after-a-change.site").len(), asked + 1);
}

#[test]
fn sites_of_one_host_share_connections_but_never_credentials() {
    let rude = Rude::start();
    let (one, two) = (rude.wordpress("one"), rude.wordpress("two"));
    two.state().people.entry(1).and_modify(|person| person.login = "another".into());
    let as_whom = |url: &str, username: &str, password: &str| {
        let settings = Settings::default();
        let call = Call::new(Arc::new(site(url, username, password, json!({}), &settings).unwrap()), settings);
        deliver_all(&call, vec![newcomer(0)]).remove(0)
    };
    for _ in 0..3 {
        as_whom(&rude.url("one"), AGENT, PASSWORD);
        let outcome = as_whom(&rude.url("two"), "another", "not the password");
        assert_eq!((outcome.status, outcome.scope), (Status::Unauthorized, Scope::Site));
    }
    assert!(one.id("u0").is_some() && two.id("u0").is_none());
    assert_eq!(rude.connections(), 1);
    let given = |name: &str| {
        let mut given: Vec<_> = rude.log(name).into_iter().map(|request| request.headers["authorization"].clone()).collect();
        given.dedup();
        given
    };
    assert_eq!((given("one").len(), given("two").len()), (1, 1));
    assert_ne!(given("one"), given("two"));
}

#[test]
fn what_is_sent_says_who_we_are_and_asks_for_little() {
    let rude = Rude::start();
    rude.wordpress("b");
    deliver_all(&call(&rude.url("b"), json!({})), vec![newcomer(0)]);
    let request = rude.log("b").remove(0);
    assert!(request.headers["user-agent"].starts_with("rudr-sync/"));
    assert_eq!((request.headers["accept"].as_str(), request.headers["content-type"].as_str()), ("application/json", "application/json"));
    assert!(request.query["_fields"].contains("capabilities"));
    for unasked in ["accept-encoding", "cookie", "referer", "expect"] {
        assert!(!request.headers.contains_key(unasked), "{unasked}");
    }
}

#[test]
fn a_site_without_permalinks_is_spoken_to_by_its_query() {
    let rude = Rude::start();
    let site = rude.wordpress("b");
    let outcome = deliver(
        &call(&format!("{}/?rest_route=/", rude.url("b")), json!({})),
        "put",
        json!({"user": {"user_login": "ann", "user_email": "a+n&n@a.test"}}),
    );
    assert_eq!(outcome.status, Status::Created);
    let found: Value = json!(call(&format!("{}/?rest_route=/", rude.url("b")), json!({})).find("A+n&n@a.test", &mut || true).unwrap());
    assert_eq!(found, json!(site.id("ann")));
}
