//! What is said to a site and what its answers mean. No I/O.

pub mod batch;
pub mod core;
pub mod echo;
pub mod meaning;
pub mod receiver;
pub mod reply;

use serde_json::Value;

/// An HTTP method that the wires use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Method {
    Get,
    Post,
    Delete,
}

/// One request, apart from where and as whom.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The REST route, `/wp/v2/users/5`.
    pub route: String,
    /// The query.
    pub query: Vec<(&'static str, String)>,
    /// The JSON body. It may hold a password: a `Request` has no `Debug`.
    pub body: Option<Value>,
}

/// A number of 0 or more, as sites count; one that PHP could not hold, whose integers are signed, is none.
fn number(value: &Value) -> Option<u64> {
    u64::try_from(value.as_i64()?).ok()
}
