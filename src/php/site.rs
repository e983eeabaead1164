//! `RudrSync\Site`: a site with its password, which no way of looking at it shows.
//!
//! A Rust object behind a PHP object without properties. Written by hand rather than by `#[php_class]`, since the constructor
//! reads its arguments with PHP's own coercion, and must refuse to run twice.
#![allow(unsafe_code)] // the object's handlers

use super::guard::{self, Thrown};
use super::{arguments, arrays, engine, ini};
use crate::input::BadInput;
use crate::secret::Secret;
use crate::site::Site as Remote;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::class::{ClassEntryInfo, ClassMetadata, ConstructorMeta, ConstructorResult, RegisteredClass};
use ext_php_rs::convert::IntoZvalDyn;
use ext_php_rs::describe::DocComments;
use ext_php_rs::error::Result;
use ext_php_rs::flags::{ClassFlags, ConstantFlags, DataType, MethodFlags};
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::ExecuteData;
use serde_json::{Map, Value};
use std::ffi::CString;
use std::sync::Arc;

/// What stands behind the PHP object.
pub struct Site(Arc<Remote>);

/// The site in a PHP value, if it is one.
pub fn in_value(value: &Zval) -> Option<Arc<Remote>> {
    let object = ZendClassObject::<Site>::from_zend_obj(value.object()?)?;
    object.obj.as_ref().map(|site| Arc::clone(&site.0))
}

/// Registers the class; at module start only.
pub fn register() -> Result<()> {
    ClassBuilder::new(Site::CLASS_NAME)
        .flags(Site::FLAGS)
        .object_override::<Site>()
        .registration(|entry, signatures| {
            Site::get_metadata().set_ce(entry);
            Site::get_metadata().set_arg_info(signatures);
        })
        .register()?;
    let handlers = std::ptr::from_ref(Site::get_metadata().handlers()).cast_mut();
    // SAFETY: at module start nobody else looks at them, and they live as long as the process. Without this two sites with
    // different passwords are `==`, since neither has a property.
    unsafe { (*handlers).compare = Some(engine::zend_objects_not_comparable) };
    Ok(())
}

/// Reads the arguments of `__construct`.
fn construct(ex: &mut ExecuteData) -> std::result::Result<Site, Thrown> {
    if ex.get_object::<Site>().is_some() {
        return Err(Thrown::Misuse("Cannot call RudrSync\\Site::__construct() a second time: a site does not change"));
    }
    let (texts, options) = arguments::three_texts_array(ex)?;
    let [url, username, password] = texts;
    let options = options.map_or_else(|| Ok(Map::new()), arrays::options).map_err(|bad| Thrown::key(4, &bad))?;
    if !options.get("ca_file").and_then(Value::as_str).is_none_or(is_in_basedir) {
        return Err(Thrown::key(4, &BadInput::new("ca_file", "must be within open_basedir")));
    }
    let (url, username) = (arguments::utf8(url, 1)?, arguments::utf8(username, 2)?);
    let password = Secret::new(arguments::utf8(password, 3)?);
    let site = Remote::new(url, username, password, &options, &ini::settings());
    site.map(|site| Site(Arc::new(site))).map_err(|bad| blame(&bad))
}

/// Whether PHP code may read that file. Files that php.ini names are the administrator's, and not asked about.
fn is_in_basedir(path: &str) -> bool {
    // SAFETY: a string that ends in NUL, only read.
    CString::new(path).is_ok_and(|path| unsafe { engine::php_check_open_basedir_ex(path.as_ptr(), 0) } == engine::SUCCESS)
}

/// Which argument a wrong value was.
fn blame(bad: &BadInput) -> Thrown {
    match bad.key.as_str() {
        "url" => Thrown::argument(1, &bad.problem),
        "username" => Thrown::argument(2, &bad.problem),
        "password" => Thrown::argument(3, &bad.problem),
        _ => Thrown::key(4, bad),
    }
}

impl RegisteredClass for Site {
    const CLASS_NAME: &'static str = "RudrSync\\Site";
    const BUILDER_MODIFIER: Option<fn(ClassBuilder) -> ClassBuilder> = None;
    const EXTENDS: Option<ClassEntryInfo> = None;
    const IMPLEMENTS: &'static [ClassEntryInfo] = &[];
    const FLAGS: ClassFlags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties);

    fn get_metadata() -> &'static ClassMetadata<Self> {
        static METADATA: ClassMetadata<Site> = ClassMetadata::new(&[]);
        &METADATA
    }

    fn method_builders() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        Vec::new()
    }

    fn constructor() -> Option<ConstructorMeta<Self>> {
        Some(ConstructorMeta {
            constructor: |ex| {
                let mut made = None;
                guard::call(|| {
                    made = Some(construct(ex)?);
                    Ok(())
                });
                // None: an exception is thrown already.
                made.map_or(ConstructorResult::ArgError, ConstructorResult::Ok)
            },
            build_fn: |function| {
                function
                    .arg(Arg::new("url", DataType::String))
                    .arg(Arg::new("username", DataType::String))
                    .arg(Arg::new("password", DataType::String))
                    .arg(Arg::new("options", DataType::Array).default("[]"))
                    .required_args(3)
            },
            flags: None,
        })
    }

    fn constants() -> &'static [(&'static str, &'static dyn IntoZvalDyn, DocComments, ConstantFlags)] {
        &[]
    }
}
