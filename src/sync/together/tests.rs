//! Groups fill, go and are answered, whatever becomes of those who wait.

use super::*;
use futures_util::future::BoxFuture;
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

type Line = Together<u32, u32>;
type Job<'a> = (bool, BoxFuture<'a, Option<u32>>);
/// What each job was told (none where it panicked, or asked nothing), and the groups that went.
type Ran = (Vec<Option<u32>>, Vec<Vec<u32>>);

/// Met by a fault in our code on its way.
const BAD: u32 = 99;

/// The answer to an item is ten times it.
fn run<'a>(line: &'a Line, at_once: usize, jobs: Vec<Job<'a>>) -> Ran {
    let groups = RefCell::new(Vec::new());
    let send = |group: Vec<u32>| {
        groups.borrow_mut().push(group.clone());
        async move {
            turns(30).await;
            assert!(!group.contains(&BAD), "a fault in the sending");
            group.iter().map(|item| item * 10).collect()
        }
    };
    let jobs = jobs.into_iter().map(|(joins, job)| (joins, async { AssertUnwindSafe(job).catch_unwind().await.unwrap_or_default() }));
    let all = async {
        tokio::select! {
            biased;
            results = line.run(jobs, at_once, send) => results,
            () = turns(10_000) => panic!("somebody waits for ever"),
        }
    };
    let results = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(all);
    (results, groups.into_inner())
}

fn line(number: usize) -> Line {
    Together::new(Limit { number, weight: usize::MAX })
}

fn job<'a>(task: impl Future<Output = Option<u32>> + Send + 'a) -> Job<'a> {
    (true, task.boxed())
}

fn loner<'a>(task: impl Future<Output = Option<u32>> + Send + 'a) -> Job<'a> {
    (false, task.boxed())
}

fn sends(line: &Line, item: u32) -> Job<'_> {
    job(async move { Some(line.send(item, 1).await) })
}

/// Something else to do, as a request would be.
async fn turns(number: usize) {
    for _ in 0..number {
        tokio::task::yield_now().await;
    }
}

fn lengths(groups: &[Vec<u32>]) -> Vec<usize> {
    groups.iter().map(Vec::len).collect()
}

#[test]
fn groups_fill_and_what_is_left_goes_when_nobody_else_comes() {
    for at_once in [1, 4, 100] {
        let line = line(25);
        let (mut results, groups) = run(&line, at_once, (0..60).map(|n| sends(&line, n)).collect());
        results.sort_unstable();
        assert_eq!(results, (0..60).map(|n| Some(n * 10)).collect::<Vec<_>>());
        assert_eq!(lengths(&groups), [25, 25, 10], "{at_once} at once");
    }
}

#[test]
fn one_alone_goes_alone_and_without_jobs_nothing_does() {
    let line = line(25);
    assert_eq!(run(&line, 4, vec![sends(&line, 5)]), (vec![Some(50)], vec![vec![5]]));
    assert_eq!(run(&line, 4, Vec::new()), (Vec::new(), Vec::new()));
}

#[test]
fn a_group_is_no_heavier_than_allowed_but_what_is_too_heavy_goes_alone() {
    let line = &Together::new(Limit { number: 25, weight: 10 });
    let weighed = |item, weight| job(async move { Some(line.send(item, weight).await) });
    let jobs = vec![weighed(0, 4), weighed(1, 4), weighed(2, 4), weighed(3, 99), weighed(4, 1), weighed(5, 1)];
    assert_eq!(run(line, 9, jobs).1, [vec![0, 1], vec![2], vec![3], vec![4, 5]]);
}

#[test]
fn a_limit_that_is_learnt_counts_from_then_on() {
    let line = &line(1);
    let learns = async {
        line.set_limit(Limit { number: 3, weight: usize::MAX });
        None
    };
    let jobs = [job(learns)].into_iter().chain((0..6).map(|n| sends(line, n))).collect();
    assert_eq!(lengths(&run(line, 2, jobs).1), [3, 3]);
}

#[test]
fn who_is_at_work_is_waited_for_and_who_stands_apart_is_not() {
    let line = &line(25);
    let late = |apart: bool| async move {
        let _apart = apart.then(|| line.apart());
        turns(20).await;
        Some(line.send(2, 1).await)
    };
    assert_eq!(run(line, 4, vec![sends(line, 1), job(late(false))]).1, [vec![1, 2]]);
    assert_eq!(run(line, 4, vec![sends(line, 1), job(late(true))]).1, [vec![1], vec![2]]);
    assert_eq!(run(line, 4, vec![sends(line, 1), loner(late(false))]).1, [vec![1], vec![2]]);
    let ends = async {
        turns(20).await;
        None
    };
    assert_eq!(run(line, 4, vec![sends(line, 1), job(ends), sends(line, 3)]).1, [vec![1, 3]]);
}

#[test]
fn a_full_group_waits_for_nobody() {
    let line = &line(2);
    let answered = &AtomicBool::new(false);
    let sends = |item| {
        job(async move {
            line.send(item, 1).await;
            answered.store(true, SeqCst);
            None
        })
    };
    let late = async {
        turns(100).await;
        Some(u32::from(answered.load(SeqCst)))
    };
    assert_eq!(run(line, 4, vec![sends(1), sends(2), job(late)]).0, [None, None, Some(1)]);
}

#[test]
fn who_will_not_join_begins_behind_those_who_wait_but_need_not_idle_for_those_who_come() {
    let line = &line(25);
    let begun = &AtomicUsize::new(0);
    let alone = || async {
        begun.fetch_add(1, SeqCst);
        turns(5).await;
        None
    };
    // How many loners have begun by the time that the group goes.
    let before = |more: Vec<Job<'_>>| {
        begun.store(0, SeqCst);
        let goes = |_: Vec<u32>| {
            let seen = u32::try_from(begun.load(SeqCst)).unwrap();
            async move { vec![seen; 9] }
        };
        let jobs = more.into_iter().chain([loner(alone()), loner(alone())]);
        let results = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(line.run(jobs, 2, goes));
        results.into_iter().flatten().next()
    };
    assert_eq!(before(vec![sends(line, 1), sends(line, 2)]), Some(0));
    let looks = async {
        turns(20).await;
        Some(line.send(2, 1).await)
    };
    assert_eq!(before(vec![sends(line, 1), job(looks)]), Some(2));
}

#[test]
fn who_was_answered_together_may_go_together_again() {
    let line = &line(25);
    let twice = |item| job(async move { Some(line.send(line.send(item, 1).await, 1).await) });
    assert_eq!(run(line, 2, (1..=3).map(twice).collect()).1, [vec![1, 2, 3], vec![10, 20, 30]]);
}

#[test]
fn who_has_an_answer_and_not_seen_it_yet_is_waited_for() {
    let line = &line(25);
    // What wakes itself makes those behind it wait for their turn.
    let wakes = || {
        let mut times = 0;
        poll_fn(move |cx| {
            cx.waker().wake_by_ref();
            times += 1;
            if times > 3 { Poll::Ready(()) } else { Poll::Pending }
        })
    };
    let twice = |item| {
        job(async move {
            let answer = line.send(item, 1).await;
            Some(futures_util::future::join(line.send(answer, 1), wakes()).await.0)
        })
    };
    assert_eq!(run(line, 9, (1..=3).map(twice).collect()).1, [vec![1, 2, 3], vec![10, 20, 30]]);
}

/// How many there are, and have been at most.
#[derive(Default)]
struct Count(AtomicUsize, AtomicUsize);

impl Count {
    fn one_more(&self) {
        self.1.fetch_max(self.0.fetch_add(1, SeqCst) + 1, SeqCst);
    }

    fn one_less(&self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

#[test]
fn no_more_jobs_are_at_work_than_allowed_and_no_more_wait_than_can_be_on_their_way() {
    let line = &line(5);
    let (at_work, begun) = (&Count::default(), &Count::default());
    let job = |item| {
        job(async move {
            begun.one_more();
            at_work.one_more();
            turns(3).await;
            at_work.one_less();
            let answer = line.send(item, 1).await;
            begun.one_less();
            Some(answer)
        })
    };
    let (_, groups) = run(line, 3, (0..50).map(job).collect());
    assert_eq!((at_work.1.load(SeqCst), begun.1.load(SeqCst), lengths(&groups)), (3, 15, vec![5; 10]));
}

#[test]
fn who_leaves_before_it_has_gone_does_not_go() {
    let line = &line(25);
    let leaves = |item| {
        job(async move {
            tokio::select! {
                biased;
                answer = line.send(item, 1) => Some(answer),
                () = turns(3) => None,
            }
        })
    };
    let late = async {
        turns(20).await;
        Some(line.send(4, 1).await)
    };
    let (mut results, groups) = run(line, 9, vec![sends(line, 1), leaves(2), sends(line, 3), job(late)]);
    results.sort_unstable();
    assert_eq!((results, groups), (vec![None, Some(10), Some(30), Some(40)], vec![vec![1, 3, 4]]));
}

#[test]
fn who_leaves_while_it_is_under_way_takes_nobodys_answer() {
    let line = &line(2);
    let leaves = async {
        tokio::select! {
            biased;
            answer = line.send(1, 1) => Some(answer),
            () = turns(1) => None,
        }
    };
    let (mut results, groups) = run(line, 9, vec![job(leaves), sends(line, 2), sends(line, 3)]);
    results.sort_unstable();
    assert_eq!((results, groups), (vec![None, Some(20), Some(30)], vec![vec![1, 2], vec![3]]));
}

#[test]
fn a_job_that_panics_leaves_nobody_waiting() {
    let line = &line(25);
    let panics = async {
        turns(5).await;
        panic!("a fault in a job");
    };
    let (results, groups) = run(line, 9, vec![sends(line, 1), job(panics), sends(line, 2)]);
    assert_eq!((results, groups), (vec![None, Some(10), Some(20)], vec![vec![1, 2]]));
}

#[test]
fn a_sending_that_panics_is_the_fault_of_those_who_went_along_only() {
    let line = &line(2);
    let (mut results, groups) = run(line, 9, vec![sends(line, 12), sends(line, BAD), sends(line, 1), sends(line, 2)]);
    results.sort_unstable();
    assert_eq!((results, groups), (vec![None, None, Some(10), Some(20)], vec![vec![12, BAD], vec![1, 2]]));
}
