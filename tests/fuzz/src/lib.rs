//! What the targets share: an answer as it stands in a file, and what must hold of whatever is made of one.
//!
//! ```text
//! 503 update 57
//! retry-after: 120
//!
//! {"code": "busy", …
//! ```

use rudr_sync::backoff::{LONGEST, due};
use rudr_sync::fuzzing::Listener;
use rudr_sync::secret::Secret;
use rudr_sync::site::{Settings, Site};
use rudr_sync::wire::meaning::{Ask, Heard, Meaning, meaning};
use rudr_sync::wire::reply::Reply;
use serde_json::{Map, Value};
use std::time::{Duration, SystemTime};

/// The agent's password and the user's: no message may hold either.
pub const SECRETS: [&str; 2] = ["abcd EFGH 1234 ijkl", "Hunter\"2/ünseen"];

/// When all answers come.
#[must_use]
pub fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_459_609)
}

/// An answer, what was asked, and whether the body is a page.
#[must_use]
pub fn answer(data: &[u8]) -> Option<(Ask, Reply, bool)> {
    let end = data.windows(2).position(|two| two == b"\n\n")?;
    let (head, body) = (std::str::from_utf8(&data[..end]).ok()?, &data[end + 2..]);
    let (first, rest) = head.split_once('\n').unwrap_or((head, ""));
    let mut words = first.split(' ');
    let status = words.next()?.parse().ok().filter(|status| (100..600).contains(status))?;
    let asked = words.next()?;
    let number: u64 = words.next().and_then(|word| word.parse().ok()).unwrap_or(1);
    let ask = match asked {
        "create" => Ask::Create,
        "update" => Ask::Update(number),
        "delete" => Ask::Delete,
        "look" => Ask::Look,
        "find" => Ask::Find,
        "about" => Ask::About,
        "jobs" => Ask::Jobs(usize::try_from(number).ok()?),
        _ => return None,
    };
    let header = |name: &str| rest.lines().find_map(|line| line.split_once(": ").filter(|(key, _)| *key == name)).map(|(_, value)| value);
    let is_page = body.first() == Some(&b'<');
    Some((ask, Reply::parse(status, header, body, now()), is_page))
}

/// The site that answers.
#[must_use]
pub fn listener() -> Option<Listener> {
    let site = Site::new("http://127.0.0.1", "agent", Secret::new(SECRETS[0]), &Map::new(), &Settings::default()).ok()?;
    Listener::new(site, &Secret::new(SECRETS[1]))
}

/// Whether a text of ours shows one of the passwords, however it is spaced and cased.
#[must_use]
pub fn shows(text: &str) -> bool {
    let bare = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    let text = bare(text);
    SECRETS.iter().any(|secret| text.contains(&bare(secret)))
}

/// What must hold of every answer, whatever was asked. Gives what it means.
///
/// # Panics
/// If it does not.
pub fn judged(listener: &Listener, ask: Ask, heard: &Heard, is_page: bool) -> Meaning {
    let (means, _) = meaning(ask, heard);
    let is_success =
        matches!(means, Meaning::Account(_) | Meaning::Accounts(_) | Meaning::Receiver(_) | Meaning::Told(_) | Meaning::Deleted);
    if let Ok(reply) = heard {
        assert!(!is_success || reply.is_success(), "{} is a success", reply.status);
        assert!(!is_success || !is_page, "a page is a success");
        assert!((0..40).all(|attempts| due(attempts, reply.retry_after) <= LONGEST));
    } else {
        assert!(!is_success);
    }
    if let Meaning::Account(account) = &means {
        assert!(account.id > 0 && !matches!(ask, Ask::Update(id) if id != account.id));
    }
    let (code, words) = listener.words(ask, heard.clone());
    assert!(!shows(&code) && !shows(&words), "{code}: {words}");
    assert!(words.chars().count() <= 401 && !words.contains(char::is_control) && (1..=64).contains(&code.len()), "{code}: {words}");
    means
}

/// A JSON object.
#[must_use]
pub fn object(data: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(data).ok()
}
