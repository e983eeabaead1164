//! Accounts that were there before: nobody is handed one.

use crate::world::*;

#[test]
fn an_account_with_the_same_address_is_left_alone_until_the_address_is_proved() {
    let world = World::new();
    world.site.add("ann_of_b", "Ann@A.test", "customer");
    let before = world.everybody();
    let outcome = world.put(json!({}), ann(json!({})));
    assert_eq!(short(&outcome), "rejected unproven");
    assert_eq!((outcome.trust, outcome.due), (None, None));
    assert_eq!(world.asked(), [CREATE, FIND]);
    assert_eq!(world.everybody(), before);
}

#[test]
fn a_proved_address_finds_the_account_and_writes_nothing_yet() {
    let world = World::new();
    let id = world.site.add("ann_of_b", "ann@a.test", "customer");
    let before = world.everybody();
    let outcome = world.put(json!({}), ann(json!({"proved": true})));
    assert_eq!((short(&outcome).as_str(), outcome.id, outcome.due), ("found", Some(id), Some(0)));
    assert_eq!((outcome.trust, outcome.login.as_deref()), (Some(Trust::Adopted), Some("ann_of_b")));
    assert_eq!(world.everybody(), before);
}

#[test]
fn at_adoption_the_present_password_counts_as_sent() {
    let world = World::new();
    let id = world.site.add("ann_of_b", "ann@a.test", "customer");
    for proof in [json!(true), json!("m0")] {
        let found = world.put(json!({}), ann(json!({"proved": proof})));
        world.asked();
        let outcome = world.put(json!({}), both(kept(&found), json!({"user": person(json!({}))})));
        assert_eq!(outcome.status, Status::Updated, "{outcome:?}");
        assert_eq!(world.asked(), [get(id), post(id)]);
        assert_eq!(world.site.person(id).password, "their own");
        let again = world.put(json!({}), both(kept(&outcome), json!({"user": {"user_pass": "the next"}, "password_mark": "m2"})));
        assert_eq!((again.status, world.site.person(id).password.as_str()), (Status::Updated, "the next"), "a later change goes");
        world.site.state().people.entry(id).and_modify(|person| person.password = "their own".into());
    }
}

#[test]
fn a_reset_that_proved_the_address_brings_its_password() {
    let world = World::new();
    let id = world.site.add("ann_of_b", "ann@a.test", "customer");
    let found = world.put(json!({}), ann(json!({"proved": "m1"})));
    world.put(json!({}), both(kept(&found), json!({"user": person(json!({}))})));
    assert_eq!(world.site.person(id).password, "first secret");
}

#[test]
fn where_the_source_verifies_addresses_an_account_is_adopted_at_once() {
    let world = World::new();
    let id = world.site.add("ann_of_b", "ann@a.test", "customer");
    let outcome = world.put(json!({"adopt": "any"}), ann(json!({})));
    assert_eq!((short(&outcome).as_str(), outcome.id, outcome.trust), ("found", Some(id), Some(Trust::Adopted)));
}

#[test]
fn where_nothing_is_adopted_even_a_proof_is_a_conflict() {
    let world = World::new();
    world.site.add("ann_of_b", "ann@a.test", "customer");
    assert_eq!(short(&world.put(json!({"adopt": "never"}), ann(json!({"proved": true})))), "rejected conflict");
}

#[test]
fn an_equal_login_with_another_address_is_a_conflict_always() {
    let world = World::new();
    world.site.add("ann", "other@b.test", "customer");
    let before = world.everybody();
    let id = world.site.id("ann");
    for options in [json!({"adopt": "any"}), json!({}), json!({"adopt": "never"})] {
        let outcome = world.put(options, ann(json!({"proved": true})));
        assert_eq!((short(&outcome).as_str(), outcome.id, outcome.trust), ("rejected conflict", id, None));
        assert_eq!((outcome.login.as_deref(), world.asked()), (Some("ann"), [CREATE, FIND, FIND].map(str::to_owned).to_vec()));
    }
    assert_eq!(world.everybody(), before);
}

#[test]
fn an_address_that_only_holds_ours_or_only_looks_like_it_is_somebody_elses() {
    let world = World::new();
    world.site.add("joann", "joann@a.test", "customer");
    world.site.add("accent", "ánn@a.test", "customer");
    // As a database's collation may say.
    world.site.next(CREATE, Fault::Say(500, json!({"code": "existing_user_email", "message": "x", "data": null})));
    let outcome = world.put(json!({"adopt": "any"}), ann(json!({"proved": true})));
    assert_eq!((short(&outcome).as_str(), outcome.id), ("retry taken", None));
}

#[test]
fn a_login_that_is_an_address_is_looked_for_as_well() {
    let world = World::new();
    let id = world.site.add("ann@old.test", "other@b.test", "customer");
    let job = ann(json!({"user": person(json!({"user_login": "Ann@old.test"}))}));
    let outcome = world.put(json!({}), job);
    assert_eq!((short(&outcome).as_str(), outcome.id), ("rejected conflict", Some(id)));
}

#[test]
fn who_was_in_the_way_and_is_gone_before_the_look_is_no_conflict() {
    for (code, what) in [("existing_user_login", "login"), ("existing_user_email", "address")] {
        let world = World::new();
        world.site.next(CREATE, Fault::Say(500, json!({"code": code, "message": "x", "data": null})));
        let outcome = world.put(json!({}), ann(json!({})));
        assert_eq!((short(&outcome).as_str(), outcome.spent, outcome.doubt), ("retry taken", true, Doubt::Settled));
        assert!(outcome.due.is_some_and(|due| (1..=15).contains(&due)) && outcome.message.contains(what), "{outcome:?}");
        assert_eq!(world.put(json!({}), ann(json!({}))).status, Status::Created);
    }
}

#[test]
fn the_account_is_found_on_whatever_page_of_the_search() {
    let world = World::new();
    for n in 0..230 {
        world.site.add(&format!("u{n}"), &format!("{n}ann@a.test"), "customer");
    }
    let id = world.site.add("ann_of_b", "ann@a.test", "customer");
    let outcome = world.put(json!({"adopt": "any"}), ann(json!({})));
    assert_eq!((short(&outcome).as_str(), outcome.id), ("found", Some(id)));
    assert_eq!(world.asked(), [CREATE, FIND, FIND, FIND]);
}

#[test]
fn a_login_that_is_part_of_half_the_sites_logins_is_a_conflict_before_all_of_them_are_read() {
    let world = World::new();
    for n in 0..330 {
        world.site.add(&format!("joanne{n}"), &format!("{n}@b.test"), "customer");
    }
    world.site.add("ann", "another@b.test", "customer");
    let outcome = world.put(json!({"adopt": "any"}), ann(json!({"proved": true})));
    assert_eq!((short(&outcome).as_str(), outcome.id, outcome.doubt), ("rejected conflict", None, Doubt::Settled), "{outcome:?}");
    assert_eq!(world.asked(), [CREATE, FIND, FIND, FIND, FIND]);
}

#[test]
fn of_two_accounts_with_the_address_none_is_chosen() {
    let world = World::new();
    world.site.add("one", "ann@a.test", "customer");
    world.site.add("two", "ann@a.test", "customer");
    assert_eq!(short(&world.put(json!({"adopt": "any"}), ann(json!({"proved": true})))), "rejected conflict");
}

#[test]
fn an_account_with_power_over_the_site_is_never_adopted() {
    let world = World::new();
    world.site.add("boss", "ann@a.test", "administrator");
    let before = world.everybody();
    for options in [json!({}), json!({"adopt": "any"}), json!({"adopt": "any", "follow_privileged": true})] {
        assert_eq!(short(&world.put(options, ann(json!({"proved": true})))), "rejected privileged");
    }
    assert_eq!(world.everybody(), before);
}

#[test]
fn an_account_whose_power_is_hidden_is_not_adopted_and_the_reason_is_told() {
    let world = World::new();
    world.site.add("ann_of_b", "ann@a.test", "customer");
    world.site.state().hides_capabilities = true;
    assert_eq!(short(&world.put(json!({"adopt": "any"}), ann(json!({"proved": true})))), "rejected capabilities_hidden");
}

#[test]
fn on_a_multisite_the_network_may_have_somebody_that_nobody_shows() {
    let world = World::new();
    let taken =
        json!({"code": "rest_invalid_param", "message": "x", "data": {"status": 400}, "additional_errors": [{"code": "user_email"}]});
    world.site.next(CREATE, Fault::Say(400, taken));
    assert_eq!(short(&world.put(json!({"adopt": "any"}), ann(json!({})))), "rejected needs_receiver");
    world.site.state().multisite = true;
    let id = world.site.add("ann_of_b", "ann@a.test", "customer");
    let outcome = world.put(json!({"adopt": "any"}), ann(json!({})));
    assert_eq!((short(&outcome).as_str(), outcome.id), ("found", Some(id)));
}
