//! What the receiver says of a job, in our words.

use crate::world::*;

fn said(world: &World, link: &Value, said: Value) -> Outcome {
    world.next(said);
    world.put(json!({}), both(both(ann(json!({})), link.clone()), renamed("Anna")))
}

fn retry(code: &str, seconds: Value) -> Value {
    json!({"status": "retry", "code": code, "message": "Not now.", "retry_after": seconds, "id": null})
}

#[test]
fn what_is_to_be_tried_again() {
    let world = World::new();
    let link = world.ann();
    for (code, seconds, spent, due, doubt) in [
        ("busy", json!(60), false, 60..=60, Doubt::Settled),
        ("budget", json!(0), false, 0..=0, Doubt::Settled),
        ("fatal", json!(0), false, 0..=0, Doubt::Settled),
        ("waits_for", json!(60), false, 60..=60, Doubt::Settled),
        ("fatal", json!(60), true, 60..=60, Doubt::Now),
        ("exception", json!(60), true, 60..=60, Doubt::Now),
        ("db_insert_error", json!(15), true, 15..=15, Doubt::Now),
        ("taken", json!(null), true, 1..=15, Doubt::Now),
        ("exception", json!(1_000_000), true, 3600..=3600, Doubt::Now),
    ] {
        let outcome = said(&world, &link, retry(code, seconds));
        assert_eq!((outcome.status, outcome.code.as_deref(), outcome.scope), (Status::Retry, Some(code), Scope::Job));
        assert_eq!((outcome.spent, outcome.doubt), (spent, doubt), "{code}");
        assert!(outcome.due.is_some_and(|seconds| due.contains(&seconds)), "{code} {:?}", outcome.due);
        // What may have been done in part is not taken for what was before.
        assert_eq!(outcome.base.is_some_and(|base| base.fields["first_name"].sent.is_empty()), doubt == Doubt::Now, "{code}");
        assert!(outcome.message.contains("Not now."), "{}", outcome.message);
    }
}

#[test]
fn a_no_is_told_with_whose_account_is_in_the_way() {
    let world = World::new();
    let link = world.ann();
    let outcome = said(&world, &link, rejected("privileged", link["remote_id"].as_u64()));
    assert_eq!((short(&outcome).as_str(), outcome.login.as_deref()), ("rejected privileged", Some("ann")));
    let outcome = said(&world, &link, rejected("existing_user_login", Some(99)));
    assert_eq!((outcome.id, outcome.login.as_deref(), outcome.trust), (Some(99), None, None));
    assert!(outcome.message.contains("As the receiver words"), "{}", outcome.message);
    let mut waits = retry("waits_for", json!(60));
    waits["id"] = json!(99);
    assert_eq!(said(&world, &link, waits).id, Some(99));
}

#[test]
fn an_account_that_is_gone_there_is_told_or_made_anew() {
    let world = World::new();
    let link = world.ann();
    let id = link["remote_id"].as_u64().unwrap();
    world.site.state().people.remove(&id);
    let job = both(both(ann(json!({})), link), renamed("Anna"));
    let gone = world.put(json!({}), job.clone());
    assert_eq!((short(&gone).as_str(), gone.forget), ("rejected gone", false));
    // Only what changed was sent: an account of that alone is not what is wanted.
    let forgets = world.put(json!({"recreate": true}), job);
    assert_eq!((short(&forgets).as_str(), forgets.forget, forgets.due), ("retry gone", true, Some(0)));
    assert_eq!(world.site.id("ann"), None);
    let anew = world.put(json!({"recreate": true}), ann(json!({})));
    assert_eq!((anew.status, world.site.person(anew.id.unwrap()).roles), (Status::Created, vec!["author".to_owned()]));
}

#[test]
fn an_account_that_was_found_and_never_written_to_is_nobodys_loss() {
    let world = World::new();
    world.site.add("other", "ann@a.test", "subscriber");
    let found = world.put(json!({}), ann(json!({"proved": "1"})));
    world.site.state().people.remove(&found.id.unwrap());
    let outcome = world.put(json!({}), both(ann(json!({})), kept(&found)));
    assert_eq!((short(&outcome).as_str(), outcome.forget), ("retry gone", true));
}

#[test]
fn an_address_that_another_user_has_there_yet_is_waited_for() {
    let world = World::new();
    let link = world.ann();
    let mut done = json!({"status": "updated", "id": link["remote_id"], "login": "ann", "trust": "own",
        "registered": "2026-01-01T00:00:00+00:00", "held": {"first_name": "x"}, "refused": {"user_email": "waits_for"}, "code": null, "message": ""});
    done["held"]["first_name"] = json!(rudr_sync::base::digest(&json!("Anna")));
    world.next(done);
    let user = person(json!({"first_name": "Anna", "user_email": "new@a.test"}));
    let waits = world.put(json!({}), both(both(ann(json!({})), link), json!({"user": user.clone()})));
    assert_eq!((short(&waits).as_str(), waits.due, waits.spent, waits.scope), ("retry waits_for", Some(60), false, Scope::Job));
    world.asked();
    let then = world.put(json!({}), both(kept(&waits), json!({"user": user})));
    assert_eq!(then.status, Status::Updated);
    assert_eq!(world.sent_job()["user"], json!({"user_email": "new@a.test"}), "the rest was done");
}

#[test]
fn what_the_site_makes_something_else_of_is_told() {
    let world = World::new();
    let link = world.ann();
    let outcome = world.put(json!({}), both(both(ann(json!({})), link), renamed(" Anna ")));
    assert_eq!(outcome.refused["first_name"], "altered");
    let refused = world
        .put(json!({}), ann(json!({"user_id": 8, "user": {"user_login": "x", "user_email": "x@a.test", "roles": ["boss", "author"]}})));
    assert_eq!(refused.refused["roles"], "role_not_allowed");
    assert!(refused.message.contains("let no source give it"), "{}", refused.message);
}

#[test]
fn what_cannot_be_said_of_such_a_job_is_not_believed() {
    let world = World::new();
    let link = world.ann();
    let other = json!({"status": "updated", "id": 99, "login": "ann", "trust": "own", "registered": "2026-01-01T00:00:00+00:00",
        "held": {}, "refused": {}, "code": null, "message": ""});
    let found =
        json!({"status": "found", "id": 99, "login": "ann", "trust": "own", "registered": "2026-01-01T00:00:00+00:00", "message": ""});
    for odd in [other.clone(), found, json!({"status": "deleted", "code": null, "message": ""})] {
        let outcome = said(&world, &link, odd);
        assert_eq!((short(&outcome).as_str(), outcome.spent, outcome.doubt), ("retry not_wordpress", true, Doubt::Now));
    }
    world.next(other);
    let outcome = world.remove(json!({}), both(link, json!({"op": "delete"})));
    assert_eq!(short(&outcome), "retry not_wordpress");
}

#[test]
fn a_receiver_that_is_a_version_ahead_is_understood_as_far_as_it_can_be() {
    let world = World::new();
    let link = world.ann();
    let more = json!({"status": "updated", "id": link["remote_id"], "login": "ann", "trust": "own", "registered": "2026-01-01T00:00:00+00:00",
        "held": {}, "refused": {"first_name": "too_odd"}, "code": null, "message": "", "since": {"version": "0.2.0"}});
    let outcome = said(&world, &link, more);
    assert_eq!((outcome.status, outcome.refused["first_name"].as_str()), (Status::Updated, "too_odd"));

    // What it alone has a word for is no success, and nobody else's trouble.
    world.asked();
    world.next(json!({"status": "postponed", "until": 5, "message": "Tomorrow."}));
    let outcomes = world.deliver(json!({}), &[both(both(ann(json!({})), link), renamed("Anna")), newcomer(1)]);
    assert_eq!(statuses(&outcomes), ["retry not_wordpress", "created"]);
    assert_eq!((outcomes[0].spent, outcomes[0].doubt), (true, Doubt::Now));
    assert!(outcomes[0].message.contains("newer than the extension"), "{}", outcomes[0].message);
    assert_eq!(world.asked().len(), 1, "it is not asked for in halves");
}
