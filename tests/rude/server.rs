//! Sockets, and a log of what came in.

use super::act::{self, Act, Socket};
use super::certificates::{Certificates, Leaf};
use super::request::Request;
use super::scenarios;
use super::wordpress::WordPress;
use serde_json::json;
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A server on a port of its own, for as long as this lives.
pub struct Rude {
    address: SocketAddr,
    certificates: Option<Certificates>,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    log: Mutex<Vec<Request>>,
    connections: AtomicUsize,
    closed: AtomicUsize,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
    sites: Mutex<HashMap<String, Arc<WordPress>>>,
    gate: Gate,
}

impl Shared {
    fn site(&self, name: &str) -> Option<Arc<WordPress>> {
        let mut sites = self.sites.lock().unwrap();
        if !sites.contains_key(name) {
            sites.insert(name.to_owned(), Arc::new(WordPress::named(name)?));
        }
        sites.get(name).cloned()
    }
}

/// Holds answers back until enough requests are waiting, which shows that they really are in flight together.
struct Gate {
    wanted: AtomicUsize,
    open: tokio::sync::watch::Sender<usize>,
}

impl Default for Gate {
    fn default() -> Self {
        Self { wanted: AtomicUsize::default(), open: tokio::sync::watch::channel(0).0 }
    }
}

impl Rude {
    /// Over plain http.
    pub fn start() -> Self {
        Self::listen(0, None)
    }

    /// Over TLS.
    pub fn start_tls(leaf: Leaf) -> Self {
        Self::listen(0, Some(Certificates::make(leaf)))
    }

    /// On that port of loopback; 0: any.
    pub fn listen(port: u16, certificates: Option<Certificates>) -> Self {
        // What is learnt of a site is remembered by its address, and the system gives a port away again: so each has one of its own,
        // but for certificates, which name one.
        let host = if port == 0 && certificates.is_none() { own_loopback() } else { Ipv4Addr::LOCALHOST };
        let listener = std::net::TcpListener::bind((host, port)).expect("a port");
        listener.set_nonblocking(true).expect("a socket that does not block");
        let address = listener.local_addr().expect("an address");
        let acceptor = certificates.as_ref().map(Certificates::acceptor);
        let shared = Arc::new(Shared::default());
        let (stop, stopped) = oneshot::channel();
        let theirs = shared.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).expect("a listener");
                tokio::select! {
                    () = accept(listener, acceptor, theirs) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { address, certificates, shared, stop: Some(stop), thread: Some(thread) }
    }

    /// The address of the site that is answered by that row of the table.
    pub fn url(&self, scenario: &str) -> String {
        let scheme = if self.certificates.is_some() { "https" } else { "http" };
        format!("{scheme}://{}/{scenario}", self.address)
    }

    /// A `WordPress` under that name.
    pub fn wordpress(&self, name: &str) -> Arc<WordPress> {
        let site = Arc::new(WordPress::default());
        self.shared.sites.lock().unwrap().insert(name.to_owned(), site.clone());
        site
    }

    /// The authority behind its certificate.
    pub fn certificates(&self) -> &Certificates {
        self.certificates.as_ref().expect("a server with TLS")
    }

    /// Holds every answer back until that many requests wait for one; from then on none is held.
    pub fn gate(&self, wanted: usize) {
        self.shared.gate.wanted.store(wanted, SeqCst);
    }

    /// What was asked under that name, in order.
    pub fn log(&self, scenario: &str) -> Vec<Request> {
        self.shared.log.lock().unwrap().iter().filter(|request| request.scenario == scenario).cloned().collect()
    }

    /// The same, each as `POST /wp/v2/users/5`; and forgotten.
    pub fn take(&self, scenario: &str) -> Vec<String> {
        let lines = self.log(scenario).iter().map(Request::line).collect();
        self.shared.log.lock().unwrap().retain(|request| request.scenario != scenario);
        lines
    }

    /// Connections so far.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(SeqCst)
    }

    /// Waits until so many connections have ended on this side.
    pub fn wait_until_closed(&self, number: usize) {
        let begun = Instant::now();
        while self.shared.closed.load(SeqCst) < number {
            assert!(begun.elapsed() < Duration::from_secs(10), "no connection has ended");
            std::thread::yield_now();
        }
    }

    /// The most requests that were without their answer at one time.
    pub fn most_in_flight(&self) -> usize {
        self.shared.most_in_flight.load(SeqCst)
    }
}

impl Drop for Rude {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, acceptor: Option<tokio_rustls::TlsAcceptor>, shared: Arc<Shared>) {
    loop {
        let Ok((tcp, _)) = listener.accept().await else { continue };
        let (shared, acceptor) = (shared.clone(), acceptor.clone());
        tokio::spawn(async move {
            let connection = shared.connections.fetch_add(1, SeqCst) + 1;
            let _ = tcp.set_nodelay(true);
            match acceptor {
                None => serve(tcp, connection, &shared).await,
                Some(acceptor) => {
                    if let Ok(tls) = acceptor.accept(tcp).await {
                        serve(tls, connection, &shared).await;
                    }
                }
            }
            shared.closed.fetch_add(1, SeqCst);
        });
    }
}

/// One connection, as long as it is good.
async fn serve<S: Socket + AsyncRead + AsyncWrite>(mut stream: S, connection: usize, shared: &Shared) {
    let mut unread = Vec::new();
    while let Some(request) = Request::read(&mut stream, &mut unread, connection).await {
        if let Some(acts) = control(&request, shared) {
            if !act::perform(&mut stream, acts).await.unwrap_or(false) || request.is_last() {
                return;
            }
            continue;
        }
        let quiet = request.scenario.starts_with("bench-");
        if !quiet {
            see_who_left().await;
        }
        let flight = Flight::begin(shared);
        if !quiet {
            shared.log.lock().unwrap().push(request.clone());
        }
        let site = shared.site(&request.scenario);
        let acts = match site {
            Some(site) => site.answer(&request),
            None => scenarios::answer(&request),
        };
        flight.wait_for_the_others().await;
        let good = unless_left(&mut stream, &mut unread, acts).await;
        drop(flight);
        if !good || request.is_last() {
            return;
        }
    }
    if !unread.is_empty() {
        // Something that is no HTTP, such as the first words of TLS.
        let _ = act::perform(&mut stream, vec![act::answer(400, &["Connection: close"], "Bad Request"), Act::Close]).await;
    }
}

/// Who hung up before this request was sent is not counted beside it: their end has come in as well, and is read now.
async fn see_who_left() {
    for _ in 0..4 {
        tokio::task::yield_now().await;
    }
}

/// Acts until that is done or the client has left.
async fn unless_left<S: Socket + AsyncRead + AsyncWrite>(stream: &mut S, unread: &mut Vec<u8>, acts: Vec<Act>) -> bool {
    use tokio::io::AsyncReadExt as _;
    if let [Act::Hang] = acts.as_slice() {
        // Whoever hangs still sees that nobody waits any more.
        while stream.read_buf(unread).await.is_ok_and(|n| n > 0) {}
        return false;
    }
    act::perform(stream, acts).await.unwrap_or(false)
}

/// A request without its answer.
struct Flight<'a>(&'a Shared);

impl<'a> Flight<'a> {
    fn begin(shared: &'a Shared) -> Self {
        let now = shared.in_flight.fetch_add(1, SeqCst) + 1;
        shared.most_in_flight.fetch_max(now, SeqCst);
        shared.gate.open.send_modify(|most| *most = (*most).max(now));
        Self(shared)
    }

    async fn wait_for_the_others(&self) {
        let wanted = self.0.gate.wanted.load(SeqCst);
        if wanted > 1 {
            let _ = self.0.gate.open.subscribe().wait_for(|most| *most >= wanted).await;
            // Time for one too many to show itself.
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, SeqCst);
    }
}

/// `GET /_rude/log[/SCENARIO]` and `DELETE /_rude/log`, for tests that run in another process.
fn control(request: &Request, shared: &Shared) -> Option<Vec<Act>> {
    if request.scenario != "_rude" {
        return None;
    }
    let mut log = shared.log.lock().unwrap();
    if request.method == "DELETE" {
        log.clear();
        shared.sites.lock().unwrap().clear();
    }
    let wanted = request.query.get("scenario");
    let requests: Vec<_> = log.iter().filter(|r| wanted.is_none_or(|name| *name == r.scenario)).map(Request::to_value).collect();
    let most = shared.most_in_flight.load(SeqCst);
    let said = json!({"connections": shared.connections.load(SeqCst), "most_in_flight": most, "requests": requests});
    Some(vec![act::json(200, &[], &said)])
}

/// An address of this machine that no other server of this process has.
fn own_loopback() -> Ipv4Addr {
    static NEXT: AtomicU16 = AtomicU16::new(1);
    let [high, low] = NEXT.fetch_add(1, SeqCst).to_be_bytes();
    Ipv4Addr::new(127, 1, high, low)
}

/// A port where nobody listens.
pub fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    format!("http://{}", listener.local_addr().expect("an address"))
}
