//! An account is known by when it was made, whatever its id and login say: a site that is restored from a backup gives both to
//! other people.

use crate::world::*;

/// Somebody else, who has been given Ann's id and login there.
fn grab(world: &World, id: u64, email: &str) {
    let other = Person {
        login: "ann".into(),
        email: email.into(),
        password: "their own".into(),
        roles: vec!["customer".into()],
        registered: now() - 5000,
        ..Person::default()
    };
    world.site.state().people.insert(id, other);
}

fn sensitive() -> [Value; 3] {
    [
        json!({"user": {"user_email": "ann@a.test", "user_pass": "x secret"}, "password_mark": "m2"}),
        json!({"user": {"user_email": "new@a.test"}}),
        json!({"user": {"user_email": "ann@a.test", "roles": ["editor"]}}),
    ]
}

#[test]
fn id_and_login_of_another_registration_are_somebody_elses() {
    let world = World::new();
    let ann = world.ann();
    let id = world.site.id("ann").unwrap();
    // Even with her very address.
    for email in ["other@b.test", "ann@a.test"] {
        grab(&world, id, email);
        let before = world.everybody();
        for change in sensitive() {
            let outcome = world.put(json!({"adopt": "any"}), both(ann.clone(), change));
            assert_eq!((short(&outcome).as_str(), outcome.forget, outcome.doubt), ("rejected identity_mismatch", false, Doubt::Settled));
            assert_eq!(world.asked(), [get(id)]);
        }
        let removal = both(ann.clone(), json!({"user": {"user_login": "ann", "user_email": "ann@a.test"}}));
        assert_eq!(short(&world.remove(json!({"remove": "all"}), removal)), "rejected identity_mismatch");
        assert_eq!(world.asked(), [get(id)]);
        assert_eq!(world.everybody(), before);
    }
}

#[test]
fn a_name_that_was_written_to_somebody_else_is_told_at_once() {
    let world = World::new();
    let ann = world.ann();
    let id = world.site.id("ann").unwrap();
    grab(&world, id, "ann@a.test");
    let outcome = world.put(json!({}), both(ann, json!({"user": {"last_name": "Other"}})));
    assert_eq!((short(&outcome).as_str(), outcome.base), ("rejected identity_mismatch", None));
    assert_eq!(world.asked(), [post(id)]);
}

#[test]
fn an_adopted_account_is_known_by_it_as_well() {
    let world = World::new();
    let id = world.site.add("ann", "ann@a.test", "customer");
    let found = world.put(json!({}), ann(json!({"proved": true})));
    assert_eq!(world.put(json!({}), both(kept(&found), json!({"user": person(json!({}))}))).status, Status::Updated);
    grab(&world, id, "ann@a.test");
    let outcome = world.put(json!({}), both(kept(&found), json!({"user": person(json!({}))})));
    assert_eq!(short(&outcome), "rejected identity_mismatch");
    assert_eq!(world.site.person(id).password, "their own");
}

/// The base of an older link, which does not know when its account was made.
fn without_date(ann: &Value) -> Value {
    let mut base = rudr_sync::base::Base::parse(ann["base"].as_str().unwrap());
    assert!(base.registered.take().is_some());
    both(ann.clone(), json!({"base": base.store()}))
}

#[test]
fn older_links_are_told_apart_by_the_address_and_learn_the_date() {
    let world = World::new();
    let ann = without_date(&world.ann());
    let id = world.site.id("ann").unwrap();
    let learnt = world.put(json!({}), both(ann.clone(), renamed("Anna")));
    assert!(learnt.status == Status::Updated && learnt.base.as_ref().unwrap().registered.is_some());

    let change = json!({"user": person(json!({"roles": ["editor"]}))});
    let set = |email: &str| world.site.state().people.entry(id).and_modify(|person| person.email = email.into()).or_default().email.clone();
    set("other@b.test");
    assert_eq!(short(&world.put(json!({}), both(ann.clone(), change))), "rejected identity_mismatch");
    // Changed there by hand to what the user has now.
    set("NEW@a.test");
    let moved = json!({"user": person(json!({"user_email": "new@a.test", "roles": ["editor"]}))});
    assert_eq!(world.put(json!({}), both(ann.clone(), moved)).status, Status::Updated);
    // An address of ours whose answer was lost is no stranger's.
    set("between@a.test");
    let last = json!({"user": person(json!({"user_email": "last@a.test"}))});
    assert_eq!(world.put(json!({}), both(both(ann, last), tried())).status, Status::Updated);
}

#[test]
fn a_look_that_writes_nothing_learns_the_date_as_well() {
    let world = World::new();
    let id = world.site.add("ann", "ann@a.test", "author");
    let outcome = world.put(json!({}), both(link(id, "ann", "own"), json!({"user": {"roles": ["author"]}})));
    assert_eq!((outcome.status, outcome.http), (Status::Unchanged, Some(200)));
    assert!(outcome.base.unwrap().registered.is_some());
}

#[test]
fn a_site_that_hides_the_date_is_worked_with_as_before() {
    let world = World::new();
    let ann = world.ann();
    world.site.state().hides_dates = true;
    assert_eq!(world.put(json!({}), both(ann, sensitive()[2].clone())).status, Status::Updated);
}
