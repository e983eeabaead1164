//! What can be done to a client.

use super::clock;
use serde_json::Value;
use std::time::Duration;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One step of an answer.
#[derive(Clone, Debug)]
pub enum Act {
    /// These bytes.
    Send(Vec<u8>),
    /// These bytes, over and over.
    Repeat(Vec<u8>, usize),
    /// These bytes, one at a time with that wait between them, over and over.
    Drip(Vec<u8>, Duration),
    /// A wait.
    Wait(Duration),
    /// A wait that is kept to the microsecond, by a server that does nothing else meanwhile: for measuring.
    Block(Duration),
    /// A wait that is kept as well while others get their answers: for measuring.
    Sleep(Duration),
    /// These bytes, past TLS.
    Beneath(Vec<u8>),
    /// Nothing more, and the connection stays open.
    Hang,
    /// The connection ends, politely.
    Close,
    /// The connection ends by a TCP reset.
    Reset,
}

/// A stream with a TCP socket at its bottom.
pub trait Socket: AsyncWrite + Unpin {
    fn tcp(&self) -> &TcpStream;
}

impl Socket for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Socket for tokio_rustls::server::TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// Does all that; whether the connection is good for another request.
pub async fn perform(stream: &mut impl Socket, acts: Vec<Act>) -> std::io::Result<bool> {
    for act in acts {
        match act {
            Act::Send(bytes) => stream.write_all(&bytes).await?,
            Act::Repeat(bytes, times) => {
                for _ in 0..times {
                    stream.write_all(&bytes).await?;
                }
            }
            Act::Drip(bytes, every) => {
                for byte in bytes.iter().cycle() {
                    stream.write_all(&[*byte]).await?;
                    stream.flush().await?;
                    tokio::time::sleep(every).await;
                }
            }
            Act::Wait(time) => tokio::time::sleep(time).await,
            Act::Block(time) => std::thread::sleep(time),
            Act::Sleep(time) => clock::wait(time).await?,
            Act::Beneath(bytes) => {
                stream.flush().await?;
                stream.tcp().writable().await?;
                stream.tcp().try_write(&bytes)?;
            }
            Act::Hang => {
                stream.flush().await?;
                std::future::pending::<()>().await;
            }
            Act::Close => {
                stream.shutdown().await?;
                return Ok(false);
            }
            Act::Reset => {
                stream.flush().await?;
                stream.tcp().set_zero_linger()?;
                return Ok(false);
            }
        }
    }
    stream.flush().await?;
    Ok(true)
}

/// A whole answer: status, header lines and body, with a right length.
pub fn answer(status: u16, headers: &[&str], body: impl Into<Vec<u8>>) -> Act {
    let body = body.into();
    let mut bytes = head(status, headers, &format!("Content-Length: {}", body.len()));
    bytes.extend(body);
    Act::Send(bytes)
}

/// A whole answer in JSON, as `WordPress` gives it.
pub fn json(status: u16, headers: &[&str], body: &Value) -> Act {
    let mut all = vec!["Content-Type: application/json; charset=UTF-8"];
    all.extend(headers);
    answer(status, &all, body.to_string())
}

/// Everything before a body.
pub fn head(status: u16, headers: &[&str], framing: &str) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} Whatever\r\n{framing}\r\n");
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    head.into_bytes()
}
