//! A site as PHP makes one: a line with the address, one with the username, and the options as JSON.
#![no_main]

use rudr_sync::secret::Secret;
use rudr_sync::site::{Settings, Site};
use rudr_sync::terms::Terms;
use rudr_sync_fuzz::object;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(3, |byte| *byte == b'\n');
    let text = |part: Option<&[u8]>| part.and_then(|part| String::from_utf8(part.to_vec()).ok());
    let (Some(url), Some(username)) = (text(parts.next()), text(parts.next())) else { return };
    let Some(options) = parts.next().and_then(object) else { return };
    if let Ok(terms) = Terms::from_map(&options) {
        assert!(terms.concurrency != Some(0));
    }
    let settings = Settings::default();
    match Site::new(&url, &username, Secret::new("sesame"), &options, &settings) {
        Ok(site) => {
            let endpoint = site.endpoint("/wp/v2/users/5", &[("search", "a&b=c#d".into())]);
            assert_eq!(endpoint.origin(), site.url().origin());
            assert!(endpoint.fragment().is_none() && endpoint.username().is_empty() && endpoint.password().is_none());
            assert!(endpoint.query_pairs().any(|(key, value)| key == "search" && value == "a&b=c#d"), "{endpoint}");
            assert!((1..=64).contains(&site.concurrency(&settings)));
            assert!(
                site.url().scheme() == "https"
                    || site.url().host_str().is_some_and(|host| host == "localhost"
                        || host.starts_with("127.")
                        || host == "[::1]"
                        || host.starts_with("[::ffff:7f")),
                "{url}"
            );
            // What is written as an address is read as the same one.
            let again = Site::new(site.url().as_str(), &username, Secret::new("sesame"), &options, &settings).expect("the same");
            assert_eq!(again.origin(), site.origin());
        }
        Err(bad) => assert!(
            ["url", "username"].contains(&bad.key.as_str())
                || options.contains_key(&bad.key)
                || options.contains_key(bad.key.split('.').next().unwrap_or_default()),
            "{bad}"
        ),
    }
});
