//! How a password goes to a receiver: by its hash where that can be checked there, and never both.

use crate::world::*;
use rudr_sync::secret::{Key, Secret, seal};

const OTHER: &str = "$wp$2y$10$hashhashhashhashhashhashhashhashhashhashhashhashhash";

fn sealed(mark: &str) -> Value {
    json!(seal(&Secret::new("typed"), &["default", "7", mark], &Key::derive("k").unwrap()).unwrap())
}

fn sent(world: &World, user: Value, more: Value) -> (Outcome, Value) {
    let outcome = world.put(json!({"key": "k"}), both(ann(json!({"user": user})), more));
    let user = world.sent_job()["user"].clone();
    assert!(user.get("user_pass").is_none() || user.get("user_pass_hash").is_none(), "never both");
    (outcome, user)
}

#[test]
fn the_hash_goes_if_the_site_can_check_it_and_no_plaintext_beside_it() {
    let world = World::new();
    let (outcome, user) = sent(&world, person(json!({"user_pass": "typed"})), json!({"secret": sealed("m1")}));
    assert_eq!((user["user_pass_hash"].as_str(), user.get("user_pass")), (Some(HASH), None));
    assert_eq!(outcome.base.unwrap().password.as_deref(), Some("m1"));
}

#[test]
fn else_the_password_that_is_at_hand() {
    for (user, more) in [(json!({"user_pass": "typed"}), json!({})), (json!({}), json!({"secret": sealed("m1")}))] {
        let world = World::new();
        let (outcome, user) = sent(&world, person(both(user, json!({"user_pass_hash": OTHER}))), more);
        assert_eq!((user["user_pass"].as_str(), user.get("user_pass_hash")), (Some("typed"), None));
        assert_eq!((outcome.status, outcome.base.unwrap().password.as_deref()), (Status::Created, Some("m1")));
    }
}

#[test]
fn else_it_waits_and_nothing_is_noted_as_sent() {
    let world = World::new();
    let (outcome, user) = sent(&world, person(json!({"user_pass_hash": OTHER})), json!({}));
    assert!(user.get("user_pass").is_none() && user.get("user_pass_hash").is_none());
    assert_eq!((outcome.status, outcome.refused["user_pass"].as_str()), (Status::Created, "hash_unsupported"));
    assert!(outcome.message.contains("cannot check a hash of this kind"), "{}", outcome.message);
    let link = kept(&outcome);
    // A site that was updated since can check it.
    world.plugin().receiver.as_mut().unwrap().hashes.push("$wp$2y$".into());
    let site = crate::calls::site(&world.rude.url(SITE), AGENT, PASSWORD, json!({}), &Settings::default()).unwrap();
    drop(Known::of(&site, None).now(None));
    let later = world.put(json!({}), both(link, json!({"user": person(json!({"user_pass_hash": OTHER}))})));
    assert_eq!((later.status, world.site.person(later.id.unwrap()).password.as_str()), (Status::Updated, OTHER));
    world.asked();

    let (outcome, _) = sent(&world, json!({"user_login": "b", "user_email": "b@a.test"}), json!({"user_id": 8}));
    assert_eq!(outcome.refused["user_pass"], "password_unknown");
}

#[test]
fn a_hash_that_the_site_cannot_check_after_all_is_not_noted_either() {
    let world = World::new();
    let link = world.ann();
    world.plugin().receiver.as_mut().unwrap().hashes.clear();
    let job = both(both(ann(json!({})), link), json!({"password_mark": "m2"}));
    let outcome = world.put(json!({}), job);
    assert_eq!((outcome.status, outcome.refused["user_pass"].as_str()), (Status::Updated, "hash_unsupported"));
    assert_eq!(outcome.base.unwrap().password.as_deref(), Some("m1"));
}

#[test]
fn what_the_site_refuses_otherwise_is_noted_and_goes_again_on_a_persons_order() {
    let world = World::new();
    let link = world.ann();
    let refused = json!({"status": "updated", "id": link["remote_id"], "login": "ann", "trust": "own", "registered": "2026-01-01T00:00:00+00:00",
        "held": {"user_pass_hash": "d"}, "refused": {"user_pass_hash": "not_stored"}, "code": null, "message": ""});
    world.next(refused);
    let job = |link: &Value, more: Value| both(both(both(ann(json!({})), link.clone()), json!({"password_mark": "m2"})), more);
    let outcome = world.put(json!({}), job(&link, json!({})));
    assert_eq!(outcome.refused["user_pass"], "not_stored");
    let link = kept(&outcome);
    world.asked();
    assert_eq!(world.put(json!({}), job(&link, json!({}))).status, Status::Unchanged);
    assert!(world.asked().is_empty());
    world.put(json!({}), job(&link, json!({"retry": true})));
    assert_eq!(world.sent_job()["user"]["user_pass_hash"], json!(HASH));
}

#[test]
fn a_password_that_has_not_changed_is_not_sent() {
    let world = World::new();
    let link = world.ann();
    world.put(json!({}), both(both(ann(json!({})), link), renamed("Anna")));
    assert_eq!(world.sent_job()["user"], json!({"first_name": "Anna"}));
}

#[test]
fn neither_hash_nor_password_are_shown_whoever_says_them() {
    for (user, secret) in [(person(json!({})), HASH), (person(json!({"user_pass": "Hunter\"2", "user_pass_hash": OTHER})), "Hunter\"2")] {
        for message in [secret.to_owned(), json!(secret).to_string(), secret.replace('/', "\\/").replace('"', "&quot;")] {
            let world = World::new();
            world.next(json!({"status": "rejected", "code": "some_plugin_says_no", "message": format!("No: {message}!"), "id": null}));
            let outcome = world.put(json!({}), ann(json!({"user": user.clone()})));
            assert_eq!(short(&outcome), "rejected some_plugin_says_no");
            assert!(outcome.message.contains("not shown") && !outcome.message.contains("No:"), "{}", outcome.message);
            world.site.next(JOBS, Fault::Say(400, json!({"code": "no", "message": format!("No: {message}!"), "data": null})));
            let outcome = world.put(json!({}), ann(json!({"user": user.clone()})));
            assert!(outcome.message.contains("not shown") && !outcome.message.contains("No:"), "{}", outcome.message);
        }
    }
    // A password may be as short as a code is, which is then the receiver's all the same.
    let world = World::new();
    let user = json!({"user_login": "ann", "user_email": "ann@a.test", "user_pass": "no"});
    world.next(json!({"status": "rejected", "code": "not_removed", "message": "x", "id": null}));
    assert_eq!(short(&world.put(json!({}), ann(json!({"user": user.clone()})))), "rejected not_removed");
    world.next(json!({"status": "rejected", "code": "no_way", "message": "x", "id": null}));
    assert_eq!(short(&world.put(json!({}), ann(json!({ "user": user })))), "rejected unknown_error");
}

#[test]
fn neither_is_a_field_refused_for_the_password_nor_an_account_called_by_it() {
    let world = World::new();
    let user = || person(json!({"user_pass": "Hunter2", "user_pass_hash": OTHER}));
    let made = |login: &str| {
        json!({"status": "created", "id": 7, "login": login, "trust": "own", "registered": "2026-01-01T00:00:00+00:00",
            "held": {}, "refused": {"first_name": "no_hunter2", "user_pass": "Hunter2"}, "code": null, "message": ""})
    };
    world.next(made("ann"));
    let outcome = world.put(json!({}), ann(json!({ "user": user() })));
    assert_eq!(outcome.refused.values().collect::<Vec<_>>(), ["unknown_error", "unknown_error"]);
    assert!(!format!("{:?}", outcome.to_map()).to_lowercase().contains("hunter2"));
    for status in ["created", "found"] {
        let mut odd = made("Hunter2");
        odd["status"] = json!(status);
        world.next(odd);
        let outcome = world.put(json!({}), ann(json!({ "user": user() })));
        assert_eq!((short(&outcome).as_str(), outcome.login), ("retry not_wordpress", None));
    }
    // Who is called as their password is, is called so by us.
    world.next(made("ann"));
    let outcome = world.put(json!({}), ann(json!({ "user": person(json!({"user_pass": "ann", "user_pass_hash": OTHER})) })));
    assert_eq!((outcome.status, outcome.login.as_deref()), (Status::Created, Some("ann")));
}

#[test]
fn the_lost_answer_to_a_persons_word_brings_no_password_along() {
    let world = World::new();
    let id = world.site.add("other", "ann@a.test", "subscriber");
    let named = ann(json!({"remote_id": id, "remote_login": "other", "trust": "named"}));
    world.site.next(JOBS, Fault::LoseAnswer);
    assert_eq!(world.put(json!({}), named.clone()).doubt, Doubt::Now);
    world.asked();
    let again = world.put(json!({}), both(named, just_tried()));
    assert_eq!((again.trust, again.base.unwrap().password.as_deref()), (Some(rudr_sync::job::Trust::Adopted), Some("m1")));
    assert_eq!(world.sent_job()["user"].get("user_pass_hash"), None);
}

#[test]
fn who_is_made_in_the_place_of_an_account_that_a_person_named_gets_their_password() {
    let world = World::new();
    let made = json!({"status": "created", "id": 99, "login": "ann", "trust": "own", "registered": "2026-01-01T00:00:00+00:00",
        "held": {}, "refused": {}, "code": null, "message": ""});
    world.next(made);
    let outcome = world.put(json!({"recreate": true}), ann(json!({"remote_id": 999, "trust": "named"})));
    assert_eq!((outcome.status, outcome.id, outcome.due), (Status::Found, Some(99), Some(0)));
    assert_eq!(outcome.base.as_ref().unwrap().password, None);
    world.asked();
    world.put(json!({}), both(ann(json!({})), kept(&outcome)));
    assert_eq!(world.sent_job()["user"]["user_pass_hash"], json!(HASH));
}

#[test]
fn a_name_whose_answer_was_lost_brings_no_password_along_and_a_password_whose_answer_was_lost_goes_again() {
    let world = World::new();
    let made = world.ann();
    let id = world.site.id("ann").unwrap();
    let theirs = |mark: &str| json!({"user": person(json!({"first_name": "Anna", "user_pass_hash": HASH})), "password_mark": mark});
    for (mark, goes) in [("m1", false), ("m2", true)] {
        world.site.next(JOBS, Fault::LoseAnswer);
        let lost = world.put(json!({}), both(made.clone(), theirs(mark)));
        assert_eq!((lost.status, lost.doubt), (Status::Retry, Doubt::Now));
        world.site.state().people.entry(id).and_modify(|person| person.password = "set there".into());
        world.asked();
        let again = world.put(json!({}), both(both(both(made.clone(), kept(&lost)), theirs(mark)), just_tried()));
        assert_eq!(again.status, Status::Updated);
        assert_eq!(world.sent_job()["user"].get("user_pass_hash").is_some(), goes, "{mark}");
        assert_eq!(world.site.person(id).password, if goes { HASH } else { "set there" });
        assert_eq!(again.base.unwrap().password.as_deref(), Some(mark));
    }
}
