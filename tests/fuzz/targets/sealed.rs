//! Sealed values: what is sealed opens with the same key for the same purpose only, and nothing else opens at all.
#![no_main]

use rudr_sync::secret::{Key, Secret, is_sealed, open, seal};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let key = Key::derive("fuzz").expect("a key");
    let bound = ["https://b.example", "bot"];
    let _ = Key::from_file(text);
    let _ = Secret::new(text).is_hash();
    assert!(open(text, &bound, None).is_err());
    assert!(open(text, &bound, Some(&key)).is_err(), "nobody has sealed that");

    let mut sealed = seal(&Secret::new(text), &bound, &key).expect("sealed").into_bytes();
    let whole = String::from_utf8(sealed.clone()).expect("text");
    assert!(is_sealed(&whole) && open(&whole, &bound, Some(&key)).expect("opened").expose() == text);
    assert!(open(&whole, &[bound[0], "bot2"], Some(&key)).is_err());
    assert!(open(&whole, &["https://b.exampleb", "ot"], Some(&key)).is_err());
    assert!(open(&whole, &bound, Key::derive("fuzz2").as_ref()).is_err());
    let at = data.iter().fold(7usize, |at, byte| at.wrapping_mul(31).wrapping_add(usize::from(*byte))) % sealed.len();
    sealed[at] ^= 1 << (at % 7);
    if let Ok(altered) = String::from_utf8(sealed) {
        assert!(open(&altered, &bound, Some(&key)).is_err(), "{altered} is not {whole}");
    }
    assert!(open(&whole[..at], &bound, Some(&key)).is_err());
});
