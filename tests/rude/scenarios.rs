//! The table of all rudeness.
//!
//! Each row comes in flavours: `half-a-body` is rude to everything but `users/me` (so the fault is the job's own doing),
//! `half-a-body.site` to everything, `half-a-body.writes` to what writes only, `half-a-body.batch` to batches only.

use super::act::{Act, answer as whole, head, json as wp};
use super::request::Request;
use serde_json::{Value, json};
use std::time::Duration;

/// A row: its name, and what it does.
pub struct Scenario {
    pub name: &'static str,
    acts: fn(&Request) -> Vec<Act>,
}

/// The rows that are one whole answer each.
macro_rules! says {
    ($name:literal, $act:expr) => {
        Scenario { name: $name, acts: |_| vec![$act] }
    };
}

#[rustfmt::skip] // a row a line
pub const SCENARIOS: &[Scenario] = &[
    // No answer, or not all of it.
    Scenario { name: "reset", acts: |_| vec![Act::Reset] },
    Scenario { name: "hang-up", acts: |_| vec![Act::Close] },
    Scenario { name: "reset-in-the-body", acts: |r| vec![half(r), Act::Reset] },
    Scenario { name: "half-a-body", acts: |r| vec![half(r), Act::Close] },
    Scenario { name: "half-a-chunk", acts: |_| vec![Act::Send(head(200, &[], "Transfer-Encoding: chunked")), Act::Send(b"40\r\n{\"id\": 5,".to_vec()), Act::Close] },
    Scenario { name: "no-last-chunk", acts: |r| vec![Act::Send(head(200, &[], "Transfer-Encoding: chunked")), chunk(&right(r)), Act::Close] },
    Scenario { name: "half-a-head", acts: |_| vec![Act::Send(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()), Act::Close] },
    Scenario { name: "no-http", acts: |_| vec![Act::Send(b"SSH-2.0-OpenSSH_9.2p1\r\n\r\n".to_vec()), Act::Close] },
    Scenario { name: "endless-head", acts: |_| vec![Act::Send(b"HTTP/1.1 200 OK\r\n".to_vec()), Act::Repeat(b"X-More: and more of the same, for ever\r\n".to_vec(), 1_000_000)] },
    Scenario { name: "endless-continue", acts: |_| vec![Act::Drip(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), Duration::from_millis(5))] },
    Scenario { name: "two-lengths", acts: |r| vec![Act::Send(head(200, &["Content-Length: 1"], &format!("Content-Length: {}", right(r).len()))), Act::Send(right(r)), Act::Close] },
    Scenario { name: "hang", acts: |_| vec![Act::Hang] },
    Scenario { name: "hang-in-the-body", acts: |r| vec![half(r), Act::Hang] },
    Scenario { name: "drip", acts: |r| vec![Act::Send(head(200, &[], "Content-Length: 1000000")), Act::Drip(right(r), Duration::from_millis(20))] },
    // More than anybody wants.
    Scenario { name: "huge", acts: |_| vec![Act::Send(head(200, &[JSON], "Content-Length: 104857600")), Act::Repeat(vec![b' '; 65_536], 1_600)] },
    Scenario { name: "huge-in-chunks", acts: |_| vec![Act::Send(head(200, &[JSON], "Transfer-Encoding: chunked")), Act::Repeat(chunk_bytes(&[b' '; 65_536]), 1_600)] },
    Scenario { name: "gzip-bomb", acts: |_| vec![whole(200, &[JSON, "Content-Encoding: gzip"], gzip_of_zeros(100_000_000))] },
    // A success that is none.
    says!("html", whole(200, &[HTML], PAGE)),
    says!("html-as-json", whole(200, &[JSON], PAGE)),
    says!("empty", whole(200, &[JSON], "")),
    says!("no-content", Act::Send(head(204, &[], "X-Nothing: 1"))),
    says!("list", wp(200, &[], &json!([]))),
    says!("no-id", wp(201, &[], &json!({"username": "someone"}))),
    says!("id-as-string", wp(201, &[], &json!({"id": "5", "username": "someone"}))),
    says!("id-0", wp(201, &[], &json!({"id": 0}))),
    says!("id-negative", wp(201, &[], &json!({"id": -5}))),
    says!("id-broken", wp(201, &[], &json!({"id": 5.5}))),
    says!("id-too-large", whole(201, &[JSON], "{\"id\": 99999999999999999999999}")),
    says!("null", wp(200, &[], &Value::Null)),
    says!("not-utf-8", whole(200, &[JSON], b"{\"id\": 5, \"username\": \"\xff\xfe\"}".to_vec())),
    says!("nuls", whole(200, &[JSON], vec![0; 1000])),
    Scenario { name: "nul-at-the-end", acts: |r| vec![whole(200, &[JSON], [right(r), vec![0]].concat())] },
    Scenario { name: "notice-before", acts: |r| vec![whole(200, &[JSON], [b"<br />\n<b>Notice</b>: Undefined index\n".to_vec(), right(r)].concat())] },
    says!("deep", whole(200, &[JSON], [vec![b'['; 100_000], vec![b']'; 100_000]].concat())),
    says!("deep-inside", whole(200, &[JSON], format!("{{\"id\": 5, \"meta\": {}{}}}", "{\"a\":".repeat(50_000), "}".repeat(50_000)))),
    // Elsewhere.
    Scenario { name: "301", acts: |r| redirect(301, r) },
    Scenario { name: "302", acts: |r| redirect(302, r) },
    Scenario { name: "303", acts: |r| redirect(303, r) },
    Scenario { name: "307", acts: |r| redirect(307, r) },
    Scenario { name: "308", acts: |r| redirect(308, r) },
    says!("redirect-nowhere", whole(302, &[HTML], PAGE)),
    says!("304", Act::Send(head(304, &[], "X-Nothing: 1"))),
    // No.
    says!("400-json", error(400, "some_plugin_says_no", "No.")),
    says!("401-json", error(401, "rest_not_logged_in", "You are not currently logged in.")),
    says!("401-html", whole(401, &[HTML, "WWW-Authenticate: Basic realm=\"x\""], PAGE)),
    says!("403-json", error(403, "rest_forbidden", "Sorry, you are not allowed to do that.")),
    says!("403-html", whole(403, &[HTML], PAGE)),
    says!("403-user", error(403, "rest_cannot_edit", "Sorry, you are not allowed to edit this user.")),
    says!("404-route", error(404, "rest_no_route", "No route was found matching the URL and request method.")),
    says!("404-html", whole(404, &[HTML], PAGE)),
    says!("404-json", wp(404, &[], &json!({"error": "not found"}))),
    says!("404-user", error(404, "rest_user_invalid_id", "Invalid user ID.")),
    says!("405-html", whole(405, &[HTML, "Allow: GET"], PAGE)),
    says!("408", whole(408, &[HTML], PAGE)),
    says!("413", whole(413, &[HTML], PAGE)),
    says!("425", whole(425, &[], "")),
    says!("429", whole(429, &[HTML], PAGE)),
    says!("429-seconds", whole(429, &[HTML, "Retry-After: 120"], PAGE)),
    Scenario { name: "429-date", acts: |_| vec![whole(429, &[HTML, &format!("Retry-After: {}", in_seconds(120))], PAGE)] },
    says!("429-past", whole(429, &[HTML, "Retry-After: Sun, 18 May 1997 00:00:00 GMT"], PAGE)),
    says!("429-for-a-year", whole(429, &[HTML, "Retry-After: 31536000"], PAGE)),
    says!("429-garbage", whole(429, &[HTML, "Retry-After: soon"], PAGE)),
    says!("500-html", whole(500, &[HTML], PAGE)),
    says!("500-json", error(500, "internal_server_error", "<p>There has been a critical error on this website.</p>")),
    says!("500-empty", whole(500, &[], "")),
    says!("501-json", error(501, "rest_cannot_delete", "The user cannot be deleted.")),
    says!("501-html", whole(501, &[HTML], PAGE)),
    says!("502", whole(502, &[HTML], PAGE)),
    says!("503", whole(503, &[HTML, "Retry-After: 600"], PAGE)),
    // Even a success in its body makes none of this.
    Scenario { name: "503-with-the-user", acts: |r| vec![whole(503, &[JSON], right(r))] },
    says!("504", whole(504, &[HTML], PAGE)),
    // Tells what it was told: an error page with the request in it.
    Scenario { name: "echo", acts: |r| vec![error(400, "some_plugin_says_no", &everything(r))] },
    Scenario { name: "echo-500", acts: |r| vec![error(500, "internal_server_error", &everything(r))] },
    Scenario { name: "echo-redirect", acts: |r| vec![whole(302, &[&format!("Location: /login?was={}", r.body.iter().map(|b| char::from(*b)).filter(char::is_ascii_graphic).collect::<String>())], "")] },
    // Of a batch, but none for each of it.
    Scenario { name: "207-short", acts: |r| vec![batch(207, right_ones(r).skip(1).collect())] },
    Scenario { name: "207-long", acts: |r| vec![batch(207, right_ones(r).chain([json!({"status": 200, "body": account(5)})]).collect())] },
    says!("207-no-list", wp(207, &[], &json!({"responses": {"0": {"status": 200, "body": {"id": 5}}}}))),
    says!("207-failed", wp(207, &[], &json!({"failed": "validation", "responses": [null]}))),
    Scenario { name: "207-as-200", acts: |r| vec![batch(200, right_ones(r).collect())] },
    Scenario { name: "207-wrong-types", acts: |r| vec![batch(207, right_ones(r).map(|one| json!({"status": "200", "body": one["body"]})).collect())] },
    Scenario { name: "207-no-statuses", acts: |r| vec![batch(207, right_ones(r).map(|one| one["body"].clone()).collect())] },
    Scenario { name: "207-of-another", acts: |r| vec![batch(207, right_ones(r).map(|_| json!({"status": 207, "body": account(4)})).collect())] },
    // Right, and a while later gone without a word.
    Scenario { name: "leaves", acts: |r| vec![whole(200, &[JSON], right(r)), Act::Wait(Duration::from_millis(50)), Act::Close] },
    // The same of one that speaks no more than core's REST, after a change.
    Scenario { name: "leaves-after-a-change", acts: |r| {
        let mut acts = vec![of_core_alone(r)];
        if r.method == "POST" && r.route.starts_with("/wp/v2/") {
            // Long enough for others to be asked beside it.
            acts.insert(0, Act::Wait(Duration::from_millis(200)));
            acts.extend([Act::Wait(Duration::from_millis(200)), Act::Close]);
        }
        acts
    } },
    // For measuring: right, and at once, or after as long as a very quick WordPress takes.
    Scenario { name: "bench-at-once", acts: |r| vec![measured(r)] },
    Scenario { name: "bench-2ms", acts: |r| vec![Act::Block(Duration::from_millis(2)), measured(r)] },
    Scenario { name: "bench-20ms", acts: |r| vec![Act::Sleep(Duration::from_millis(20)), of_core_alone(r)] },
];

/// The answer of the row that the address names.
pub fn answer(request: &Request) -> Vec<Act> {
    let (name, flavour) = request.scenario.split_once('.').unwrap_or((&request.scenario, ""));
    let is_polite = match flavour {
        "site" => false,
        "writes" => request.method == "GET",
        "batch" => request.route != "/batch/v1",
        _ => request.method == "GET" && matches!(request.route.as_str(), "/wp/v2/users/me" | "/"),
    };
    match SCENARIOS.iter().find(|row| row.name == name) {
        Some(_) if is_polite => vec![polite(request)],
        Some(row) => (row.acts)(request),
        None => vec![whole(404, &[HTML], "no such scenario")],
    }
}

const JSON: &str = "Content-Type: application/json; charset=UTF-8";
const HTML: &str = "Content-Type: text/html; charset=UTF-8";
const PAGE: &str = "<!DOCTYPE html><html><head><title>Just a moment…</title></head><body>{\"id\": 5}</body></html>";

fn error(status: u16, code: &str, message: &str) -> Act {
    wp(status, &[], &json!({"code": code, "message": message, "data": {"status": status}}))
}

/// A `WordPress` without a fault: the agent is 1, every other id is a subscriber of that number.
fn polite(request: &Request) -> Act {
    let body = match request.route.as_str() {
        "/" => json!({"name": "A site", "namespaces": ["wp/v2"], "authentication": {"application-passwords": {}}}),
        "/wp/v2/users" => json!([]),
        "/wp/v2/users/me" => {
            json!({"id": 1, "username": "agent", "email": "agent@site.test", "roles": ["administrator"], "capabilities": {"edit_users": true}})
        }
        route => account(route.rsplit('/').next().and_then(|id| id.parse().ok()).unwrap_or(5)),
    };
    wp(200, &[], &body)
}

/// The same without anything that a change could share a request with.
fn of_core_alone(request: &Request) -> Act {
    let is_there = request.route.starts_with("/wp/v2/");
    if is_there { polite(request) } else { error(404, "rest_no_route", "No route was found matching the URL and request method.") }
}

fn account(id: u64) -> Value {
    json!({"id": id, "username": "someone", "email": "someone@site.test", "registered_date": "2026-01-01T00:00:00+00:00",
        "roles": ["subscriber"], "capabilities": {"read": true, "subscriber": true}})
}

/// What would have been the right answer.
fn right(request: &Request) -> Vec<u8> {
    let id = request.route.rsplit('/').next().and_then(|id| id.parse().ok()).unwrap_or(5);
    match request.method.as_str() {
        "DELETE" => json!({"deleted": true, "previous": account(id)}),
        "GET" if request.route == "/wp/v2/users" => json!([account(id)]),
        _ => account(id),
    }
    .to_string()
    .into_bytes()
}

/// What would have been right for each of a batch.
fn right_ones(request: &Request) -> impl Iterator<Item = Value> + use<> {
    let requests = request.json()["requests"].as_array().cloned().unwrap_or_default();
    let ids: Vec<u64> = requests.iter().filter_map(|one| request.inner(one).route.rsplit('/').next()?.parse().ok()).collect();
    ids.into_iter().map(|id| json!({"status": 200, "headers": {"Allow": "GET"}, "body": account(id)}))
}

fn batch(status: u16, responses: Vec<Value>) -> Act {
    wp(status, &[], &json!({ "responses": responses }))
}

/// The head and half of the body of that.
fn half(request: &Request) -> Act {
    let body = right(request);
    let mut bytes = head(200, &[JSON], &format!("Content-Length: {}", body.len()));
    bytes.extend(&body[..body.len() / 2]);
    Act::Send(bytes)
}

fn chunk_bytes(body: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", body.len()).as_bytes(), body, b"\r\n"].concat()
}

fn chunk(body: &[u8]) -> Act {
    Act::Send(chunk_bytes(body))
}

/// To where everything would go well.
fn redirect(status: u16, request: &Request) -> Vec<Act> {
    let host = request.headers.get("host").map_or("", String::as_str);
    vec![whole(status, &[HTML, &format!("Location: http://{host}/elsewhere{}", request.route)], PAGE)]
}

fn in_seconds(seconds: u64) -> String {
    httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(seconds))
}

/// All headers and the body, as a debugging page shows them.
fn everything(request: &Request) -> String {
    format!("{:?} {}", request.headers, String::from_utf8_lossy(&request.body))
}

/// A user as far as `_fields` asks for them, as of a real site: all of it is about 330 bytes of JSON.
fn measured(request: &Request) -> Act {
    let mut user = account(5);
    user["name"] = json!("Someone Anyone");
    user["description"] = json!("What they say of themselves, in a line or so, as most people do.");
    if let (Some(fields), Some(all)) = (request.query.get("_fields"), user.as_object_mut()) {
        all.retain(|key, _| fields.split(',').any(|field| field == key));
    }
    wp(200, &[], &user)
}

/// A gzip stream of so many zeros, a hundredth and less of that in length. Each 258 of them are one deflate token: "the byte
/// before, 258 times". The checksum is left wrong: who unpacks it learns that only at its end.
fn gzip_of_zeros(number: usize) -> Vec<u8> {
    let mut bits = Bits { bytes: vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255], used: 8 };
    bits.push(0b011, 3); // last block, fixed codes
    bits.push_code(0b0011_0000, 8); // a zero
    for _ in 0..number / 258 {
        bits.push_code(0b1100_0101, 8); // length 258
        bits.push_code(0, 5); // distance 1
    }
    bits.push_code(0, 7); // end of block
    bits.bytes.extend([0; 8]);
    bits.bytes
}

struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    /// Lowest bit first, as deflate packs numbers.
    fn push(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            if self.used == 8 {
                self.bytes.push(0);
                self.used = 0;
            }
            if value >> bit & 1 == 1
                && let Some(last) = self.bytes.last_mut()
            {
                *last |= 1 << self.used;
            }
            self.used += 1;
        }
    }

    /// Highest bit first, as deflate packs Huffman codes.
    fn push_code(&mut self, code: u32, count: u32) {
        self.push(code.reverse_bits() >> (32 - count), count);
    }
}
