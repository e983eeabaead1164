//! Which wire a site speaks: asked once, only when something has to be sent, and again when it proves wrong.

use crate::world::*;

#[test]
fn a_site_is_asked_once_and_known_from_then_on() {
    let world = World::new();
    let outcomes = world.deliver(json!({"concurrency": 4}), &(0..6).map(newcomer).collect::<Vec<_>>());
    assert!(outcomes.iter().all(|outcome| outcome.status == Status::Created), "{outcomes:?}");
    let asked = world.asked();
    assert_eq!(asked.iter().filter(|line| *line == ABOUT).count(), 1, "{asked:?}");
    assert!(asked.iter().all(|line| line == ABOUT || line == JOBS));
    assert!(outcomes.iter().all(|outcome| outcome.site.is_some()), "every outcome tells what was learnt");
    // The process remembers; so there is nothing to tell.
    let again = world.put(json!({}), newcomer(9));
    assert_eq!((again.status, again.site, world.asked()), (Status::Created, None, vec![JOBS.to_owned()]));
}

#[test]
fn a_plain_site_is_asked_twice_once() {
    let world = World::plain();
    let outcome = world.put(json!({}), newcomer(0));
    assert_eq!(outcome.status, Status::Created);
    assert_eq!(world.asked(), [ABOUT, ME, "POST /wp/v2/users"]);
    let judged = judge(None, &[outcome.to_map()]);
    assert_eq!(judged.wire, Some(Wire::Plain));
    world.put(json!({}), newcomer(1));
    assert_eq!(world.asked(), ["POST /wp/v2/users"]);
}

#[test]
fn what_was_kept_of_it_saves_the_question() {
    let (world, other) = (World::new(), World::new());
    let outcome = world.put(json!({}), newcomer(0));
    // As another process would be handed it: of that site.
    let known = outcome.site.unwrap().replace(&world.rude.url(SITE), &other.rude.url(SITE));
    let terms = Terms { state: Some(state(&Known::parse(&known).unwrap())), ..Terms::default() };
    let outcomes = deliver_all(&other.call(json!({}), terms), vec![read(&newcomer(1))]);
    assert_eq!((outcomes[0].status, other.asked()), (Status::Created, vec![JOBS.to_owned()]));
}

#[test]
fn what_needs_no_site_asks_none() {
    let world = World::new();
    let linked = json!({"op": "put", "user_id": 7, "remote_id": 5, "remote_login": "someone", "trust": "adopted"});
    let outcomes = world.deliver(
        json!({}),
        &[
            both(linked.clone(), json!({"user": {}})),
            both(linked.clone(), json!({"op": "delete"})),
            json!({"op": "delete", "user_id": 8}),
            json!({"op": "put", "user_id": 9, "user": {"user_login": "x"}}),
            both(newcomer(1), json!({"privileged": true})),
            json!({"op": "put", "user_id": "x"}),
        ],
    );
    let wanted = ["unchanged", "unlinked", "absent", "rejected incomplete", "rejected privileged", "rejected invalid_job"];
    assert_eq!(statuses(&outcomes), wanted);
    assert!(world.asked().is_empty());
    assert!(outcomes.iter().all(|outcome| outcome.site.is_none()));
}

#[test]
fn a_site_without_an_answer_is_the_sites_trouble() {
    for (scenario, code, scope) in [
        ("503.site", "http_503", Scope::Site),
        ("301.site", "redirect", Scope::Site),
        ("reset.site", "truncated", Scope::Site),
        ("500-json.site", "internal_server_error", Scope::Site),
        ("500-html.site", "not_wordpress", Scope::Site),
        ("html.site", "not_wordpress", Scope::Site),
        ("401-json.site", "rest_not_logged_in", Scope::Site),
        ("404-html.site", "not_wordpress", Scope::Site),
    ] {
        let rude = Rude::start();
        let call = unasked(&rude.url(scenario), json!({"source": SOURCE}), Terms::default());
        let outcomes = deliver_all(&call, (0..3).map(|n| read(&newcomer(n))).collect());
        for outcome in outcomes {
            assert_eq!((outcome.code.as_deref(), outcome.scope, outcome.spent), (Some(code), scope, false), "{scenario} {outcome:?}");
            assert_eq!(outcome.status == Status::Unauthorized, code.starts_with("rest_not"), "{scenario}");
        }
        let asked = rude.take(scenario);
        assert!(asked.len() <= 2 && asked[0] == ABOUT, "{scenario} {asked:?}");
    }
}

#[test]
fn a_receiver_of_another_time_is_not_spoken_to() {
    let world = World::new();
    world.plugin().receiver.as_mut().unwrap().version = "9.9".into();
    let outcomes = world.deliver(json!({}), &[newcomer(0), newcomer(1)]);
    for outcome in &outcomes {
        assert_eq!((short(outcome).as_str(), outcome.scope, outcome.due), ("retry receiver_version", Scope::Site, Some(3600)));
        assert!(outcome.message.contains("9.9") && outcome.message.contains(env!("CARGO_PKG_VERSION")), "{}", outcome.message);
    }
    assert_eq!(world.asked(), [ABOUT]);
    assert_eq!(judge(None, &outcomes.iter().map(Outcome::to_map).collect::<Vec<_>>()).status, "paused");
    // By a failed login a site is given up, and it is asked by this while it is paused.
    assert_eq!(last_step(&world), ("receiver", false));
    // It is asked anew each time, since it may have been updated.
    world.plugin().receiver.as_mut().unwrap().version = env!("CARGO_PKG_VERSION").into();
    assert_eq!(world.put(json!({}), newcomer(0)).status, Status::Created);
}

#[test]
fn a_receiver_that_breaks_or_has_had_enough_does_not_refuse_us() {
    let world = World::new();
    for knows_early in [false, true] {
        world.plugin().receiver.as_mut().unwrap().knows_early = knows_early;
        world.site.next(ABOUT, Fault::Say(500, json!({"code": "internal_server_error", "message": "x", "data": {"status": 500}})));
        assert_eq!(last_step(&world), ("receiver", false));
        let enough = json!({"code": "rudr_sync_too_many_failures", "message": "Wait.", "data": {"status": 429}});
        world.site.next(ABOUT, Fault::Say(429, enough));
        assert_eq!(last_step(&world), ("receiver", false));
        assert_eq!(last_step(&world), ("rights", true));
    }
}

/// What a check comes to.
fn last_step(world: &World) -> (&'static str, bool) {
    let last = world.call(json!({}), Terms::default()).check(&mut || true).pop().unwrap();
    world.asked();
    (last.check, last.ok)
}

#[test]
fn what_says_that_it_is_a_receiver_in_another_shape_is_none() {
    let world = World::new();
    world.site.next(ABOUT, Fault::Say(200, json!({"version": "0.1.0", "max_jobs": "many"})));
    let outcome = world.put(json!({}), newcomer(0));
    assert_eq!((short(&outcome).as_str(), outcome.scope), ("retry not_wordpress", Scope::Site), "an agent is let in nowhere else");
    assert_eq!(world.asked(), [ABOUT, ME]);
}

#[test]
fn a_wrong_password_is_told_as_that() {
    let world = World::new();
    let site = crate::calls::site(&world.rude.url(SITE), AGENT, "another", json!({"source": SOURCE}), &Settings::default()).unwrap();
    let call = rudr_sync::sync::Call::new(std::sync::Arc::new(site), Settings::default());
    let outcome = deliver_all(&call, vec![read(&newcomer(0))]).remove(0);
    assert_eq!((short(&outcome).as_str(), outcome.scope), ("unauthorized rest_not_logged_in", Scope::Site));
}

#[test]
fn an_agent_who_may_not_call_from_here_is_told_why() {
    let world = World::new();
    world.site.next(
        ABOUT,
        Fault::Say(403, json!({"code": "rudr_sync_address", "message": "This address may not call.", "data": {"status": 403}})),
    );
    let outcome = world.put(json!({}), newcomer(0));
    assert_eq!((short(&outcome).as_str(), outcome.scope), ("unauthorized rudr_sync_address", Scope::Site));
}

#[test]
fn a_source_without_a_uuid_is_told_to_name_one() {
    let world = World::new();
    for source in [json!(null), json!(""), json!("not a uuid")] {
        let outcome = world.put(json!({"source": source}), newcomer(0));
        assert_eq!(short(&outcome), "rejected source_missing");
    }
    assert!(!world.asked().contains(&JOBS.to_owned()));
    let terms = Terms { source: Some(SOURCE.into()), ..Terms::default() };
    let call = unasked(&world.rude.url(SITE), json!({}), terms);
    assert_eq!(deliver_all(&call, vec![read(&newcomer(0))])[0].status, Status::Created);
}
