//! A small HTTP/1.1 server under our own hands, so that it can also answer badly: half a body, silence, a reset.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Longest body read.
const BODY: usize = 4 * 1024 * 1024;

pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

/// How a request is answered.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Properly.
    Whole { status: u16, headers: Vec<(&'static str, String)>, body: String },
    /// With half of the body that was announced, then the connection ends.
    Half { body: String },
    /// Not at all, for so long; then the connection ends.
    Silence(Duration),
    /// The connection is reset.
    Reset,
}

/// A server that lives as long as this value.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves on a free port of the loopback.
pub(crate) async fn serve<F, R>(answer: F) -> Server
where
    F: Fn(Request) -> R + Send + Sync + 'static,
    R: Future<Output = Reply> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let answer = Arc::new(answer);
    let task = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    let Ok((stream, _)) = accepted else { return };
                    let answer = answer.clone();
                    connections.spawn(async move { let _ = converse(stream, &*answer).await; });
                }
                Some(_) = connections.join_next() => {}
            }
        }
    });
    Server { address, task }
}

async fn converse<F, R>(stream: TcpStream, answer: &F) -> std::io::Result<()>
where
    F: Fn(Request) -> R,
    R: Future<Output = Reply>,
{
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await? {
        // A client that hangs up ends a long poll.
        let reply = tokio::select! {
            reply = answer(request) => reply,
            _ = stream.fill_buf() => return Ok(()),
        };
        match reply {
            Reply::Whole { status, headers, body } => {
                let mut head = format!("HTTP/1.1 {status} -\r\nContent-Length: {}\r\n", body.len());
                if !headers.iter().any(|(name, _)| *name == "Content-Type") {
                    head.push_str("Content-Type: application/json\r\n");
                }
                for (name, value) in headers {
                    head.push_str(&[name, ": ", &value, "\r\n"].concat());
                }
                stream.write_all(format!("{head}\r\n{body}").as_bytes()).await?;
                stream.flush().await?;
            }
            Reply::Half { body } => {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
                let half: String = body.chars().take(body.chars().count() / 2).collect();
                stream.write_all(format!("{head}{half}").as_bytes()).await?;
                stream.flush().await?;
                return Ok(());
            }
            Reply::Silence(time) => {
                tokio::select! {
                    () = tokio::time::sleep(time) => {}
                    _ = stream.fill_buf() => {}
                }
                return Ok(());
            }
            Reply::Reset => {
                let stream = stream.into_inner();
                stream.set_zero_linger()?;
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The next request; `None` at the connection's end.
async fn read(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<Request>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let path = line.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let (mut length, mut content_type) = (0, String::new());
    loop {
        let mut header = String::new();
        if stream.read_line(&mut header).await? == 0 {
            return Ok(None);
        }
        let Some((name, value)) = header.trim().split_once(':') else { break };
        match name.to_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "content-type" => value.trim().clone_into(&mut content_type),
            _ => {}
        }
    }
    let mut body = vec![0; std::cmp::min(length, BODY)];
    stream.read_exact(&mut body).await?;
    Ok(Some(Request { path, content_type, body }))
}
