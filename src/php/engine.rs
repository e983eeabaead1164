//! The engine's C symbols that ext-php-rs does not bind, each with the header of php-src that declares it (PHP 8.2 to 8.4).
#![allow(unsafe_code)] // declarations of C functions

use ext_php_rs::ffi::{HashTable, zend_atomic_bool, zend_class_entry, zend_object, zend_string};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ModuleEntry;
use std::ffi::{c_char, c_int, c_void};

/// `ZEND_ATTRIBUTE_PERSISTENT` — Zend/zend_attributes.h
pub const ATTRIBUTE_PERSISTENT: u32 = 1;
/// `E_WARNING` — Zend/zend_errors.h
pub const E_WARNING: c_int = 1 << 1;
/// `SUCCESS` — Zend/zend_types.h
pub const SUCCESS: c_int = 0;
/// `FAILURE` — Zend/zend_types.h
pub const FAILURE: c_int = -1;

unsafe extern "C" {
    /// Zend/zend_API.h: `ZEND_API zend_result zend_parse_parameters(uint32_t num_args, const char *type_spec, ...);`
    pub fn zend_parse_parameters(num_args: u32, type_spec: *const c_char, ...) -> c_int;
    /// Zend/zend_API.h: `ZEND_API bool ZEND_FASTCALL zend_parse_arg_str_slow(zval *arg, zend_string **dest, uint32_t arg_num);`
    pub fn zend_parse_arg_str_slow(arg: *mut Zval, dest: *mut *mut zend_string, arg_num: u32) -> bool;
    /// Zend/zend_API.h: `ZEND_API ZEND_COLD void ZEND_FASTCALL zend_wrong_parameter_class_or_string_or_null_error(uint32_t num, const char *name, zval *arg);`
    pub fn zend_wrong_parameter_class_or_string_or_null_error(num: u32, name: *const c_char, arg: *mut Zval);
    /// Zend/zend_API.h: `ZEND_API void zend_update_property(zend_class_entry *scope, zend_object *object, const char *name, size_t name_length, zval *value);`
    pub fn zend_update_property(scope: *mut zend_class_entry, object: *mut zend_object, name: *const c_char, len: usize, value: *mut Zval);
    /// Zend/zend_execute.h: `ZEND_API zend_string *get_active_function_or_method_name(void);`
    pub fn get_active_function_or_method_name() -> *mut zend_string;
    /// Zend/zend_execute.h: `ZEND_API const char *get_active_function_arg_name(uint32_t arg_num);`
    pub fn get_active_function_arg_name(arg_num: u32) -> *const c_char;
    /// Zend/zend_execute.h: `ZEND_API const char *zend_get_executed_filename(void);`
    pub fn zend_get_executed_filename() -> *const c_char;
    /// Zend/zend_attributes.h: `ZEND_API zend_attribute *zend_add_attribute(HashTable **attributes, zend_string *name, uint32_t argc, uint32_t flags, uint32_t offset, uint32_t lineno);`
    pub fn zend_add_attribute(
        attributes: *mut *mut HashTable,
        name: *mut zend_string,
        argc: u32,
        flags: u32,
        offset: u32,
        lineno: u32,
    ) -> *mut c_void;
    /// Zend/zend_object_handlers.h: `ZEND_API int zend_objects_not_comparable(zval *o1, zval *o2);`
    pub fn zend_objects_not_comparable(o1: *mut Zval, o2: *mut Zval) -> c_int;
    /// Zend/zend_atomic.h: `ZEND_API bool zend_atomic_bool_load(const zend_atomic_bool *obj);`
    pub fn zend_atomic_bool_load(flag: *const zend_atomic_bool) -> bool;
    /// Zend/zend.h: `ZEND_API ZEND_COLD void zend_error(int type, const char *format, ...);`
    pub fn zend_error(kind: c_int, format: *const c_char, ...);
    /// Zend/zend_ini.h: `ZEND_API char *zend_ini_string_ex(const char *name, size_t name_length, int orig, bool *exists);`
    pub fn zend_ini_string_ex(name: *const c_char, len: usize, orig: c_int, exists: *mut bool) -> *mut c_char;
    /// Zend/zend_ini.h: `ZEND_API bool zend_ini_parse_bool(zend_string *str);`
    pub fn zend_ini_parse_bool(text: *mut zend_string) -> bool;
    /// Zend/zend_ini.h: `ZEND_API void zend_unregister_ini_entries(int module_number);`
    pub fn zend_unregister_ini_entries(module_number: c_int);
    /// Zend/zend_ini.h: `ZEND_API void display_ini_entries(zend_module_entry *module);`
    pub fn display_ini_entries(module: *mut ModuleEntry);
    /// main/fopen_wrappers.h: `PHPAPI int php_check_open_basedir_ex(const char *path, int warn);`
    pub fn php_check_open_basedir_ex(path: *const c_char, warn: c_int) -> c_int;
    /// ext/spl/spl_exceptions.h: `extern PHPAPI zend_class_entry *spl_ce_RuntimeException;`
    pub static spl_ce_RuntimeException: *mut zend_class_entry;
}
