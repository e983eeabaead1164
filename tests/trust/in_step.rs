//! Links in step, and accounts that are no longer what they were.

use crate::world::*;

#[test]
fn only_what_differs_is_sent() {
    let world = World::new();
    let ann = world.ann();
    let outcome = world.put(json!({}), both(ann.clone(), json!({"user": person(json!({"first_name": "Anna"}))})));
    assert_eq!(outcome.status, Status::Updated);
    assert_eq!(world.written(), [json!({"username": "ann", "first_name": "Anna"})]);
    let outcome = world.put(json!({}), both(kept(&outcome), json!({"user": person(json!({"first_name": "Anna"}))})));
    assert_eq!((outcome.status, world.asked()), (Status::Unchanged, Vec::new()));
    assert_eq!(world.put(json!({}), both(ann, json!({"user": person(json!({}))}))).status, Status::Unchanged);
}

#[test]
fn a_password_goes_only_when_its_mark_changed() {
    let world = World::new();
    let ann = world.ann();
    let id = world.site.id("ann").unwrap();
    world.site.state().people.entry(id).and_modify(|person| person.password = "set there".into());
    world.put(json!({}), both(ann.clone(), json!({"user": person(json!({"first_name": "Anna"}))})));
    assert_eq!(world.site.person(id).password, "set there");
    world.asked();
    let outcome = world.put(json!({}), both(ann, json!({"user": {"user_pass": "second secret"}, "password_mark": "m2"})));
    assert_eq!(outcome.status, Status::Updated);
    assert_eq!(world.asked(), [get(id), post(id)]);
    assert_eq!(world.site.person(id).password, "second secret");
}

#[test]
fn a_sealed_password_opens_only_for_its_own_user_and_mark() {
    let world = World::new();
    let ann = world.ann();
    let id = world.site.id("ann").unwrap();
    let key = Key::derive("a key").unwrap();
    let sealed = |bound: &[&str]| seal(&Secret::new("sealed secret"), bound, &key).unwrap();
    let put = |secret: String, options: Value| {
        world.put(options, both(ann.clone(), json!({"user": {}, "secret": secret, "password_mark": "m2"})))
    };
    let key = json!({"key": "a key"});
    for bound in [["default", "8", "m2"], ["default", "7", "m1"], ["other", "7", "m2"]] {
        let outcome = put(sealed(&bound), key.clone());
        assert_eq!((outcome.status, outcome.refused["user_pass"].as_str()), (Status::Unchanged, "password_unknown"), "{bound:?}");
    }
    let right = ["default", "7", "m2"];
    assert_eq!(put(sealed(&right), json!({})).refused["user_pass"], "key_missing");
    assert_eq!(put(sealed(&right), json!({"key": "another"})).refused["user_pass"], "key_lost");
    assert_eq!(world.site.person(id).password, "first secret");
    assert_eq!(put(sealed(&right), key).status, Status::Updated);
    assert_eq!(world.site.person(id).password, "sealed secret");
}

#[test]
fn an_id_that_has_become_somebody_elses_is_told_and_left_alone() {
    let world = World::new();
    let ann = world.ann();
    let id = world.site.id("ann").unwrap();
    world.site.state().people.insert(
        id,
        Person { login: "zoe".into(), email: "zoe@b.test".into(), roles: vec!["customer".into()], registered: now(), ..Person::default() },
    );
    let before = world.everybody();
    for (change, requests) in [
        (json!({"user": {"first_name": "A"}}), vec![post(id)]),
        (json!({"user": {"user_pass": "x secret"}, "password_mark": "m2"}), vec![get(id)]),
        (json!({"user": {"user_email": "new@a.test"}}), vec![get(id)]),
        (json!({"user": {"roles": ["editor"]}}), vec![get(id)]),
    ] {
        assert_eq!(short(&world.put(json!({}), both(ann.clone(), change))), "rejected identity_mismatch");
        assert_eq!(world.asked(), requests);
    }
    assert_eq!(short(&world.remove(json!({}), ann)), "rejected identity_mismatch");
    assert_eq!(world.everybody(), before);
}

#[test]
fn who_has_gained_power_there_gets_no_password_address_role_or_removal() {
    let world = World::new();
    let ann = world.ann();
    let id = world.site.id("ann").unwrap();
    world.site.state().people.entry(id).and_modify(|person| person.roles = vec!["administrator".into()]);
    let before = world.everybody();
    for change in [
        json!({"user": {"user_pass": "x secret"}, "password_mark": "m2"}),
        json!({"user": {"user_email": "new@a.test"}}),
        json!({"user": {"roles": ["editor"]}}),
    ] {
        assert_eq!(short(&world.put(json!({}), both(ann.clone(), change))), "rejected privileged");
        assert_eq!(world.asked(), [get(id)]);
    }
    assert_eq!(short(&world.remove(json!({}), ann.clone())), "rejected privileged");
    assert_eq!(world.everybody(), before);
    let password = json!({"user": {"user_pass": "x secret"}, "password_mark": "m2"});
    let adopted = both(both(ann.clone(), json!({"trust": "adopted"})), password.clone());
    assert_eq!(short(&world.put(json!({"follow_privileged": true}), adopted)), "rejected privileged", "never an adopted one");
    assert_eq!(world.put(json!({"follow_privileged": true}), both(ann, password)).status, Status::Updated);
}

#[test]
fn a_name_needs_no_look() {
    let world = World::new();
    let ann = world.ann();
    let id = world.site.id("ann").unwrap();
    world.put(json!({}), both(ann, json!({"user": {"last_name": "Other", "description": "x", "user_url": "https://a.test"}})));
    assert_eq!(world.asked(), [post(id)]);
}

#[test]
fn where_a_plugin_hides_capabilities_no_password_goes() {
    let world = World::new();
    let ann = world.ann();
    world.site.state().hides_capabilities = true;
    let outcome = world.put(json!({}), both(ann, json!({"user": {"user_pass": "x secret"}, "password_mark": "m2"})));
    assert_eq!(short(&outcome), "rejected capabilities_hidden");
}

#[test]
fn who_was_removed_there_is_made_again_only_where_the_site_says_so() {
    let world = World::new();
    let ann = world.ann();
    let id = world.site.id("ann").unwrap();
    world.site.state().people.remove(&id);
    for change in [json!({"first_name": "A"}), json!({"user_email": "new@a.test"})] {
        assert_eq!(short(&world.put(json!({}), both(ann.clone(), json!({"user": person(change)})))), "rejected gone");
    }
    assert_eq!(world.site.id("ann"), None);
    let recreate = json!({"recreate": true});
    world.asked();
    let forgotten = world.put(recreate.clone(), both(ann, renamed("Anna")));
    assert_eq!((short(&forgotten).as_str(), forgotten.due, forgotten.forget, forgotten.spent), ("retry gone", Some(0), true, false));
    assert_eq!((forgotten.id, forgotten.trust, forgotten.doubt), (None, None, Doubt::Settled));
    assert_eq!(world.asked(), [post(id)], "the create is noted before it is sent, in a round of its own");
    let outcome = world.put(recreate, crate::world::ann(renamed("Anna")));
    assert_eq!((outcome.status, outcome.trust), (Status::Created, Some(Trust::Own)));
    let there = world.site.person(outcome.id.unwrap());
    assert_eq!(
        (there.password.as_str(), there.email.as_str(), there.roles),
        ("first secret", "ann@a.test", vec!["author".to_owned()]),
        "whole"
    );
}

#[test]
fn an_account_made_again_whose_answer_is_lost_is_found_as_ours() {
    let world = World::new();
    let ann = world.ann();
    let id = world.site.id("ann").unwrap();
    world.site.state().people.remove(&id);
    let recreate = json!({"recreate": true});
    let forgotten = world.put(recreate.clone(), both(ann, renamed("Anna")));
    assert!(forgotten.forget);
    world.site.next(CREATE, Fault::LoseAnswer);
    let lost = world.put(recreate.clone(), crate::world::ann(json!({})));
    assert_eq!((lost.status, lost.doubt), (Status::Retry, Doubt::Now));
    let id = world.age("ann");
    let found = world.put(recreate, crate::world::ann(tried()));
    assert_eq!((short(&found).as_str(), found.id, found.trust), ("found", Some(id), Some(Trust::Own)));
}

#[test]
fn who_was_found_and_removed_before_anything_was_written_is_as_if_never_found() {
    let world = World::new();
    let id = world.site.add("ann_of_b", "ann@a.test", "customer");
    let found = world.put(json!({}), ann(json!({"proved": true})));
    world.site.state().people.remove(&id);
    let change = json!({"user": person(json!({}))});
    let outcome = world.put(json!({}), both(kept(&found), change.clone()));
    assert_eq!((short(&outcome).as_str(), outcome.due, outcome.forget), ("retry gone", Some(0), true));
    let perhaps = world.put(json!({}), both(both(kept(&found), change), tried()));
    assert_eq!((short(&perhaps).as_str(), perhaps.forget), ("rejected gone", false), "but something may have been");
}

#[test]
fn a_change_that_was_lost_on_the_way_is_no_reason_to_make_a_removed_account_again() {
    let world = World::new();
    let id = world.site.add("ann", "ann@a.test", "author");
    let mut base = rudr_sync::base::Base::default();
    base.fields.insert("first_name".into(), rudr_sync::base::Held { sent: "x".into(), held: None, refused: None });
    world.site.next(&post(id), Fault::LoseAnswer);
    let lost = world.put(json!({}), both(link(id, "ann", "own"), json!({"user": {"first_name": "Anna"}, "base": base.store()})));
    assert_eq!(lost.doubt, Doubt::Now);
    world.site.state().people.remove(&id);
    let outcome = world.put(json!({}), both(kept(&lost), json!({"user": {"first_name": "Anna"}})));
    assert_eq!((short(&outcome).as_str(), outcome.forget), ("rejected gone", false));
}
