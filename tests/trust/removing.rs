//! Removals.

use crate::world::*;

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
