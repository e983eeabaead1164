//! Groups fill, go and are answered, whatever becomes of those who wait.

use super::*;
use futures_util::future::BoxFuture;
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

type Line = Together<u32, u32>;
type Job<'a> = BoxFuture<'a, Option<u32>>;
/// What each job was told (none where it panicked, or asked nothing), and the groups that went.
type Ran = (Vec<Option<u32>>, Vec<Vec<u32>>);

/// Met by a fault in our code on its way.
const BAD: u32 = 99;

/// The answer to an item is ten times it.
fn run_while<'a>(line: &'a Line, at_once: usize, jobs: Vec<Job<'a>>, is_free: impl Fn() -> bool) -> Ran {
    let groups = RefCell::new(Vec::new());
    let send = |group: Vec<u32>| {
        groups.borrow_mut().push(group.clone());
        async move {
            turns(30).await;
            assert!(!group.contains(&BAD), "a fault in the sending");
            group.iter().map(|item| item * 10).collect()
        }
    };
    let jobs = jobs.into_iter().map(|job| async { AssertUnwindSafe(job).catch_unwind().await.unwrap_or_default() });
    let all = async {
        tokio::select! {
            biased;
            results = line.run(jobs, at_once, is_free, send) => results,
            () = turns(10_000) => panic!("somebody waits for ever"),
        }
    };
    let results = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(all);
    (results, groups.into_inner())
}

fn run<'a>(line: &'a Line, at_once: usize, jobs: Vec<Job<'a>>) -> Ran {
    run_while(line, at_once, jobs, || true)
}

fn line(number: usize) -> Line {
    Together::new(Limit { number, weight: usize::MAX })
}

fn sends(line: &Line, item: u32) -> Job<'_> {
    async move { Some(line.send(item, 1).await) }.boxed()
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
    let weighed = |item, weight| async move { Some(line.send(item, weight).await) }.boxed();
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
    let jobs = [learns.boxed()].into_iter().chain((0..6).map(|n| sends(line, n))).collect();
    assert_eq!(lengths(&run(line, 2, jobs).1), [3, 3]);
}

#[test]
fn who_is_at_work_is_waited_for_and_who_stands_apart_is_not() {
    let line = &line(25);
    let late = |apart: bool| {
        async move {
            let _apart = apart.then(|| line.apart());
            turns(20).await;
            Some(line.send(2, 1).await)
        }
        .boxed()
    };
    assert_eq!(run(line, 4, vec![sends(line, 1), late(false)]).1, [vec![1, 2]]);
    assert_eq!(run(line, 4, vec![sends(line, 1), late(true)]).1, [vec![1], vec![2]]);
    let ends = async {
        turns(20).await;
        None
    };
    assert_eq!(run(line, 4, vec![sends(line, 1), ends.boxed(), sends(line, 3)]).1, [vec![1, 3]]);
}

#[test]
fn a_full_group_waits_for_nobody() {
    let line = &line(2);
    let answered = &AtomicBool::new(false);
    let sends = |item| {
        async move {
            line.send(item, 1).await;
            answered.store(true, SeqCst);
            None
        }
        .boxed()
    };
    let late = async {
        turns(100).await;
        Some(u32::from(answered.load(SeqCst)))
    };
    assert_eq!(run(line, 4, vec![sends(1), sends(2), late.boxed()]).0, [None, None, Some(1)]);
}

#[test]
fn what_could_not_be_on_its_way_yet_stays_open_for_others() {
    let line = &line(25);
    let free = AtomicBool::new(false);
    let busy = async {
        let _apart = line.apart();
        turns(20).await;
        free.store(true, SeqCst);
        None
    };
    // One at work at a time: the second change comes only when the busy one has ended.
    let jobs = vec![sends(line, 1), busy.boxed(), sends(line, 2)];
    assert_eq!(run_while(line, 1, jobs, || free.load(SeqCst)).1, [vec![1, 2]]);
}

#[test]
fn who_was_answered_together_may_go_together_again() {
    let line = &line(25);
    let twice = |item| async move { Some(line.send(line.send(item, 1).await, 1).await) }.boxed();
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
        async move {
            let answer = line.send(item, 1).await;
            Some(futures_util::future::join(line.send(answer, 1), wakes()).await.0)
        }
        .boxed()
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
        async move {
            begun.one_more();
            at_work.one_more();
            turns(3).await;
            at_work.one_less();
            let answer = line.send(item, 1).await;
            begun.one_less();
            Some(answer)
        }
        .boxed()
    };
    let (_, groups) = run(line, 3, (0..50).map(job).collect());
    assert_eq!((at_work.1.load(SeqCst), begun.1.load(SeqCst), lengths(&groups)), (3, 15, vec![5; 10]));
}

#[test]
fn who_leaves_before_it_has_gone_does_not_go() {
    let line = &line(25);
    let leaves = |item| {
        async move {
            tokio::select! {
                biased;
                answer = line.send(item, 1) => Some(answer),
                () = turns(3) => None,
            }
        }
        .boxed()
    };
    let late = async {
        turns(20).await;
        Some(line.send(4, 1).await)
    };
    let (mut results, groups) = run(line, 9, vec![sends(line, 1), leaves(2), sends(line, 3), late.boxed()]);
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
    let (mut results, groups) = run(line, 9, vec![leaves.boxed(), sends(line, 2), sends(line, 3)]);
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
    let (results, groups) = run(line, 9, vec![sends(line, 1), panics.boxed(), sends(line, 2)]);
    assert_eq!((results, groups), (vec![None, Some(10), Some(20)], vec![vec![1, 2]]));
}

#[test]
fn a_sending_that_panics_is_the_fault_of_those_who_went_along_only() {
    let line = &line(2);
    let (mut results, groups) = run(line, 9, vec![sends(line, 12), sends(line, BAD), sends(line, 1), sends(line, 2)]);
    results.sort_unstable();
    assert_eq!((results, groups), (vec![None, None, Some(10), Some(20)], vec![vec![12, BAD], vec![1, 2]]));
}
