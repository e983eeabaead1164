//! What outcomes mean for their site as a whole: how it does, and which wire it speaks.

use crate::backoff::{LONGEST, due};
use crate::site::{Known, Wire};
use crate::wire::reply::shorten;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// So many refusals in a row, with no other answer between them, and a person has to mend the credentials.
const DENIED: u32 = 3;

/// What is kept of a site from one delivery to the next; opaque to who stores it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    /// Deliveries in a row without an answer.
    #[serde(default)]
    silent: u32,
    /// Deliveries in a row in which all was 401 or 403.
    #[serde(default)]
    denied: u32,
    /// Seconds for which it asked to be left alone in the last delivery, though it answered in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rests: Option<u64>,
    /// Why it is left alone, for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// What it last said of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    known: Option<Known>,
}

impl State {
    fn read(text: Option<&str>) -> Self {
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}

/// What is known of the site by what was kept.
#[must_use]
pub fn known(state: &str) -> Option<Known> {
    State::read(Some(state)).known
}

/// What outcomes mean for their site.
#[derive(Debug, PartialEq, Eq)]
pub struct Judgement {
    /// To be kept and given to the next judgement, and to the next delivery.
    pub state: String,
    /// `ok`, `paused` or `quarantined`.
    pub status: &'static str,
    /// Seconds during which only one small GET may probe the site.
    pub hold: Option<u64>,
    /// Why, for a person; none where all is well.
    pub why: Option<String>,
    /// Which wire it spoke when it was last asked.
    pub wire: Option<Wire>,
}

impl Judgement {
    /// As PHP gets it.
    #[must_use]
    pub fn to_map(&self) -> Map<String, Value> {
        let about = match &self.wire {
            Some(Wire::Receiver(about)) => Some(about),
            _ => None,
        };
        let value = json!({
            "state": self.state,
            "status": self.status,
            "hold": self.hold,
            "why": self.why,
            "wire": self.wire.as_ref().map(|wire| if *wire == Wire::Plain { "plain" } else { "receiver" }),
            "uuid": about.map(|about| &about.uuid),
            "hashes": about.map_or(&[][..], |about| &about.hashes),
            "version": about.map(|about| &about.version),
        });
        if let Value::Object(map) = value { map } else { Map::new() }
    }
}

/// Judges a site by the outcomes of one delivery. An outcome that speaks of its own job shows that the site answers.
#[must_use]
pub fn judge(state: Option<&str>, outcomes: &[Map<String, Value>]) -> Judgement {
    let state = State::read(state);
    let word = |outcome: &Map<String, Value>, key: &str| outcome.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let said = outcomes.iter().rev().find_map(|outcome| Known::parse(&word(outcome, "site")));
    let known = said.map(|said| said.after(state.known.as_ref())).or(state.known);
    // What needed no request, or was not reached in time, says nothing of the site.
    let telling =
        |o: &&Map<String, Value>| word(o, "scope") == "site" && word(o, "code") != "budget" || o.get("http").is_some_and(Value::is_number);
    let telling: Vec<_> = outcomes.iter().filter(telling).collect();
    let answered = telling.iter().any(|o| word(o, "scope") != "site");
    let (silent, denied) = if answered {
        (0, 0)
    } else if telling.iter().any(|o| word(o, "status") == "unauthorized") {
        (0, state.denied.saturating_add(1))
    } else if telling.is_empty() {
        (state.silent, state.denied)
    } else {
        (state.silent.saturating_add(1), state.denied)
    };
    let of_site = || telling.iter().filter(|o| word(o, "scope") == "site");
    let asked = of_site().filter_map(|o| o.get("due").and_then(Value::as_u64)).max();
    // Who asks for rest has it, whatever was answered beside that.
    let is_busy = |o: &Map<String, Value>| matches!(o.get("http").and_then(Value::as_u64), Some(429 | 503));
    let rests = if telling.is_empty() {
        state.rests
    } else {
        let is_asked = answered && of_site().any(|o| is_busy(o));
        is_asked.then(|| asked.unwrap_or(0))
    };
    let rests = rests.map(|seconds| seconds.min(LONGEST));
    let (status, hold) = match (silent, denied) {
        (_, DENIED..) => ("quarantined", Some(due(denied, None).max(300))),
        (0, 0) => rests.map_or(("ok", None), |seconds| ("paused", Some(seconds))),
        _ => ("paused", Some(due(silent.max(denied) - 1, None).max(asked.unwrap_or(0)).min(LONGEST))),
    };
    let told = if telling.is_empty() { state.why } else { of_site().next_back().map(|o| shorten(&word(o, "message"))) };
    let why = told.filter(|why| hold.is_some() && !why.is_empty());
    let wire = known.as_ref().and_then(Known::last_said).cloned();
    let state = serde_json::to_string(&State { silent, denied, rests, why: why.clone(), known }).unwrap_or_default();
    Judgement { state, status, hold, why, wire }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use crate::site::{Settings, Site};
    use crate::wire::receiver::About;

    fn outcome(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn refusals_in_a_row_quarantine_and_one_answer_mends() {
        let denied = [outcome(json!({"status": "unauthorized", "scope": "site", "http": 401}))];
        let mut state = None;
        let mut statuses = Vec::new();
        for _ in 0..3 {
            let judged = judge(state.as_deref(), &denied);
            statuses.push(judged.status);
            state = Some(judged.state);
        }
        assert_eq!(statuses, ["paused", "paused", "quarantined"]);
        let good = [outcome(json!({"status": "updated", "scope": "job", "http": 200}))];
        assert_eq!(judge(state.as_deref(), &good).status, "ok");
    }

    #[test]
    fn silence_pauses_as_long_as_the_site_asks() {
        let busy = [outcome(json!({"status": "retry", "scope": "site", "http": 429, "due": 1800}))];
        let judged = judge(None, &busy);
        assert_eq!(judged.status, "paused");
        assert!(judged.hold.unwrap() >= 1800);
    }

    #[test]
    fn who_asks_for_rest_after_some_answers_has_it_as_well() {
        let good = || outcome(json!({"status": "updated", "scope": "job", "http": 200}));
        let failed = outcome(json!({"status": "retry", "scope": "job", "http": 500, "due": 3000}));
        let busy = outcome(json!({"status": "retry", "scope": "site", "http": 429, "due": 30}));
        let unsent = outcome(json!({"status": "retry", "scope": "site", "http": 429, "due": 31}));
        let judged = judge(None, &[good(), failed, busy, unsent]);
        assert_eq!((judged.status, judged.hold), ("paused", Some(31)));
        // What says nothing of the site ends it as little as another process's look does.
        let quiet = judge(Some(&judged.state), &[outcome(json!({"status": "unchanged", "scope": "job", "http": null}))]);
        assert_eq!((quiet.status, quiet.hold), ("paused", Some(31)));
        // Once it answers again nothing is left of that.
        assert_eq!(judge(Some(&judged.state), &[good()]).status, "ok");
        let broken = outcome(json!({"status": "retry", "scope": "site", "http": null, "due": 20}));
        assert_eq!(judge(None, &[good(), broken]).status, "ok", "one connection that broke is no word of the site's");
    }

    #[test]
    fn what_asked_nothing_says_nothing() {
        let quiet = [outcome(json!({"status": "unchanged", "scope": "job", "http": null}))];
        let silent = judge(None, &[outcome(json!({"status": "retry", "scope": "site"}))]);
        assert_eq!(judge(Some(&silent.state), &quiet).status, "paused");
        assert_eq!(judge(None, &[]).status, "ok");
    }

    #[test]
    fn why_it_is_left_alone_is_told_until_it_is_not() {
        let silent = |message| outcome(json!({"status": "retry", "scope": "site", "http": null, "message": message}));
        let first = judge(None, &[silent("b cannot be reached")]);
        assert_eq!(first.why.as_deref(), Some("b cannot be reached"));
        let quiet = judge(Some(&first.state), &[]);
        assert_eq!(quiet.why, first.why);
        let second = judge(Some(&quiet.state), &[silent("b did not answer in time")]);
        assert_eq!(second.why.as_deref(), Some("b did not answer in time"));
        let good = outcome(json!({"status": "updated", "scope": "job", "http": 200, "message": "updated"}));
        let mended = judge(Some(&second.state), &[silent("one connection broke"), good]);
        assert_eq!((mended.why, mended.hold), (None, None));
        assert!(!mended.state.contains("why"), "{}", mended.state);
    }

    fn said(url: &str, wire: Option<Wire>) -> Map<String, Value> {
        let site = Site::new(url, "a", Secret::new("p"), &Map::new(), &Settings::default()).unwrap();
        outcome(json!({"status": "updated", "scope": "job", "http": 200, "site": Known::nothing(&site).now(wire).store()}))
    }

    #[test]
    fn what_a_site_said_of_itself_is_kept() {
        let about = About { version: "0.1.0".into(), uuid: "u".into(), hashes: vec!["$P$".into()], max_jobs: 1, max_bytes: 1 };
        let told = |judged: &Judgement| {
            let map = judged.to_map();
            json!([map["wire"], map["uuid"], map["hashes"], map["version"]])
        };
        let nothing = judge(None, &[]);
        assert_eq!(told(&nothing), json!([null, null, [], null]));
        let receiver = judge(Some(&nothing.state), &[said("https://b.example", Some(Wire::Receiver(about)))]);
        assert_eq!(told(&receiver), json!(["receiver", "u", ["$P$"], "0.1.0"]));
        // A delivery that did not ask, and one without an answer, change nothing of that.
        let silent = judge(Some(&receiver.state), &[outcome(json!({"status": "retry", "scope": "site", "site": null}))]);
        assert_eq!((told(&silent), silent.status), (told(&receiver), "paused"));
        let plain = judge(Some(&silent.state), &[said("https://b.example", Some(Wire::Plain))]);
        assert_eq!(told(&plain), json!(["plain", null, [], null]));
        assert!(known(&plain.state).unwrap().was_receiver);
        let unknown = judge(Some(&plain.state), &[said("https://b.example", None)]);
        assert_eq!((told(&unknown), known(&unknown.state).unwrap().was_receiver), (told(&nothing), true));
    }

    #[test]
    fn a_state_from_before_is_read() {
        let judged =
            judge(Some("{\"silent\":0,\"denied\":2}"), &[outcome(json!({"status": "unauthorized", "scope": "site", "http": 401}))]);
        assert_eq!(judged.status, "quarantined");
        assert!(known("{\"silent\":0,\"denied\":2}").is_none() && known("\u{0}").is_none());
    }
}
