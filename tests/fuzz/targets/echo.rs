//! A secret that comes back is found, whatever has happened to it on the way and whatever stands around it.
//!
//! A line with the ways (a digit each), one with the secret, one with what stands before, and the rest behind.
#![no_main]

use rudr_sync::secret::Secret;
use rudr_sync::wire::echo::{Hidden, holds};
use std::fmt::Write as _;

fn entities(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#039;")
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(byte.into());
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].replace('/', "\\/")
}

/// As PHP writes it: nothing but ASCII.
fn ascii(text: &str) -> String {
    json(text).encode_utf16().fold(String::new(), |mut out, unit| {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => out.push(byte.into()),
            _ => {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
        out
    })
}

fn slashes(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'").replace('"', "\\\"")
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some(text) = std::str::from_utf8(data).ok().filter(|text| text.len() <= 200) else { return };
    let mut parts = text.splitn(4, '\n');
    let [Some(ways), Some(secret), Some(before), Some(behind)] = [parts.next(), parts.next(), parts.next(), parts.next()] else { return };
    let bare: String = secret.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    if bare.is_empty() {
        return;
    }
    let sent = ways.bytes().take(3).fold(secret.to_owned(), |text, way| match way {
        b'0' => entities(&text),
        b'1' => percent(&text),
        b'2' => percent(&text).replace("%20", "+"),
        b'3' => json(&text),
        b'4' => ascii(&text),
        b'5' => slashes(&text),
        _ => text,
    });
    // What begins an escape would take the beginning of the secret into it, and nobody could read that.
    let before: String = before.chars().filter(|c| !"&%\\<".contains(*c)).collect();
    let said = format!("{before}{sent}{behind}");
    assert!(holds(&said, &[Hidden::new(&Secret::new(secret))]), "{said:?} shows {secret:?}");
});
