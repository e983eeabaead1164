//! The fault proxy as a program: it stands in front of a site and fails as sites fail.
//!
//! `fault_proxy PORT`: the site's. It says on which port it listens itself. Then it takes a word a line on its standard input and
//! says `ok` once that is in effect:
//!
//! | word | a request from now on |
//! | --- | --- |
//! | `pass` | is answered by the site |
//! | `refuse` | finds nobody listening; connections that are open are reset |
//! | `reset` | meets a TCP reset; the site never sees it |
//! | `hang` | is never answered; the site never sees it |
//! | `500`, `503`, `429` | is answered so, by us |
//! | `drop` | is done by the site, and the answer is lost, whole or in the middle |
//! | `late` | is done by the site after a while, when the client has mostly left |
//! | `mix SEED` | meets any of these, and three times out of five none |
//!
//! `report` instead says in JSON how many requests met what, how many the site is still at, and the longest time from a
//! request's arrival until the site was done with it. It ends when its standard input does: so none is left behind.

use std::collections::BTreeMap;
use std::io::{BufRead as _, Write as _};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};

/// How late `late` is. A client's time is to be shorter, and the time after which it looks what became of its request longer.
const LATE: Duration = Duration::from_millis(1200);

/// What happens to one request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    Pass,
    Reset,
    Hang,
    Status(u16),
    Drop,
    Late,
}

/// What happens from now on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Always(Fault),
    Mix,
    Refuse,
}

impl Mode {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "pass" => Self::Always(Fault::Pass),
            "reset" => Self::Always(Fault::Reset),
            "hang" => Self::Always(Fault::Hang),
            "500" => Self::Always(Fault::Status(500)),
            "503" => Self::Always(Fault::Status(503)),
            "429" => Self::Always(Fault::Status(429)),
            "drop" => Self::Always(Fault::Drop),
            "late" => Self::Always(Fault::Late),
            "mix" => Self::Mix,
            "refuse" => Self::Refuse,
            _ => return None,
        })
    }
}

#[derive(Default)]
struct Notes {
    dice: u64,
    met: BTreeMap<String, u64>,
    at_work: u64,
    longest: Duration,
}

struct Proxy {
    to: SocketAddr,
    mode: watch::Sender<Mode>,
    notes: Mutex<Notes>,
}

impl Proxy {
    fn notes(&self) -> std::sync::MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The next number of the seeded generator (`SplitMix64`), below `n`.
    fn below(&self, n: u64) -> u64 {
        let mut notes = self.notes();
        notes.dice = notes.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = notes.dice;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    /// What this request meets; `None`: nobody is there any more.
    fn fault(&self) -> Option<Fault> {
        let faults =
            [Fault::Reset, Fault::Hang, Fault::Status(500), Fault::Status(503), Fault::Status(429), Fault::Drop, Fault::Drop, Fault::Late];
        match *self.mode.borrow() {
            Mode::Always(fault) => Some(fault),
            Mode::Refuse => None,
            Mode::Mix if self.below(5) < 3 => Some(Fault::Pass),
            Mode::Mix => Some(faults[usize::try_from(self.below(8)).unwrap_or(0)]),
        }
    }

    /// Has the site do it, whether or not anybody waits for the answer.
    async fn forward(self: Arc<Self>, request: Vec<u8>, arrived: Instant) -> std::io::Result<Vec<u8>> {
        self.notes().at_work += 1;
        let theirs = self.clone();
        // In a task of its own: a client that leaves does not stop what the site has begun.
        let work = tokio::spawn(async move {
            let answer = ask(theirs.to, &request).await;
            let mut notes = theirs.notes();
            notes.at_work -= 1;
            notes.longest = notes.longest.max(arrived.elapsed());
            answer
        });
        work.await.unwrap_or_else(|error| Err(std::io::Error::other(error)))
    }
}

fn main() -> std::io::Result<()> {
    let to = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(0);
    let proxy = Arc::new(Proxy {
        to: SocketAddr::from(([127, 0, 0, 1], to)),
        mode: watch::channel(Mode::Always(Fault::Pass)).0,
        notes: Mutex::default(),
    });
    let address = free_port()?;
    let (listening, mut states) = mpsc::unbounded_channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let theirs = proxy.clone();
    let server = std::thread::spawn(move || -> std::io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            tokio::select! {
                ended = serve(theirs, address, listening) => ended,
                _ = stopped => Ok(()),
            }
        })
    });
    let mut said = std::io::stdout();
    await_state(&mut states)?;
    writeln!(said, "{}", address.port())?;
    said.flush()?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let mut words = line.split_whitespace();
        let word = words.next().unwrap_or_default();
        if word == "report" {
            let notes = proxy.notes();
            let report = serde_json::json!({"met": notes.met, "at_work": notes.at_work, "longest": notes.longest.as_secs_f64()});
            writeln!(said, "{report}")?;
        } else if word == "forget" {
            let mut notes = proxy.notes();
            notes.met.clear();
            notes.longest = Duration::ZERO;
            writeln!(said, "ok")?;
        } else if let Some(mode) = Mode::of(word) {
            if let Some(seed) = words.next() {
                proxy.notes().dice = seed.parse().unwrap_or(0);
            }
            let changes = (*proxy.mode.borrow() == Mode::Refuse) != (mode == Mode::Refuse);
            proxy.mode.send_replace(mode);
            if changes {
                await_state(&mut states)?;
            }
            writeln!(said, "ok")?;
        } else {
            writeln!(said, "no such word: {word}")?;
        }
        said.flush()?;
    }
    drop(stop);
    server.join().unwrap_or_else(|_| Err(std::io::Error::other("the server failed")))
}

fn await_state(states: &mut mpsc::UnboundedReceiver<()>) -> std::io::Result<()> {
    states.blocking_recv().ok_or_else(|| std::io::Error::other("the port is somebody else's"))
}

/// A port where neither sites of a lab nor clients look for one: while it refuses, another that asks for it could get it.
fn free_port() -> std::io::Result<SocketAddr> {
    let first = u64::from(std::process::id()) * 7919;
    let ports = (first..first + 100).map(|at| SocketAddr::from(([127, 0, 0, 1], 20_000 + u16::try_from(at % 12_000).unwrap_or(0))));
    ports.into_iter().find(|address| std::net::TcpListener::bind(address).is_ok()).ok_or_else(|| std::io::Error::other("no port is free"))
}

/// Listens, or holds the port and does not; says so each time that changes.
async fn serve(proxy: Arc<Proxy>, address: SocketAddr, state: mpsc::UnboundedSender<()>) -> std::io::Result<()> {
    let mut mode = proxy.mode.subscribe();
    loop {
        let listener = bind(address)?.listen(256)?;
        let _ = state.send(());
        accept(&proxy, &listener, &mut mode).await;
        drop(listener);
        // A port that is bound and not listened at refuses.
        let held = bind(address)?;
        let _ = state.send(());
        let _ = mode.wait_for(|mode| *mode != Mode::Refuse).await;
        drop(held);
    }
}

fn bind(address: SocketAddr) -> std::io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn accept(proxy: &Arc<Proxy>, listener: &TcpListener, mode: &mut watch::Receiver<Mode>) {
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let proxy = proxy.clone();
                tokio::spawn(async move {
                    let mut mode = proxy.mode.subscribe();
                    let mut stream = stream;
                    tokio::select! {
                        _ = connection(&proxy, &mut stream) => {}
                        _ = mode.wait_for(|mode| *mode == Mode::Refuse) => {
                            let _ = stream.set_zero_linger();
                        }
                    }
                });
            }
            _ = mode.wait_for(|mode| *mode == Mode::Refuse) => return,
        }
    }
}

/// One connection, as long as it is good.
async fn connection(proxy: &Arc<Proxy>, stream: &mut TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut unread = Vec::new();
    while let Some(request) = message(stream, &mut unread).await? {
        let arrived = Instant::now();
        let Some(fault) = proxy.fault() else { return stream.set_zero_linger() };
        let name = match fault {
            Fault::Pass => "pass".to_owned(),
            Fault::Reset => "reset".to_owned(),
            Fault::Hang => "hang".to_owned(),
            Fault::Status(status) => status.to_string(),
            Fault::Drop => "drop".to_owned(),
            Fault::Late => "late".to_owned(),
        };
        *proxy.notes().met.entry(name).or_default() += 1;
        match fault {
            Fault::Pass => {
                let answer = proxy.clone().forward(request, arrived).await?;
                stream.write_all(&answer).await?;
            }
            Fault::Reset => return stream.set_zero_linger(),
            Fault::Hang => return until_left(stream).await,
            Fault::Status(status) => stream.write_all(&excuse(status)).await?,
            Fault::Drop => {
                let answer = proxy.clone().forward(request, arrived).await?;
                match proxy.below(3) {
                    0 => stream.write_all(&answer[..answer.len() / 2]).await?,
                    1 => stream.set_zero_linger()?,
                    _ => {}
                }
                return Ok(());
            }
            Fault::Late => {
                let proxy = proxy.clone();
                proxy.notes().at_work += 1;
                let work = tokio::spawn(async move {
                    tokio::time::sleep(LATE).await;
                    proxy.notes().at_work -= 1;
                    proxy.forward(request, arrived).await
                });
                if let Ok(Ok(answer)) = work.await {
                    stream.write_all(&answer).await?;
                }
            }
        }
    }
    Ok(())
}

/// Waits for the client to give up.
async fn until_left(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut unread = [0; 1024];
    while stream.read(&mut unread).await? > 0 {}
    Ok(())
}

/// What a site in trouble says.
fn excuse(status: u16) -> Vec<u8> {
    let (line, body) = match status {
        500 => (
            "Content-Type: application/json; charset=UTF-8",
            r#"{"code":"internal_server_error","message":"<p>There has been a critical error on this website.<\/p>","data":{"status":500}}"#,
        ),
        503 => ("Content-Type: text/html\r\nRetry-After: 30", "<html>Briefly unavailable for scheduled maintenance.</html>"),
        _ => ("Content-Type: text/html\r\nRetry-After: 30", "<html>Too many requests</html>"),
    };
    format!("HTTP/1.1 {status} Trouble\r\n{line}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// A whole request, head and body; `None` where the client has left.
async fn message(stream: &mut TcpStream, unread: &mut Vec<u8>) -> std::io::Result<Option<Vec<u8>>> {
    loop {
        if let Some(end) = end_of_head(unread) {
            let whole = end + length(&unread[..end]);
            if unread.len() >= whole {
                let rest = unread.split_off(whole);
                return Ok(Some(std::mem::replace(unread, rest)));
            }
        }
        if stream.read_buf(unread).await? == 0 {
            return Ok(None);
        }
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

fn length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    head.lines().find_map(|line| line.strip_prefix("content-length:")).and_then(|value| value.trim().parse().ok()).unwrap_or(0)
}

/// Asks the site, in HTTP/1.0: so its answer ends with the connection and comes in one piece. The client gets it with a length.
async fn ask(to: SocketAddr, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let end = end_of_head(request).unwrap_or(request.len());
    let head = String::from_utf8_lossy(&request[..end]).replacen(" HTTP/1.1\r\n", " HTTP/1.0\r\n", 1);
    let mut stream = TcpStream::connect(to).await?;
    stream.set_nodelay(true)?;
    stream.write_all(without_framing(&head).as_bytes()).await?;
    stream.write_all(&request[end..]).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let end = end_of_head(&answer).ok_or_else(|| std::io::Error::other("the site said nothing"))?;
    let head = String::from_utf8_lossy(&answer[..end]);
    let status = head.split_once(' ').map_or("", |(_, rest)| rest);
    let head = without_framing(&format!("HTTP/1.1 {status}"));
    let body = &answer[end..];
    let mut whole = head.trim_end().to_owned();
    if !head.to_ascii_lowercase().contains("\r\ncontent-length:") {
        whole.push_str("\r\nContent-Length: ");
        whole.push_str(&body.len().to_string());
    }
    whole.push_str("\r\n\r\n");
    let mut whole = whole.into_bytes();
    whole.extend_from_slice(body);
    Ok(whole)
}

/// A head without what is said of the connection it came by.
fn without_framing(head: &str) -> String {
    head.split_inclusive("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("connection:")).collect()
}
