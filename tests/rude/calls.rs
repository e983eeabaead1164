//! Short words for tests that call the core.

#![allow(dead_code, reason = "each test uses a part of this")]

use crate::rude::wordpress::{AGENT, PASSWORD};
use rudr_sync::failure::Failure;
use rudr_sync::input::BadInput;
use rudr_sync::job::Job;
use rudr_sync::judge::judge;
use rudr_sync::outcome::Outcome;
use rudr_sync::secret::Secret;
use rudr_sync::site::{Known, Settings, Site, Wire};
use rudr_sync::sync::Call;
use rudr_sync::terms::Terms;
use rudr_sync::user::User;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Calls to that site as the agent, with these options.
pub fn call(url: &str, options: Value) -> Call {
    call_with(url, options, Settings::default())
}

/// The same, by these settings. That the site is a plain one is known, so that nothing is asked but what a test is about.
pub fn call_with(url: &str, options: Value, settings: Settings) -> Call {
    let site = site(url, AGENT, PASSWORD, options, &settings).expect("a site that can be used");
    let state = Some(state(&Known::nothing(&site).now(Some(Wire::Plain))));
    Call::new(Arc::new(site), settings).under(Terms { state, ..Terms::default() })
}

/// The same to a site of which nothing is known yet.
pub fn unasked(url: &str, options: Value, terms: Terms) -> Call {
    let site = site(url, AGENT, PASSWORD, options, &Settings::default()).expect("a site that can be used");
    Call::new(Arc::new(site), Settings::default()).under(terms)
}

/// What is kept of a site of which that is known.
pub fn state(known: &Known) -> String {
    judge(None, &[map(json!({"site": known.store()}))]).state
}

pub fn site(url: &str, username: &str, password: &str, options: Value, settings: &Settings) -> Result<Site, BadInput> {
    Site::new(url, username, Secret::new(password), &map(options), settings)
}

pub fn map(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).expect("an object")
}

pub fn user(value: Value) -> User {
    User::from_map(&map(value)).expect("a user that can be read")
}

/// A job; what is not given is left out.
pub fn job(op: &str, keys: Value) -> Result<Job, BadInput> {
    let mut all = map(json!({ "op": op }));
    all.extend(map(keys));
    Job::from_map(&all)
}

/// Delivers one job.
pub fn deliver(call: &Call, op: &str, keys: Value) -> Outcome {
    deliver_all(call, vec![job(op, keys)]).remove(0)
}

pub fn deliver_all(call: &Call, jobs: Vec<Result<Job, BadInput>>) -> Vec<Outcome> {
    let number = jobs.len();
    let outcomes = call.deliver(jobs, &mut || true).expect("a delivery that can be begun");
    assert_eq!(outcomes.len(), number, "one outcome for each job");
    outcomes
}

/// The short of an outcome: `updated`, or `rejected privileged`.
pub fn short(outcome: &Outcome) -> String {
    [Some(outcome.status.word()), outcome.code.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

pub fn failed<T: std::fmt::Debug>(result: Result<T, Failure>) -> Failure {
    result.expect_err("a failure")
}
