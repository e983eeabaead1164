//! What can go together goes together: jobs that run side by side, and the items of theirs that share a request.
//!
//! A job that has something to send says [`Together::send`] and waits until its item has gone along with others' and its own answer
//! is here. [`Together::run`] runs the jobs, as many as may be at work at once; who waits here is not at work, so the next one
//! begins, and a group fills. A group goes when it is full, and else when no job at work could still join it, before any begins that
//! will not. So nothing waits for a clock, nor for a job that will not come, nor behind one that came later.
//!
//! All is one task on one thread, and nothing here outlives [`Together::run`]: who drops it drops all that is under way. A job that
//! is dropped while it waits takes its item along, if that has not gone.

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use std::collections::{BTreeSet, VecDeque};
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use tokio::sync::oneshot;

/// So many jobs end in one go, at most.
const IN_ONE_GO: usize = 100;

/// How much may go together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    /// Items.
    pub(super) number: usize,
    /// The sum of their weights, in bytes. What is heavier by itself goes alone.
    pub(super) weight: usize,
}

/// Where items `T` wait for each other, and for their answers `A`.
pub(super) struct Together<T, A>(Mutex<State<T, A>>);

struct State<T, A> {
    limit: Limit,
    /// What has not gone yet, in the order in which it came.
    queue: VecDeque<Item<T, A>>,
    /// Whose answer is not here yet, gone or not.
    waiting: BTreeSet<u64>,
    next: u64,
    /// Jobs that have begun and not ended.
    begun: usize,
    /// Of these, those that will not join, or not soon. (Who is counted twice makes a group go sooner, no more.)
    apart: usize,
}

struct Item<T, A> {
    what: T,
    weight: usize,
    ticket: Ticket<A>,
}

struct Ticket<A> {
    id: u64,
    answer: oneshot::Sender<A>,
}

impl<T, A> Together<T, A> {
    pub(super) fn new(limit: Limit) -> Self {
        let (queue, waiting) = (VecDeque::new(), BTreeSet::new());
        Self(Mutex::new(State { limit, queue, waiting, next: 0, begun: 0, apart: 0 }))
    }

    fn state(&self) -> MutexGuard<'_, State<T, A>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on so much may go together.
    pub(super) fn set_limit(&self, limit: Limit) {
        self.state().limit = limit;
    }

    /// Waits until this has gone, and for its answer. Only within a job of [`Together::run`].
    ///
    /// # Panics
    /// If the sending did: that fault is each one's who went along.
    pub(super) async fn send(&self, item: T, weight: usize) -> A {
        let (answer, here) = oneshot::channel();
        let waits = self.wait(item, weight, answer);
        let answer = here.await;
        drop(waits);
        answer.expect("what went together was not answered")
    }

    fn wait(&self, item: T, weight: usize, answer: oneshot::Sender<A>) -> Waits<'_, T, A> {
        let mut state = self.state();
        let id = state.next;
        state.next += 1;
        state.waiting.insert(id);
        state.queue.push_back(Item { what: item, weight, ticket: Ticket { id, answer } });
        Waits(self, id)
    }

    /// While that is held nobody waits for a job to join: something else takes long before.
    pub(super) fn apart(&self) -> Apart<'_, T, A> {
        self.state().apart += 1;
        Apart(self)
    }

    /// Runs the jobs, each with whether it may join others, and `at_once` at work at a time; their results, as they come. `send`
    /// sends a group and answers each of its items, in order.
    pub(super) async fn run<J: Future, G: Future<Output = Vec<A>>>(
        &self,
        jobs: impl IntoIterator<Item = (bool, J)>,
        at_once: usize,
        send: impl Fn(Vec<T>) -> G,
    ) -> Vec<J::Output> {
        let begin = |(joins, job): (bool, J)| {
            let alone = (!joins).then(|| self.apart());
            self.state().begun += 1;
            async {
                let result = job.await;
                self.state().begun -= 1;
                drop(alone);
                result
            }
        };
        let go = |group: Vec<Item<T, A>>| {
            let (items, tickets): (Vec<T>, Vec<Ticket<A>>) = group.into_iter().map(|one| (one.what, one.ticket)).unzip();
            let sending = AssertUnwindSafe(async { send(items).await }).catch_unwind();
            async { (tickets, sending.await.unwrap_or_default()) }
        };
        let mut to_come = jobs.into_iter().peekable();
        let (mut jobs, mut groups, mut results) = (FuturesUnordered::new(), FuturesUnordered::new(), Vec::new());
        poll_fn(|cx| {
            loop {
                let next = to_come.next_if(|(joins, _)| self.state().has_room(at_once, *joins));
                if let Some(job) = next {
                    jobs.push(begin(job));
                    continue;
                }
                if let Poll::Ready(Some(result)) = jobs.poll_next_unpin(cx) {
                    results.push(result);
                    if results.len().is_multiple_of(IN_ONE_GO) {
                        // Jobs that need no request never wait: whoever waits for all of them looks up now and then all the same.
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                    continue;
                }
                if to_come.peek().is_some_and(|(joins, _)| self.state().has_room(at_once, *joins)) {
                    continue;
                }
                // Every job has come as far as it can for now. What goes is on its way before any other begins.
                let group = self.state().take();
                let goes = !group.is_empty();
                if goes {
                    groups.push(go(group));
                }
                if let Poll::Ready(Some((tickets, answers))) = groups.poll_next_unpin(cx) {
                    self.answer(tickets, answers);
                } else if !goes {
                    return if jobs.is_empty() { Poll::Ready(()) } else { Poll::Pending };
                }
            }
        })
        .await;
        results
    }

    fn answer(&self, tickets: Vec<Ticket<A>>, answers: Vec<A>) {
        let mut state = self.state();
        let mut answers = answers.into_iter();
        for Ticket { id, answer } in tickets {
            // All of them are at work again, before the first of them is: should it send once more, they may come along.
            state.waiting.remove(&id);
            if let Some(said) = answers.next() {
                // Who has left does not hear it.
                let _ = answer.send(said);
            }
        }
    }
}

impl<T, A> State<T, A> {
    fn at_work(&self) -> usize {
        self.begun.saturating_sub(self.waiting.len())
    }

    /// Whether somebody at work may come yet.
    fn somebody_comes(&self) -> bool {
        self.at_work() > self.apart
    }

    /// For one more job: at work, and so that no more wait than can be on their way; and if it will not join, those who wait and
    /// could not be more go first.
    fn has_room(&self, at_once: usize, joins: bool) -> bool {
        let is_its_turn = joins || self.queue.is_empty() || self.somebody_comes();
        is_its_turn && self.at_work() < at_once && self.begun < at_once.saturating_mul(self.limit.number.max(1))
    }

    /// The group that goes now; empty if none does.
    fn take(&mut self) -> Vec<Item<T, A>> {
        let (mut number, mut weight) = (0, 0_usize);
        for one in &self.queue {
            weight = weight.saturating_add(one.weight);
            if number > 0 && (number >= self.limit.number || weight > self.limit.weight) {
                break;
            }
            number += 1;
        }
        let is_full = number < self.queue.len() || number >= self.limit.number;
        if is_full || !self.somebody_comes() { self.queue.drain(..number).collect() } else { Vec::new() }
    }
}

/// An item that waits to go, or for its answer.
struct Waits<'t, T, A>(&'t Together<T, A>, u64);

impl<T, A> Drop for Waits<'_, T, A> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        if state.waiting.remove(&self.1) {
            state.queue.retain(|one| one.ticket.id != self.1);
        }
    }
}

/// See [`Together::apart`].
pub(super) struct Apart<'t, T, A>(&'t Together<T, A>);

impl<T, A> Drop for Apart<'_, T, A> {
    fn drop(&mut self) {
        self.0.state().apart -= 1;
    }
}

#[cfg(test)]
mod tests;
