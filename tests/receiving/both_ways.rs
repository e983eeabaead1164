//! Two sites that follow each other: what has come from there does not go back, and what has changed there stays if that site is right.

use crate::world::*;
use rudr_sync::base::{Base, digest, digest_set};

fn base(outcome: &Outcome) -> &Base {
    outcome.base.as_ref().expect("a base")
}

fn received(fields: Value) -> Value {
    json!({"received": {"fields": fields, "password_mark": null}})
}

#[test]
fn what_came_from_there_is_not_sent_back() {
    let world = World::new();
    let link = world.ann();
    let came = received(json!({"first_name": digest(&json!("Anna")), "roles": digest_set(&["editor".into()])}));
    let job = both(both(ann(json!({})), link), json!({"user": person(json!({"first_name": "Anna", "roles": ["editor"]}))}));
    let outcome = world.put(json!({}), both(job.clone(), came));
    assert_eq!((outcome.status, world.asked()), (Status::Unchanged, Vec::new()));
    assert_eq!(base(&outcome).fields["first_name"].held, Some(digest(&json!("Anna"))));
    // From then on it is in step, without that being said again.
    assert_eq!(world.put(json!({}), both(job.clone(), kept(&outcome))).status, Status::Unchanged);
    assert!(world.asked().is_empty());
    // And without it ever having been said, it would go.
    assert_eq!(world.put(json!({}), job).status, Status::Updated);
}

#[test]
fn what_has_changed_here_since_goes() {
    let world = World::new();
    let link = world.ann();
    let came = received(json!({"first_name": digest(&json!("Anna")), "user_email": digest(&json!("ann@a.test"))}));
    world.put(json!({"authority": "there"}), both(both(both(ann(json!({})), link), renamed("Annabel")), came));
    let job = world.sent_job();
    assert_eq!((&job["user"], &job["held"]["first_name"]), (&json!({"first_name": "Annabel"}), &json!(digest(&json!("Anna")))));
}

#[test]
fn roles_are_known_again_before_and_after_the_map() {
    for came in ["editor", "author"] {
        let world = World::new();
        let outcome = world.put(json!({"roles": {"editor": "author", "author": "subscriber"}}), ann(json!({})));
        let job = both(both(ann(json!({})), kept(&outcome)), json!({"user": person(json!({"roles": ["editor"]}))}));
        let job = both(job, received(json!({"roles": digest_set(&[came.into()])})));
        world.asked();
        let outcome = world.put(json!({"roles": {"editor": "author", "author": "subscriber"}}), job);
        assert_eq!((outcome.status, world.asked()), (Status::Unchanged, Vec::new()), "{came}");
        assert_eq!(base(&outcome).fields["roles"].sent, digest_set(&["author".into()]), "as we would send it");
    }
}

#[test]
fn a_password_that_came_is_not_sent_back() {
    let world = World::new();
    let link = world.ann();
    let job = |mark: &str, came: Value| {
        both(both(ann(json!({})), link.clone()), json!({"password_mark": mark, "received": {"fields": {}, "password_mark": came}}))
    };
    let outcome = world.put(json!({}), job("m2", json!("m2")));
    assert_eq!((outcome.status, base(&outcome).password.as_deref()), (Status::Unchanged, Some("m2")));
    assert!(world.asked().is_empty());
    assert_eq!(world.put(json!({}), job("m3", json!("m2"))).status, Status::Updated);
    assert_eq!(world.sent_job()["user"], json!({"user_pass_hash": HASH}));
}

#[test]
fn what_crossed_goes_once_more_as_a_change_of_what_came() {
    let world = World::new();
    let link = world.ann();
    let (theirs, ours) = (json!("Theirs"), json!({"user": person(json!({"first_name": "Ours"})), "password_mark": "m2"}));
    let came = json!({"received": {"fields": {"first_name": digest(&theirs), "user_pass_hash": "theirs"}, "password_mark": "m2",
        "crossed": ["first_name", "user_pass_hash"]}});
    let job = both(both(both(ann(json!({})), link.clone()), ours), came);
    let outcome = world.put(json!({"authority": "there"}), job);
    let sent = world.sent_job();
    assert_eq!(sent["user"], json!({"first_name": "Ours", "user_pass_hash": HASH}), "also the password, which is believed of neither");
    assert_eq!((&sent["held"]["first_name"], &sent["held"]["user_pass_hash"]), (&json!(digest(&theirs)), &json!("theirs")));
    assert_eq!(outcome.refused["first_name"], "stale", "that site had something else, and is right");
}

#[test]
fn two_that_alter_what_the_other_has_made_do_not_go_on_for_ever() {
    // We have " Ann", of which the site makes "Ann"; and of that something here makes " Ann" again.
    for (authority, altered, status) in [
        ("here", json!(["first_name"]), Status::Unchanged),
        ("here", json!([]), Status::Updated),
        ("there", json!(["first_name"]), Status::Updated),
    ] {
        let world = World::new();
        let ours = json!({"user": person(json!({"first_name": " Ann"}))});
        let made = world.put(json!({}), both(ann(json!({})), ours.clone()));
        let came = json!({"received": {"fields": {"first_name": digest(&json!("Ann"))}, "password_mark": null, "altered": altered}});
        let job = both(both(both(ann(json!({})), ours), kept(&made)), came);
        assert_eq!(world.put(json!({"authority": authority}), job).status, status, "{authority} {altered}: one end leaves it");
    }
}

#[test]
fn what_came_is_kept_whatever_becomes_of_the_rest() {
    let world = World::new();
    let link = world.ann();
    let came = received(json!({"first_name": digest(&json!("Anna"))}));
    let job = both(both(both(ann(json!({})), link), json!({"user": person(json!({"first_name": "Anna", "last_name": "B"}))})), came);
    for fault in [Fault::Say(503, json!(null)), Fault::LoseRequest, Fault::Say(413, json!(null))] {
        world.site.next(JOBS, fault);
        let outcome = world.put(json!({}), job.clone());
        assert_eq!(base(&outcome).fields["first_name"].sent, digest(&json!("Anna")), "{outcome:?}");
    }
}

#[test]
fn it_works_on_the_plain_wire_as_well() {
    let world = World::plain();
    let user = json!({"user_login": "ann", "user_email": "ann@a.test", "first_name": "Ann"});
    let outcome = world.put(json!({}), ann(json!({"user": user, "password_mark": null})));
    let came = received(json!({"first_name": digest(&json!("Anna"))}));
    world.asked();
    let user = json!({"user_login": "ann", "user_email": "ann@a.test", "first_name": "Anna"});
    let outcome = world.put(json!({}), both(both(kept(&outcome), json!({"user": user, "password_mark": null})), came));
    assert_eq!((outcome.status, world.asked()), (Status::Unchanged, Vec::new()));
}

#[test]
fn what_has_changed_there_stays_if_that_site_is_right() {
    let world = World::new();
    let link = world.ann();
    let id = link["remote_id"].as_u64().unwrap();
    world.site.state().people.entry(id).and_modify(|person| drop(person.texts.insert("first_name".into(), json!("Theirs"))));
    let job = both(both(ann(json!({})), link.clone()), json!({"user": person(json!({"first_name": "Ours", "last_name": "B"}))}));
    let outcome = world.put(json!({"authority": "there"}), job.clone());
    assert_eq!((outcome.status, outcome.refused["first_name"].as_str()), (Status::Updated, "stale"));
    assert_eq!(world.site.person(id).texts["first_name"], json!("Theirs"));
    assert_eq!(
        base(&outcome).fields["first_name"].held,
        Base::parse(link["base"].as_str().unwrap()).fields["first_name"].held,
        "as it was"
    );
    assert!(outcome.message.contains("that site is right"), "{}", outcome.message);
    world.asked();
    // Not at every save; only once their change has come.
    assert_eq!(world.put(json!({"authority": "there"}), both(job.clone(), kept(&outcome))).status, Status::Unchanged);
    let came = received(json!({"first_name": digest(&json!("Theirs"))}));
    let theirs = json!({"user": person(json!({"first_name": "Theirs", "last_name": "B"}))});
    let outcome = world.put(json!({"authority": "there"}), both(both(both(job.clone(), kept(&outcome)), theirs), came));
    assert_eq!((outcome.status, outcome.refused.len(), world.asked()), (Status::Unchanged, 0, Vec::new()));
    // Where we are right, it goes.
    let outcome = world.put(json!({}), both(job, link));
    assert_eq!((outcome.status, outcome.refused.len()), (Status::Updated, 0));
    assert_eq!(world.site.person(id).texts["first_name"], json!("Ours"));
}

#[test]
fn a_password_that_was_changed_there_stays_too() {
    let world = World::new();
    let link = world.ann();
    let id = link["remote_id"].as_u64().unwrap();
    world.site.state().people.entry(id).and_modify(|person| person.password = "theirs".into());
    let job = both(both(ann(json!({})), link.clone()), json!({"password_mark": "m2"}));
    let outcome = world.put(json!({"authority": "there"}), job.clone());
    assert_eq!((outcome.refused["user_pass"].as_str(), world.site.person(id).password.as_str()), ("stale", "theirs"));
    assert_eq!(base(&outcome).password_held, Base::parse(link["base"].as_str().unwrap()).password_held);
    let outcome = world.put(json!({}), job);
    assert_eq!((outcome.refused.len(), world.site.person(id).password.as_str()), (0, HASH));
}

#[test]
fn the_address_by_which_the_site_knows_the_account_is_always_said() {
    let world = World::new();
    let link = world.ann();
    let job = both(both(ann(json!({})), link), json!({"user": person(json!({"user_email": "new@a.test", "first_name": "Anna"}))}));
    // A receiver that is new there, and knows the account by that only.
    world.plugin().receiver.as_mut().unwrap().rows.clear();
    let outcome = world.put(json!({}), job);
    assert_eq!(outcome.status, Status::Updated, "{outcome:?}");
    assert_eq!(world.sent_job()["held"], json!({"user_email": digest(&json!("ann@a.test"))}));
}
