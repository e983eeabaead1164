//! The only file that opens a socket: kept connections, and the wait for what is said over them.
//!
//! A request runs on its caller's own thread, in slices between which the caller looks up: so each wait is bounded and a signal
//! can end it; and no second thread has to be woken for a request and then for its answer, which took longer than all the rest
//! of a call. Between calls nothing runs. What is made belongs to a thread of a process; after a fork the child leaves the
//! parent's alone and makes its own. Connections are kept for as long as the process lives, also from one request of a php-fpm
//! worker to the next; who they authenticate is said anew with each request, so no credential outlives the call that brought it.

use crate::descriptors;
use crate::mark::Mark;
use crate::secret::Secret;
use crate::signals::with_signals_blocked;
use crate::site::{Settings, Site};
use crate::wire::reply::{MAX_BODY, Reply, Silence};
use crate::wire::{Method, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::FutureExt as _;
use futures_util::future::{Either, select};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use rustls::{ClientConfig, RootCertStore};
use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error;
use std::ffi::OsString;
use std::future::Future;
use std::mem::ManuallyDrop;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// Called at least every 50 ms while a call waits; `false` ends the wait.
pub type Tick<'a> = &'a mut dyn FnMut() -> bool;

/// How often a waiting call looks up.
const LOOK_UP: Duration = Duration::from_millis(50);

/// Turns of the scheduler after which an ended request's connection is in the pool again. One more than was seen to be needed.
const TURNS: usize = 3;

/// Why there is nothing to run a request on.
pub const EXHAUSTED: &str = "there are no files or memory left to begin with";

/// There is nothing to run a request on, or the caller stopped waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// The tick said so.
    Interrupted,
    /// See [`EXHAUSTED`].
    Exhausted,
    /// A fault in our own code ended the task.
    Broken,
}

struct Engine {
    pid: u32,
    mark: Arc<Mark>,
    runtime: tokio::runtime::Runtime,
    /// The descriptor by which it waits for its connections.
    poller: Option<String>,
    pools: RefCell<HashMap<PoolKey, reqwest::Client>>,
}

/// This thread's engine. Never dropped by the end of a thread or of a process, when what it is made of may be gone already.
#[derive(Default)]
struct Slot(RefCell<ManuallyDrop<Option<Rc<Engine>>>>);

thread_local! {
    static ENGINE: Slot = Slot::default();
}
/// Where a child keeps what its parent made.
static LEFT: Mutex<Vec<usize>> = Mutex::new(Vec::new());
static REQUESTS: AtomicU64 = AtomicU64::new(0);
static SILENCES: AtomicU64 = AtomicU64::new(0);
/// The process that these speak of.
static COUNTED_IN: AtomicU32 = AtomicU32::new(0);

/// Begins to count anew in a process that another was forked into.
fn count_here() {
    let here = std::process::id();
    if COUNTED_IN.swap(here, Relaxed) != here {
        REQUESTS.store(0, Relaxed);
        SILENCES.store(0, Relaxed);
    }
}

impl Slot {
    /// What is in it, if this process made it; a parent's is left alone: what it waits with is shared with it.
    fn take(&self) -> Option<Rc<Engine>> {
        let engine = self.0.borrow_mut().take()?;
        if engine.pid == std::process::id() {
            return Some(engine);
        }
        leave(engine);
        None
    }

    fn put(&self, engine: Rc<Engine>) {
        **self.0.borrow_mut() = Some(engine);
    }
}

/// Leaves alone, for good, what the parent of this process made. It is kept where a checker of leaks finds it, which would take it
/// for lost.
fn leave<T>(made_by_parent: T) {
    let kept = Box::into_raw(Box::new(made_by_parent)).expose_provenance();
    LEFT.lock().unwrap_or_else(PoisonError::into_inner).push(kept);
}

/// This thread's engine, made at first use.
fn engine() -> Result<Rc<Engine>, Stopped> {
    ENGINE.with(|slot| {
        let engine = match slot.take() {
            Some(engine) => engine,
            None => Rc::new(Engine::start().map_err(|_| Stopped::Exhausted)?),
        };
        slot.put(engine.clone());
        Ok(engine)
    })
}

impl Engine {
    fn start() -> std::io::Result<Self> {
        count_here();
        let others = descriptors::pollers();
        let runtime = tokio::runtime::Builder::new_current_thread()
            // Of many answers that are there together each is dealt with, and what comes next is sent, before the next is looked at. The
            // first would else wait until all are read, and its successor be answered with the last one's, round after round.
            .max_io_events_per_tick(1)
            .enable_io()
            .enable_time()
            .max_blocking_threads(4)
            .build()?;
        let poller = descriptors::pollers().difference(&others).next().cloned();
        let mark = Arc::new(Mark::new(&runtime)?);
        Ok(Self { pid: std::process::id(), mark, runtime, poller, pools: RefCell::default() })
    }

    /// Connections that are open; none where that cannot be known.
    fn connections(&self) -> Option<usize> {
        // What the other side closed since the last call is none.
        with_signals_blocked(|| self.runtime.block_on(settle()));
        descriptors::sockets(self.poller.as_ref()?)
    }

    fn pool(&self, key: &PoolKey) -> Result<reqwest::Client, Silence> {
        let mut pools = self.pools.borrow_mut();
        if let Some(client) = pools.get(key) {
            return Ok(client.clone());
        }
        let client = key.build()?;
        // A CA file that was replaced leaves its old pool behind; such changes are rare, but a process may live for months.
        if pools.len() >= 16 {
            pools.clear();
        }
        pools.insert(key.clone(), client.clone());
        Ok(client)
    }
}

/// Lets the connections' own tasks run, each as far as it gets without waiting, with all that has come in until now. For who drops a
/// request that is under way, too: else it would be wound up in the next call only.
pub(crate) async fn settle() {
    let Ok(mark) = engine().map(|engine| engine.mark.clone()) else { return };
    mark.pass().await;
}

/// Runs `task` to its end.
///
/// # Errors
/// See [`Stopped`]. The task is dropped then, and with it what it had in flight.
pub fn wait<T>(task: impl Future<Output = T>, tick: Tick) -> Result<T, Stopped> {
    let engine = engine()?;
    // A connection that was closed since the last call is found to be so before any is chosen.
    let task = async {
        engine.mark.pass().await;
        task.await
    };
    let mut whole = Box::pin(AssertUnwindSafe(task).catch_unwind());
    loop {
        // The clock is looked at first: what the task puts off by yielding is lost if the slice ends in the same turn.
        let slice = async { select(Box::pin(tokio::time::sleep(LOOK_UP)), &mut whole).await };
        if let Either::Right((result, _)) = with_signals_blocked(|| engine.runtime.block_on(slice)) {
            return result.map_err(|_| Stopped::Broken);
        }
        let go_on = tick();
        if engine.pid != std::process::id() {
            // The tick forked, and this is the child: the task and what it waits with are the parent's.
            leave(whole);
            return Err(Stopped::Interrupted);
        }
        if !go_on {
            // Here, where what it had in flight can still be wound up.
            let end = async move {
                drop(whole);
                settle().await;
            };
            with_signals_blocked(|| engine.runtime.block_on(end));
            return Err(Stopped::Interrupted);
        }
    }
}

/// Closes all connections and ends our threads, if any; waits for these, at most that long. For module shutdown; a later call
/// starts anew.
pub fn shutdown(at_most: Duration) {
    let Some(engine) = ENGINE.with(Slot::take) else { return };
    if let Ok(engine) = Rc::try_unwrap(engine) {
        drop(engine.pools);
        // Name look-ups may hang in the system's resolver for longer than anybody waits.
        engine.runtime.shutdown_timeout(at_most);
    }
}

/// What this process has done, for `php --ri`.
#[derive(Clone, Copy, Debug)]
pub struct Health {
    /// Whether there was a call.
    pub running: bool,
    /// Connections that are open now; none where that cannot be known.
    pub connections: Option<usize>,
    /// Requests sent.
    pub requests: u64,
    /// Requests without a whole answer.
    pub silences: u64,
}

/// See [`Health`].
#[must_use]
pub fn health() -> Health {
    count_here();
    let engine = ENGINE.with(|slot| slot.0.borrow().as_ref().filter(|engine| engine.pid == std::process::id()).cloned());
    Health {
        running: engine.is_some(),
        connections: engine.map_or(Some(0), |engine| engine.connections()),
        requests: REQUESTS.load(Relaxed),
        silences: SILENCES.load(Relaxed),
    }
}

/// What makes two requests unable to share connections.
#[derive(Clone, PartialEq, Eq, Hash)]
struct PoolKey {
    tls: bool,
    /// Where the environment says that the system's CAs are: who changed it for one request has changed it for no other.
    environment: [Option<OsString>; 2],
    cas: Vec<(PathBuf, Option<SystemTime>)>,
    connect_timeout: Duration,
    idle_timeout: Duration,
}

impl PoolKey {
    fn new(site: &Site, settings: &Settings) -> Self {
        let tls = site.url().scheme() == "https";
        let files = [settings.ca_file.as_ref(), site.options.ca_file.as_ref()];
        let cas = files.into_iter().flatten().filter(|_| tls).map(|path| {
            let changed = std::fs::metadata(path).and_then(|m| m.modified()).ok();
            (path.clone(), changed)
        });
        let environment = if tls { ["SSL_CERT_FILE", "SSL_CERT_DIR"].map(std::env::var_os) } else { Default::default() };
        Self { tls, environment, cas: cas.collect(), connect_timeout: settings.connect_timeout, idle_timeout: settings.idle_timeout }
    }

    fn build(&self) -> Result<reqwest::Client, Silence> {
        let mut roots = RootCertStore::empty();
        if self.tls {
            let system = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(system.certs);
            for (path, _) in &self.cas {
                add_cas(&mut roots, path)?;
            }
            if roots.is_empty() {
                return Err(Silence::Tls("this machine has no CA certificates (install ca-certificates, or set rudr_sync.ca_file)".into()));
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| Silence::Tls(e.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            // Where a proxy is wanted it must be said, not taken from an environment that a web server fills.
            .no_proxy()
            .referer(false)
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(self.idle_timeout)
            .pool_max_idle_per_host(64)
            .tcp_keepalive(Duration::from_secs(30))
            .build()
            .map_err(|e| Silence::Tls(e.to_string()))
    }
}

fn add_cas(roots: &mut RootCertStore, path: &Path) -> Result<(), Silence> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    let unusable = |why: String| Silence::Tls(format!("the CA file {} cannot be used: {why}", path.display()));
    let certificates = CertificateDer::pem_file_iter(path).map_err(|e| unusable(e.to_string()))?;
    let mut any = false;
    for certificate in certificates {
        let certificate = certificate.map_err(|e| unusable(e.to_string()))?;
        roots.add(certificate).map_err(|e| unusable(e.to_string()))?;
        any = true;
    }
    if any { Ok(()) } else { Err(unusable("it holds no certificate".into())) }
}

/// A site, ready to be asked in one call, as one agent.
pub struct Connection {
    client: reqwest::Client,
    /// Whether anything was: before that no request of this call has ended.
    asked: AtomicBool,
    site: Arc<Site>,
    authorization: HeaderValue,
}

impl Connection {
    /// Makes ready; no socket is opened yet.
    ///
    /// # Errors
    /// If the CAs cannot be read.
    pub fn new(site: Arc<Site>, password: &Secret, settings: &Settings) -> Result<Self, Silence> {
        let engine = engine().map_err(|_| Silence::Connect(EXHAUSTED.into()))?;
        let client = engine.pool(&PoolKey::new(&site, settings))?;
        let basic = Secret::new(format!("Basic {}", Self::credentials(&site.username, password).expose()));
        let mut authorization =
            HeaderValue::from_str(basic.expose()).map_err(|_| Silence::Connect("the password cannot be sent".into()))?;
        authorization.set_sensitive(true);
        Ok(Self { client, asked: AtomicBool::new(false), site, authorization })
    }

    /// A username and a password as Basic authentication writes them.
    #[must_use]
    pub fn credentials(username: &str, password: &Secret) -> Secret {
        let plain = Secret::new(format!("{username}:{}", password.expose()));
        Secret::new(STANDARD.encode(plain.expose()))
    }

    /// Sends a request and reads the whole answer, until `deadline`.
    ///
    /// # Errors
    /// See [`Silence`].
    pub async fn send(&self, request: &Request, deadline: Instant) -> Result<Reply, Silence> {
        REQUESTS.fetch_add(1, Relaxed);
        let answer = match tokio::time::timeout_at(deadline, self.exchange(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(Silence::Timeout),
        };
        if answer.is_err() {
            SILENCES.fetch_add(1, Relaxed);
            // What was in flight is wound up now, not in the next call.
            settle().await;
        }
        answer
    }

    async fn exchange(&self, request: &Request) -> Result<Reply, Silence> {
        // A connection goes back to the pool in tasks of the library's own. Without letting them run the last request's would not be
        // there yet. Whatever else has come in meanwhile is not waited for: among many that would be the answers to all the others.
        // What an earlier call left has run when this one began.
        if self.asked.swap(true, Relaxed) {
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
        }
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = self
            .client
            .request(method, self.site.endpoint(&request.route, &request.query))
            .header(AUTHORIZATION, self.authorization.clone())
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, concat!("rudr-sync/", env!("CARGO_PKG_VERSION")));
        if let Some(body) = &request.body {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let mut response = builder.send().await.map_err(|e| silence(&e))?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| silence(&e))? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(Silence::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let headers = response.headers();
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        Ok(Reply::parse(response.status().as_u16(), header, &body, SystemTime::now()))
    }
}

/// What an error of the HTTP library means. Its own text may hold the address with its query, so only causes below it are told.
fn silence(error: &reqwest::Error) -> Silence {
    if !error.is_connect() {
        // The request was under way, and may have been acted upon whatever broke then: also TLS may, of a connection that it had made.
        return if error.is_timeout() { Silence::Timeout } else { Silence::Truncated };
    }
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    let mut last = String::new();
    while let Some(inner) = cause {
        if let Some(tls) = tls_error(inner) {
            return Silence::Tls(tls_words(tls));
        }
        last = inner.to_string();
        if last.contains("dns error") || last.contains("failed to lookup address") {
            let why = inner.source().map_or(last.clone(), ToString::to_string);
            return Silence::Dns(crate::wire::reply::plain(&why));
        }
        cause = inner.source();
    }
    if error.is_timeout() {
        return Silence::Connect("no connection within rudr_sync.connect_timeout".into());
    }
    Silence::Connect(crate::wire::reply::plain(&last))
}

/// rustls' error, which travels inside an `io::Error`, or inside one of those inside another: `source()` passes over both.
fn tls_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return Some(tls);
    }
    tls_error(error.downcast_ref::<std::io::Error>()?.get_ref()?)
}

fn tls_words(error: &rustls::Error) -> String {
    use rustls::CertificateError as C;
    match error {
        // A bad signature: an authority of the same name, but another.
        rustls::Error::InvalidCertificate(C::UnknownIssuer | C::BadSignature) => {
            "its certificate is of an authority that this machine does not know (a private CA goes into rudr_sync.ca_file)".into()
        }
        rustls::Error::InvalidCertificate(C::Expired | C::ExpiredContext { .. }) => "its certificate has expired".into(),
        rustls::Error::InvalidCertificate(C::NotValidForName | C::NotValidForNameContext { .. }) => {
            "its certificate is for another name".into()
        }
        other => crate::wire::reply::plain(&other.to_string()),
    }
}
