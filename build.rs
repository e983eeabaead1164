//! Keeps the library mapped until the process ends.
//!
//! PHP unmaps an extension when it stops. A thread of ours that has not ended within the patience of module stop would then
//! run in unmapped code.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
