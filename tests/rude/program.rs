//! The rude server as a program, for tests in PHP and for measuring.
//!
//! It says in one line of JSON where it listens, over http and over TLS, and ends when its standard input does: so none is
//! left behind. `--http PORT`, `--https PORT`: not just any port. `--ca FILE`: where the authority's certificate goes.
//! `GET /_rude/log?scenario=NAME` says what was asked, `DELETE /_rude/log` forgets it.

#![allow(dead_code, reason = "the tests use the rest")]

mod act;
mod certificates;
mod clock;
mod receiver;
mod request;
mod scenarios;
mod server;
mod wordpress;

use certificates::{Certificates, Leaf, Scratch};
use serde_json::json;
use std::io::{Read as _, Write as _};

fn main() -> std::io::Result<()> {
    let options: Vec<String> = std::env::args().collect();
    let option = |name: &str| options.iter().position(|given| given == name).and_then(|at| options.get(at + 1)).cloned();
    let port = |name: &str| option(name).and_then(|port| port.parse().ok()).unwrap_or(0);
    let certificates = Certificates::make(Leaf::Good);
    let scratch = certificates.ca_file();
    let ca_file = option("--ca").unwrap_or_else(|| Scratch::text(&scratch));
    std::fs::write(&ca_file, certificates.ca())?;
    let plain = server::Rude::listen(port("--http"), None);
    let tls = server::Rude::listen(port("--https"), Some(certificates));
    let url = |server: &server::Rude| server.url("").trim_end_matches('/').to_owned();
    println!(
        "{}",
        json!({"http": url(&plain), "https": url(&tls), "ca_file": ca_file, "password": wordpress::PASSWORD, "username": wordpress::AGENT})
    );
    std::io::stdout().flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
