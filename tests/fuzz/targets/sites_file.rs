//! The site file. No error shows a password, and nothing that is told of a site does.
#![no_main]

use rudr_sync::site::Settings;
use rudr_sync::sites_file::SitesFile;
use std::path::Path;

/// The password of the files in the corpus.
const PASSWORD: &str = "sesame";

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // Another file is none of this.
    if text.contains("_file") || text.contains('\\') || text.contains("allow") {
        return;
    }
    let file = match SitesFile::parse(text, Path::new("/sites.toml")) {
        Ok(file) => file,
        // A site may have the name that is its password.
        Err(error) => return assert!(!error.to_string().contains(PASSWORD) || error.to_string().contains("is no table"), "{error}"),
    };
    for (name, told) in file.listing().told_to(Path::new("/")) {
        let options = told["options"].as_object().expect("options");
        assert!(["key", "password", "password_file"].iter().all(|key| !options.contains_key(*key)));
        let is_named = |text: &str| text.replace(&name, "").contains(PASSWORD);
        match file.site(&name, Path::new("/"), &Settings::default()) {
            Ok(site) => assert!(!is_named(&format!("{site:?}")) || is_named(&told.to_string())),
            // It names keys, and a key may be called so; values it never shows.
            Err(error) => {
                let keys: Vec<&str> = options
                    .keys()
                    .map(String::as_str)
                    .chain(options.values().filter_map(|v| v.as_object()).flat_map(|v| v.keys().map(String::as_str)))
                    .collect();
                assert!(!is_named(&error.to_string()) || keys.iter().any(|key| key.contains(PASSWORD)), "{error}");
            }
        }
    }
});
