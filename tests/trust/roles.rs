//! Roles: only what the map can give, and never power over the site.

use crate::world::*;

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

#[test]
fn a_role_whose_power_is_hidden_once_it_is_given_is_taken_back() {
    let world = World::new();
    world.site.state().hides_capabilities = true;
    let made = world.put(json!({}), ann(json!({})));
    assert_eq!((made.status, made.refused["roles"].as_str()), (Status::Created, "capabilities_hidden"));
    assert_eq!(world.site.person(made.id.unwrap()).roles, Vec::<String>::new());

    let world = World::new();
    let ann = world.ann();
    let id = world.site.id("ann").unwrap();
    let hidden = json!({"id": id, "username": "ann", "email": "ann@a.test", "roles": ["editor"]});
    world.site.next(&post(id), Fault::DoAndSay(200, hidden));
    let changed = world.put(json!({}), both(ann, json!({"user": person(json!({"roles": ["editor"]}))})));
    assert_eq!((changed.status, changed.refused["roles"].as_str()), (Status::Updated, "capabilities_hidden"));
    assert_eq!(world.site.person(id).roles, ["author"], "what was there before");
}
