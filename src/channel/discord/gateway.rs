//! One shard's line to the gateway: hello, identify or resume, heartbeats, and the events in their order.
//!
//! Serenity's own client starts one task per event, without order and without a bound, keeps its session in memory
//! only, and can't be told to wait. So the line is ours: it reads the next event only when there is room for it, and a
//! session outlives the process, so that what Discord keeps for a dropped line is heard even after a crash.

use std::sync::Arc;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::notes::SessionNote;
use super::settings::Fatal;

/// Longest time to connect, and to wait for the first word.
const GREETING: Duration = Duration::from_secs(15);
/// Longest time to send a frame.
const SENDING: Duration = Duration::from_secs(10);
/// How long there may be no room before a session that was only to tell the rest is given up.
const STUFFED: Duration = Duration::from_secs(5);
/// Longest frame: a large server is described in a few MB.
const FRAME: usize = 64 * 1024 * 1024;
/// The code with which we leave: unlike 1000 it keeps the session.
const LEAVING: u16 = 4900;

/// How a line ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// We are stopping.
    Stopped,
    /// Connect again, and resume.
    Resume,
    /// Connect again with a new session.
    Anew,
    /// Discord wants more shards.
    Reshard,
    /// It makes no sense to connect again.
    Fatal(Fatal),
}

/// What takes the events of a shard.
pub(super) trait Listener: Send + Sync {
    /// Waits until the next event can be taken.
    fn room(&self) -> futures::future::BoxFuture<'_, super::intake::Permit>;

    /// Takes the event number `sequence`, called `name`. Must not wait.
    fn event(&self, sequence: u64, name: &str, data: Value, permit: super::intake::Permit);
}

/// What a line needs to know.
pub(super) struct Line<'a> {
    pub(super) shard: (u32, u32),
    pub(super) token: &'a SecretString,
    pub(super) intents: u64,
    pub(super) listener: &'a Arc<dyn Listener>,
    /// Whether a new session is begun once the old one has told all that it knows.
    pub(super) then_anew: bool,
    pub(super) stop: watch::Receiver<bool>,
}

/// A session as far as its line knows it.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) id: Option<String>,
    pub(super) url: String,
    pub(super) sequence: u64,
    /// Whether events came in since the line was set up: then it was a good one.
    pub(super) lived: bool,
}

impl Session {
    pub(super) fn fresh(url: String) -> Self {
        Self { id: None, url, sequence: 0, lived: false }
    }

    pub(super) fn from_note(note: &SessionNote) -> Option<Self> {
        note.session.as_ref().map(|id| Self {
            id: Some(id.clone()),
            url: note.url.clone(),
            sequence: note.sequence,
            lived: false,
        })
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl Line<'_> {
    /// Connects, and listens until the line ends.
    pub(super) async fn listen(&self, session: &mut Session) -> End {
        session.lived = false;
        let mut socket = match timeout(GREETING, connect(&session.url)).await {
            Ok(Ok(socket)) => socket,
            Ok(Err(error)) => {
                tracing::warn!(%error, shard = self.shard.0, "Discord's gateway can't be reached");
                return End::Resume;
            }
            Err(_) => {
                tracing::warn!(shard = self.shard.0, "Discord's gateway doesn't answer");
                return End::Resume;
            }
        };
        let end = self.converse(&mut socket, session).await;
        let code = if end == End::Stopped { LEAVING } else { 4000 };
        let farewell = CloseFrame { code: code.into(), reason: "".into() };
        let _ = timeout(Duration::from_secs(1), socket.close(Some(farewell))).await;
        end
    }

    async fn converse(&self, socket: &mut Socket, session: &mut Session) -> End {
        let interval = match timeout(GREETING, hello(socket)).await {
            Ok(Ok(interval)) => interval,
            Ok(Err(end)) => return end,
            Err(_) => return End::Resume,
        };
        let introduction = match &session.id {
            Some(id) => self.resume(id, session.sequence),
            None => self.identify(),
        };
        if !send(socket, &introduction).await {
            return End::Resume;
        }
        let mut stop = self.stop.clone();
        let mut next_beat = Instant::now() + interval.mul_f64(jitter());
        let mut acknowledged = true;
        let mut permit = None;
        loop {
            tokio::select! {
                biased;
                () = stopped(&mut stop) => return End::Stopped,
                () = tokio::time::sleep_until(next_beat) => {
                    // While there is no room nothing is read, an acknowledgement neither.
                    if !acknowledged && permit.is_some() {
                        tracing::warn!(shard = self.shard.0, "Discord's gateway has gone silent; connecting again");
                        return End::Resume;
                    }
                    if !send(socket, &beat(session)).await {
                        return End::Resume;
                    }
                    acknowledged = permit.is_none();
                    next_beat = Instant::now() + interval;
                }
                room = self.listener.room(), if permit.is_none() => permit = Some(room),
                // What waits for the new session fills the room: the rest of it is found by catching up.
                () = tokio::time::sleep(STUFFED), if permit.is_none() && self.then_anew => return End::Anew,
                frame = socket.next(), if permit.is_some() => {
                    let message = match read(frame) {
                        Read::Message(message) => message,
                        Read::Nothing => continue,
                        Read::End(end) => return end,
                    };
                    match message["op"].as_u64() {
                        Some(0) => {
                            let Some(room) = permit.take() else { continue };
                            let is_resumed = message["t"] == "RESUMED";
                            self.dispatch(message, session, room);
                            if is_resumed && self.then_anew {
                                return End::Anew;
                            }
                        }
                        Some(1) => {
                            if !send(socket, &beat(session)).await {
                                return End::Resume;
                            }
                        }
                        Some(7) => return End::Resume,
                        Some(9) if message["d"].as_bool() == Some(true) => return End::Resume,
                        Some(9) => return End::Anew,
                        Some(11) => acknowledged = true,
                        Some(_) | None => {}
                    }
                }
            }
        }
    }

    fn dispatch(&self, mut message: Value, session: &mut Session, permit: super::intake::Permit) {
        let name = message["t"].as_str().unwrap_or_default().to_owned();
        let data = message["d"].take();
        if let Some(sequence) = message["s"].as_u64() {
            session.sequence = sequence;
        }
        session.lived = true;
        if name == "READY" {
            session.id = data["session_id"].as_str().map(str::to_owned);
            if let Some(url) = data["resume_gateway_url"].as_str() {
                url.clone_into(&mut session.url);
            }
        }
        self.listener.event(session.sequence, &name, data, permit);
    }

    fn identify(&self) -> Value {
        let properties = json!({ "os": "linux", "browser": "deskbell", "device": "deskbell" });
        json!({ "op": 2, "d": {
            "token": self.token.expose_secret(), "intents": self.intents, "properties": properties,
            "shard": [self.shard.0, self.shard.1], "large_threshold": 50, "compress": false,
        } })
    }

    fn resume(&self, session: &str, sequence: u64) -> Value {
        json!({ "op": 6, "d": { "token": self.token.expose_secret(), "session_id": session, "seq": sequence } })
    }
}

/// Ends when the bot stops; a guard of the signal would not live across threads, so it ends in here.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn connect(url: &str) -> Result<Socket, tokio_tungstenite::tungstenite::Error> {
    let config = WebSocketConfig::default().max_message_size(Some(FRAME)).max_frame_size(Some(FRAME));
    let url = format!("{}/?v=10&encoding=json", url.trim_end_matches('/'));
    let (socket, _) = connect_async_with_config(url, Some(config), true).await?;
    Ok(socket)
}

/// The first word says how often the heart must beat.
async fn hello(socket: &mut Socket) -> Result<Duration, End> {
    loop {
        match read(socket.next().await) {
            Read::Message(message) if message["op"] == 10 => {
                let interval = message["d"]["heartbeat_interval"].as_u64().unwrap_or(45_000);
                return Ok(Duration::from_millis(interval.clamp(100, 300_000)));
            }
            Read::Message(_) | Read::Nothing => {}
            Read::End(end) => return Err(end),
        }
    }
}

fn beat(session: &Session) -> Value {
    let sequence = Some(session.sequence).filter(|sequence| 0 < *sequence);
    json!({ "op": 1, "d": sequence })
}

async fn send(socket: &mut Socket, message: &Value) -> bool {
    matches!(timeout(SENDING, socket.send(Message::text(message.to_string()))).await, Ok(Ok(())))
}

/// What a frame is.
enum Read {
    Message(Value),
    Nothing,
    End(End),
}

fn read(frame: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>) -> Read {
    match frame {
        Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
            Ok(message) => Read::Message(message),
            Err(error) => {
                tracing::warn!(%error, "Discord's gateway sent something that is not JSON");
                Read::End(End::Resume)
            }
        },
        Some(Ok(Message::Close(frame))) => Read::End(ending(frame.map(|frame| u16::from(frame.code)))),
        Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {
            Read::Nothing
        }
        Some(Err(error)) => {
            tracing::debug!(%error, "the line to Discord's gateway broke");
            Read::End(End::Resume)
        }
        None => Read::End(End::Resume),
    }
}

/// What a close code asks for.
pub(super) fn ending(code: Option<u16>) -> End {
    let closed = |meaning| End::Fatal(Fatal::Closed { code: code.unwrap_or_default(), meaning });
    match code {
        Some(4004) => End::Fatal(Fatal::Token),
        Some(4014) => End::Fatal(Fatal::MessageContent),
        Some(4013) => closed("the intents asked for don't exist"),
        Some(4012) => closed("this version of Discord's gateway is switched off"),
        Some(4010) => closed("the shard asked for doesn't exist"),
        Some(4011) => End::Reshard,
        // Not authenticated, invalid sequence, session timed out: the session is gone.
        Some(4003 | 4006 | 4007 | 4009) => End::Anew,
        Some(_) | None => End::Resume,
    }
}

/// A number from 0 to 1, so that many bots don't beat at once; std's hash keys are random.
fn jitter() -> f64 {
    use std::hash::{BuildHasher, Hasher};
    let random = std::hash::RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(random >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
}
