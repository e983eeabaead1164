//! Every rude answer of a receiver, and what is made of it. None is a success; what one job spoils is that job's.

use crate::world::*;

fn many(world: &World, number: usize) -> Vec<Outcome> {
    world.deliver(json!({}), &(0..number).map(newcomer).collect::<Vec<_>>())
}

#[test]
fn an_answer_that_is_no_list_of_outcomes_is_no_success() {
    let world = World::new();
    let link = world.ann();
    let id = link["remote_id"].clone();
    let done = json!({"status": "updated", "id": id, "login": "ann", "trust": "own", "registered": "2026-01-01T00:00:00+00:00",
        "held": {}, "refused": {}, "code": null, "message": "", "ref": 0});
    let but = |key: &str, value: Value| {
        let mut other = done.clone();
        other[key] = value;
        json!({"outcomes": [other]})
    };
    for body in [
        json!({"outcomes": []}),
        json!({"outcomes": [done, done]}),
        json!({"outcomes": {"0": done}}),
        json!({"outcomes": null}),
        json!([done]),
        json!(true),
        json!("<html>"),
        but("ref", json!(1)),
        but("ref", json!(null)),
        but("status", json!(200)),
        but("id", json!("57")),
        but("id", json!(null)),
        but("login", json!(["ann"])),
        but("trust", json!("none")),
        but("registered", json!(0)),
        but("held", json!("x")),
        but("refused", json!({"roles": 5})),
    ] {
        world.site.next(JOBS, Fault::Say(200, body.clone()));
        let outcome = world.put(json!({}), both(both(ann(json!({})), link.clone()), renamed("Anna")));
        assert_eq!((short(&outcome).as_str(), outcome.scope, outcome.doubt), ("retry not_wordpress", Scope::Job, Doubt::Now), "{body}");
        assert_eq!(world.asked(), [JOBS, ABOUT], "{body}");
    }
}

#[test]
fn a_receiver_that_is_too_busy_is_left_alone() {
    let world = World::new();
    world.ann();
    let busy = json!({"code": "rudr_sync_too_many_failures", "message": "Too many.", "data": {"status": 429}});
    world.site.next(JOBS, Fault::Say(429, busy));
    let outcome = many(&world, 1).remove(0);
    assert_eq!((short(&outcome).as_str(), outcome.scope, outcome.spent), ("retry rudr_sync_too_many_failures", Scope::Site, false));
    assert_eq!(world.asked(), [JOBS]);
}

#[test]
fn a_password_that_speaks_for_another_source_is_the_sites_trouble() {
    let world = World::new();
    world.ann();
    let wrong = json!({"code": "rudr_sync_wrong_source", "message": "This speaks for another.", "data": {"status": 403}});
    world.site.next(JOBS, Fault::Say(403, wrong));
    let outcomes = world.deliver(json!({"concurrency": 1}), &(0..3).map(newcomer).collect::<Vec<_>>());
    assert!(
        outcomes.iter().all(|outcome| short(outcome) == "unauthorized rudr_sync_wrong_source" && outcome.scope == Scope::Site),
        "{outcomes:?}"
    );
    assert_eq!(world.asked(), [JOBS]);
}

#[test]
fn a_site_that_goes_away_is_not_taken_for_a_jobs_doing() {
    let world = World::new();
    let link = world.ann();
    world.site.next(JOBS, Fault::LoseRequest);
    world.site.next(ABOUT, Fault::Say(503, json!(null)));
    let outcome = world.put(json!({}), both(both(ann(json!({})), link), renamed("Anna")));
    assert_eq!(
        (short(&outcome).as_str(), outcome.scope, outcome.spent, outcome.doubt),
        ("retry truncated", Scope::Site, false, Doubt::Now)
    );
}

#[test]
fn single_calls_say_that_the_password_is_an_agents() {
    for knows_early in [false, true] {
        let world = World::new();
        world.plugin().receiver.as_mut().unwrap().knows_early = knows_early;
        let call = world.call(json!({}), Terms::default());
        let ann = || user(json!({"user_login": "ann", "user_email": "ann@a.test"}));
        for failure in [
            failed(call.create(ann(), &mut || true)),
            failed(call.update(5, ann(), &mut || true)),
            failed(call.delete(5, None, &mut || true).map(drop)),
            failed(call.find("ann@a.test", &mut || true)),
        ] {
            assert_eq!((failure.kind, failure.code.as_str(), failure.retryable), (Kind::Unauthorized, "rudr_sync_agent", false));
            assert!(failure.message.contains("rudr_sync_deliver"), "{}", failure.message);
        }
    }
    let world = World::plain();
    world.site.next("POST /wp/v2/users/5", Fault::Say(401, json!({"code": "rest_not_logged_in", "message": "No.", "data": null})));
    let failure = failed(world.call(json!({}), Terms::default()).update(5, user(json!({"first_name": "A"})), &mut || true));
    assert_eq!((failure.code.as_str(), failure.message.contains("rudr_sync_deliver")), ("rest_not_logged_in", false));
}
