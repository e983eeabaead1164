//! The guard against accidents, on either wire.

use crate::world::*;

/// Somebody who was made by us and is in step.
fn somebody(world: &World, n: usize) -> Value {
    let user = json!({"user_login": format!("u{n}"), "user_email": format!("u{n}@a.test"), "roles": ["author"]});
    let outcome = world.put(json!({}), json!({"op": "put", "user_id": 100 + n, "user": user}));
    assert_eq!(outcome.status, Status::Created, "{outcome:?}");
    both(kept(&outcome), json!({"user_id": 100 + n, "user": user, "password_mark": null}))
}

fn on(world: &World, left: Option<u64>, jobs: &[Value]) -> Vec<Outcome> {
    let terms = Terms { destructive: left, ..Terms::default() };
    deliver_all(&world.call(json!({"concurrency": 1}), terms), jobs.iter().map(read).collect())
}

fn with(job: &Value, key: &str, value: Value) -> Value {
    let mut job = job.clone();
    job["user"][key] = value;
    job
}

fn worlds() -> [World; 2] {
    [World::new(), World::plain()]
}

fn people(world: &World) -> usize {
    world.site.state().people.len()
}

#[test]
fn only_so_many_removals_go_and_the_rest_is_held() {
    for world in worlds() {
        let jobs: Vec<_> = (0..5).map(|n| both(somebody(&world, n), json!({"op": "delete"}))).collect();
        let before = people(&world);
        let outcomes = on(&world, Some(2), &jobs);
        assert_eq!(statuses(&outcomes), ["deleted", "deleted", "retry held", "retry held", "retry held"]);
        assert!(outcomes.iter().all(|outcome| outcome.destructive));
        for held in &outcomes[2..] {
            assert_eq!((held.scope, held.due, held.spent, held.doubt), (Scope::Job, None, false, Doubt::Settled));
            assert!(held.message.contains("until an administrator confirms"), "{}", held.message);
        }
        assert_eq!(before - people(&world), 2);
        let judged = judge(None, &outcomes[2..].iter().map(Outcome::to_map).collect::<Vec<_>>());
        assert_eq!(judged.status, "ok", "the site is well");
        // Released by a person: neither held nor counted.
        let released = both(jobs[3].clone(), json!({"released": true}));
        let outcomes = on(&world, Some(0), &[released]);
        assert_eq!((outcomes[0].status, outcomes[0].destructive), (Status::Deleted, false));
        assert_eq!(statuses(&on(&world, None, &jobs[4..])), ["deleted"]);
    }
}

#[test]
fn the_loss_of_all_roles_and_another_address_count_and_other_changes_do_not() {
    for world in worlds() {
        let link = somebody(&world, 0);
        world.asked();
        for harmless in [
            with(&link, "first_name", json!("Anna")),
            with(&link, "roles", json!(["editor"])),
            with(&link, "user_email", link["user"]["user_email"].clone()),
        ] {
            let outcome = on(&world, Some(0), &[harmless]).remove(0);
            assert!(matches!(outcome.status, Status::Updated | Status::Unchanged) && !outcome.destructive, "{outcome:?}");
        }
        world.asked();
        for (key, value, words) in [("roles", json!([]), "all roles"), ("user_email", json!("new@a.test"), "another address")] {
            let job = with(&with(&link, "first_name", json!("Else")), key, value);
            let held = on(&world, Some(0), std::slice::from_ref(&job)).remove(0);
            assert_eq!((short(&held).as_str(), held.destructive), ("retry held", true));
            assert!(held.message.contains(words), "{}", held.message);
            assert!(world.asked().is_empty(), "nothing at all of that user goes");
            let gone = on(&world, Some(1), &[job]).remove(0);
            assert_eq!((gone.status, gone.destructive), (Status::Updated, true), "{gone:?}");
            world.asked();
        }
    }
}

#[test]
fn roles_that_the_map_does_not_give_are_none() {
    for world in worlds() {
        let link = somebody(&world, 0);
        // The same map, under which nothing is left of what they have.
        let terms = Terms { destructive: Some(0), ..Terms::default() };
        let job = with(&link, "roles", json!(["boss"]));
        let call = world.call(json!({"roles": {"author": "author"}}), terms);
        assert_eq!(short(&deliver_all(&call, vec![read(&job)])[0]), "retry held");
    }
}

#[test]
fn what_we_do_not_hold_yet_is_not_lost() {
    for world in worlds() {
        world.site.add("ann", "ann@a.test", "author");
        let user = json!({"user_login": "ann", "user_email": "ann@a.test", "roles": []});
        let found = on(&world, Some(0), &[json!({"op": "put", "user_id": 7, "user": user, "proved": "1"})]).remove(0);
        assert_eq!(found.status, Status::Found);
        // The first push after an adoption: what was there was never ours.
        let user = json!({"user_login": "ann", "user_email": "new@a.test", "roles": []});
        let outcome = on(&world, Some(0), &[both(kept(&found), json!({"user": user, "password_mark": null}))]).remove(0);
        assert_eq!((outcome.status, outcome.destructive), (Status::Updated, false), "{outcome:?}");
    }
}

#[test]
fn what_comes_to_nothing_is_given_back() {
    for world in worlds() {
        let jobs: Vec<_> = (0..3).map(|n| both(somebody(&world, n), json!({"op": "delete"}))).collect();
        for n in 0..2 {
            let id = world.site.id(&format!("u{n}")).unwrap();
            world.site.state().people.remove(&id);
        }
        let outcomes = on(&world, Some(1), &jobs);
        assert_eq!(statuses(&outcomes), ["absent", "absent", "deleted"]);
        assert_eq!(outcomes.iter().map(|outcome| outcome.destructive).collect::<Vec<_>>(), [false, false, true]);
    }
}

#[test]
fn an_address_that_the_site_refuses_was_not_changed() {
    for world in worlds() {
        let (one, two) = (somebody(&world, 0), somebody(&world, 1));
        let id = two["remote_id"].clone();
        if world.site.state().receiver.is_some() {
            let refused = json!({"status": "updated", "id": one["remote_id"], "login": "u0", "trust": "own", "registered": "2026-01-01T00:00:00+00:00",
                "held": {}, "refused": {"user_email": "existing_user_email"}, "code": null, "message": ""});
            world.plugin().receiver.as_mut().unwrap().says.entry(100).or_default().push_back(refused);
        }
        let jobs = [with(&one, "user_email", two["user"]["user_email"].clone()), both(two, json!({"op": "delete"}))];
        let outcomes = on(&world, Some(1), &jobs);
        assert_eq!((outcomes[0].destructive, outcomes[0].refused.contains_key("user_email")), (false, true), "{outcomes:?}");
        assert_eq!((outcomes[1].status, outcomes[1].destructive), (Status::Deleted, true), "{id}");
    }
}

#[test]
fn a_removal_that_was_never_answered_may_have_been_one() {
    let world = World::new();
    let jobs: Vec<_> = (0..2).map(|n| both(somebody(&world, n), json!({"op": "delete"}))).collect();
    world.site.next(JOBS, Fault::LoseAnswer);
    let outcomes = on(&world, Some(1), &jobs);
    assert_eq!(statuses(&outcomes), ["retry truncated", "retry held"]);
    assert_eq!((outcomes[0].destructive, outcomes[0].doubt), (true, Doubt::Now));
    world.site.next(JOBS, Fault::Say(429, json!(null)));
    let outcome = on(&world, Some(1), &jobs[1..]).remove(0);
    assert_eq!((outcome.scope, outcome.destructive), (Scope::Site, false), "busy: it was not done");
}

#[test]
fn what_is_held_is_in_doubt_as_it_was() {
    let world = World::new();
    let link = somebody(&world, 0);
    let held = on(&world, Some(0), &[both(both(link, json!({"op": "delete"})), just_tried())]).remove(0);
    assert_eq!((short(&held).as_str(), held.doubt), ("retry held", Doubt::Before));
}
