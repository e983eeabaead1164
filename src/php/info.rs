//! What `php --ri rudr_sync` and `phpinfo()` show. No secret is a setting, so none is here.
#![allow(unsafe_code)] // the engine's tables

use super::engine;
use crate::client;
use ext_php_rs::zend::ModuleEntry;
use ext_php_rs::{info_table_end, info_table_row, info_table_start};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The tables.
pub unsafe extern "C" fn show(module: *mut ModuleEntry) {
    let _ = catch_unwind(AssertUnwindSafe(|| {
        let health = client::health();
        info_table_start!();
        info_table_row!("rudr_sync", "enabled");
        info_table_row!("Version", env!("CARGO_PKG_VERSION"));
        info_table_row!("TLS", "rustls (ring)");
        info_table_row!("Client of this process", if health.running { "running" } else { "not started" });
        let connections = health.connections.map_or_else(|| "unknown".to_owned(), |number| number.to_string());
        info_table_row!("Open connections of this process", connections);
        info_table_row!("Requests of this process", health.requests.to_string());
        info_table_row!("Unanswered requests of this process", health.silences.to_string());
        info_table_end!();
    }));
    // SAFETY: the module that the engine handed us.
    unsafe { engine::display_ini_entries(module) };
}
