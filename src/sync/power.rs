//! A role of the same name may hold more power there than here. That is seen only once it is given: it is taken back at once.

use super::talk::Talk;
use super::want::Want;
use crate::job::{Linked, Trust};
use crate::wire::core::{self, Account};
use crate::wire::meaning::{Ask, Meaning};
use serde_json::{Map, Value, json};

/// A lost answer must not leave somebody with power.
const TRIES: usize = 3;

/// Takes the roles back that this push gave, if the account holds power with them, or does not show whether it does. `before`: the
/// roles that it had.
pub(super) async fn take_back(talk: &Talk, want: &mut Want, linked: &Linked, account: &Account, before: &[String]) {
    let may_follow = talk.site.options.follow_privileged && linked.trust == Trust::Own;
    let code = match account.is_privileged() {
        _ if may_follow || !want.fields.contains_key("roles") => return,
        Some(false) => return,
        Some(true) => "privileged",
        None => "capabilities_hidden",
    };
    let body = [("username", json!(linked.login)), ("roles", json!(before))];
    let body: Map<String, Value> = body.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    for _ in 0..TRIES {
        let answer = talk.insist(Ask::Update(linked.id), core::update(linked.id, body.clone())).await;
        if matches!(answer.meaning, Meaning::Account(_)) {
            return want.withdraw("roles", code);
        }
    }
    want.withdraw("roles", "power_left");
}
