//! What a receiver is sent: only what differs, with what it needs to know whose account it is.

use crate::world::*;
use rudr_sync::base::{digest, digest_set};

#[test]
fn a_user_is_made_and_kept_in_step_with_one_request_each() {
    let world = World::new();
    let outcome = world.put(json!({}), ann(json!({})));
    assert_eq!((outcome.status, outcome.doubt, outcome.http, outcome.due), (Status::Created, Doubt::Settled, Some(200), None));
    let person = world.site.person(outcome.id.unwrap());
    assert_eq!((person.login.as_str(), person.email.as_str(), person.password.as_str()), ("ann", "ann@a.test", HASH));
    assert_eq!((person.roles, outcome.login.as_deref()), (vec!["author".to_owned()], Some("ann")));
    assert!(outcome.message.contains("made") && outcome.refused.is_empty());
    let base = outcome.base.as_ref().unwrap();
    assert_eq!((base.password.as_deref(), base.registered), (Some("m1"), Some(person.registered)));
    assert_eq!(base.fields["user_email"].held, Some(digest(&json!("ann@a.test"))));
    assert_eq!(base.fields["roles"].held, Some(digest_set(&["author".into()])));
    world.asked();

    let link = kept(&outcome);
    assert_eq!(world.put(json!({}), both(ann(json!({})), link.clone())).status, Status::Unchanged);
    assert!(world.asked().is_empty());

    let changed = world.put(json!({}), both(both(ann(json!({})), link), renamed("Anna")));
    assert_eq!(changed.status, Status::Updated);
    let job = world.sent_job();
    assert_eq!(job["user"], json!({"first_name": "Anna"}), "only what differs");
    assert_eq!((&job["remote_id"], &job["remote_login"], &job["trust"]), (&json!(outcome.id), &json!("ann"), &json!("own")));
    assert!(job["registered"].as_str().is_some_and(|at| at.ends_with("+00:00")));
    assert_eq!(job["held"], json!({"user_email": digest(&json!("ann@a.test"))}), "a source that is right asks for no staleness");
    let after = kept(&changed);
    assert_eq!(world.put(json!({}), both(both(ann(json!({})), after), renamed("Anna"))).status, Status::Unchanged);
}

#[test]
fn the_request_says_who_sends_and_what_the_administrator_has_decided() {
    let world = World::new();
    world.put(json!({}), ann(json!({})));
    let mut sent = world.sent().remove(0);
    let seconds = sent["options"].as_object_mut().unwrap().remove("seconds").unwrap();
    assert!((1..=20).contains(&seconds.as_u64().unwrap()));
    assert_eq!(sent["source"], json!(SOURCE));
    assert_eq!(sent["options"], json!({"adopt": "proven", "remove": "own", "recreate": false, "authority": true}));
    let options = json!({"adopt": "any", "remove": "all", "recreate": true, "authority": "there", "timeout": 5,
        "roles": {"author": "editor", "boss": "editor", "subscriber": "subscriber"}});
    world.put(options, newcomer(0));
    let sent = world.sent().remove(0);
    assert_eq!(
        sent["options"],
        json!({"adopt": "any", "remove": "all", "recreate": true, "authority": false, "seconds": 5, "roles": ["editor", "subscriber"]})
    );
}

#[test]
fn roles_go_by_the_map_and_meta_in_wordpress_words() {
    let world = World::new();
    let user = person(json!({"meta_input": {"colour": "red", "size": 5}, "roles": ["boss", "author"], "locale": "de_DE"}));
    let outcome = world.put(json!({"roles": {"author": "editor"}}), ann(json!({"user": user})));
    let job = world.sent_job();
    assert_eq!((&job["user"]["roles"], &job["user"]["locale"]), (&json!(["editor"]), &json!("de_DE")));
    assert_eq!(job["user"]["meta_input"], json!({"colour": "red", "size": 5}));
    assert_eq!((outcome.status, outcome.refused["meta_input.size"].as_str()), (Status::Created, "meta_not_allowed"));
    assert!(outcome.message.contains("let no source write it"), "{}", outcome.message);
    // It is told, and not sent at every save.
    let user = person(json!({"meta_input": {"colour": "red", "size": 5}, "roles": ["author"], "locale": "de_DE"}));
    let again = world.put(json!({"roles": {"author": "editor"}}), both(kept(&outcome), json!({"user": user})));
    assert_eq!((again.status, again.refused["meta_input.size"].as_str()), (Status::Unchanged, "meta_not_allowed"));
    assert!(world.asked().is_empty());
    let removed = person(json!({"meta_input": {"colour": null}, "roles": ["author"], "locale": "de_DE"}));
    world.put(json!({"roles": {"author": "editor"}}), both(kept(&outcome), json!({"user": removed})));
    assert_eq!(world.sent_job()["user"], json!({"meta_input": {"colour": null}}));
}

#[test]
fn an_account_that_is_there_is_taken_over_by_the_receivers_rules() {
    let world = World::new();
    let id = world.site.add("other", "ann@a.test", "subscriber");
    assert_eq!(short(&world.put(json!({}), ann(json!({})))), "rejected unproven");
    let found = world.put(json!({}), ann(json!({"proved": "1"})));
    assert_eq!((found.status, found.id, found.due, found.login.as_deref()), (Status::Found, Some(id), Some(0), Some("other")));
    assert_eq!(found.base.as_ref().unwrap().password.as_deref(), Some("m1"), "its own password stays");
    world.asked();
    let updated = world.put(json!({}), both(ann(json!({})), kept(&found)));
    assert_eq!((updated.status, updated.trust.map(rudr_sync::job::Trust::word)), (Status::Updated, Some("adopted")));
    assert!(world.sent_job()["user"].get("user_pass_hash").is_none());
    assert_eq!(world.site.person(id).password, "their own");
}

#[test]
fn a_reset_that_proved_the_address_carries_its_password_along() {
    let world = World::new();
    let id = world.site.add("other", "ann@a.test", "subscriber");
    let found = world.put(json!({}), ann(json!({"proved": "m1"})));
    assert_eq!(found.base.as_ref().unwrap().password, None);
    world.put(json!({}), both(ann(json!({})), kept(&found)));
    assert_eq!(world.site.person(id).password, HASH);
}

#[test]
fn a_claim_and_a_persons_word_are_sent_as_such() {
    let world = World::new();
    let id = world.site.add("other", "ann@a.test", "subscriber");
    world.put(json!({}), ann(json!({"remote_id": id})));
    let job = world.sent_job();
    assert_eq!((&job["remote_id"], job.get("remote_login"), job.get("trust"), &job["proved"]), (&json!(id), None, None, &json!(false)));
    let found = world.put(json!({}), ann(json!({"remote_id": id, "trust": "adopted"})));
    let job = world.sent_job();
    assert_eq!((&job["trust"], job.get("remote_login"), &job["proved"]), (&json!("adopted"), None, &json!(true)));
    assert_eq!(found.status, Status::Found);
    world.next(rejected("identity_mismatch", None));
    let wrong = world.put(json!({}), ann(json!({"remote_id": id, "trust": "adopted"})));
    assert_eq!((short(&wrong).as_str(), wrong.forget), ("rejected identity_mismatch", true));
}

#[test]
fn who_is_named_with_their_login_too_keeps_their_password_until_the_next_one() {
    let world = World::new();
    let id = world.site.add("other", "ann@a.test", "subscriber");
    let first = world.put(json!({}), ann(json!({"remote_id": id, "remote_login": "other", "trust": "named"})));
    let job = world.sent_job();
    assert_eq!((&job["trust"], &job["remote_login"]), (&json!("adopted"), &json!("other")));
    assert_eq!((&job["user"]["user_email"], job["user"].get("user_pass_hash")), (&json!("ann@a.test"), None));
    assert_eq!((first.status, first.base.unwrap().password.as_deref()), (Status::Updated, Some("m1")));
    // Who is linked without a person's word, and was sent nothing yet: what changes goes.
    world.put(json!({}), ann(json!({"remote_id": id, "remote_login": "other", "trust": "adopted"})));
    assert_eq!(world.sent_job()["user"]["user_pass_hash"], json!(HASH));
}

#[test]
fn a_user_whose_roles_cannot_be_read_is_made_without_any() {
    let world = World::new();
    world.put(json!({}), ann(json!({"privileged_roles": 5})));
    assert_eq!(world.sent_job()["user"]["roles"], json!([]));
}

#[test]
fn a_user_is_removed_and_the_heir_is_asked_for_in_turn() {
    let world = World::new();
    let link = world.ann();
    let job = |more: Value| both(both(link.clone(), json!({"op": "delete"})), more);
    let heir = world.site.add("heir", "heir@a.test", "author");
    let outcome =
        world.remove(json!({"reassign": heir}), job(json!({"reassign": 999, "user": {"user_login": "ann", "user_email": "ann@a.test"}})));
    assert_eq!((outcome.status, outcome.doubt), (Status::Deleted, Doubt::Settled));
    let heirs: Vec<_> = world.sent().iter().map(|body| body["jobs"][0]["reassign"].clone()).collect();
    assert_eq!(heirs, [json!(999), json!(heir)]);
    assert_eq!(world.site.id("ann"), None);
    assert_eq!(world.remove(json!({}), job(json!({}))).status, Status::Unlinked, "who removed it is no longer its source");
}

#[test]
fn a_job_without_a_user_id_is_told_so() {
    let world = World::new();
    let outcome = world.put(json!({}), json!({"op": "put", "user": person(json!({}))}));
    assert_eq!(short(&outcome), "rejected incomplete");
    assert!(outcome.message.contains("user_id"), "{}", outcome.message);
}

#[test]
fn nothing_waits_a_minute_since_nothing_can_double() {
    let world = World::new();
    world.put(json!({}), newcomer(0)); // so that it is known as a receiver
    world.asked();
    world.site.next(JOBS, Fault::LoseAnswer);
    let lost = world.put(json!({}), ann(json!({})));
    assert_eq!((short(&lost).as_str(), lost.scope, lost.doubt), ("retry truncated", Scope::Job, Doubt::Now));
    assert!(lost.due.is_some_and(|due| due <= 15), "{:?}", lost.due);
    let made = world.put(json!({}), ann(just_tried()));
    assert_eq!((made.status, made.doubt), (Status::Created, Doubt::Settled));
    assert_eq!(world.site.state().people.values().filter(|person| person.login == "ann").count(), 1);
}

#[test]
fn what_was_sent_and_not_answered_is_sent_again_whole() {
    let world = World::new();
    let link = world.ann();
    world.site.next(JOBS, Fault::LoseAnswer);
    let lost = world.put(json!({"authority": "there"}), both(both(ann(json!({})), link), renamed("Anna")));
    assert_eq!((lost.doubt, lost.base.as_ref().unwrap().fields["first_name"].held.as_ref()), (Doubt::Now, None));
    world.asked();
    let again = world.put(json!({"authority": "there"}), both(both(ann(json!({})), kept(&lost)), just_tried()));
    assert_eq!(again.status, Status::Updated);
    let job = world.sent_job();
    assert_eq!(job["user"]["first_name"], json!("Ann"), "back to what it was: that has to be sent as well");
    assert!(job["held"].get("first_name").is_none(), "what it holds of that is not known: {}", job["held"]);
}
