//! The module as PHP loads it.
#![allow(unsafe_code)] // `get_module` is exported by its C name

use super::{functions, info, lifecycle};
use ext_php_rs::prelude::*;

/// What PHP's loader asks for.
#[php_module]
pub fn get_module(module: ModuleBuilder) -> ModuleBuilder {
    let module = module
        .name("rudr_sync")
        .startup_function(lifecycle::start)
        .shutdown_function(lifecycle::stop)
        .request_shutdown_function(lifecycle::end_request)
        .globals(&lifecycle::THREADS)
        .info_function(info::show);
    functions::all().into_iter().fold(module, ModuleBuilder::function)
}
