//! Several updates in one request: core's `batch/v1`, which takes those of users since 6.8. Each is answered as it would be by
//! itself, in its place.

use super::meaning::{Ask, Heard, Meaning, may_have_worked, meaning};
use super::reply::Reply;
use super::{Method, Request};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

/// Core's limit.
pub const MOST: usize = 25;
/// In bytes: half of what nginx takes where nobody has said otherwise.
pub const HEAVIEST: usize = 512 * 1024;

/// `POST /batch/v1`: all of these, which are updates, in their order. One that fails does not stop the next.
#[must_use]
pub fn request<'u>(updates: impl IntoIterator<Item = &'u Request>) -> Request {
    let requests: Vec<Value> =
        updates.into_iter().map(|update| json!({"method": "POST", "path": path(update), "body": update.body})).collect();
    let body = json!({"validation": "normal", "requests": requests});
    Request { method: Method::Post, route: "/batch/v1".into(), query: Vec::new(), body: Some(body) }
}

/// Names of fields are all that an update has in its query: nothing that would have to be escaped.
fn path(update: &Request) -> String {
    let query: Vec<String> = update.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{}?{}", update.route, query.join("&"))
}

/// What became of a batch.
#[derive(Debug)]
pub enum Answered {
    /// One answer for each, in order; none where this one was refused because it came in a batch: nothing was done.
    Each(Vec<Option<Reply>>),
    /// Too much at once. Nothing was done.
    TooLarge,
    /// Nothing was done.
    Nothing(Heard),
    /// `WordPress` itself says that it failed: nothing of it is at work any more, but some of it may have been done.
    Died(Heard),
    /// Whatever a single update would have had of that, each of these has.
    Failed(Heard),
}

/// What was heard after a batch of that number. Whatever is no answer to each is never a success.
#[must_use]
pub fn read(heard: Heard, number: usize) -> Answered {
    let heard = match heard {
        Ok(reply) if reply.is_success() => match answers(&reply, number) {
            Some(answers) => return Answered::Each(answers),
            None => Ok(Reply { json: None, ..reply }),
        },
        heard => heard,
    };
    let is_redirect = heard.as_ref().is_ok_and(|reply| (300..400).contains(&reply.status));
    match meaning(Ask::Update(0), &heard).0 {
        Meaning::TooLarge => Answered::TooLarge,
        Meaning::SiteRetry if !is_redirect => Answered::Failed(heard),
        _ if heard.is_ok() && !may_have_worked(&heard) => Answered::Nothing(heard),
        Meaning::Suspect { .. } => Answered::Failed(heard),
        _ => Answered::Died(heard),
    }
}

fn answers(reply: &Reply, number: usize) -> Option<Vec<Option<Reply>>> {
    let responses = reply.object()?.get("responses")?.as_array().filter(|list| reply.status == 207 && list.len() == number)?;
    Some(responses.iter().map(|response| answer(response, reply)).collect())
}

/// One of the answers. What is none is as a success that nobody can read.
fn answer(response: &Value, whole: &Reply) -> Option<Reply> {
    let status = response.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(whole.date.unwrap_or_default());
    let header = |name: &str| {
        let headers = response.get("headers")?.as_object()?;
        headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?.1.as_str()
    };
    let reply = match (status, response.get("body")) {
        (Some(status @ 100..=599), Some(body)) => Reply::new(status, header, Some(body.clone()), at),
        _ => Reply { json: None, ..whole.clone() },
    };
    let refused = reply.error().is_some_and(|error| ["rest_batch_not_allowed", "rest_no_route"].contains(&error.code.as_str()));
    (!refused).then_some(Reply { date: whole.date, ..reply })
}

#[cfg(test)]
mod tests {
    use super::super::core;
    use super::super::reply::Silence;
    use super::*;

    #[allow(clippy::unnecessary_wraps)] // it is what came back, or that nothing did
    fn reply(status: u16, body: &Value) -> Heard {
        Ok(Reply::parse(status, |_| None, body.to_string().as_bytes(), SystemTime::UNIX_EPOCH))
    }

    fn each(responses: Value) -> Vec<Option<Reply>> {
        let number = responses.as_array().map_or(0, Vec::len);
        match read(reply(207, &json!({ "responses": responses })), number) {
            Answered::Each(replies) => replies,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_update_is_there_as_it_would_go_alone() {
        let updates = [5, 6].map(|id| core::update(id, [("username".to_owned(), json!(format!("u{id}")))].into_iter().collect()));
        let batch = request(&updates);
        assert_eq!((batch.method, batch.route.as_str(), batch.query.len()), (Method::Post, "/batch/v1", 0));
        let body = batch.body.unwrap();
        assert_eq!((&body["validation"], body["requests"].as_array().map(Vec::len)), (&json!("normal"), Some(2)));
        let second = &body["requests"][1];
        assert_eq!((&second["method"], &second["body"]), (&json!("POST"), &json!({"username": "u6"})));
        assert!(second["path"].as_str().unwrap().starts_with("/wp/v2/users/6?_fields=id,username,"), "{second}");
    }

    #[test]
    fn nothing_in_an_updates_query_has_to_be_escaped() {
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_,".contains(&b));
        assert!(core::update(5, serde_json::Map::new()).query.iter().all(|(name, value)| plain(name) && plain(value)));
    }

    #[test]
    fn each_answer_is_the_one_that_it_would_have_had_alone() {
        let headers = json!({"retry-after": "30", "Location": "/x"});
        let replies = each(json!([{"status": 200, "headers": [], "body": {"id": 5}}, {"status": 429, "headers": headers, "body": null}]));
        let [Some(first), Some(second)] = replies.as_slice() else { panic!("{replies:?}") };
        assert_eq!((first.status, first.json.as_ref()), (200, Some(&json!({"id": 5}))));
        assert_eq!((second.status, second.retry_after, second.location.as_deref()), (429, Some(30), Some("/x")));
    }

    #[test]
    fn who_is_refused_for_the_batch_has_no_answer() {
        let no = |code: &str| json!({"status": 400, "body": {"code": code, "message": "x", "data": {"status": 400}}});
        let refused: Vec<_> = each(json!([no("rest_batch_not_allowed"), no("rest_no_route"), no("rest_invalid_param")]))
            .iter()
            .map(Option::is_none)
            .collect();
        assert_eq!(refused, [true, true, false]);
    }

    #[test]
    fn what_is_no_answer_is_no_success() {
        for wrong in [
            json!(null),
            json!(5),
            json!({"id": 5}),
            json!({"status": "200", "body": {"id": 5}}),
            json!({"status": 200}),
            json!({"status": 99_999, "body": {"id": 5}}),
        ] {
            let replies = each(json!([wrong]));
            let heard = Ok(replies[0].clone().unwrap());
            assert!(matches!(meaning(Ask::Update(5), &heard).0, Meaning::Suspect { .. }), "{wrong}");
        }
        let one = json!({"responses": [{"status": 200, "body": {"id": 5}}]});
        for (status, body) in
            [(200, one.clone()), (207, json!({"responses": {}})), (207, json!({})), (207, json!([])), (200, json!({"id": 5}))]
        {
            let Answered::Failed(heard) = read(reply(status, &body), 1) else { panic!("{status} {body}") };
            assert!(matches!(meaning(Ask::Update(5), &heard).0, Meaning::Suspect { .. }), "{status} {body}");
        }
        for number in [0, 2] {
            assert!(matches!(read(reply(207, &one), number), Answered::Failed(_)));
        }
    }

    #[test]
    fn what_became_of_the_whole() {
        let error = |status| reply(status, &json!({"code": "some_code", "message": "x", "data": {"status": status}}));
        let page = |status| reply(status, &json!("a page"));
        for (heard, wanted) in [
            (page(413), "TooLarge"),
            (page(301), "Nothing"),
            (error(400), "Nothing"),
            (page(401), "Nothing"),
            (error(403), "Nothing"),
            (page(404), "Nothing"),
            (error(404), "Nothing"),
            (page(405), "Nothing"),
            (error(500), "Died"),
            (error(501), "Died"),
            (reply(500, &json!({"code": "existing_user_email", "message": "x"})), "Died"),
            (page(403), "Failed"),
            (page(429), "Failed"),
            (error(503), "Failed"),
            (page(500), "Failed"),
            (Err(Silence::Timeout), "Failed"),
            (Err(Silence::Connect(String::new())), "Failed"),
            (Err(Silence::Away), "Failed"),
        ] {
            let answered = read(heard.clone(), 2);
            assert!(format!("{answered:?}").starts_with(wanted), "{heard:?} is {answered:?}");
        }
    }
}
