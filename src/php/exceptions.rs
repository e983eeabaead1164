//! `RudrSync\Exception` and its children.
//!
//! Plain classes over `RuntimeException` with private properties, not Rust objects: so file, line, trace, `getMessage()` and
//! subclasses in PHP work as with any other exception.
#![allow(unsafe_code)] // class entries and properties

use super::engine;
use super::guard::{self, Thrown};
use crate::failure::{Failure, Kind};
use ext_php_rs::args::ArgInfoTables;
use ext_php_rs::builders::{ClassBuilder, ClassProperty, FunctionBuilder};
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::Result;
use ext_php_rs::exception::PhpException;
use ext_php_rs::ffi;
use ext_php_rs::flags::{DataType, MethodFlags, PropertyFlags};
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData, ce};
use std::sync::Mutex;
use std::sync::atomic::{AtomicPtr, Ordering};

/// One of our classes, once it is registered.
struct Class {
    entry: AtomicPtr<ClassEntry>,
    /// The engine points into these for as long as the class lives.
    signatures: Mutex<Option<Signatures>>,
}

struct Signatures(#[expect(dead_code, reason = "held for the engine, never read")] ArgInfoTables);

// SAFETY: filled once at module start, before there are request threads, and never read through this handle.
unsafe impl Send for Signatures {}

impl Class {
    const fn new() -> Self {
        Self { entry: AtomicPtr::new(std::ptr::null_mut()), signatures: Mutex::new(None) }
    }

    fn set(&self, entry: &'static mut ClassEntry, signatures: ArgInfoTables) {
        self.entry.store(entry, Ordering::Release);
        if let Ok(mut kept) = self.signatures.lock() {
            *kept = Some(Signatures(signatures));
        }
    }

    fn entry(&self) -> &'static ClassEntry {
        // SAFETY: null, or a class entry that lives until the module stops.
        unsafe { self.entry.load(Ordering::Acquire).as_ref() }.unwrap_or_else(ce::exception)
    }
}

static EXCEPTION: Class = Class::new();
static UNREACHABLE: Class = Class::new();
static UNAUTHORIZED: Class = Class::new();
static REJECTED: Class = Class::new();
static CONFLICT: Class = Class::new();

/// Registers the classes; at module start only.
pub fn register() -> Result<()> {
    ClassBuilder::new("RudrSync\\Exception")
        .extends((runtime_exception, "RuntimeException"))
        .property(private("status", Some(|| 0_i64.into_zval(true))))
        .property(private("errorCode", Some(|| "".into_zval(true))))
        .property(private("retryable", Some(|| false.into_zval(true))))
        .property(private("retryAfter", None))
        .method(getter("getStatus", get_status, DataType::Long, false), MethodFlags::Public)
        .method(getter("getErrorCode", get_error_code, DataType::String, false), MethodFlags::Public)
        .method(getter("isRetryable", is_retryable, DataType::Bool, false), MethodFlags::Public)
        .method(getter("getRetryAfter", get_retry_after, DataType::Long, true), MethodFlags::Public)
        .registration(|entry, signatures| EXCEPTION.set(entry, signatures))
        .register()?;
    let child = |name: &str| ClassBuilder::new(name).extends((|| EXCEPTION.entry(), "RudrSync\\Exception"));
    child("RudrSync\\Unreachable").registration(|entry, s| UNREACHABLE.set(entry, s)).register()?;
    child("RudrSync\\Unauthorized").registration(|entry, s| UNAUTHORIZED.set(entry, s)).register()?;
    child("RudrSync\\Rejected").registration(|entry, s| REJECTED.set(entry, s)).register()?;
    child("RudrSync\\Conflict")
        .property(private("remoteId", None))
        .method(getter("getRemoteId", get_remote_id, DataType::Long, true), MethodFlags::Public)
        .registration(|entry, s| CONFLICT.set(entry, s))
        .register()
}

/// Throws what a failure becomes, with the calling code's file, line and trace.
pub fn throw(failure: &Failure) {
    let class = match failure.kind {
        Kind::Unreachable => &UNREACHABLE,
        Kind::Unauthorized => &UNAUTHORIZED,
        Kind::Rejected => &REJECTED,
        Kind::Conflict => &CONFLICT,
        Kind::Local => &EXCEPTION,
    };
    let mut object = ZendObject::new(class.entry());
    let message = guard::printable(&failure.message);
    set(ce::exception(), &mut object, "message", message.as_str().into_zval(false));
    let own = EXCEPTION.entry();
    set(own, &mut object, "status", i64::from(failure.http).into_zval(false));
    set(own, &mut object, "errorCode", failure.code.as_str().into_zval(false));
    set(own, &mut object, "retryable", failure.retryable.into_zval(false));
    set(own, &mut object, "retryAfter", signed(failure.retry_after).into_zval(false));
    if matches!(failure.kind, Kind::Conflict) {
        set(CONFLICT.entry(), &mut object, "remoteId", signed(failure.remote_id).into_zval(false));
    }
    let thrown = PhpException::new(message, 0, class.entry());
    match object.into_zval(false) {
        Ok(object) => thrown.with_object(object).throw(),
        Err(_) => thrown.throw(),
    }
}

fn signed(value: Option<u64>) -> Option<i64> {
    value.and_then(|value| i64::try_from(value).ok())
}

fn runtime_exception() -> &'static ClassEntry {
    // SAFETY: ext/spl is always there and starts before us.
    unsafe { engine::spl_ce_RuntimeException.as_ref() }.unwrap_or_else(ce::exception)
}

fn private(name: &str, default: Option<fn() -> Result<Zval>>) -> ClassProperty {
    ClassProperty {
        name: name.to_owned(),
        flags: PropertyFlags::Private,
        default: Some(Box::new(move || default.map_or_else(|| Ok(Zval::null()), |value| value()))),
        docs: &[],
        ty: None,
        nullable: false,
        readonly: false,
        default_stub: None,
    }
}

type Handler = extern "C" fn(&mut ExecuteData, &mut Zval);

fn getter(name: &str, handler: Handler, returns: DataType, nullable: bool) -> FunctionBuilder<'static> {
    FunctionBuilder::new(name, handler).returns(returns, false, nullable)
}

extern "C" fn get_status(ex: &mut ExecuteData, value: &mut Zval) {
    guard::call(|| get(ex, value, &EXCEPTION, "status"));
}

extern "C" fn get_error_code(ex: &mut ExecuteData, value: &mut Zval) {
    guard::call(|| get(ex, value, &EXCEPTION, "errorCode"));
}

extern "C" fn is_retryable(ex: &mut ExecuteData, value: &mut Zval) {
    guard::call(|| get(ex, value, &EXCEPTION, "retryable"));
}

extern "C" fn get_retry_after(ex: &mut ExecuteData, value: &mut Zval) {
    guard::call(|| get(ex, value, &EXCEPTION, "retryAfter"));
}

extern "C" fn get_remote_id(ex: &mut ExecuteData, value: &mut Zval) {
    guard::call(|| get(ex, value, &CONFLICT, "remoteId"));
}

fn get(ex: &mut ExecuteData, value: &mut Zval, class: &Class, name: &str) -> Ended {
    super::arguments::none(ex)?;
    let this = ex.get_self().ok_or(Thrown::Misuse("a getter needs an object"))?;
    let mut buffer = Zval::new();
    let scope = std::ptr::from_ref(class.entry()).cast_mut();
    // SAFETY: scope, object and name are live; the answer points into the object or into the buffer, and is copied at once.
    let found = unsafe { ffi::zend_read_property(scope, this, name.as_ptr().cast(), name.len(), true, &raw mut buffer).as_ref() };
    *value = found.map_or_else(Zval::null, |found| found.dereference().shallow_clone());
    Ok(())
}

type Ended = std::result::Result<(), Thrown>;

fn set(scope: &ClassEntry, object: &mut ZendObject, name: &str, value: Result<Zval>) {
    let Ok(mut value) = value else { return };
    // SAFETY: scope, object and name are live; the engine copies the value.
    unsafe {
        engine::zend_update_property(std::ptr::from_ref(scope).cast_mut(), object, name.as_ptr().cast(), name.len(), &raw mut value);
    }
}
