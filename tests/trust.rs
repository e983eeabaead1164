//! Nobody is handed an account; and a create whose answer never came makes no second one. Row by row, against a `WordPress` in
//! memory, with what was asked of it each time.

#[path = "rude/calls.rs"]
mod calls;
mod rude;

use calls::{call, deliver, failed, map, short, user};
use rude::Rude;
use rude::request::Request;
use rude::wordpress::{AGENT, Fault, Person, WordPress};
use rudr_sync::failure::Kind;
use rudr_sync::job::Trust;
use rudr_sync::outcome::{Outcome, Status};
use rudr_sync::secret::{Key, Secret, seal};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::SystemTime;

const SITE: &str = "b";
const CREATE: &str = "POST /wp/v2/users";
const FIND: &str = "GET /wp/v2/users";

/// A site, and us.
struct World {
    rude: Rude,
    site: Arc<WordPress>,
}

impl World {
    fn new() -> Self {
        let rude = Rude::start();
        let site = rude.wordpress(SITE);
        Self { rude, site }
    }

    fn put(&self, options: Value, keys: Value) -> Outcome {
        deliver(&call(&self.rude.url(SITE), options), "put", keys)
    }

    fn remove(&self, options: Value, keys: Value) -> Outcome {
        deliver(&call(&self.rude.url(SITE), options), "delete", keys)
    }

    /// What was asked since the last look.
    fn asked(&self) -> Vec<String> {
        self.rude.take(SITE)
    }

    /// The bodies of what was written since the last look.
    fn written(&self) -> Vec<Value> {
        let bodies = self.rude.log(SITE).iter().filter(|request| request.method == "POST").map(Request::json).collect();
        self.asked();
        bodies
    }

    /// Ann, made by us and in step; her link and base.
    fn ann(&self) -> Value {
        let outcome = self.put(json!({}), ann(json!({})));
        assert_eq!(outcome.status, Status::Created, "{outcome:?}");
        self.asked();
        kept(&outcome)
    }

    /// Everybody there, to see that nothing was changed.
    fn everybody(&self) -> String {
        format!("{:?}", self.site.state().people)
    }
}

fn both(a: Value, b: Value) -> Value {
    let mut all = map(a);
    all.extend(map(b));
    Value::Object(all)
}

/// Ann's job.
fn ann(more: Value) -> Value {
    both(json!({"user_id": 7, "user": person(json!({})), "password_mark": "m1"}), more)
}

fn person(more: Value) -> Value {
    let ann =
        json!({"user_login": "ann", "user_email": "ann@a.test", "user_pass": "first secret", "first_name": "Ann", "roles": ["author"]});
    both(ann, more)
}

/// What the link remembers of an outcome.
fn kept(outcome: &Outcome) -> Value {
    let base = outcome.base.as_ref().map(rudr_sync::base::Base::store);
    json!({"user_id": 7, "remote_id": outcome.id, "remote_login": outcome.login, "trust": outcome.trust.map(Trust::word), "base": base, "password_mark": "m1"})
}

/// A link without a base: everything is new to the site.
fn link(id: u64, login: &str, trust: &str) -> Value {
    json!({"user_id": 7, "remote_id": id, "remote_login": login, "trust": trust, "password_mark": "m1"})
}

fn get(id: u64) -> String {
    format!("GET /wp/v2/users/{id}")
}

fn post(id: u64) -> String {
    format!("POST /wp/v2/users/{id}")
}

fn now() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs().cast_signed()
}

// Making.

#[test]
fn who_is_not_there_is_made_whole_with_one_request() {
    let world = World::new();
    let outcome = world.put(json!({}), ann(json!({})));
    assert_eq!((outcome.status, outcome.trust, outcome.login.as_deref()), (Status::Created, Some(Trust::Own), Some("ann")));
    assert_eq!(world.asked(), [CREATE]);
    let there = world.site.person(outcome.id.unwrap());
    assert_eq!((there.email.as_str(), there.password.as_str(), there.roles), ("ann@a.test", "first secret", vec!["author".to_owned()]));
    assert_eq!(there.texts["first_name"], "Ann");
}

#[test]
fn who_has_no_known_password_gets_one_that_nobody_knows_and_theirs_once_it_is_known() {
    let world = World::new();
    let outcome = world.put(json!({}), ann(json!({"user": person(json!({"user_pass": null}))})));
    assert_eq!(outcome.status, Status::Created);
    assert_eq!(outcome.refused.get("user_pass").map(String::as_str), Some("password_unknown"));
    let id = outcome.id.unwrap();
    assert!(world.site.person(id).password.len() >= 24);
    world.put(json!({}), both(kept(&outcome), json!({"user": {"user_pass": "at last"}})));
    assert_eq!(world.site.person(id).password, "at last");
}

#[test]
fn without_a_login_or_an_address_nobody_is_made() {
    let world = World::new();
    assert_eq!(short(&world.put(json!({}), json!({"user": {"user_login": "ann"}}))), "rejected incomplete");
    assert_eq!(world.asked(), Vec::<String>::new());
}

#[test]
fn an_administrator_is_made_an_administrator_by_no_default() {
    let world = World::new();
    let outcome = world.put(json!({}), ann(json!({"user": person(json!({"roles": ["administrator", "editor"]}))})));
    assert_eq!(world.site.person(outcome.id.unwrap()).roles, ["editor"]);
}

#[test]
fn who_may_edit_users_here_does_not_follow_unless_told() {
    let world = World::new();
    let jobs = ann(json!({"privileged": true}));
    assert_eq!(short(&world.put(json!({}), jobs.clone())), "rejected privileged");
    assert_eq!(world.asked(), Vec::<String>::new());
    assert_eq!(world.put(json!({"follow_privileged": true}), jobs).status, Status::Created);
}

// Found.

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
    for options in [json!({"adopt": "any"}), json!({}), json!({"adopt": "never"})] {
        assert_eq!(short(&world.put(options, ann(json!({"proved": true})))), "rejected conflict");
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
    assert_eq!(short(&world.put(json!({"adopt": "any"}), ann(json!({"proved": true})))), "rejected conflict");
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

// Claimed.

#[test]
fn a_noted_id_is_believed_only_where_the_address_agrees() {
    let world = World::new();
    let id = world.site.add("ann_of_b", "ann@a.test", "customer");
    let claim = json!({"remote_id": id});
    assert_eq!(short(&world.put(json!({}), ann(claim.clone()))), "rejected unproven");
    assert_eq!(world.asked(), [get(id)]);
    let outcome = world.put(json!({}), ann(both(claim, json!({"proved": true}))));
    assert_eq!((short(&outcome).as_str(), outcome.id, outcome.trust), ("found", Some(id), Some(Trust::Adopted)));
}

#[test]
fn a_noted_id_of_somebody_else_is_as_if_there_were_none() {
    let world = World::new();
    let other = world.site.add("other", "other@b.test", "customer");
    let boss = world.site.add("boss", "boss@b.test", "administrator");
    let before = world.everybody();
    for id in [other, boss, 999] {
        let outcome = world.put(json!({"adopt": "any"}), ann(json!({"remote_id": id, "proved": true})));
        assert_eq!((outcome.status, outcome.trust), (Status::Created, Some(Trust::Own)));
        assert_eq!(world.asked(), [get(id), CREATE.to_owned()]);
        world.site.state().people.remove(&outcome.id.unwrap());
    }
    assert_eq!(world.everybody(), before);
}

#[test]
fn a_noted_id_removes_nobody() {
    let world = World::new();
    let id = world.site.add("ann", "ann@a.test", "customer");
    let before = world.everybody();
    let outcome = world.remove(json!({"remove": "all", "adopt": "any"}), ann(json!({"remote_id": id, "proved": true})));
    assert_eq!(outcome.status, Status::Absent);
    assert_eq!(world.everybody(), before);
}

// A create whose answer never came.

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
fn a_create_that_never_arrived_is_sent_again_after_the_look() {
    let world = World::new();
    world.site.next(CREATE, Fault::LoseRequest);
    world.put(json!({}), ann(json!({})));
    world.asked();
    let outcome = world.put(json!({}), ann(json!({"tried_at": now() - 61, "tried_last": now() - 61, "now": now()})));
    assert_eq!(outcome.status, Status::Created);
    assert_eq!(world.asked(), [FIND, CREATE]);
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
        [("ann", "ann@a.test", "found"), ("ann2", "ann@a.test", "rejected unproven"), ("ann", "ann@b.test", "rejected conflict")]
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

// In step.

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
    for (bound, code) in
        [(["default", "8", "m2"], "secret_damaged"), (["default", "7", "m1"], "secret_damaged"), (["other", "7", "m2"], "secret_damaged")]
    {
        let outcome = put(sealed(&bound), key.clone());
        assert_eq!((outcome.status, outcome.refused["user_pass"].as_str()), (Status::Unchanged, code), "{bound:?}");
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
    let outcome = world.put(json!({"recreate": true}), both(ann, json!({"user": person(json!({"first_name": "Anna"}))})));
    assert_eq!((outcome.status, outcome.trust), (Status::Created, Some(Trust::Own)));
    let there = world.site.person(outcome.id.unwrap());
    assert_eq!(
        (there.password.as_str(), there.email.as_str(), there.roles),
        ("first secret", "ann@a.test", vec!["author".to_owned()]),
        "whole"
    );
}

// Roles.

#[test]
fn roles_that_the_map_cannot_give_stay_as_they_are_there() {
    let world = World::new();
    let id = world.site.add("ann", "ann@a.test", "editor");
    let options = json!({"roles": {"author": "customer", "writer": "author"}});
    let roles = |roles: Value| world.put(options.clone(), both(link(id, "ann", "adopted"), json!({"user": {"roles": roles}}))).status;
    assert_eq!(roles(json!(["author"])), Status::Updated);
    assert_eq!(world.site.person(id).roles, ["customer", "editor"]);
    assert_eq!(roles(json!(["writer", "unknown"])), Status::Updated);
    assert_eq!(world.site.person(id).roles, ["author", "editor"]);
    assert_eq!(roles(json!([])), Status::Updated);
    assert_eq!(world.site.person(id).roles, ["editor"]);
}

#[test]
fn roles_go_only_when_they_changed() {
    let world = World::new();
    let ann = world.ann();
    let id = world.site.id("ann").unwrap();
    world.site.state().people.entry(id).and_modify(|person| person.roles = vec!["editor".into()]);
    world.put(json!({}), both(ann, json!({"user": person(json!({"first_name": "Anna"}))})));
    assert_eq!(world.written(), [json!({"username": "ann", "first_name": "Anna"})]);
    assert_eq!(world.site.person(id).roles, ["editor"]);
}

#[test]
fn roles_that_are_right_already_are_not_written_again() {
    let world = World::new();
    let id = world.site.add("ann", "ann@a.test", "author");
    let outcome = world.put(json!({}), both(link(id, "ann", "own"), json!({"user": {"roles": ["author"]}})));
    assert_eq!((outcome.status, world.asked()), (Status::Unchanged, vec![get(id)]));
    let again = world.put(json!({}), both(kept(&outcome), json!({"user": {"roles": ["author"]}})));
    assert_eq!((again.status, world.asked()), (Status::Unchanged, Vec::new()));
}

#[test]
fn a_role_that_holds_power_there_is_taken_back_at_once() {
    let world = World::new();
    world.site.state().roles.insert("manager".into(), vec!["read".into(), "edit_users".into()]);
    let made = world.put(json!({}), ann(json!({"user": person(json!({"roles": ["manager"]}))})));
    let id = made.id.unwrap();
    assert_eq!((made.status, made.refused["roles"].as_str()), (Status::Created, "privileged"));
    assert_eq!(world.site.person(id).roles, Vec::<String>::new());
    assert_eq!(world.asked(), [CREATE.to_owned(), post(id)]);

    world.site.state().people.entry(id).and_modify(|person| person.roles = vec!["customer".into()]);
    let change = json!({"user": person(json!({"roles": ["manager", "editor"]}))});
    let changed = world.put(json!({}), both(kept(&made), change.clone()));
    assert_eq!((changed.status, changed.refused["roles"].as_str()), (Status::Updated, "privileged"));
    assert_eq!(world.site.person(id).roles, ["customer"], "what was there before");
    assert_eq!(world.asked(), [get(id), post(id), post(id)]);
    let again = world.put(json!({}), both(kept(&changed), change));
    assert_eq!((again.status, world.asked()), (Status::Unchanged, Vec::new()), "not at every save");
}

#[test]
fn power_that_is_not_taken_back_at_first_is_taken_back_by_another_try() {
    let world = World::new();
    world.site.state().roles.insert("manager".into(), vec!["read".into(), "edit_users".into()]);
    world.site.next("POST /wp/v2/users/2", Fault::LoseRequest);
    let made = world.put(json!({}), ann(json!({"user": person(json!({"roles": ["manager"]}))})));
    assert_eq!(made.refused["roles"], "privileged");
    assert_eq!(world.site.person(2).roles, Vec::<String>::new());
}

#[test]
fn power_that_cannot_be_taken_back_is_told_for_what_it_is() {
    let world = World::new();
    world.site.state().roles.insert("manager".into(), vec!["read".into(), "edit_users".into()]);
    for _ in 0..10 {
        world.site.next("POST /wp/v2/users/2", Fault::LoseRequest);
    }
    let made = world.put(json!({}), ann(json!({"user": person(json!({"roles": ["manager"]}))})));
    assert_eq!((made.status, made.refused["roles"].as_str()), (Status::Created, "power_left"));
    assert!(made.message.contains("still"), "{}", made.message);
}

// What the site refuses.

#[test]
fn a_language_that_is_not_installed_holds_back_neither_role_nor_password() {
    let world = World::new();
    let made = world.put(json!({}), ann(json!({"user": person(json!({"locale": "xx_XX"}))})));
    assert_eq!((made.status, made.refused["locale"].as_str()), (Status::Created, "rest_not_in_enum"));
    let id = made.id.unwrap();
    assert_eq!((world.site.person(id).password.as_str(), world.site.person(id).roles), ("first secret", vec!["author".to_owned()]));
    world.asked();

    let change =
        json!({"user": person(json!({"locale": "yy_YY", "roles": ["editor"], "user_pass": "second secret"})), "password_mark": "m2"});
    let changed = world.put(json!({}), both(kept(&made), change.clone()));
    assert_eq!((changed.status, changed.refused["locale"].as_str()), (Status::Updated, "rest_not_in_enum"));
    assert_eq!((world.site.person(id).password.as_str(), world.site.person(id).roles), ("second secret", vec!["editor".to_owned()]));
    assert_eq!(world.asked(), [get(id), post(id), post(id)]);

    let again = world.put(json!({}), both(kept(&changed), change));
    assert_eq!((again.status, world.asked()), (Status::Unchanged, Vec::new()), "not at every save");
    let known = world.put(
        json!({}),
        both(kept(&changed), json!({"user": person(json!({"locale": "de_DE", "roles": ["editor"]})), "password_mark": "m2"})),
    );
    assert_eq!((known.status, &world.site.person(id).texts["locale"]), (Status::Updated, &json!("de_DE")), "but when it changes");
}

#[test]
fn a_password_that_core_refuses_holds_back_no_role() {
    let world = World::new();
    let ann = world.ann();
    let id = world.site.id("ann").unwrap();
    let change = json!({"user": person(json!({"user_pass": "back\\slash", "roles": ["editor"]})), "password_mark": "m2"});
    let outcome = world.put(json!({}), both(ann, change.clone()));
    assert_eq!((outcome.status, outcome.refused["user_pass"].as_str()), (Status::Updated, "rest_user_invalid_password"));
    assert_eq!((world.site.person(id).password.as_str(), world.site.person(id).roles), ("first secret", vec!["editor".to_owned()]));
    assert!(outcome.message.contains("backslash"), "{}", outcome.message);
    let again = world.put(json!({}), both(both(kept(&outcome), json!({"password_mark": "m2"})), change));
    assert_eq!(again.status, Status::Unchanged);
}

#[test]
fn a_password_that_core_refuses_still_makes_the_account() {
    let world = World::new();
    let made = world.put(json!({}), ann(json!({"user": person(json!({"user_pass": "back\\slash"}))})));
    assert_eq!((made.status, made.refused["user_pass"].as_str()), (Status::Created, "rest_user_invalid_password"));
}

#[test]
fn an_address_that_somebody_else_has_there_holds_back_nothing_else() {
    let world = World::new();
    world.site.add("other", "other@b.test", "customer");
    let ann = world.ann();
    let id = world.site.id("ann").unwrap();
    let outcome = world.put(json!({}), both(ann, json!({"user": person(json!({"user_email": "other@b.test", "first_name": "Anna"}))})));
    assert_eq!((outcome.status, outcome.refused["user_email"].as_str()), (Status::Updated, "rest_user_invalid_email"));
    assert_eq!((world.site.person(id).email.as_str(), &world.site.person(id).texts["first_name"]), ("ann@a.test", &json!("Anna")));
}

#[test]
fn a_role_that_the_site_does_not_know_holds_back_nothing_else() {
    let world = World::new();
    let made = world.put(json!({}), ann(json!({"user": person(json!({"roles": ["no_such_role"]}))})));
    assert_eq!((made.status, made.refused["roles"].as_str()), (Status::Created, "rest_user_invalid_role"));
}

#[test]
fn meta_that_the_site_has_not_registered_is_told() {
    let world = World::new();
    let made = world.put(json!({}), ann(json!({"user": person(json!({"meta_input": {"colour": "red", "size": "xl"}}))})));
    assert_eq!((made.status, made.refused.get("meta_input.size").map(String::as_str)), (Status::Created, Some("meta_not_registered")));
    assert!(!made.refused.contains_key("meta_input.colour"));
    assert_eq!(world.site.person(made.id.unwrap()).meta["colour"], "red");
}

#[test]
fn what_stands_refused_is_told_with_every_later_push_until_it_changes() {
    let world = World::new();
    let first = world.put(json!({}), ann(json!({"user": person(json!({"locale": "xx_XX", "user_pass": "back\\slash"}))})));
    let rename = json!({"user": person(json!({"locale": "xx_XX", "first_name": "Anna"})), "password_mark": "m1"});
    let second = world.put(json!({}), both(kept(&first), rename));
    assert_eq!((second.status, second.refused.get("locale").map(String::as_str)), (Status::Updated, Some("rest_not_in_enum")));
    assert_eq!(second.refused.get("user_pass").map(String::as_str), Some("rest_user_invalid_password"));
    let mend = json!({"user": person(json!({"locale": "de_DE", "first_name": "Anna", "user_pass": "better"})), "password_mark": "m2"});
    let third = world.put(json!({}), both(kept(&second), mend));
    assert_eq!((third.status, third.refused.len()), (Status::Updated, 0), "{third:?}");
}

#[test]
fn meta_that_the_user_never_had_is_not_spoken_of_but_removed_meta_is() {
    let world = World::new();
    let meta = |value: Value| json!({"user": person(json!({"meta_input": {"colour": value, "size": null}}))});
    let made = world.put(json!({}), ann(meta(json!("red"))));
    assert_eq!((made.status, made.refused.len()), (Status::Created, 0));
    world.asked();
    let removed = world.put(json!({}), both(kept(&made), meta(json!(null))));
    assert_eq!(removed.status, Status::Updated);
    assert_eq!(world.written()[0]["meta"], json!({"colour": null}));
}

#[test]
fn what_the_site_makes_of_a_value_by_its_own_rules_is_told() {
    let world = World::new();
    let made = world.put(json!({}), ann(json!({"user": person(json!({"first_name": " Ann "}))})));
    assert_eq!((made.status, made.refused.get("first_name").map(String::as_str)), (Status::Created, Some("altered")));
    let again = world.put(json!({}), both(kept(&made), json!({"user": person(json!({"first_name": " Ann "}))})));
    assert_eq!(again.status, Status::Unchanged, "and not sent again and again");
}

#[test]
fn a_change_whose_answer_was_lost_is_sent_anew_even_if_the_user_is_back_at_what_was_before() {
    let world = World::new();
    let link = world.ann();
    let id = world.site.id("ann").unwrap();
    world.site.next(&post(id), Fault::LoseAnswer);
    let lost = world.put(json!({}), both(link, json!({"user": person(json!({"first_name": "Anna"}))})));
    assert_eq!((lost.status, &world.site.person(id).texts["first_name"]), (Status::Retry, &json!("Anna")));
    let back = both(kept(&lost), json!({"user": person(json!({"first_name": "Ann"}))}));
    assert_eq!(world.put(json!({}), back).status, Status::Updated);
    assert_eq!(world.site.person(id).texts["first_name"], json!("Ann"));
}

// Removing.

#[test]
fn our_own_account_is_removed_and_its_content_goes_to_the_heir() {
    for (given, options, wanted) in [
        (json!({"reassign": 2}), json!({"reassign": 3}), "2"),
        (json!({}), json!({"reassign": 3}), "3"),
        (json!({}), json!({}), "1"),
        (json!({"reassign": 0}), json!({"reassign": 3}), "false"),
        (json!({}), json!({"reassign": 0}), "false"),
        // Who is gone there as well: the next in line.
        (json!({"reassign": 99}), json!({"reassign": 3}), "3"),
        (json!({"reassign": 99}), json!({"reassign": 98}), "1"),
        (json!({}), json!({"reassign": 98}), "1"),
    ] {
        let world = World::new();
        world.site.add("two", "two@b.test", "author");
        world.site.add("three", "three@b.test", "author");
        let ann = world.ann();
        let outcome = world.remove(options.clone(), both(ann, given.clone()));
        assert_eq!(outcome.status, Status::Deleted, "{given} {options} {outcome:?}");
        let heirs: Vec<_> = world
            .rude
            .log(SITE)
            .iter()
            .filter(|request| request.method == "DELETE")
            .map(|request| request.query["reassign"].clone())
            .collect();
        assert_eq!(heirs.last().map(String::as_str), Some(wanted), "{given} {options}");
        assert_eq!(world.site.id("ann"), None);
    }
}

#[test]
fn an_adopted_account_is_only_let_go_unless_the_site_says_otherwise() {
    let world = World::new();
    let id = world.site.add("ann", "ann@a.test", "customer");
    let outcome = world.remove(json!({}), link(id, "ann", "adopted"));
    assert_eq!((outcome.status, world.asked()), (Status::Unlinked, Vec::new()));
    let outcome = world.remove(json!({"remove": "never"}), link(id, "ann", "own"));
    assert_eq!((outcome.status, world.asked()), (Status::Unlinked, Vec::new()));
    assert_eq!(world.remove(json!({"remove": "all"}), link(id, "ann", "adopted")).status, Status::Deleted);
}

#[test]
fn the_account_of_a_removed_administrator_is_left_to_a_person() {
    let world = World::new();
    let ann = world.ann();
    let outcome = world.remove(json!({}), both(ann, json!({"privileged": true})));
    assert_eq!((short(&outcome).as_str(), outcome.id), ("rejected privileged", world.site.id("ann")));
    assert_eq!(world.asked(), Vec::<String>::new());
}

#[test]
fn who_was_removed_there_already_is_absent() {
    let world = World::new();
    let outcome = world.remove(json!({}), link(99, "ann", "own"));
    assert_eq!((outcome.status, world.asked()), (Status::Absent, vec![get(99)]));
}

#[test]
fn a_multisite_removes_nobody_over_rest_and_that_is_told_once() {
    let world = World::new();
    let ann = world.ann();
    world.site.state().multisite = true;
    let outcome = world.remove(json!({}), ann);
    assert_eq!((short(&outcome).as_str(), outcome.due), ("rejected unsupported", None));
}

#[test]
fn two_sites_of_one_host_have_each_their_own_agent_for_an_heir() {
    let world = World::new();
    let other = world.rude.wordpress("c");
    let agent = other.state().people.remove(&1).unwrap();
    other.state().people.insert(70, agent);
    other.add("innocent", "innocent@c.test", "author");
    assert_eq!(world.remove(json!({}), world.ann()).status, Status::Deleted);
    other.state().people.insert(71, Person { login: "ann".into(), email: "ann@a.test".into(), registered: now(), ..Person::default() });
    let outcome = deliver(&call(&world.rude.url("c"), json!({})), "delete", link(71, "ann", "own"));
    assert_eq!(outcome.status, Status::Deleted);
    let heirs: Vec<_> =
        world.rude.log("c").iter().filter(|request| request.method == "DELETE").map(|request| request.query["reassign"].clone()).collect();
    assert_eq!(heirs, ["70"]);
}

#[test]
fn an_agent_who_was_made_anew_is_asked_for_again() {
    let world = World::new();
    assert_eq!(world.remove(json!({}), world.ann()).status, Status::Deleted);
    for single in [false, true] {
        let ann = world.ann();
        let agent = world.site.id(AGENT).unwrap();
        let person = world.site.state().people.remove(&agent).unwrap();
        world.site.state().people.insert(agent + 1000, person);
        if single {
            assert!(call(&world.rude.url(SITE), json!({})).delete(world.site.id("ann").unwrap(), None, &mut || true).unwrap());
        } else {
            assert_eq!(world.remove(json!({}), ann).status, Status::Deleted);
        }
        assert_eq!(world.site.id("ann"), None);
    }
}

// Single calls.

#[test]
fn a_single_create_says_who_is_in_the_way_and_takes_over_only_where_told() {
    let world = World::new();
    let id = world.site.add("ann_of_b", "ann@a.test", "customer");
    let create = |options: Value, login: &str, email: &str| {
        let user = user(json!({"user_login": login, "user_email": email, "first_name": "Ann"}));
        call(&world.rude.url(SITE), options).create(user, &mut || true)
    };
    let conflict = failed(create(json!({}), "ann", "ann@a.test"));
    assert_eq!(
        (conflict.kind, conflict.code.as_str(), conflict.remote_id, conflict.retryable),
        (Kind::Conflict, "existing_user_email", Some(id), false)
    );
    let conflict = failed(create(json!({"adopt": "any"}), "ann_of_b", "new@a.test"));
    assert_eq!((conflict.kind, conflict.code.as_str(), conflict.remote_id), (Kind::Conflict, "existing_user_login", None));
    assert_eq!(create(json!({"adopt": "any"}), "ann", "ann@a.test").unwrap(), id);
    assert_eq!(world.site.person(id).texts["first_name"], "Ann");

    world.site.add("boss", "boss@b.test", "administrator");
    let before = world.everybody();
    assert_eq!(failed(create(json!({"adopt": "any"}), "ann2", "boss@b.test")).kind, Kind::Conflict);
    assert_eq!(world.everybody(), before);
}

#[test]
fn a_single_find_is_exact() {
    let world = World::new();
    world.site.add("joann", "joann@a.test", "customer");
    let id = world.site.add("ann", "Ann@a.test", "customer");
    let find = |email: &str| call(&world.rude.url(SITE), json!({})).find(email, &mut || true).unwrap();
    assert_eq!(find("ann@A.test"), Some(id));
    assert_eq!((find("nn@a.test"), find("ann@a.tes"), find("")), (None, None, None));
}

#[test]
fn a_single_update_carries_the_login_if_it_is_given_and_so_meets_nobody_else() {
    let world = World::new();
    let id = world.site.add("zoe", "zoe@b.test", "customer");
    let wrong =
        failed(
            call(&world.rude.url(SITE), json!({})).update(id, user(json!({"user_login": "ann", "user_pass": "x secret"})), &mut || true),
        );
    assert_eq!((wrong.kind, wrong.code.as_str()), (Kind::Rejected, "rest_user_invalid_argument"));
    assert_eq!(world.site.person(id).password, "their own");
}
