//! Secrets: a string that no log can show, and the sealing of one for storage.
//!
//! A sealed value is `rs1.<key id>.<nonce and ciphertext>` (base64url): XChaCha20-Poly1305 with a fresh 24-byte nonce. What it
//! is *bound* to (a site and a username, or a user and the mark of their password) is authenticated along with it, so that a
//! value moved to another row does not open. The key id tells a lost key from a damaged value.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key as CipherKey, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A string that shows as `[secret]` and leaves memory when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Takes charge of a secret.
    #[must_use]
    pub fn new(plain: impl Into<String>) -> Self {
        Self(plain.into())
    }

    /// The secret itself; only for the wire and the cipher.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A password that nobody knows: 32 random characters, for accounts whose password cannot be carried over.
    #[must_use]
    pub fn unknown_password() -> Self {
        let mut bytes = random::<24>();
        let secret = Self(URL_SAFE_NO_PAD.encode(bytes));
        bytes.zeroize();
        secret
    }

    /// Whether this is a stored `WordPress` hash (phpass, bcrypt, or 6.8's prefixed bcrypt) and not a password.
    #[must_use]
    pub fn is_hash(&self) -> bool {
        let alphabet = |s: &str| s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'/');
        let bcrypt = |s: &str| s.len() == 56 && s.as_bytes()[2] == b'$' && s[..2].bytes().all(|b| b.is_ascii_digit()) && alphabet(&s[3..]);
        let plain = self.0.as_str();
        if !plain.is_ascii() {
            return false;
        }
        if let Some(rest) = plain.strip_prefix("$P$") {
            return rest.len() == 31 && alphabet(rest);
        }
        plain.strip_prefix("$wp").unwrap_or(plain).strip_prefix("$2y$").is_some_and(bcrypt)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Why a sealed value does not open. Each is a state with a name, for an administrator to act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealError {
    /// There is no key: neither `rudr_sync.key_file` nor one given.
    NoKey,
    /// It was sealed with another key.
    LostKey,
    /// It is damaged, or bound to something else.
    Damaged,
}

impl SealError {
    /// The outcome code for it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoKey => "key_missing",
            Self::LostKey => "key_lost",
            Self::Damaged => "secret_damaged",
        }
    }
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoKey => "there is no key to open sealed values: set rudr_sync.key_file, or pass a key",
            Self::LostKey => "the value was sealed with another key: bring that key back, or enter the secret again",
            Self::Damaged => "the sealed value is damaged, or belongs to another site or user: enter the secret again",
        })
    }
}

impl std::error::Error for SealError {}

/// The key for sealed values, derived from whatever the caller has (32 random bytes, or `WordPress`' salts).
pub struct Key(Secret);

impl Key {
    /// From a string that is itself secret and random enough; none from an empty one.
    #[must_use]
    pub fn derive(from: &str) -> Option<Self> {
        (!from.is_empty()).then(|| Self::from_bytes(from.as_bytes()))
    }

    /// From the text of a key file: 32 random bytes, base64.
    #[must_use]
    pub fn from_file(text: &str) -> Option<Self> {
        let mut bytes = STANDARD.decode(text.trim()).ok()?;
        let key = (bytes.len() == 32).then(|| Self::from_bytes(&bytes));
        bytes.zeroize();
        key
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        let digest = Sha256::new().chain_update(b"rudr-sync seal v1\0").chain_update(bytes).finalize();
        Self(Secret(URL_SAFE_NO_PAD.encode(digest)))
    }

    fn bytes(&self) -> CipherKey {
        let mut key = CipherKey::default();
        if let Ok(bytes) = URL_SAFE_NO_PAD.decode(self.0.expose()) {
            key.copy_from_slice(&bytes);
        }
        key
    }

    fn id(&self) -> String {
        let digest = Sha256::new().chain_update(b"rudr-sync key id\0").chain_update(self.bytes()).finalize();
        URL_SAFE_NO_PAD.encode(&digest[..6])
    }
}

const PREFIX: &str = "rs1.";

/// Whether a string is a sealed value.
#[must_use]
pub fn is_sealed(value: &str) -> bool {
    value.starts_with(PREFIX) && value.splitn(4, '.').count() == 3
}

/// Seals `plain` for storage; it opens only with the same key and the same `bound`.
///
/// # Errors
/// `Damaged` if the cipher refuses (a plaintext of more than 256 GiB).
pub fn seal(plain: &Secret, bound: &[&str], key: &Key) -> Result<String, SealError> {
    let nonce = random::<24>();
    let id = key.id();
    let aad = bound_bytes(&id, bound);
    let cipher = XChaCha20Poly1305::new(&key.bytes());
    let sealed =
        cipher.encrypt(&XNonce::from(nonce), Payload { msg: plain.expose().as_bytes(), aad: &aad }).map_err(|_| SealError::Damaged)?;
    let mut bytes = nonce.to_vec();
    bytes.extend(sealed);
    Ok(format!("{PREFIX}{id}.{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// Opens what [`seal`] made.
///
/// # Errors
/// See [`SealError`].
pub fn open(sealed: &str, bound: &[&str], key: Option<&Key>) -> Result<Secret, SealError> {
    let key = key.ok_or(SealError::NoKey)?;
    let (id, body) = sealed.strip_prefix(PREFIX).and_then(|rest| rest.split_once('.')).ok_or(SealError::Damaged)?;
    if id != key.id() {
        return Err(SealError::LostKey);
    }
    let bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| SealError::Damaged)?;
    let (nonce, text) = bytes.split_first_chunk::<24>().ok_or(SealError::Damaged)?;
    let aad = bound_bytes(id, bound);
    let plain = XChaCha20Poly1305::new(&key.bytes())
        .decrypt(&XNonce::from(*nonce), Payload { msg: text, aad: &aad })
        .map_err(|_| SealError::Damaged)?;
    String::from_utf8(plain).map(Secret).map_err(|_| SealError::Damaged)
}

/// Each string with its length before it, so that `ab`, `c` is not `a`, `bc`.
fn bound_bytes(id: &str, bound: &[&str]) -> Vec<u8> {
    std::iter::once(&id).chain(bound).flat_map(|s| (s.len() as u64).to_le_bytes().into_iter().chain(s.bytes())).collect()
}

/// Random bytes of the operating system.
///
/// # Panics
/// Where the system has no randomness to give, since going on would mean a guessable nonce. The shell turns it into an exception.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives no random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_the_same_key_and_bound() {
        let key = Key::derive("salt").unwrap();
        let sealed = seal(&Secret::new("päss"), &["site", "7", "mark"], &key).unwrap();
        assert!(is_sealed(&sealed) && !sealed.contains("päss"));
        assert_eq!(open(&sealed, &["site", "7", "mark"], Some(&key)).unwrap().expose(), "päss");
        assert_eq!(open(&sealed, &["site", "7", "other"], Some(&key)), Err(SealError::Damaged));
        assert_eq!(open(&sealed, &["site7", "", "mark"], Some(&key)), Err(SealError::Damaged));
        assert_eq!(open(&sealed, &["site", "7", "mark"], Key::derive("other").as_ref()), Err(SealError::LostKey));
        assert_eq!(open(&sealed, &["site", "7", "mark"], None), Err(SealError::NoKey));
    }

    #[test]
    fn damaged_values_do_not_panic() {
        let key = Key::derive("salt").unwrap();
        let good = seal(&Secret::new("x"), &[], &key).unwrap();
        for cut in 0..good.len() {
            assert!(open(&good[..cut], &[], Some(&key)).is_err());
        }
        assert!(open("rs1..", &[], Some(&key)).is_err());
    }

    #[test]
    fn sealing_twice_differs() {
        let key = Key::derive("salt").unwrap();
        let one = seal(&Secret::new("x"), &[], &key);
        assert_ne!(one, seal(&Secret::new("x"), &[], &key));
    }

    #[test]
    fn a_key_file_holds_exactly_32_bytes() {
        assert!(Key::from_file("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").is_some());
        assert!(Key::from_file("AAAA").is_none());
        assert!(Key::from_file("not base64!").is_none());
    }

    #[test]
    fn whole_hashes_are_told_from_passwords() {
        let b = "a".repeat(53);
        let hashes = [format!("$P$B{}", "x".repeat(30)), format!("$2y$10${b}"), format!("$wp$2y$10${b}")];
        for hash in &hashes {
            assert!(Secret::new(hash.as_str()).is_hash(), "{hash}");
            assert!(!Secret::new(&hash[..hash.len() - 1]).is_hash());
            assert!(!Secret::new(format!("{hash}x")).is_hash());
        }
        for plain in ["$P$", "$2y$", "$wp$2y$10$short", "hunter2", "$P$é"] {
            assert!(!Secret::new(plain).is_hash(), "{plain}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "[secret]");
    }
}
