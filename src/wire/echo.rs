//! Whether a text holds a secret, in whichever form it may have come back: a site that fails may quote the request that it
//! failed on, and its words end in our database and on screens.
//!
//! Text and secret are both taken apart in every way in which a web site puts things together (entities, percent signs, JSON's
//! and PHP's backslashes, markup taken out), one way after another; what is left is compared without spaces and without regard to
//! case. So neither order nor number of these ways matters, and a form that loses part of the secret is found as well.

use crate::secret::Secret;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// A text beyond this is not looked through, and counts as one that holds a secret. No message of `WordPress` is as long.
const LONGEST: usize = 4096;
/// So many ways, one upon another.
const LAYERS: usize = 3;

type Way = fn(&str) -> String;
const WAYS: [Way; 6] = [from_entities, from_percent, from_form, from_json, from_slashes, from_markup];

/// A secret that is to be looked for.
pub struct Hidden {
    secret: Secret,
    /// All that may be left of it, once there is a text to look through: most calls go well, and have none.
    forms: OnceLock<Vec<Secret>>,
}

impl Hidden {
    /// Keeps it.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        Self { secret: secret.clone(), forms: OnceLock::new() }
    }

    fn forms(&self) -> &[Secret] {
        self.forms.get_or_init(|| forms(self.secret.expose()).into_iter().filter(|form| !form.is_empty()).map(Secret::new).collect())
    }
}

/// Whether the text holds any of them, or is too long to tell.
#[must_use]
pub fn holds(text: &str, secrets: &[Hidden]) -> bool {
    if text.is_empty() || secrets.is_empty() {
        return false;
    }
    if text.len() > LONGEST {
        return true;
    }
    let texts = forms(text);
    secrets.iter().flat_map(Hidden::forms).any(|form| texts.iter().any(|text| text.contains(form.expose())))
}

/// All that a text may stand for.
fn forms(text: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::from([text.to_owned()]);
    let mut last = all.clone();
    for _ in 0..LAYERS {
        last = last.iter().flat_map(|text| WAYS.map(|way| way(text))).filter(|text| !all.contains(text)).collect();
        all.extend(last.iter().cloned());
    }
    all.iter().map(|text| bare(text)).collect()
}

/// Without what sanitizing alters: application passwords are shown with spaces and work without them.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).flat_map(char::to_lowercase).collect()
}

/// Copies a text; where `at` says what some of it stands for and how long it is, that.
fn replaced(text: &str, at: impl Fn(&str) -> Option<(String, usize)>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if let Some((meant, length)) = at(rest) {
            out.push_str(&meant);
            length
        } else {
            out.push(c);
            c.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

/// Names of the characters from U+00A0 on, as `htmlentities()` writes them.
const LATIN: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute \
    micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave \
    Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml \
    Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth \
    ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";
const NAMED: [(&str, char); 8] =
    [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("euro", '€'), ("lsquo", '‘'), ("rsquo", '’')];

/// `&lt;`, `&#60;`, `&#x3c;`
fn from_entities(text: &str) -> String {
    replaced(text, |rest| {
        let end = rest.strip_prefix('&')?.find(';')?;
        let name = &rest[1..=end];
        let meant = if let Some(number) = name.strip_prefix('#') {
            let hex = number.strip_prefix(['x', 'X']);
            char::from_u32(hex.map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok())?)?
        } else if let Some((_, c)) = NAMED.iter().find(|(known, _)| *known == name) {
            *c
        } else {
            char::from_u32(0xA0 + u32::try_from(LATIN.split_ascii_whitespace().position(|known| known == name)?).ok()?)?
        };
        Some((meant.to_string(), end + 2))
    })
}

/// `%3C`
fn from_percent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let escaped = more.first_chunk::<2>().filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(byte) = escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = &more[2..];
        } else {
            bytes.push(*first);
            rest = more;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `%3C`, and a plus for a space.
fn from_form(text: &str) -> String {
    from_percent(&text.replace('+', " "))
}

/// `\"`, `\/`, `\n`, `\u003c`; two of these for a character beyond 16 bits.
fn from_json(text: &str) -> String {
    let unit = |rest: &str| u16::from_str_radix(rest.strip_prefix("\\u")?.get(..4)?, 16).ok();
    replaced(text, |rest| {
        if let Some(first) = unit(rest) {
            let second = rest.get(6..).and_then(unit);
            let pair = second.and_then(|second| char::decode_utf16([first, second]).next()?.ok());
            return match (pair, char::from_u32(u32::from(first))) {
                (_, Some(c)) => Some((c.to_string(), 6)),
                (Some(c), None) => Some((c.to_string(), 12)),
                (None, None) => None,
            };
        }
        let c = rest.strip_prefix('\\')?.chars().next()?;
        let meant = if "bfnrt".contains(c) { String::new() } else { c.to_string() };
        Some((meant, 1 + c.len_utf8()))
    })
}

/// `\'` and `\\`, as `wp_slash()` writes them.
fn from_slashes(text: &str) -> String {
    replaced(text, |rest| {
        let c = rest.strip_prefix('\\')?.chars().next()?;
        Some((c.to_string(), 1 + c.len_utf8()))
    })
}

/// What is left without markup, as our own messages are and as `wp_strip_all_tags()` does it.
fn from_markup(text: &str) -> String {
    super::reply::without_markup(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "p<b>ä\"ß'%41 &amp;\\x/+😀";

    fn hidden(secret: &str) -> Hidden {
        Hidden::new(&Secret::new(secret))
    }

    fn is_held(text: &str) -> bool {
        holds(text, &["other", SECRET].map(hidden))
    }

    #[test]
    fn a_secret_is_found_in_every_dress() {
        let json = serde_json::Value::from(SECRET).to_string();
        let php_json = r#"p<b>\u00e4\"\u00df'%41 &amp;\\x\/+\ud83d\ude00"#;
        let html = "p&lt;b&gt;&auml;&quot;&szlig;&#039;%41 &amp;amp;\\x/+&#x1F600;";
        let url = "p%3Cb%3E%C3%A4%22%C3%9F%27%2541+%26amp%3B%5Cx%2F%2B%F0%9F%98%80";
        let rawurl = "p%3cb%3e%c3%a4%22%c3%9f%27%2541%20%26amp%3b%5cx%2f%2b%f0%9f%98%80";
        let slashed = "p<b>ä\\\"ß\\'%41 &amp;\\\\x/+😀";
        let stripped = "pä\"ß'%41 &amp;\\x/+😀";
        for text in [SECRET, &json, php_json, html, url, rawurl, slashed, stripped] {
            assert!(is_held(&format!("Invalid: <em>{text}</em>!")), "{text}");
        }
    }

    #[test]
    fn one_dress_over_another_is_seen_through() {
        let html_in_json = r"p\u0026lt;b\u0026gt;\u00e4\u0026quot;\u00df\u0026#039;%41 \u0026amp;amp;\\x\/+\ud83d\ude00";
        let json_in_url = "p%3Cb%3E%5Cu00e4%5C%22%5Cu00df%27%2541%20%26amp%3B%5C%5Cx%5C%2F%2B%5Cud83d%5Cude00";
        let slashed_twice = "p<b>ä\\\\\\\"ß\\\\\\'%41 &amp;\\\\\\\\x/+😀";
        for text in [html_in_json, json_in_url, slashed_twice] {
            assert!(is_held(text), "{text}");
        }
    }

    #[test]
    fn spaces_and_case_hide_nothing() {
        let app = [hidden("abcd EFGH 1234 ijkl")];
        for text in ["abcdEFGH1234ijkl", "you sent abcd efgh 1234\nIJKL", "abcd&nbsp;EFGH&nbsp;1234&nbsp;ijkl"] {
            assert!(holds(text, &app), "{text}");
        }
        assert!(!holds("abcd EFGH 1234", &app));
    }

    #[test]
    fn short_ones_count_and_empty_ones_do_not() {
        assert!(holds("No way", &[hidden("ay")]));
        assert!(!holds("No way", &[hidden(""), hidden(" "), hidden("<b>")]));
        assert!(!holds("", &[hidden("a")]));
    }

    #[test]
    fn what_is_too_long_to_look_through_is_not_taken_for_harmless() {
        assert!(holds(&"x".repeat(LONGEST + 1), &[hidden("secret")]));
        assert!(!holds(&"x".repeat(LONGEST), &[hidden("secret")]));
    }

    #[test]
    fn broken_dresses_do_not_panic() {
        for text in [
            "&",
            "&;",
            "&#;",
            "&#x;",
            "&#xD800;",
            "%",
            "%4",
            "%zz",
            "\\",
            "\\u",
            "\\u12",
            "\\ud83d",
            "\\ud83d\\u0041",
            "&ä;",
            "%ä",
            "<",
            "\\ä",
        ] {
            assert!(!is_held(text), "{text}");
        }
    }
}
