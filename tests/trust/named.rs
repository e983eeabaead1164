//! An account that a person named, by its id alone.

use crate::world::*;

fn named(id: u64, trust: &str) -> Value {
    ann(json!({"remote_id": id, "trust": trust}))
}

#[test]
fn a_persons_word_is_taken_and_the_login_is_looked_up() {
    for (trust, wanted) in [("adopted", Trust::Adopted), ("own", Trust::Own)] {
        let world = World::new();
        let id = world.site.add("ann_of_b", "other@b.test", "customer");
        let before = world.everybody();
        let found = world.put(json!({"adopt": "never"}), named(id, trust));
        assert_eq!((short(&found).as_str(), found.id, found.login.as_deref()), ("found", Some(id), Some("ann_of_b")));
        assert_eq!((found.trust, found.due, found.forget, found.doubt), (Some(wanted), Some(0), false, Doubt::Settled));
        assert_eq!((world.asked(), world.everybody()), (vec![get(id)], before));
        assert_eq!(world.put(json!({}), both(kept(&found), json!({"user": person(json!({}))}))).status, Status::Updated);
        assert_eq!(world.site.person(id).password, if trust == "own" { "first secret" } else { "their own" });
    }
}

#[test]
fn who_is_named_with_their_login_too_keeps_their_password_until_the_next_one() {
    let world = World::new();
    let id = world.site.add("ann_of_b", "other@b.test", "customer");
    let found = world.put(json!({}), both(ann(json!({})), link(id, "Ann_of_B", "named")));
    assert_eq!((short(&found).as_str(), found.trust, found.login.as_deref()), ("found", Some(Trust::Adopted), Some("ann_of_b")));
    let first = world.put(json!({}), both(kept(&found), json!({"user": person(json!({}))})));
    assert_eq!((first.status, first.refused.len(), world.site.person(id).password.as_str()), (Status::Updated, 0, "their own"));
    let next = both(kept(&first), json!({"user": {"user_pass": "the next"}, "password_mark": "m2"}));
    assert_eq!((world.put(json!({}), next).status, world.site.person(id).password.as_str()), (Status::Updated, "the next"));

    let before = world.everybody();
    let wrong = world.put(json!({}), both(ann(json!({})), link(id, "ann", "named")));
    assert_eq!((short(&wrong).as_str(), wrong.forget, world.everybody()), ("rejected identity_mismatch", true, before));
}

#[test]
fn of_who_is_linked_and_was_never_sent_anything_a_new_password_goes() {
    let world = World::new();
    let id = world.site.add("ann_of_b", "ann@a.test", "customer");
    let first = world.put(json!({}), both(ann(json!({})), link(id, "ann_of_b", "adopted")));
    assert_eq!((first.status, world.site.person(id).password.as_str()), (Status::Updated, "first secret"));
}

#[test]
fn a_word_that_proves_wrong_is_forgotten() {
    let world = World::new();
    let boss = world.site.add("boss", "boss@b.test", "administrator");
    for (id, options, wanted) in [
        (99, json!({}), "rejected gone"),
        (boss, json!({}), "rejected privileged"),
        (boss, json!({"follow_privileged": true}), "rejected privileged"),
    ] {
        let outcome = world.put(options, named(id, "adopted"));
        assert_eq!((short(&outcome).as_str(), outcome.forget, outcome.due, outcome.id), (wanted, true, None, None));
    }
    let own = world.put(json!({"follow_privileged": true}), named(boss, "own"));
    assert_eq!(short(&own), "found");
    world.site.state().hides_capabilities = true;
    let id = world.site.add("ann_of_b", "ann@a.test", "customer");
    let hidden = world.put(json!({}), named(id, "adopted"));
    assert_eq!((short(&hidden).as_str(), hidden.forget), ("rejected capabilities_hidden", true));
}

#[test]
fn a_word_is_not_forgotten_because_the_site_is_down() {
    let world = World::new();
    let id = world.site.add("ann_of_b", "ann@a.test", "customer");
    world.site.next(&get(id), Fault::LoseAnswer);
    let outcome = world.put(json!({}), named(id, "adopted"));
    assert_eq!((outcome.status, outcome.forget, outcome.doubt), (Status::Retry, false, Doubt::Settled));
}

#[test]
fn who_is_removed_is_looked_up_first_as_well() {
    let world = World::new();
    let id = world.site.add("ann_of_b", "ann@a.test", "customer");
    let found = world.remove(json!({}), named(id, "own"));
    assert_eq!((short(&found).as_str(), found.id), ("found", Some(id)));
    assert_eq!(world.remove(json!({}), kept(&found)).status, Status::Deleted);
}
