//! The fake Discord on sockets of 127.0.0.1: its REST interface and its gateway.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::rest;
use super::world::{Broken, Frame, GUILD, Session, TOKEN, World};

/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(240);

/// A running fake; it ends with the test's runtime.
#[derive(Clone)]
pub struct Fake {
    world: Arc<Mutex<World>>,
    pub url: String,
}

impl Fake {
    pub async fn start() -> Self {
        let api = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let gateway = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let mut world = World::new();
        world.gateway = format!("ws://{}", gateway.local_addr().expect("bound"));
        let fake = Self {
            world: Arc::new(Mutex::new(world)),
            url: format!("http://{}", api.local_addr().expect("bound")),
        };
        let router = Router::new().fallback(answer).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(api, router).await });
        let lines = fake.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = gateway.accept().await {
                tokio::spawn(line(lines.clone(), stream));
            }
        });
        fake
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `holds`; a test that waits for longer than a busy machine ever takes has failed.
    pub async fn until(&self, what: &str, holds: impl Fn(&World) -> bool) {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if holds(&self.world()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let world = self.world();
        panic!("waited in vain until {what}; asked: {:#?}; violations: {:#?}", world.asked, world.violations);
    }

    /// Sends every line a frame.
    pub fn to_lines(&self, frame: &Frame) {
        for session in self.world().sessions.values() {
            if let Some(line) = &session.line {
                let _ = line.send(frame.clone());
            }
        }
    }
}

async fn answer(
    State(fake): State<Fake>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let path = uri.path().strip_prefix("/api/v10").unwrap_or_default().to_owned();
    let query = uri.query().unwrap_or_default().to_owned();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let broken = {
        let mut world = fake.world();
        let asked = super::world::Asked {
            method: method.to_string(),
            path: path.clone(),
            body: body.clone(),
            token_sent: token.is_some(),
        };
        world.asked.push(asked);
        rest::fault_for(&mut world, method.as_str(), &path)
    };
    match broken {
        None => {}
        Some(Broken::Status(status, said)) => return reply(status, Some(said)),
        Some(Broken::Limited { retry_after, global }) => {
            let said = json!({ "message": "You are being rate limited.", "retry_after": retry_after, "global": global });
            let mut reply = reply(429, Some(said));
            let headers = reply.headers_mut();
            headers.insert("retry-after", retry_after.ceil().to_string().parse().expect("a number"));
            headers.insert("x-ratelimit-scope", "user".parse().expect("a word"));
            return reply;
        }
        Some(Broken::Html) => {
            let page = Body::from("<html><h1>502 Bad Gateway</h1></html>");
            return Response::builder().status(200).body(page).expect("a right response");
        }
        Some(Broken::HalfABody) => {
            let half = futures::stream::iter([
                Ok::<_, std::io::Error>(Bytes::from_static(b"{\"id\": \"12")),
                Err(std::io::Error::other("the line broke")),
            ]);
            return Response::builder().status(200).body(Body::from_stream(half)).expect("a right response");
        }
        Some(Broken::Stall) => tokio::time::sleep(Duration::from_secs(60)).await,
        Some(Broken::Reset) => {
            let nothing = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("reset")) });
            return Response::builder()
                .status(500)
                .body(Body::from_stream(nothing))
                .expect("a right response");
        }
        Some(Broken::AnswerLost) => {
            let _ = rest::handle(&mut fake.world(), method.as_str(), &path, &query, &body);
            return reply(502, None);
        }
    }
    let own_token = path.starts_with("/interactions/") || path.starts_with("/webhooks/");
    if !own_token && token.as_deref() != Some(&format!("Bot {TOKEN}")) {
        return reply(401, Some(json!({ "message": "401: Unauthorized", "code": 0 })));
    }
    let (status, said) = rest::handle(&mut fake.world(), method.as_str(), &path, &query, &body);
    reply(status, said)
}

fn reply(status: u16, said: Option<Value>) -> Response<Body> {
    let status = StatusCode::from_u16(status).expect("a right status");
    let body = said.map_or_else(Body::empty, |said| Body::from(said.to_string()));
    Response::builder().status(status).header("content-type", "application/json").body(body).expect("right")
}

/// One line of the gateway.
async fn line(fake: Fake, stream: TcpStream) {
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { return };
    let interval = fake.world().heartbeat.as_millis();
    let hello = json!({ "op": 10, "d": { "heartbeat_interval": u64::try_from(interval).expect("small") } });
    if socket.send(Message::text(hello.to_string())).await.is_err() {
        return;
    }
    let (sender, mut frames) = mpsc::unbounded_channel();
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                Some(Frame::Text(text)) => {
                    if socket.send(Message::text(text)).await.is_err() {
                        return;
                    }
                }
                Some(Frame::Close(code)) => {
                    let _ = socket.close(Some(CloseFrame { code: code.into(), reason: "".into() })).await;
                    return;
                }
                Some(Frame::Drop) | None => return,
            },
            message = socket.next() => {
                let Some(Ok(Message::Text(text))) = message else { return };
                let Ok(said) = serde_json::from_str::<Value>(&text) else { return };
                hear(&fake, &said, &sender);
            }
        }
    }
}

fn hear(fake: &Fake, said: &Value, line: &mpsc::UnboundedSender<Frame>) {
    let mut world = fake.world();
    let tell = |said: Value| {
        let _ = line.send(Frame::Text(said.to_string()));
    };
    match said["op"].as_u64() {
        Some(1) => {
            world.heartbeats += 1;
            if !world.deaf {
                tell(json!({ "op": 11 }));
            }
        }
        Some(2) => {
            world.identified += 1;
            if let Some(code) = world.refuse_with {
                let _ = line.send(Frame::Close(code));
                return;
            }
            if said["d"]["token"] != TOKEN {
                let _ = line.send(Frame::Close(4004));
                return;
            }
            let id = format!("session-{}", world.identified);
            let number = |at: usize| said["d"]["shard"][at].as_u64().unwrap_or_default();
            let mut session = Session {
                line: Some(line.clone()),
                intents: said["d"]["intents"].as_u64().unwrap_or_default(),
                shard: (number(0), number(1).max(1)),
                ..Session::default()
            };
            let ready = json!({
                "v": 10, "user": world.user_json(super::world::BOT), "session_id": id, "guilds": [{ "id": GUILD.to_string(), "unavailable": true }],
                "resume_gateway_url": world.gateway, "shard": said["d"]["shard"],
                "application": { "id": super::world::APPLICATION.to_string(), "flags": 0 },
            });
            session.tell("READY", &ready);
            if (GUILD >> 22) % session.shard.1 == session.shard.0 {
                let of_kind = |threads: bool| -> Vec<Value> {
                    let ids = world
                        .channels
                        .keys()
                        .filter(|id| world.in_guild(**id) && world.is_thread(**id) == threads);
                    ids.map(|id| world.channel_json(*id)).collect()
                };
                let guild = json!({ "id": GUILD.to_string(), "name": "shop", "channels": of_kind(false),
                    "threads": of_kind(true), "future_field": { "nobody": "knows" } });
                session.tell("GUILD_CREATE", &guild);
            }
            world.sessions.insert(id, session);
        }
        Some(6) => {
            let id = said["d"]["session_id"].as_str().unwrap_or_default().to_owned();
            let from = said["d"]["seq"].as_u64().unwrap_or_default();
            if world.amnesia {
                world.sessions.clear();
            }
            let Some(session) = world.sessions.get_mut(&id) else {
                return tell(json!({ "op": 9, "d": false }));
            };
            session.line = Some(line.clone());
            for (sequence, frame) in &session.sent {
                if from < *sequence {
                    let _ = line.send(Frame::Text(frame.clone()));
                }
            }
            session.tell("RESUMED", &json!({}));
            world.resumed += 1;
        }
        _ => {}
    }
}
