//! The file that `rudr_sync.sites` names: TOML, `[sites.NAME]` with an address, an agent, and who may use it.

use crate::input::{BadInput, Reader};
use crate::secret::Secret;
use crate::site::{OPTIONS, Settings, Site};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// Why a site of the file cannot be used.
#[derive(Debug)]
pub enum SitesError {
    /// `rudr_sync.sites` names no file.
    NoFile,
    /// The file cannot be read, or is no TOML. The text holds no part of the file, which has passwords.
    Unreadable(PathBuf, String),
    /// There is no such site, or the calling code may not name it. One answer for both: who may not, learns nothing.
    Unknown(String),
    /// A setting of that site is wrong.
    Bad(String, BadInput),
}

impl fmt::Display for SitesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFile => write!(f, "no site file is set: name one in php.ini's rudr_sync.sites, or pass a RudrSync\\Site"),
            Self::Unreadable(path, why) => write!(f, "the site file {} cannot be used: {why}", path.display()),
            Self::Unknown(name) => write!(f, "there is no site '{name}' in the file of rudr_sync.sites that this code may use"),
            Self::Bad(name, bad) => write!(f, "site '{name}' in the file of rudr_sync.sites: {bad}"),
        }
    }
}

impl std::error::Error for SitesError {}

/// The file's sites, as they stand there. Built into a [`Site`] only when asked for by name.
pub struct SitesFile {
    folder: PathBuf,
    sites: BTreeMap<String, Map<String, Value>>,
}

impl SitesFile {
    /// Reads the file.
    ///
    /// # Errors
    /// If it cannot be read, is no TOML, or has no table `[sites.NAME]`.
    pub fn read(path: &Path) -> Result<Self, SitesError> {
        let text = std::fs::read_to_string(path).map_err(|e| SitesError::Unreadable(path.to_owned(), e.to_string()))?;
        Self::parse(&text, path)
    }

    /// Reads its text.
    ///
    /// # Errors
    /// As [`SitesFile::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, SitesError> {
        let unreadable = |why: String| SitesError::Unreadable(path.to_owned(), why);
        // toml's own message quotes the line, which may be the one with the password.
        let table: Value = toml::from_str(text).map_err(|e: toml::de::Error| {
            let line = e.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
            unreadable(format!("line {line} is no valid TOML"))
        })?;
        let Some(Value::Object(sites)) = table.get("sites") else {
            return Err(unreadable("it has no [sites.NAME]".to_owned()));
        };
        let sites = sites
            .iter()
            .map(|(name, site)| match site {
                Value::Object(site) => Ok((name.clone(), site.clone())),
                _ => Err(unreadable(format!("sites.{name} is no table"))),
            })
            .collect::<Result<_, _>>()?;
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        Ok(Self { folder, sites })
    }

    /// The site of that name, for code in the file `caller` (its real path).
    ///
    /// # Errors
    /// See [`SitesError`].
    pub fn site(&self, name: &str, caller: &Path, settings: &Settings) -> Result<Site, SitesError> {
        let table = self.sites.get(name).filter(|site| allows(site.get("allow"), caller));
        let table = table.ok_or_else(|| SitesError::Unknown(name.to_owned()))?;
        self.build(name, table, settings).map_err(|bad| SitesError::Bad(name.to_owned(), bad))
    }

    fn build(&self, name: &str, table: &Map<String, Value>, settings: &Settings) -> Result<Site, BadInput> {
        let read = Reader(table);
        let needed = |key: &str| read.text(key)?.ok_or_else(|| BadInput::new(key, "is missing"));
        let password = match (read.text("password")?, read.text("password_file")?) {
            (Some(password), None) => Secret::new(password),
            (None, Some(file)) => {
                let text = std::fs::read_to_string(self.folder.join(file));
                Secret::new(text.map_err(|e| BadInput::new("password_file", format!("cannot be read: {e}")))?.trim())
            }
            _ => return Err(BadInput::new("password", "or password_file must be given, one of the two")),
        };
        let mut options = self.options(table);
        options.insert("name".to_owned(), Value::from(name));
        Site::new(needed("url")?, needed("username")?, password, &options, settings)
    }

    /// The options of a site, without what is secret.
    fn options(&self, table: &Map<String, Value>) -> Map<String, Value> {
        let others = ["url", "username", "password", "password_file", "allow"];
        let mut options: Map<String, Value> =
            table.iter().filter(|(k, _)| !others.contains(&k.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect();
        if let Some(Value::String(file)) = options.get("ca_file") {
            let path = self.folder.join(file).to_string_lossy().into_owned();
            options.insert("ca_file".to_owned(), Value::from(path));
        }
        options
    }

    /// What may be told of them.
    #[must_use]
    pub fn listing(&self) -> Listing {
        let listed = |(name, site): (&String, &Map<String, Value>)| {
            let mut options = self.options(site);
            // What is no option is some other word for the password, as likely as not.
            options.retain(|key, _| OPTIONS.contains(&key.as_str()) && key != "key");
            let mut shown = Map::new();
            for key in ["url", "username"] {
                shown.insert(key.to_owned(), site.get(key).cloned().unwrap_or(Value::from("")));
            }
            shown.insert("options".to_owned(), Value::Object(options));
            (name.clone(), Listed { allow: site.get("allow").cloned(), shown })
        };
        Listing(self.sites.iter().map(listed).collect())
    }
}

/// What may be told of the sites of a file: no secret is in it, and it may be kept.
pub struct Listing(BTreeMap<String, Listed>);

struct Listed {
    allow: Option<Value>,
    shown: Map<String, Value>,
}

impl Listing {
    /// The sites that code in the file `caller` may name: by name, their `url`, `username` and `options`.
    #[must_use]
    pub fn told_to(&self, caller: &Path) -> Map<String, Value> {
        let may_name = self.0.iter().filter(|(_, site)| allows(site.allow.as_ref(), caller));
        may_name.map(|(name, site)| (name.clone(), Value::Object(site.shown.clone()))).collect()
    }
}

/// Whether code in that file may name the site: any may where no folder is listed. Links are followed on both sides. What is
/// listed and cannot be read as a list of folders allows nobody.
fn allows(allow: Option<&Value>, caller: &Path) -> bool {
    let Some(allow) = allow else { return true };
    let caller = caller.canonicalize().ok();
    allow.as_array().is_some_and(|folders| {
        folders.iter().filter_map(Value::as_str).any(|folder| {
            let folder = Path::new(folder).canonicalize();
            folder.is_ok_and(|folder| folder.is_absolute() && caller.as_ref().is_some_and(|caller| caller.starts_with(folder)))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("rudr-sync-{}-{name}", std::process::id()));
            std::fs::create_dir_all(path.join("one")).unwrap();
            std::fs::create_dir_all(path.join("onerous")).unwrap();
            for file in ["one/a.php", "onerous/a.php"] {
                std::fs::write(path.join(file), "").unwrap();
            }
            Self(path)
        }

        fn sites(&self, toml: &str) -> Result<SitesFile, SitesError> {
            std::fs::write(self.0.join("sites.toml"), toml).unwrap();
            SitesFile::read(&self.0.join("sites.toml"))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn only_code_in_an_allowed_folder_may_name_a_site() {
        let folder = Folder::new("allow");
        let allow = folder.0.join("one").display().to_string();
        let file =
            folder.sites(&format!("[sites.b]\nurl='https://b.example'\nusername='bot'\npassword='pw'\nallow=['{allow}']\n")).unwrap();
        let at = |path: &str| file.site("b", &folder.0.join(path), &Settings::default());
        assert!(at("one/a.php").is_ok());
        assert!(matches!(at("onerous/a.php"), Err(SitesError::Unknown(_))));
        assert!(matches!(at("one/missing.php"), Err(SitesError::Unknown(_))));
        let told = |path: &str| file.listing().told_to(&folder.0.join(path)).len();
        assert_eq!((told("one/a.php"), told("onerous/a.php")), (1, 0));
    }

    #[test]
    fn a_password_may_stand_in_a_file_of_its_own() {
        let folder = Folder::new("file");
        std::fs::write(folder.0.join("pw"), "abcd efgh\n").unwrap();
        let file = folder.sites("[sites.b]\nurl='https://b.example'\nusername='bot'\npassword_file='pw'\nadopt='any'\n").unwrap();
        let site = file.site("b", Path::new("/"), &Settings::default()).unwrap();
        assert_eq!((site.name(), site.password(None).unwrap().expose()), ("b", "abcd efgh"));
        let told = serde_json::to_string(&file.listing().told_to(Path::new("/"))).unwrap();
        assert!(!told.contains("abcd") && !told.contains("pw"));
    }

    #[test]
    fn what_is_no_option_is_not_listed() {
        let folder = Folder::new("words");
        let file = folder.sites("[sites.b]\nurl='https://b.example'\nusername='bot'\npass='sesame'\nkey='sesame'\nadopt='any'\n[sites.b.options]\nkey='sesame'\n").unwrap();
        let told = file.listing().told_to(Path::new("/"));
        assert_eq!(told["b"], serde_json::json!({"url": "https://b.example", "username": "bot", "options": {"adopt": "any"}}));
    }

    #[test]
    fn errors_show_no_line_of_the_file() {
        let folder = Folder::new("bad");
        let error = folder.sites("[sites.b]\npassword = 'sesame\n").err().unwrap().to_string();
        assert!(error.contains("line 2") && !error.contains("sesame"), "{error}");
        let file = folder.sites("[sites.b]\nurl='https://b.example'\nusername='bot'\npassword='sesame'\nadpot='any'\n").unwrap();
        let error = file.site("b", Path::new("/"), &Settings::default()).unwrap_err().to_string();
        assert!(error.contains("adpot") && !error.contains("sesame"), "{error}");
    }
}
