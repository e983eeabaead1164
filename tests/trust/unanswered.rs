//! A create whose answer never came makes no second account.

use crate::world::*;

#[test]
fn a_lost_create_waits_a_minute_then_looks_and_is_ours() {
    for clock in [0, 3600, -86_400] {
        let world = World::new();
        world.site.state().clock = clock;
        world.site.next(CREATE, Fault::LoseAnswer);
        let begun = now();
        let lost = world.put(json!({}), ann(json!({})));
        assert_eq!((lost.status, lost.id), (Status::Retry, None));
        assert!(lost.due >= Some(60));
        world.asked();

        let early = world.put(json!({}), ann(json!({"tried_at": begun, "tried_last": begun, "now": begun + 10})));
        assert_eq!((short(&early).as_str(), early.due, early.spent), ("retry unanswered", Some(50), false));
        assert_eq!(world.asked(), Vec::<String>::new());

        // A minute later; the site's own clock has not moved, and its account is as old as it is.
        let tried = json!({"tried_at": begun - 61, "tried_last": begun - 61, "now": now()});
        world.site.state().people.entry(2).and_modify(|person| person.registered -= 61);
        let found = world.put(json!({}), ann(tried));
        assert_eq!((short(&found).as_str(), found.id, found.trust), ("found", world.site.id("ann"), Some(Trust::Own)), "clock {clock}");
        assert_eq!(world.asked(), [FIND]);
    }
}

#[test]
fn a_create_that_never_arrived_is_sent_again_in_a_round_of_its_own_after_the_look() {
    let world = World::new();
    world.site.next(CREATE, Fault::LoseRequest);
    world.put(json!({}), ann(json!({})));
    world.asked();
    // So that what counts as made by us never spans more than one unanswered create.
    let looked = world.put(json!({}), ann(json!({"tried_at": now() - 61, "tried_last": now() - 61, "now": now()})));
    assert_eq!((short(&looked).as_str(), looked.due, looked.spent, looked.doubt), ("retry nobody", Some(0), false, Doubt::Settled));
    assert_eq!((looked.http, world.asked()), (Some(200), vec![FIND.to_owned()]));
    assert_eq!(world.put(json!({}), ann(json!({}))).status, Status::Created);
    assert_eq!(world.asked(), [CREATE]);
}

#[test]
fn a_look_never_turns_into_another_create_however_often_it_finds_nobody() {
    let world = World::new();
    for _ in 0..3 {
        assert_eq!(short(&world.put(json!({}), ann(tried()))), "retry nobody");
    }
    assert_eq!(world.asked(), [FIND, FIND, FIND]);
}

#[test]
fn the_look_is_for_the_address_that_was_sent() {
    for (registered, wanted, requests) in [(-90, "found", 1), (-1000, "retry nobody", 1)] {
        let world = World::new();
        let id = world.site.add_at("ann", "old@a.test", "author", registered);
        let outcome = world.put(json!({"adopt": "any"}), ann(both(tried(), json!({"tried_email": "old@a.test"}))));
        assert_eq!((short(&outcome).as_str(), world.asked().len()), (wanted, requests));
        if wanted == "found" {
            assert_eq!((outcome.id, outcome.trust, outcome.doubt), (Some(id), Some(Trust::Own), Doubt::Settled));
        }
    }
}

#[test]
fn an_address_that_the_user_has_no_more_adopts_nobody() {
    let world = World::new();
    world.site.add("somebody", "old@a.test", "customer");
    let job = ann(both(tried(), json!({"tried_email": "old@a.test", "proved": true})));
    assert_eq!(short(&world.put(json!({"adopt": "any"}), job)), "retry nobody");
    let sent_now = ann(both(tried(), json!({"tried_email": "ANN@a.test", "proved": true})));
    world.site.add("ann_of_b", "ann@a.test", "customer");
    assert_eq!(short(&world.put(json!({}), sent_now)), "found", "the present one does");
}

#[test]
fn where_nobody_can_tell_when_an_account_was_made_the_doubt_stays() {
    let world = World::new();
    let id = world.site.add_at("ann", "ann@a.test", "author", -90);
    world.site.state().hides_dates = true;
    let outcome = world.put(json!({}), ann(tried()));
    assert_eq!((short(&outcome).as_str(), outcome.doubt), ("rejected unproven", Doubt::Before));
    let moved = world.put(
        json!({}),
        both(ann(both(tried(), json!({"tried_email": "ann@a.test"}))), json!({"user": person(json!({"user_email": "new@a.test"}))})),
    );
    assert_eq!((short(&moved).as_str(), moved.id, moved.doubt), ("rejected conflict", Some(id), Doubt::Before));
    let removal = world.remove(json!({}), ann(tried()));
    assert_eq!((short(&removal).as_str(), removal.doubt), ("rejected conflict", Doubt::Before), "and nobody is called absent");
    world.site.state().hides_dates = false;
    assert_eq!(short(&world.put(json!({}), ann(tried()))), "found");
}

#[test]
fn an_account_of_ours_that_cannot_be_used_yet_is_not_forgotten() {
    for hides in [false, true] {
        let world = World::new();
        world.site.add_at("ann", "ann@a.test", if hides { "author" } else { "administrator" }, -90);
        world.site.state().hides_capabilities = hides;
        let wanted = if hides { "rejected capabilities_hidden" } else { "rejected privileged" };
        for outcome in [world.put(json!({}), ann(tried())), world.remove(json!({}), ann(tried()))] {
            assert_eq!((short(&outcome).as_str(), outcome.doubt), (wanted, Doubt::Before));
        }
    }
}

#[test]
fn what_cannot_be_looked_for_is_not_called_absent() {
    let world = World::new();
    let outcome = world.remove(json!({}), both(json!({"user_id": 7, "user": {"user_login": "ann"}}), tried()));
    assert_eq!((short(&outcome).as_str(), outcome.doubt), ("rejected incomplete", Doubt::Before));
    assert_eq!(world.asked(), Vec::<String>::new());
}

#[test]
fn an_account_made_before_or_long_after_our_attempts_is_not_ours() {
    // First attempt 1000 s ago, last 500 s ago: what was made between 1002 s and 440 s ago may be ours.
    for (made, wanted) in
        [(-1010, "rejected unproven"), (-995, "found"), (-445, "found"), (-430, "rejected unproven"), (0, "rejected unproven")]
    {
        for clock in [0, 7200, -7200] {
            let world = World::new();
            world.site.state().clock = clock;
            world.site.add_at("ann", "ann@a.test", "author", made);
            let outcome = world.put(json!({}), ann(json!({"tried_at": now() - 1000, "tried_last": now() - 500, "now": now()})));
            assert_eq!(short(&outcome), wanted, "made {made} s ago, clock {clock}");
        }
    }
}

#[test]
fn what_we_may_have_made_is_ours_only_with_login_and_address() {
    let tried = json!({"tried_at": now() - 100, "tried_last": now() - 100, "now": now()});
    for (login, email, wanted) in
        [("ann", "ann@a.test", "found"), ("ann2", "ann@a.test", "rejected unproven"), ("ann", "ann@b.test", "retry nobody")]
    {
        let world = World::new();
        world.site.add_at(login, email, "author", -90);
        assert_eq!(short(&world.put(json!({}), ann(tried.clone()))), wanted, "{login} {email}");
    }
}

#[test]
fn what_was_made_before_its_meta_was_refused_is_ours() {
    let world = World::new();
    let refused = json!({"code": "rest_invalid_stored_value", "message": "x", "data": {"key": "colour", "status": 500}});
    world.site.next(CREATE, Fault::DoAndSay(500, refused));
    let outcome = world.put(json!({}), ann(json!({"user": person(json!({"meta_input": {"colour": "red"}}))})));
    assert_eq!((short(&outcome).as_str(), outcome.trust), ("found", Some(Trust::Own)));
    assert_eq!(world.asked(), [CREATE, CREATE, FIND]);
}

#[test]
fn a_removal_looks_for_what_a_lost_create_may_have_made_and_only_then_calls_it_absent() {
    let world = World::new();
    let outcome = world.remove(json!({}), ann(json!({})));
    assert_eq!((outcome.status, world.asked()), (Status::Absent, Vec::new()), "never tried, never there");
    let tried = json!({"tried_at": now() - 100, "tried_last": now() - 100, "now": now()});
    let soon = world.remove(json!({}), ann(json!({"tried_at": now(), "tried_last": now(), "now": now()})));
    assert_eq!(short(&soon), "retry unanswered");
    let outcome = world.remove(json!({}), ann(tried.clone()));
    assert_eq!((outcome.status, world.asked()), (Status::Absent, vec![FIND.to_owned()]));
    let id = world.site.add_at("ann", "ann@a.test", "author", -90);
    let found = world.remove(json!({}), ann(tried));
    assert_eq!((short(&found).as_str(), found.id, found.trust), ("found", Some(id), Some(Trust::Own)));
    assert_eq!(world.remove(json!({}), kept(&found)).status, Status::Deleted);
}
