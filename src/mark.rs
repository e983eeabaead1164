//! Knowing that all which has come in was dealt with.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use tokio::net::unix::pipe;
use tokio::runtime::Runtime;

/// A byte sent to ourselves: it comes in after all that was there before, however many connections were closed at once. Tasks that
/// something woke have run by then, since the system is asked for more only when there is none left.
pub(crate) struct Mark {
    sender: pipe::Sender,
    receiver: pipe::Receiver,
    sent: AtomicUsize,
    seen: AtomicUsize,
}

impl Mark {
    /// Of that runtime.
    pub(crate) fn new(runtime: &Runtime) -> std::io::Result<Self> {
        let _inside = runtime.enter();
        let (sender, receiver) = pipe::pipe()?;
        Ok(Self { sender, receiver, sent: AtomicUsize::default(), seen: AtomicUsize::default() })
    }

    /// Until a byte sent now has come in, or one sent later.
    pub(crate) async fn pass(&self) {
        if self.sender.writable().await.is_err() || self.sender.try_write(&[0]).is_err() {
            return;
        }
        let mine = self.sent.fetch_add(1, Relaxed) + 1;
        let mut some = [0; 64];
        while self.seen.load(Relaxed) < mine && self.receiver.readable().await.is_ok() {
            // Another request may have read ours. To the end: only then is the next wait one for what is sent next.
            while let Ok(number @ 1..) = self.receiver.try_read(&mut some) {
                self.seen.fetch_add(number, Relaxed);
            }
        }
    }
}
