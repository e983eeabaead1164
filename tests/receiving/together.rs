//! Many jobs in few requests; and the one that spoils a request finds itself alone.

use crate::world::*;

fn newcomers(number: usize) -> Vec<Value> {
    (0..number).map(newcomer).collect()
}

/// How many jobs were in each request.
fn sizes(world: &World) -> Vec<usize> {
    world.sent().iter().map(|body| body["jobs"].as_array().unwrap().len()).collect()
}

fn with_limit(change: impl FnOnce(&mut Receiver)) -> World {
    let world = World::new();
    change(world.plugin().receiver.as_mut().unwrap());
    world
}

#[test]
fn many_go_in_few_requests_and_each_has_its_own_outcome() {
    let world = World::new();
    let mut jobs = newcomers(250);
    jobs[3] = json!({"op": "put", "user_id": "x"});
    jobs[77] = both(newcomer(77), json!({"privileged": true}));
    let outcomes = world.deliver(json!({}), &jobs);
    for (n, outcome) in outcomes.iter().enumerate() {
        let wanted = match n {
            3 => "rejected invalid_job",
            77 => "rejected privileged",
            _ => "created",
        };
        assert_eq!(short(outcome), wanted);
        assert_eq!(outcome.id, world.site.id(&format!("u{n}")));
    }
    let sizes = sizes(&world);
    assert_eq!((sizes.len(), sizes.iter().sum::<usize>()), (3, 248), "{sizes:?}");
    assert!(world.rude.connections() <= 4);
}

#[test]
fn puts_and_removals_of_whichever_kind_go_together() {
    let world = World::new();
    let link = world.ann();
    let jobs = [
        both(both(ann(json!({})), link.clone()), renamed("Anna")),
        newcomer(1),
        both(newcomer(2), json!({"op": "delete", "remote_id": 5, "remote_login": "x", "trust": "own"})),
        both(newcomer(3), json!({"attempts": 3})),
    ];
    let outcomes = world.deliver(json!({}), &jobs);
    assert_eq!(statuses(&outcomes), ["updated", "created", "unlinked", "created"]);
    assert_eq!(sizes(&world), [4]);
}

#[test]
fn no_request_has_more_jobs_or_bytes_than_the_receiver_takes() {
    let world = with_limit(|receiver| receiver.max_jobs = 7);
    assert!(world.deliver(json!({}), &newcomers(20)).iter().all(|outcome| outcome.status == Status::Created));
    let mut at_once = sizes(&world);
    // Which of them comes first is the network's.
    at_once.sort_unstable();
    assert_eq!(at_once, [6, 7, 7]);

    let world = with_limit(|receiver| receiver.max_jobs = 7);
    assert!(world.deliver(json!({"concurrency": 1}), &newcomers(20)).iter().all(|outcome| outcome.status == Status::Created));
    assert_eq!(sizes(&world), [7, 7, 6]);

    let world = with_limit(|receiver| receiver.max_bytes = 20_000);
    let jobs: Vec<_> = (0..9)
        .map(|n| {
            let mut job = newcomer(n);
            job["user"]["description"] = json!("x".repeat(4000));
            job
        })
        .collect();
    assert!(world.deliver(json!({}), &jobs).iter().all(|outcome| outcome.status == Status::Created));
    assert_eq!(sizes(&world), [3, 3, 3]);
}

#[test]
fn a_job_that_kills_the_request_is_found_and_the_others_are_done() {
    let world = World::new();
    world.ann();
    for deadly in [vec![105], vec![100], vec![115], vec![103, 104]] {
        world.plugin().receiver.as_mut().unwrap().deadly = deadly.iter().copied().collect();
        let outcomes = world.deliver(json!({"concurrency": 1}), &newcomers(16));
        for (n, outcome) in outcomes.iter().enumerate() {
            if deadly.contains(&(100 + n as u64)) {
                assert_eq!(
                    (short(outcome).as_str(), outcome.scope, outcome.spent, outcome.doubt),
                    ("retry truncated", Scope::Job, true, Doubt::Now)
                );
            } else {
                assert_eq!((outcome.status, outcome.doubt), (Status::Created, Doubt::Settled), "{n} {outcome:?}");
            }
        }
        let sizes = sizes(&world);
        assert!(sizes[0] == 16 && sizes.len() <= 9 + 4 * (deadly.len() - 1), "{sizes:?}");
        let mut state = world.site.state();
        state.people.retain(|_, person| !person.login.starts_with('u'));
        let plugin = state.receiver.as_mut().unwrap();
        plugin.rows.retain(|user_id, _| *user_id < 100);
    }
}

#[test]
fn what_is_too_large_goes_in_halves_and_only_one_alone_is_too_large() {
    let world = World::new();
    world.ann();
    // Something before it takes less than the receiver itself says.
    for _ in 0..2 {
        world.site.next(JOBS, Fault::Say(413, json!("<html>")));
    }
    assert!(world.deliver(json!({"concurrency": 1}), &newcomers(8)).iter().all(|outcome| outcome.status == Status::Created));
    assert_eq!(sizes(&world), [8, 4, 2, 2, 4]);
    world.site.next(JOBS, Fault::Say(413, json!({"code": "rudr_sync_too_large", "message": "x", "data": {"status": 413}})));
    let alone = world.put(json!({}), newcomer(20));
    assert_eq!((short(&alone).as_str(), alone.scope), ("rejected too_large", Scope::Job));
}

#[test]
fn an_error_of_the_sites_code_is_halved_too_and_a_request_that_cannot_be_read_is_not() {
    let world = World::new();
    world.ann();
    let error = |code: &str| json!({"code": code, "message": "x", "data": null});
    for (status, code) in [(500, "internal_server_error"), (400, "some_plugin_says_no"), (403, "some_firewall")] {
        world.site.next(JOBS, Fault::Say(status, error(code)));
        let outcomes = world.deliver(json!({"concurrency": 1}), &newcomers(4));
        assert!(outcomes.iter().all(|outcome| outcome.status == Status::Created), "{outcomes:?}");
        assert_eq!(sizes(&world), [4, 2, 2], "{code}");
    }
    world.site.next(JOBS, Fault::Say(400, error("rudr_sync_invalid_request")));
    let outcomes = world.deliver(json!({"concurrency": 1}), &newcomers(4));
    assert_eq!(statuses(&outcomes), ["rejected rudr_sync_invalid_request"; 4]);
    assert_eq!(sizes(&world), [4]);
}

#[test]
fn what_was_unanswered_first_stays_in_doubt_unless_it_is_told() {
    let world = World::new();
    world.ann();
    world.site.next(JOBS, Fault::LoseAnswer);
    let busy = json!({"status": "retry", "code": "busy", "message": "x", "retry_after": 60, "id": null});
    // The request that was lost has done its work by then, but for one that is told otherwise.
    let done = world.deliver(json!({"concurrency": 1}), &newcomers(2));
    assert_eq!(statuses(&done), ["created", "created"]);
    world.site.next(JOBS, Fault::LoseRequest);
    world.plugin().receiver.as_mut().unwrap().says.entry(102).or_default().push_back(busy);
    let outcomes = world.deliver(json!({"concurrency": 1}), &[newcomer(2), newcomer(3)]);
    assert_eq!((short(&outcomes[0]).as_str(), outcomes[0].doubt), ("retry busy", Doubt::Now));
    assert_eq!((outcomes[1].status, outcomes[1].doubt), (Status::Created, Doubt::Settled));
}

#[test]
fn a_site_that_goes_away_in_the_middle_is_not_asked_for_the_rest() {
    let world = with_limit(|receiver| receiver.max_jobs = 2);
    world.ann();
    world.site.next(JOBS, Fault::None);
    world.site.next(JOBS, Fault::Say(503, json!("busy")));
    let outcomes = world.deliver(json!({"concurrency": 1}), &newcomers(10));
    let words = statuses(&outcomes);
    assert_eq!((&words[..2], &words[2..]), (&["created".to_owned(), "created".to_owned()][..], &vec!["retry http_503".to_owned(); 8][..]));
    assert!(outcomes[2..].iter().all(|outcome| outcome.scope == Scope::Site && !outcome.spent));
    assert_eq!(sizes(&world), [2, 2]);
}

#[test]
fn a_plugin_that_is_switched_off_in_the_middle_leaves_nobody_behind() {
    let world = with_limit(|receiver| receiver.max_jobs = 2);
    world.ann();
    world.asked();
    world.switch_off("administrator");
    let jobs: Vec<_> = (0..6)
        .map(|n| {
            both(newcomer(n), json!({"user": {"user_login": format!("u{n}"), "user_email": format!("u{n}@a.test")}, "password_mark": null}))
        })
        .collect();
    let outcomes = world.deliver(json!({"concurrency": 2}), &jobs);
    assert!(outcomes.iter().all(|outcome| outcome.status == Status::Created), "{outcomes:?}");
    let asked = world.asked();
    assert_eq!(asked.iter().filter(|line| *line == ME).count(), 1, "asked anew once: {asked:?}");
    assert_eq!(asked.iter().filter(|line| *line == "POST /wp/v2/users").count(), 6);
    assert!(outcomes.iter().all(|outcome| outcome.site.as_deref().is_some_and(|site| site.contains("plain"))));
}

#[test]
fn a_budget_bounds_it_all() {
    let world = with_limit(|receiver| receiver.max_jobs = 2);
    world.ann();
    for _ in 0..10 {
        world.site.next(JOBS, Fault::Late(std::time::Duration::from_millis(300)));
    }
    let call =
        world.call(json!({"concurrency": 1, "timeout": 20}), Terms { budget: Some(std::time::Duration::from_secs(1)), ..Terms::default() });
    let outcomes = deliver_all(&call, newcomers(20).iter().map(read).collect());
    let done = outcomes.iter().filter(|outcome| outcome.status == Status::Created).count();
    assert!((2..=6).contains(&done), "{done}");
    for outcome in outcomes.iter().filter(|outcome| outcome.status != Status::Created) {
        assert_eq!((short(outcome).as_str(), outcome.scope, outcome.spent), ("retry budget", Scope::Site, false));
        assert_eq!(outcome.due, Some(0));
    }
}

#[test]
fn removals_that_are_guarded_wait_for_each_other_and_hold_nobody_up() {
    let world = World::new();
    let links: Vec<_> = (0..6)
        .map(|n| {
            let outcome = world.put(json!({}), newcomer(n));
            both(kept(&outcome), json!({"user_id": 100 + n, "op": "delete"}))
        })
        .collect();
    for n in 0..3 {
        let id = world.site.id(&format!("u{n}")).unwrap();
        world.site.state().people.remove(&id);
    }
    world.asked();
    let jobs = [links, vec![newcomer(20), newcomer(21)]].concat();
    let terms = Terms { destructive: Some(2), ..Terms::default() };
    let outcomes = deliver_all(&world.call(json!({"concurrency": 2}), terms), jobs.iter().map(read).collect());
    assert_eq!(statuses(&outcomes), ["absent", "absent", "absent", "deleted", "deleted", "retry held", "created", "created"]);
}
