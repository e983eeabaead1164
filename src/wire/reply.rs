//! What comes back: an answer, or none.

use serde_json::{Map, Value};
use std::time::{Duration, SystemTime};

/// Answers beyond this are cut off and count as none. A full user is 2 KB.
pub const MAX_BODY: usize = 8 * 1024 * 1024;
/// What is no success is not read beyond this.
const MAX_ERROR: usize = 64 * 1024;
/// Nor is what may hold more values than this: the smallest object takes many times its seven bytes here. A hundred administrators, whose
/// capabilities are listed, are some ten thousand.
const MAX_VALUES: usize = 200_000;

/// Why there was no whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Nobody listens there, or the way is barred.
    Connect(String),
    /// The name cannot be resolved.
    Dns(String),
    /// The certificate is not trusted, or TLS fails otherwise.
    Tls(String),
    /// Not within the timeout.
    Timeout,
    /// The connection ended in the middle of the answer.
    Truncated,
    /// More than [`MAX_BODY`].
    TooLarge,
    /// `deliver`'s budget ran out.
    Budget,
    /// The budget ran out while the request had not been given a fair time.
    CutOff,
    /// Not asked: another answer had just shown that the site can't be worked with.
    Away,
}

impl Silence {
    /// The outcome code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Connect(_) => "connect",
            Self::Dns(_) => "dns",
            Self::Tls(_) => "tls",
            Self::Timeout => "timeout",
            Self::Truncated => "truncated",
            Self::TooLarge => "too_large",
            Self::Budget | Self::CutOff => "budget",
            Self::Away => "away",
        }
    }

    /// What happened, as the rest of a sentence that begins with the site.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Connect(why) => format!("cannot be reached ({why})"),
            Self::Dns(why) => format!("has a name that cannot be resolved ({why})"),
            Self::Tls(why) => format!("cannot be trusted: {why}"),
            Self::Timeout => "did not answer in time".to_owned(),
            Self::Truncated => "broke off in the middle of its answer".to_owned(),
            Self::TooLarge => format!("sent more than {} MiB", MAX_BODY / 1024 / 1024),
            Self::Budget => "was not asked: the time for this delivery ran out".to_owned(),
            Self::CutOff => "was not waited for: the time for this delivery ran out".to_owned(),
            Self::Away => "was not asked: it can't be worked with at the moment".to_owned(),
        }
    }

    /// Whether the request may have been acted upon although nothing came back.
    #[must_use]
    pub fn may_have_worked(&self) -> bool {
        !matches!(self, Self::Connect(_) | Self::Dns(_) | Self::Tls(_) | Self::Budget | Self::Away)
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Seconds of `Retry-After`, given as such or as a date (RFC 9110 §10.2.3).
    pub retry_after: Option<u64>,
    /// `Location`, of a redirect.
    pub location: Option<String>,
    /// The site's clock, Unix seconds.
    pub date: Option<u64>,
    /// `X-WP-TotalPages`, of a list.
    pub pages: Option<u32>,
    /// The body, if it is JSON.
    pub json: Option<Value>,
}

impl Reply {
    /// Reads an answer. `header` looks up a header by its lower-case name.
    pub fn parse<'h>(status: u16, header: impl Fn(&str) -> Option<&'h str>, body: &[u8], now: SystemTime) -> Self {
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body); // some themes' functions.php begins with a byte order mark
        // An error is a few words, and is told to each of those who were sent together.
        let is_short = (200..300).contains(&status) || body.len() <= MAX_ERROR;
        // Each value but the first follows one of these. What stands in a text counts too, or it would have to be read to be counted.
        let is_read = is_short && body.iter().filter(|byte| b"[{,:".contains(byte)).count() < MAX_VALUES;
        Self::new(status, header, is_read.then(|| serde_json::from_slice(body).ok()).flatten(), now)
    }

    /// An answer whose body has been read.
    pub fn new<'h>(status: u16, header: impl Fn(&str) -> Option<&'h str>, json: Option<Value>, now: SystemTime) -> Self {
        Self {
            status,
            retry_after: header("retry-after").and_then(|value| retry_after(value, now)),
            location: header("location").map(str::to_owned),
            date: header("date").and_then(|d| httpdate::parse_http_date(d).ok()).and_then(unix),
            pages: header("x-wp-totalpages").and_then(|n| n.trim().parse().ok()),
            json,
        }
    }

    /// Whether the status is one of success.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as an object.
    #[must_use]
    pub fn object(&self) -> Option<&Map<String, Value>> {
        self.json.as_ref()?.as_object()
    }

    /// The error, if the body is one of `WordPress`' (`rest_convert_error_to_response`).
    #[must_use]
    pub fn error(&self) -> Option<WpError> {
        WpError::read(self.object()?)
    }
}

/// Seconds to wait. A date that has passed is 0.
fn retry_after(value: &str, now: SystemTime) -> Option<u64> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(seconds);
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO).as_secs())
}

fn unix(time: SystemTime) -> Option<u64> {
    time.duration_since(SystemTime::UNIX_EPOCH).ok().map(|d| d.as_secs())
}

/// An error as `WordPress`' REST API words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WpError {
    /// `code`
    pub code: String,
    /// `message`, as it came: it may hold what was sent, and markup that hides it.
    pub message: String,
    /// Parameters that it names, each with the code for it.
    pub params: Vec<(String, String)>,
    /// The meta key that it names.
    pub key: Option<String>,
    /// Codes of further errors.
    pub additional: Vec<String>,
}

impl WpError {
    fn read(object: &Map<String, Value>) -> Option<Self> {
        let code = clean_code(object.get("code")?.as_str()?);
        let message = object.get("message")?.as_str()?.to_owned();
        let data = object.get("data");
        let details = data.and_then(|d| d.get("details"));
        let params = match data.and_then(|d| d.get("params")) {
            Some(Value::Object(params)) => params
                .keys()
                .map(|name| {
                    let detail = details.and_then(|d| d.get(name)).and_then(|d| d.get("code")).and_then(Value::as_str);
                    (name.clone(), detail.map_or_else(|| code.clone(), clean_code))
                })
                .collect(),
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(|n| (n.to_owned(), code.clone())).collect(),
            _ => Vec::new(),
        };
        let additional = object.get("additional_errors").and_then(Value::as_array);
        let additional = additional.into_iter().flatten().filter_map(|e| e.get("code")?.as_str().map(clean_code)).collect();
        let key = data.and_then(|d| d.get("key")).and_then(Value::as_str).map(str::to_owned);
        Some(Self { code, message, params, key, additional })
    }
}

/// In place of a remote's error code that is none.
pub const UNKNOWN_ERROR: &str = "unknown_error";

/// A remote's error code on its way into our database: one word of a bounded length.
pub(super) fn clean_code(code: &str) -> String {
    let is_code = (1..=64).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    if is_code { code } else { UNKNOWN_ERROR }.to_owned()
}

/// A remote's text on its way into our messages: no markup, no control characters.
pub(crate) fn without_markup(text: &str) -> String {
    let mut out = String::new();
    let mut in_tag = false;
    for c in text.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if in_tag => {}
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.trim().to_owned()
}

/// The longest text of a remote that stands in a message of ours.
const LONGEST: usize = 400;

/// A remote's text: no markup, no control characters, and not without end.
#[must_use]
pub fn plain(text: &str) -> String {
    shorten(&without_markup(text))
}

/// Not without end. Secrets are looked for before: a part of one would not be found.
#[must_use]
pub fn shorten(text: &str) -> String {
    match text.char_indices().find(|(at, _)| *at >= LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(headers: &[(&str, &'static str)], body: &[u8]) -> Reply {
        Reply::parse(
            400,
            |name| headers.iter().find(|(n, _)| *n == name).map(|(_, v)| *v),
            body,
            SystemTime::UNIX_EPOCH + Duration::from_hours(240_000),
        )
    }

    #[test]
    fn an_error_of_megabytes_is_none_of_wordpress() {
        let error = |length: usize| format!("{{\"code\": \"x\", \"message\": \"{}\"}}", "a".repeat(length));
        assert!(parse(&[], error(1000).as_bytes()).error().is_some());
        assert!(parse(&[], error(MAX_ERROR).as_bytes()).json.is_none());
    }

    #[test]
    fn a_success_of_too_many_values_is_none() {
        let read = |body: String| Reply::parse(200, |_| None, body.as_bytes(), SystemTime::UNIX_EPOCH).json.is_some();
        let objects = |n: usize| format!("[{}]", vec![r#"{"":0}"#; n].join(","));
        assert!(read(objects(MAX_VALUES / 3 - 1)));
        assert!(!read(objects(MAX_VALUES / 3 + 1)));
        assert!(read(format!("[\"{}\"]", "a".repeat(MAX_BODY - 4))), "one long text is one value");
    }

    #[test]
    fn retry_after_as_seconds_and_as_a_date() {
        let seconds = |value| parse(&[("retry-after", value)], b"").retry_after;
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(seconds("Sun, 18 May 1997 00:00:00 GMT"), Some(0));
        assert_eq!(seconds("soon"), None);
        assert_eq!(seconds("-5"), None);
    }

    #[test]
    fn errors_name_their_parameters() {
        let body =
            br#"{"code":"rest_invalid_param","message":"Invalid <b>parameter</b>(s): locale","data":{"status":400,"params":{"locale":"x"},
            "details":{"locale":{"code":"rest_not_in_enum"}}},"additional_errors":[{"code":"user_name"}]}"#;
        let error = parse(&[], body).error().unwrap();
        assert_eq!(error.params, [("locale".to_owned(), "rest_not_in_enum".to_owned())]);
        assert_eq!(plain(&error.message), "Invalid parameter(s): locale");
        assert_eq!(error.additional, ["user_name"]);
    }

    #[test]
    fn a_code_is_one_word_or_none() {
        let code = |code: &str| parse(&[], serde_json::json!({"code": code, "message": "x"}).to_string().as_bytes()).error().unwrap().code;
        assert_eq!(code("rest_no_route"), "rest_no_route");
        assert_eq!(code("a.b-C_9"), "a.b-C_9");
        for wrong in ["", "two words", "<b>", "a:b", "ä", &"x".repeat(65)] {
            assert_eq!(code(wrong), UNKNOWN_ERROR, "{wrong}");
        }
    }

    #[test]
    fn what_is_no_json_is_none() {
        let deep = "[".repeat(100_000);
        for body in [&b"<html>"[..], b"", b"\xff\xfe", b"{\"a\":1}\0", deep.as_bytes()] {
            assert!(parse(&[], body).json.is_none());
        }
        assert!(parse(&[], b"\xEF\xBB\xBF{}").json.is_some());
    }

    #[test]
    fn a_remote_text_is_bounded() {
        assert!(plain(&"x\n".repeat(10_000)).len() < 410);
    }
}
