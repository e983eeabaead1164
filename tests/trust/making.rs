//! Accounts that are not there yet.

use crate::world::*;

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
    for user in [
        json!({"user_login": "ann"}),
        json!({"user_login": "ann", "user_email": ""}),
        json!({"user_login": "", "user_email": "ann@a.test"}),
    ] {
        let outcome = world.put(json!({}), json!({"user": user}));
        assert_eq!((short(&outcome).as_str(), outcome.doubt), ("rejected incomplete", Doubt::Settled));
    }
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

#[test]
fn roles_that_hold_power_here_do_not_follow_unless_a_map_names_them() {
    let world = World::new();
    world.site.state().roles.insert("boss".into(), vec!["read".into()]);
    let user = |roles: Value| json!({"user": person(json!({"roles": roles})), "privileged_roles": ["boss"]});
    let made = world.put(json!({}), ann(user(json!(["boss", "editor"]))));
    let id = made.id.unwrap();
    assert_eq!(world.site.person(id).roles, ["editor"]);
    // Who was given one there by hand keeps it.
    world.site.state().people.entry(id).and_modify(|person| person.roles.push("boss".into()));
    world.put(json!({}), both(kept(&made), user(json!(["author"]))));
    assert_eq!(world.site.person(id).roles, ["author", "boss"]);
    let mapped = json!({"roles": {"boss": "boss", "author": "author"}});
    world.put(mapped, both(kept(&made), user(json!(["boss"]))));
    assert_eq!(world.site.person(id).roles, ["boss"], "a map is the administrator's word");
}
