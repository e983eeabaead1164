//! Changes and removals whose answers never came: no outcome drops a doubt without knowing, and none keeps what is known.

use crate::world::*;

#[test]
fn whatever_was_sent_unanswered_is_waited_for_a_minute() {
    let world = World::new();
    let id = world.site.add("ann", "ann@a.test", "author");
    let linked = both(link(id, "ann", "own"), renamed("Anna"));
    let worded = ann(json!({"remote_id": id, "trust": "adopted"}));
    for job in [ann(json!({})), linked, worded] {
        let job = both(job, just_tried());
        for outcome in [world.put(json!({}), job.clone()), world.remove(json!({}), job)] {
            assert_eq!((short(&outcome).as_str(), outcome.spent, outcome.doubt), ("retry unanswered", false, Doubt::Before));
            assert!(outcome.due.is_some_and(|due| (49..=50).contains(&due)), "{outcome:?}");
        }
    }
    assert_eq!(world.asked(), Vec::<String>::new());
}

#[test]
fn a_clock_that_went_back_makes_nobody_wait_for_longer() {
    let world = World::new();
    let ahead = json!({"tried_at": now() + 5000, "tried_last": now() + 5000, "now": now()});
    assert_eq!(world.put(json!({}), ann(ahead)).due, Some(60));
}

#[test]
fn a_claim_never_waits_since_its_times_are_no_writes_of_ours() {
    let world = World::new();
    let id = world.site.add_at("ann", "ann@a.test", "author", -5);
    let outcome = world.put(json!({}), ann(both(json!({"remote_id": id}), just_tried())));
    assert_eq!((short(&outcome).as_str(), outcome.trust), ("found", Some(Trust::Own)));
}

#[test]
fn an_unanswered_change_is_in_doubt_and_goes_again_no_sooner_than_a_minute_later() {
    let world = World::new();
    let ann = world.ann();
    let id = world.site.id("ann").unwrap();
    for fault in [Fault::LoseAnswer, Fault::LoseRequest] {
        world.site.next(&post(id), fault);
        let lost = world.put(json!({}), both(ann.clone(), renamed("Anna")));
        assert_eq!((lost.status, lost.doubt, lost.spent), (Status::Retry, Doubt::Now, true));
        assert!(lost.due >= Some(60), "{lost:?}");
    }
    world.site.next(&format!("DELETE /wp/v2/users/{id}"), Fault::LoseAnswer);
    let lost = world.remove(json!({}), ann.clone());
    assert_eq!((lost.status, lost.doubt), (Status::Retry, Doubt::Now));
    assert!(lost.due >= Some(60), "{lost:?}");
    let over = world.remove(json!({}), both(ann, tried()));
    assert_eq!((over.status, over.doubt, over.http), (Status::Absent, Doubt::Settled, Some(404)));
}

#[test]
fn while_a_change_is_in_doubt_the_base_is_believed_of_nothing() {
    let world = World::new();
    let made = world.put(json!({}), ann(json!({"user": person(json!({"meta_input": {"size": null}}))})));
    let id = made.id.unwrap();
    // The process was killed: nobody noted that this was sent, but that something was.
    world.site.state().meta_keys.push("size".into());
    world.site.state().people.entry(id).and_modify(|person| {
        person.texts.insert("first_name".into(), json!("Anna"));
        person.meta.insert("size".into(), json!("xl"));
    });
    world.asked();
    let back = both(kept(&made), json!({"user": person(json!({"meta_input": {"size": null}}))}));
    assert_eq!(world.put(json!({}), back.clone()).status, Status::Unchanged);
    let outcome = world.put(json!({}), both(back.clone(), tried()));
    assert_eq!((outcome.status, outcome.doubt), (Status::Updated, Doubt::Settled));
    assert_eq!(world.site.person(id).texts["first_name"], json!("Ann"));
    assert_eq!(world.site.person(id).meta["size"], json!(null), "also what the site was not known to have been sent");
    assert_eq!(outcome.refused.len(), 0, "{outcome:?}");
    assert_eq!(world.asked(), [get(id), post(id)], "with a look before, as for all that is sensitive");
    let again = world.put(json!({}), both(back, kept(&outcome)));
    assert_eq!((again.status, world.asked()), (Status::Unchanged, Vec::new()));
}

#[test]
fn a_password_in_doubt_is_sent_again_if_it_is_at_hand_and_believed_if_not() {
    let world = World::new();
    let made = world.ann();
    let id = world.site.id("ann").unwrap();
    let set =
        || world.site.state().people.entry(id).and_modify(|person| person.password = "the one before".into()).or_default().password.clone();
    let key = Key::derive("a key").unwrap();
    let sealed = |mark: &str| seal(&Secret::new("first secret"), &["default", "7", mark], &key).unwrap();
    let options = json!({"key": "a key"});
    let nothing = json!({"user": {"first_name": "Ann"}});
    for (more, wanted) in [
        (json!({"user": {"first_name": "Ann", "user_pass": "first secret"}}), "first secret"),
        (both(nothing.clone(), json!({"secret": sealed("m1")})), "first secret"),
        (both(nothing.clone(), json!({"secret": sealed("m0")})), "the one before"),
        (nothing, "the one before"),
    ] {
        set();
        let outcome = world.put(options.clone(), both(both(made.clone(), more), tried()));
        assert_eq!((outcome.status, outcome.refused.len()), (Status::Updated, 0), "{outcome:?}");
        assert_eq!(world.site.person(id).password, wanted);
        assert_eq!(outcome.base.unwrap().password.as_deref(), Some("m1"));
    }
}

#[test]
fn what_settles_nothing_leaves_the_doubt_as_it_was() {
    let world = World::new();
    let made = world.ann();
    let id = world.site.id("ann").unwrap();
    let job = both(both(made, renamed("Anna")), tried());
    let doubt = |options: Value, job: Value| {
        let outcome = world.put(options, job);
        (short(&outcome), outcome.doubt)
    };
    let no = json!({"code": "some_plugin_says_no", "message": "No.", "data": {"status": 400}});
    world.site.next(&post(id), Fault::Say(400, no));
    assert_eq!(doubt(json!({}), job.clone()), ("rejected some_plugin_says_no".into(), Doubt::Before), "no to this, not to what was before");
    world.site.next(&get(id), Fault::LoseAnswer);
    assert_eq!(doubt(json!({}), job.clone()), ("retry truncated".into(), Doubt::Before), "the look failed");
    world.site.next(&post(id), Fault::Say(429, json!("busy")));
    assert_eq!(doubt(json!({}), job.clone()), ("retry http_429".into(), Doubt::Before));
    assert_eq!(doubt(json!({}), both(job.clone(), json!({"privileged": true}))), ("rejected privileged".into(), Doubt::Before));
    world.site.state().people.entry(id).and_modify(|person| person.roles = vec!["administrator".into()]);
    assert_eq!(doubt(json!({}), job.clone()), ("rejected privileged".into(), Doubt::Before), "nothing of the fields was seen");
    world.site.state().people.remove(&id);
    assert_eq!(doubt(json!({}), job), ("rejected gone".into(), Doubt::Settled), "there is nothing left to be in doubt");

    let unknown = ann(tried());
    world.site.next(FIND, Fault::LoseAnswer);
    assert_eq!(doubt(json!({}), unknown.clone()), ("retry truncated".into(), Doubt::Before));
    let nobody = deliver(&call(&crate::rude::server::nobody(), json!({})), "put", unknown.clone());
    assert_eq!((short(&nobody).as_str(), nobody.doubt), ("retry connect", Doubt::Before));
    assert_eq!(doubt(json!({}), both(unknown, json!({"remote_id": "x"}))), ("rejected invalid_job".into(), Doubt::Before));
}

#[test]
fn a_job_that_met_anothers_outage_keeps_its_own_doubt() {
    let world = World::new();
    let id = world.site.add("ann", "ann@a.test", "author");
    world.site.next(&post(id), Fault::Say(503, json!("busy")));
    let first = both(link(id, "ann", "own"), json!({"user": {"first_name": "A"}}));
    let jobs = [first, ann(json!({})), ann(tried())].map(|keys| crate::calls::job("put", keys)).into();
    let outcomes = crate::calls::deliver_all(&call(&world.rude.url(SITE), json!({"concurrency": 1})), jobs);
    let doubts: Vec<_> = outcomes.iter().map(|outcome| (short(outcome), outcome.doubt)).collect();
    let busy = || "retry http_503".to_owned();
    assert_eq!(doubts, [(busy(), Doubt::Now), (busy(), Doubt::Settled), (busy(), Doubt::Before)]);
}

#[test]
fn what_one_request_of_a_create_made_is_not_lost_by_the_next() {
    let refused = || json!({"code": "rest_invalid_stored_value", "message": "x", "data": {"key": "colour", "status": 500}});
    let job = || ann(json!({"user": person(json!({"meta_input": {"colour": "red"}}))}));
    for second in [Fault::Say(429, json!("busy")), Fault::Say(400, json!({"code": "some_plugin_says_no", "message": "No."}))] {
        let world = World::new();
        world.site.next(CREATE, Fault::DoAndSay(500, refused()));
        world.site.next(CREATE, second);
        assert_eq!(world.put(json!({}), job()).doubt, Doubt::Now);
        let id = world.age("ann");
        let found = world.put(json!({}), both(job(), tried()));
        assert_eq!((short(&found).as_str(), found.id), ("found", Some(id)));
    }
}

#[test]
fn every_outcome_that_had_an_answer_says_so() {
    let world = World::new();
    let outcome = world.remove(json!({}), ann(tried()));
    assert_eq!((outcome.status, outcome.http), (Status::Absent, Some(200)));
    let outcome = world.remove(json!({}), ann(json!({"remote_id": 99})));
    assert_eq!((outcome.status, outcome.http), (Status::Absent, Some(404)));
    world.site.add_at("ann", "ann@a.test", "author", -1000);
    let outcome = world.remove(json!({}), ann(tried()));
    assert_eq!((outcome.status, outcome.http), (Status::Absent, Some(200)), "somebody else's");
    assert_eq!(world.put(json!({}), ann(tried())).http, Some(200));
}
