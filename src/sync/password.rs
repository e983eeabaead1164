//! Whether a password has to be sent, and which.

use super::Talk;
use crate::base::Base;
use crate::job::Job;
use crate::secret::Secret;

/// The password's part of what has to be sent.
pub(super) enum Password {
    /// The site has it, or none is spoken of.
    Same,
    /// It goes.
    Send(Secret),
    /// It changed, and nobody can say what it is; the code says why.
    Unknown(&'static str),
}

/// Codes of ours for a password that was not sent at all; it goes as soon as it is known.
pub(super) fn is_ours(code: &str) -> bool {
    matches!(code, "password_unknown" | "key_missing" | "key_lost" | "secret_damaged" | "unreadable")
}

/// By the mark that the base has. Where the site may not have that password after all (a write is in doubt), or refused it and is to
/// be asked again, it is sent once more if it is at hand, and else believed to be there: nobody could do better.
pub(super) fn password(talk: &Talk, job: &Job, base: &Base) -> Password {
    let is_sent = job.password_mark.is_some() && job.password_mark == base.password;
    let again = job.is_in_doubt() || job.retry && base.password_refused.is_some();
    if is_sent && !again {
        return Password::Same;
    }
    match at_hand(talk, job) {
        Some(Ok(plain)) => {
            talk.hide(&plain);
            Password::Send(plain)
        }
        _ if is_sent => Password::Same,
        Some(Err(code)) => Password::Unknown(code),
        None if job.password_mark.is_some() => Password::Unknown("password_unknown"),
        None => Password::Same,
    }
}

/// The plaintext, or why it cannot be opened; none where there is none.
fn at_hand(talk: &Talk, job: &Job) -> Option<Result<Secret, &'static str>> {
    if let Some(plain) = &job.user.pass {
        return Some(Ok(plain.clone()));
    }
    let (mark, sealed) = (job.password_mark.as_ref()?, job.secret.as_ref()?);
    let id = job.user_id.to_string();
    let key = super::key_file(&talk.settings).ok().flatten();
    // Damaged also: bound to another mark, that of a password which has been changed since.
    Some(talk.site.open(sealed, &[talk.site.name(), &id, mark], key.as_ref()).map_err(crate::secret::SealError::code))
}
