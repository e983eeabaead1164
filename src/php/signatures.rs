//! What signatures need beyond ext-php-rs' words: the union type of `$site`, and `#[\SensitiveParameter]`.
#![allow(unsafe_code)] // the engine's function table at module start

use super::engine;
use super::site::Site;
use ext_php_rs::class::RegisteredClass;
use ext_php_rs::ffi::{self, zend_function, zend_hash_str_find_ptr_lc};

/// Parameters of type `RudrSync\Site|string|null`, by function and place.
const UNIONS: [(&str, usize); 6] = [
    ("rudr_sync_create", 1),
    ("rudr_sync_update", 2),
    ("rudr_sync_delete", 2),
    ("rudr_sync_find", 1),
    ("rudr_sync_deliver", 1),
    ("rudr_sync_check", 0),
];

/// Parameters that may hold a secret: a stack trace shows none of them.
const SENSITIVE: [(&str, &[u32]); 4] =
    [("rudr_sync_create", &[0]), ("rudr_sync_update", &[1]), ("rudr_sync_deliver", &[0]), ("rudr_sync_seal", &[0, 2])];

/// `$url`, since people paste `https://user:secret@host`; `$password`; and `$options`, which may hold a key.
const SENSITIVE_IN_SITE: [u32; 3] = [0, 2, 3];

/// Completes the signatures; at module start only, once functions and classes are registered.
pub fn complete() {
    // SAFETY: at module start the compiler's globals have the table of internal functions, and nobody else looks at it.
    let functions = unsafe { (*ffi::ext_php_rs_compiler_globals()).function_table };
    for (name, place) in UNIONS {
        if let Some(function) = find(functions, name) {
            // SAFETY: an internal function of ours, which has a parameter at that place.
            unsafe {
                let parameter = function.internal_function.arg_info.add(place);
                (*parameter).type_.type_mask |= 1 << ffi::IS_STRING;
            }
        }
    }
    for (name, places) in SENSITIVE {
        if let Some(function) = find(functions, name) {
            hide(function, places);
        }
    }
    let methods = std::ptr::from_ref(&Site::get_metadata().ce().function_table).cast_mut();
    if let Some(constructor) = find(methods, "__construct") {
        hide(constructor, &SENSITIVE_IN_SITE);
    }
}

fn find<'a>(table: *mut ffi::HashTable, name: &str) -> Option<&'a mut zend_function> {
    // SAFETY: a live table of functions; the name has its own length.
    unsafe { zend_hash_str_find_ptr_lc(table, name.as_ptr().cast(), name.len()).cast::<zend_function>().as_mut() }
}

/// Marks parameters `#[\SensitiveParameter]`. The attribute's offset counts from 1, 0 being the function itself.
fn hide(function: &mut zend_function, places: &[u32]) {
    const NAME: &str = "SensitiveParameter";
    for place in places {
        // SAFETY: an internal function at module start; the name is interned for the process, as the attribute is.
        unsafe {
            let Some(intern) = ffi::zend_string_init_interned else { return };
            let name = intern(NAME.as_ptr().cast(), NAME.len(), true);
            engine::zend_add_attribute(&raw mut function.common.attributes, name, 0, engine::ATTRIBUTE_PERSISTENT, place + 1, 0);
        }
    }
}
