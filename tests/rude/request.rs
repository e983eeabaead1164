//! A request as it was understood.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which connection it came on, from 1.
    pub connection: usize,
    pub method: String,
    /// The first segment of the path.
    pub scenario: String,
    /// The REST route, `/wp/v2/users/5`.
    pub route: String,
    pub query: BTreeMap<String, String>,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Request {
    /// The next request on a connection; none at its end.
    pub async fn read(stream: &mut (impl AsyncRead + Unpin), unread: &mut Vec<u8>, connection: usize) -> Option<Self> {
        let head = loop {
            if let Some(at) = unread.windows(4).position(|w| w == b"\r\n\r\n") {
                break unread.drain(..at + 4).collect::<Vec<u8>>();
            }
            if stream.read_buf(unread).await.ok()? == 0 || !unread[0].is_ascii_uppercase() {
                return None;
            }
        };
        let head = String::from_utf8(head).ok()?;
        let mut lines = head.lines();
        let mut first = lines.next()?.split(' ');
        let (method, target) = (first.next()?.to_owned(), first.next()?);
        let headers: BTreeMap<_, _> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let length = headers.get("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
        while unread.len() < length {
            if stream.read_buf(unread).await.ok()? == 0 {
                return None;
            }
        }
        let body = unread.drain(..length).collect();
        let url = reqwest::Url::parse(&format!("http://x{target}")).ok()?;
        let query: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
        let (scenario, path) = url.path().trim_start_matches('/').split_once('/').unwrap_or((url.path().trim_start_matches('/'), ""));
        let by_path = path.strip_prefix("wp-json").unwrap_or("");
        let route = query.get("rest_route").cloned().unwrap_or_else(|| by_path.to_owned());
        Some(Self { connection, method, scenario: scenario.to_owned(), route, query, headers, body })
    }

    /// One of those that a batch holds.
    pub fn inner(&self, one: &Value) -> Self {
        let url = reqwest::Url::parse(&format!("http://x{}", one["path"].as_str().unwrap_or_default())).expect("a path");
        let method = one["method"].as_str().unwrap_or("POST").to_owned();
        let query = url.query_pairs().into_owned().collect();
        Self { method, route: url.path().to_owned(), query, body: one["body"].to_string().into(), ..self.clone() }
    }

    /// The JSON body; null where there is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether the connection ends with its answer, as PHP's own streams ask: they read until then.
    pub fn is_last(&self) -> bool {
        self.headers.get("connection").is_some_and(|what| what.eq_ignore_ascii_case("close"))
    }

    /// `POST /wp/v2/users/5`.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.route)
    }

    /// For the log of the program.
    pub fn to_value(&self) -> Value {
        json!({
            "connection": self.connection,
            "method": self.method,
            "scenario": self.scenario,
            "route": self.route,
            "query": self.query,
            "headers": self.headers,
            "body": self.json(),
        })
    }
}
