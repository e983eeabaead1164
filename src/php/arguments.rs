//! Reading arguments by the engine's own parser: its coercions, its words when they are wrong, its heed of `strict_types`.
//!
//! One function for each shape of parameter list, so that a specification and what it fills stand side by side. The letters
//! are those of php-src's `docs/parameter-parsing-api.md`.
#![allow(unsafe_code)] // a C function with variable arguments

use super::engine;
use super::guard::Thrown;
use ext_php_rs::ffi::zend_string;
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};
use ext_php_rs::zend::ExecuteData;
use std::ptr;

type Parsed<T> = Result<T, Thrown>;

/// An argument that may be left out, or given as anything: `$site`.
pub type Loose<'a> = Option<&'a mut Zval>;

/// Parses into the given places, which must fit the specification.
macro_rules! parse {
    ($ex:expr, $spec:literal $(, $place:expr)*) => {{
        // SAFETY: the places fit the letters of the specification, as can be seen where this is used; the count is the call's own.
        let result = unsafe { engine::zend_parse_parameters($ex.This.u2.num_args, $spec.as_ptr() $(, &raw mut $place)*) };
        if result != engine::SUCCESS {
            return Err(Thrown::Pending);
        }
    }};
}

/// `()`
pub fn none(ex: &ExecuteData) -> Parsed<()> {
    parse!(ex, c"");
    Ok(())
}

/// `($site = null)`
pub fn site(ex: &ExecuteData) -> Parsed<Loose<'_>> {
    let mut site: *mut Zval = ptr::null_mut();
    parse!(ex, c"|z", site);
    Ok(loose(site))
}

/// `(array, $site = null)`
pub fn array_site(ex: &ExecuteData) -> Parsed<(&ZendHashTable, Loose<'_>)> {
    let (mut array, mut site): (*mut Zval, *mut Zval) = (ptr::null_mut(), ptr::null_mut());
    parse!(ex, c"a|z", array, site);
    Ok((table(array, 1)?, loose(site)))
}

/// `(array, $site = null, array = [])`
pub fn array_site_array(ex: &ExecuteData) -> Parsed<(&ZendHashTable, Loose<'_>, Option<&ZendHashTable>)> {
    let (mut array, mut site, mut last): (*mut Zval, *mut Zval, *mut Zval) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    parse!(ex, c"a|za", array, site, last);
    let last = if last.is_null() { None } else { Some(table(last, 3)?) };
    Ok((table(array, 1)?, loose(site), last))
}

/// `(int, array, $site = null)`
pub fn id_array_site(ex: &ExecuteData) -> Parsed<(i64, &ZendHashTable, Loose<'_>)> {
    let (mut id, mut array, mut site): (i64, *mut Zval, *mut Zval) = (0, ptr::null_mut(), ptr::null_mut());
    parse!(ex, c"la|z", id, array, site);
    Ok((id, table(array, 2)?, loose(site)))
}

/// `(int, ?int = null, $site = null)`
pub fn id_id_site(ex: &ExecuteData) -> Parsed<(i64, Option<i64>, Loose<'_>)> {
    let (mut id, mut other, mut null, mut site): (i64, i64, bool, *mut Zval) = (0, 0, true, ptr::null_mut());
    parse!(ex, c"l|l!z", id, other, null, site);
    Ok((id, (!null).then_some(other), loose(site)))
}

/// `(string, $site = null)`
pub fn text_site(ex: &ExecuteData) -> Parsed<(&ZendStr, Loose<'_>)> {
    let (mut text, mut site): (*mut zend_string, *mut Zval) = (ptr::null_mut(), ptr::null_mut());
    parse!(ex, c"S|z", text, site);
    Ok((string(text, 1)?, loose(site)))
}

/// `(?string, array)`
pub fn maybe_text_array(ex: &ExecuteData) -> Parsed<(Option<&ZendStr>, &ZendHashTable)> {
    let (mut text, mut array): (*mut zend_string, *mut Zval) = (ptr::null_mut(), ptr::null_mut());
    parse!(ex, c"S!a", text, array);
    Ok((maybe_string(text), table(array, 2)?))
}

/// `(string, array, string = '')`
pub fn text_array_text(ex: &ExecuteData) -> Parsed<(&ZendStr, &ZendHashTable, Option<&ZendStr>)> {
    let (mut text, mut array, mut last): (*mut zend_string, *mut Zval, *mut zend_string) =
        (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    parse!(ex, c"Sa|S", text, array, last);
    Ok((string(text, 1)?, table(array, 2)?, maybe_string(last)))
}

/// `(string, string, string, array = [])`
pub fn three_texts_array(ex: &ExecuteData) -> Parsed<([&ZendStr; 3], Option<&ZendHashTable>)> {
    let [mut one, mut two, mut three]: [*mut zend_string; 3] = [ptr::null_mut(); 3];
    let mut array: *mut Zval = ptr::null_mut();
    parse!(ex, c"SSS|a", one, two, three, array);
    let options = if array.is_null() { None } else { Some(table(array, 4)?) };
    Ok(([string(one, 1)?, string(two, 2)?, string(three, 3)?], options))
}

/// UTF-8, or an error that names the argument.
pub fn utf8(text: &ZendStr, number: u32) -> Parsed<&str> {
    std::str::from_utf8(text.as_bytes()).map_err(|_| Thrown::argument(number, "must be valid UTF-8"))
}

/// What `$site` is, beside null.
pub enum SiteOrName<'a> {
    /// An object, of whichever class.
    Object(&'a Zval),
    /// A name.
    Name(&'a ZendStr),
}

/// `RudrSync\Site|string|null`, for which the engine has only the macro `Z_PARAM_OBJ_OF_CLASS_OR_STR_OR_NULL`.
pub fn site_or_name(given: &mut Zval, number: u32, is_site: impl Fn(&Zval) -> bool) -> Parsed<Option<SiteOrName<'_>>> {
    if given.is_null() {
        return Ok(None);
    }
    if is_site(given) {
        return Ok(Some(SiteOrName::Object(given)));
    }
    if !given.is_string() {
        let mut text: *mut zend_string = ptr::null_mut();
        // SAFETY: the argument is this call's own and may be turned into a string in place, which is how the engine does it.
        if !unsafe { engine::zend_parse_arg_str_slow(given, &raw mut text, number) } {
            // SAFETY: as above. Does nothing where an exception is there already (one thrown by `__toString()`).
            unsafe { engine::zend_wrong_parameter_class_or_string_or_null_error(number, c"RudrSync\\Site".as_ptr(), given) };
            return Err(Thrown::Pending);
        }
    }
    given.zend_str().map(|name| Some(SiteOrName::Name(name))).ok_or(Thrown::Pending)
}

// The three below: what the parser filled in points into the call's own arguments, which live as long as `ex`.

fn table<'a>(array: *mut Zval, number: u32) -> Parsed<&'a ZendHashTable> {
    // SAFETY: null or a live argument.
    unsafe { array.as_ref() }.and_then(|zval| zval.dereference().array()).ok_or_else(|| Thrown::argument(number, "must be an array"))
}

fn string<'a>(text: *mut zend_string, number: u32) -> Parsed<&'a ZendStr> {
    maybe_string(text).ok_or_else(|| Thrown::argument(number, "must be a string"))
}

fn maybe_string<'a>(text: *mut zend_string) -> Option<&'a ZendStr> {
    // SAFETY: null or a live argument.
    unsafe { text.as_ref() }
}

fn loose<'a>(zval: *mut Zval) -> Loose<'a> {
    // SAFETY: null or a live argument, not given out twice.
    unsafe { zval.as_mut() }.map(Zval::dereference_mut)
}
