//! What came of a push, in a line for a person.

use super::talk::Talk;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What was done, and what was not.
pub(super) fn told(talk: &Talk, done: &str, id: u64, refused: &BTreeMap<String, String>) -> String {
    let mut line = format!("account {id} on {} {done}", talk.site.name());
    for (place, (field, code)) in refused.iter().enumerate() {
        line.push_str(if place == 0 { "; without " } else { ", " });
        let _ = write!(line, "{field} ({})", reason(code));
    }
    line
}

/// Words for the codes that users meet most.
fn reason(code: &str) -> &str {
    match code {
        "unreadable" => "unreadable: it is no text, or none in UTF-8",
        "password_unknown" => "password_unknown: nobody can say what it is; it follows when it is next changed",
        "key_lost" => "key_lost: it waits sealed with another key",
        "meta_not_registered" => "meta_not_registered: register it there with show_in_rest",
        "rest_user_invalid_password" => "rest_user_invalid_password: core takes no backslash in a password over REST",
        "rest_user_invalid_role" => "rest_user_invalid_role: there is no such role there, or it may not be given",
        "privileged" => "privileged: it would make the account an administrator there",
        "capabilities_hidden" => "capabilities_hidden: the site does not show what the account may do with it",
        "power_left" => {
            "power_left: it made the account an administrator there, or may have, and could not be taken back: it may still have it, take it away there"
        }
        "altered" => "altered: its own rules made something else of it",
        "stale" => "stale: it has changed there meanwhile, and that site is right",
        "role_not_allowed" => "role_not_allowed: that site's settings let no source give it",
        "meta_not_allowed" => "meta_not_allowed: that site's settings let no source write it",
        "hash_unsupported" => "hash_unsupported: that site cannot check a hash of this kind; it follows when it is next changed",
        "receiver_gone" => "receiver_gone: the plugin there, which alone can take it safely, is gone; it waits",
        "waits_for" => "waits_for: another user's account there has it yet",
        "suspended" => "suspended: another site has removed this user there, so they cannot log in; lift it there",
        "not_stored" => "not_stored: something there made something else of it",
        "rest_not_in_enum" | "locale_not_installed" => "rest_not_in_enum: not installed there",
        other => other,
    }
}
