//! The plugin there is switched off, or comes: what goes by the plain way then, and what waits.

use crate::world::*;

fn job(link: &Value, more: Value) -> Value {
    both(both(ann(json!({})), link.clone()), more)
}

fn typed(more: Value) -> Value {
    both(json!({"user": person(json!({"user_pass": "typed"})), "password_mark": "m2"}), more)
}

fn forget(world: &World) {
    let site = crate::calls::site(&world.rude.url(SITE), AGENT, PASSWORD, json!({}), &Settings::default()).unwrap();
    drop(Known::of(&site, None).now(None));
}

#[test]
fn names_go_the_plain_way_and_a_password_waits() {
    let world = World::new();
    let link = world.ann();
    world.switch_off("administrator");
    let outcome = world.put(json!({}), job(&link, renamed("Anna")));
    assert_eq!(
        (outcome.status, world.asked()),
        (Status::Updated, [JOBS, ABOUT, ABOUT, ME, "POST /wp/v2/users/2"].map(str::to_owned).to_vec())
    );

    let outcome = world.put(json!({}), job(&link, typed(json!({}))));
    assert_eq!(
        (short(&outcome).as_str(), outcome.due, outcome.spent, outcome.scope),
        ("retry receiver_gone", Some(3600), false, Scope::Job)
    );
    assert!(world.asked().is_empty(), "there is nothing else to send");
    assert_eq!(outcome.refused["user_pass"], "receiver_gone");

    let both_changed = typed(json!({"user": person(json!({"user_pass": "typed", "first_name": "Annabel"}))}));
    let outcome = world.put(json!({}), job(&link, both_changed.clone()));
    assert_eq!((short(&outcome).as_str(), outcome.due), ("retry receiver_gone", Some(3600)));
    assert_eq!(world.site.person(link["remote_id"].as_u64().unwrap()).texts["first_name"], json!("Annabel"), "the name has gone");
    assert_eq!(world.site.person(link["remote_id"].as_u64().unwrap()).password, HASH, "no password has");
    let base = outcome.base.clone().unwrap();
    assert_eq!((base.password.as_deref(), base.password_refused), (Some("m1"), None));
    world.asked();

    // The plugin is back: what waited goes.
    world.site.state().receiver = Some(Receiver::default());
    forget(&world);
    let outcome = world.put(json!({}), both(job(&kept(&outcome), both_changed), json!({"password_mark": "m2"})));
    assert_eq!((outcome.status, outcome.base.unwrap().password.as_deref()), (Status::Updated, Some("m2")));
    assert_eq!(world.sent_job()["user"], json!({"user_pass_hash": HASH}));
}

#[test]
fn an_administrators_word_lets_the_password_go() {
    let world = World::new();
    let link = world.ann();
    world.switch_off("administrator");
    let outcome = world.put(json!({"plaintext": true}), job(&link, typed(json!({}))));
    assert_eq!(outcome.status, Status::Updated);
    assert_eq!(world.site.person(link["remote_id"].as_u64().unwrap()).password, "typed");
    // The hash does not: core has no way to take it.
    let outcome = world.put(json!({"plaintext": true}), job(&link, json!({"password_mark": "m3"})));
    assert_eq!((outcome.status, outcome.refused["user_pass"].as_str()), (Status::Unchanged, "password_unknown"));
}

#[test]
fn a_new_user_is_made_and_the_password_follows() {
    let world = World::new();
    world.ann();
    world.switch_off("administrator");
    let outcome =
        world.put(json!({}), both(newcomer(3), json!({"user": {"user_login": "u3", "user_email": "u3@a.test", "user_pass": "typed"}})));
    assert_eq!((short(&outcome).as_str(), outcome.id), ("retry receiver_gone", world.site.id("u3")));
    assert_ne!(world.site.person(outcome.id.unwrap()).password, "typed");
    assert_eq!((outcome.login.as_deref(), outcome.trust.is_some(), outcome.doubt), (Some("u3"), true, Doubt::Settled));
}

#[test]
fn an_agent_who_may_do_nothing_without_the_plugin_waits_for_it() {
    for role in ["subscriber", "nobody"] {
        let world = World::new();
        let link = world.ann();
        world.switch_off(role);
        let outcomes = world.deliver(json!({"concurrency": 1}), &[job(&link, renamed("Anna")), newcomer(1)]);
        for outcome in &outcomes {
            assert_eq!((short(outcome).as_str(), outcome.scope, outcome.spent), ("retry receiver_gone", Scope::Site, false));
            assert!(outcome.due.is_some_and(|due| due <= 3600));
        }
        assert!(!world.asked().iter().any(|line| line.contains("/wp/v2/users/2") || line == "POST /wp/v2/users"));
        let judged = judge(None, &outcomes.iter().map(Outcome::to_map).collect::<Vec<_>>());
        assert_eq!((judged.status, judged.wire), ("paused", None));
        // Known from storage only, as in another process.
        assert_eq!(rudr_sync::judge::known(&judged.state).map(|known| known.was_receiver), Some(true));
    }
}

#[test]
fn a_site_that_was_never_a_receiver_takes_passwords_as_ever() {
    let world = World::plain();
    let user = json!({"user_login": "ann", "user_email": "ann@a.test", "user_pass": "typed"});
    let outcome = world.put(json!({}), ann(json!({ "user": user })));
    assert_eq!((outcome.status, world.site.person(outcome.id.unwrap()).password.as_str()), (Status::Created, "typed"));
}

#[test]
fn a_plugin_that_comes_is_found_within_the_hour_or_when_the_old_way_is_barred() {
    let world = World::plain();
    let outcome = world.put(json!({}), ann(json!({"user": {"user_login": "ann", "user_email": "ann@a.test", "first_name": "Ann"}})));
    assert_eq!(outcome.status, Status::Created);
    world.asked();
    world.site.state().receiver = Some(Receiver::default());
    let link = kept(&outcome);
    let barred = world.put(json!({}), job(&link, renamed("Anna")));
    assert_eq!((short(&barred).as_str(), barred.scope), ("unauthorized rest_not_logged_in", Scope::Site));
    let judged = judge(None, &[barred.to_map()]);
    assert_eq!((judged.wire, barred.site.is_some()), (None, true), "what was known is not believed any more");
    let outcome = world.put(json!({}), job(&link, renamed("Anna")));
    assert_eq!((outcome.status, outcome.trust.map(rudr_sync::job::Trust::word)), (Status::Updated, Some("adopted")));
}

#[test]
fn what_was_under_way_when_the_plugin_went_is_not_made_twice() {
    let world = World::new();
    world.ann();
    world.switch_off("administrator");
    // Tried at the receiver a moment ago: the plain way waits a minute, whoever was tried.
    let outcome = world.put(json!({}), both(newcomer(3), just_tried()));
    assert_eq!((short(&outcome).as_str(), world.site.id("u3")), ("retry unanswered", None));
}

#[test]
fn a_receiver_that_bars_one_request_is_one_still() {
    let world = World::new();
    let link = world.ann();
    for answer in [
        Fault::Say(403, json!("a firewall's page")),
        Fault::Say(401, json!({"code": "rest_not_logged_in", "message": "No.", "data": null})),
        Fault::Say(404, json!({"code": "rest_no_route", "message": "No.", "data": null})),
    ] {
        world.site.next(JOBS, answer);
        let outcome = world.put(json!({}), job(&link, renamed("Anna")));
        assert_eq!((outcome.status, outcome.scope, outcome.spent), (Status::Retry, Scope::Job, true), "{outcome:?}");
        assert_eq!(world.asked(), [JOBS, ABOUT]);
    }
}
