//! When to try again, and what a site's outcomes mean for the site as a whole.

use crate::secret::random;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// First step of the backoff, seconds.
const FIRST: u64 = 15;
/// No wait is longer, whatever a site asks for.
pub const LONGEST: u64 = 3600;
/// A write whose answer never came may be at work still, for so long.
pub const UNANSWERED: u64 = 60;
/// A job that failed for so long, while its site answered others, is given up.
pub const GIVE_UP: u64 = 7 * 86_400;
/// So many refusals in a row, with no other answer between them, and a person has to mend the credentials.
const DENIED: u32 = 3;

/// Seconds until the next try: full jitter over a window that doubles from 15 s to an hour, so that those who failed together
/// do not come back together; never sooner than the site asked for.
#[must_use]
pub fn due(attempts: u32, retry_after: Option<u64>) -> u64 {
    let window = FIRST.saturating_mul(1u64.checked_shl(attempts).unwrap_or(u64::MAX)).min(LONGEST);
    match retry_after {
        Some(asked) => asked.min(LONGEST).saturating_add(below(FIRST.min(window)) / 3).min(LONGEST),
        None => 1 + below(window),
    }
}

/// A random number below `n`.
fn below(n: u64) -> u64 {
    u64::from_le_bytes(random::<8>()) % n.max(1)
}

/// What is known of a site's health; opaque to who stores it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    /// Deliveries in a row without an answer.
    #[serde(default)]
    silent: u32,
    /// Deliveries in a row in which all was 401 or 403.
    #[serde(default)]
    denied: u32,
}

/// What outcomes mean for their site.
#[derive(Debug, PartialEq, Eq)]
pub struct Judgement {
    /// To be kept and given to the next judgement.
    pub state: String,
    /// `ok`, `paused` or `quarantined`.
    pub status: &'static str,
    /// Seconds during which only one small GET may probe the site.
    pub hold: Option<u64>,
}

impl Judgement {
    /// As PHP gets it.
    #[must_use]
    pub fn to_map(&self) -> Map<String, Value> {
        let mut map = Map::new();
        map.insert("state".into(), json!(self.state));
        map.insert("status".into(), json!(self.status));
        map.insert("hold".into(), json!(self.hold));
        map
    }
}

/// Judges a site by the outcomes of one delivery. An outcome that speaks of its own job shows that the site answers.
#[must_use]
pub fn judge(state: Option<&str>, outcomes: &[Map<String, Value>]) -> Judgement {
    let mut state: State = state.and_then(|s| serde_json::from_str(s).ok()).unwrap_or_default();
    let word = |outcome: &Map<String, Value>, key: &str| outcome.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    // What needed no request, or was not reached in time, says nothing of the site.
    let telling =
        |o: &&Map<String, Value>| word(o, "scope") == "site" && word(o, "code") != "budget" || o.get("http").is_some_and(Value::is_number);
    let telling: Vec<_> = outcomes.iter().filter(telling).collect();
    let answered = telling.iter().any(|o| word(o, "scope") != "site");
    let denied = telling.iter().any(|o| word(o, "status") == "unauthorized");
    if answered {
        state = State::default();
    } else if denied {
        state = State { silent: 0, denied: state.denied.saturating_add(1) };
    } else if !telling.is_empty() {
        state = State { silent: state.silent.saturating_add(1), denied: state.denied };
    }
    let asked = telling.iter().filter_map(|o| o.get("due").and_then(Value::as_u64)).max();
    let (status, hold) = match state {
        State { denied: DENIED.., .. } => ("quarantined", Some(due(state.denied, None).max(300))),
        State { silent: 0, denied: 0 } => ("ok", None),
        _ => ("paused", Some(due(state.silent.max(state.denied) - 1, None).max(asked.unwrap_or(0)).min(LONGEST))),
    };
    Judgement { state: serde_json::to_string(&state).unwrap_or_default(), status, hold }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn waits_grow_and_stay_below_an_hour() {
        for attempts in [0, 1, 5, 20, 63, 64, u32::MAX] {
            let window = 15u64.saturating_mul(1u64.checked_shl(attempts).unwrap_or(u64::MAX)).min(3600);
            assert!((0..200).map(|_| due(attempts, None)).all(|d| d >= 1 && d <= window));
        }
        assert!((0..200).map(|_| due(20, None)).max().unwrap() > 1800);
    }

    #[test]
    fn retry_after_is_a_least_wait_up_to_an_hour() {
        assert!((0..200).map(|_| due(0, Some(30))).all(|d| (30..=35).contains(&d)));
        assert_eq!(due(0, Some(86_400)), 3600);
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
    fn what_asked_nothing_says_nothing() {
        let quiet = [outcome(json!({"status": "unchanged", "scope": "job", "http": null}))];
        let silent = judge(None, &[outcome(json!({"status": "retry", "scope": "site"}))]);
        assert_eq!(judge(Some(&silent.state), &quiet).status, "paused");
        assert_eq!(judge(None, &[]).status, "ok");
    }
}
