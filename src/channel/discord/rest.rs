//! Requests to Discord: one function through which all of them go, with their limits, their time, and their errors.
//!
//! Serenity's own client loses what a 429 says (`retry_after`), asks the real host when another address is set, and
//! waits without a bound; so the requests are ours, and only their types are serenity's.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Method, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::channel::DeliverError;

use super::limits::{Limits, Told, route};

/// Longest time for one request, its answer included.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Longest time to connect.
const CONNECT: Duration = Duration::from_secs(5);
/// Longest wait for a limit within a request; the outbox waits better for longer ones.
const PATIENCE: Duration = Duration::from_secs(5);
/// Attempts at a request that a limit holds back.
const ATTEMPTS: u32 = 3;
/// Longest answer that is read, in bytes: a hundred messages with everything in them are below 1 MB.
const ANSWER: usize = 8 * 1024 * 1024;
/// What is waited after a 429 that says nothing about it.
const PAUSE: Duration = Duration::from_secs(5);
/// Discord asks for this form.
const AGENT: &str =
    concat!("DiscordBot (https://crates.io/crates/deskbell, ", env!("CARGO_PKG_VERSION"), ")");

/// Why a request came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// The token is refused; nothing more is asked.
    #[error("Discord refuses the token")]
    Token,
    /// Not now.
    #[error("Discord asks to wait {0:?}")]
    Limited(Duration),
    /// No answer, or none that makes sense.
    #[error("{0}")]
    Unreachable(String),
    /// Refused for good.
    #[error("Discord refuses it: {message} (status {status}, code {code})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Discord's own code; 0 where it gave none.
        code: u64,
        /// Its words, cut.
        message: String,
    },
}

impl Fault {
    /// Discord's own code for a refusal.
    pub(super) fn code(&self) -> u64 {
        match self {
            Self::Refused { code, .. } => *code,
            Self::Token | Self::Limited(_) | Self::Unreachable(_) => 0,
        }
    }

    /// What it means for a delivery. What the owner can put right (permissions, a new token) is tried again.
    pub(super) fn into_delivery(self) -> DeliverError {
        match self {
            Self::Limited(pause) => DeliverError::RetryAfter(pause),
            Self::Token | Self::Unreachable(_) => DeliverError::Unreachable(self.to_string()),
            Self::Refused {
                code: UNKNOWN_CHANNEL | UNKNOWN_USER | CANNOT_WRITE_TO | NO_COMMON_SERVER,
                ..
            } => DeliverError::Gone,
            Self::Refused { code: MISSING_ACCESS | MISSING_PERMISSIONS, .. } => DeliverError::Unreachable(
                format!("the bot lacks a permission there (docs/discord.md names those it needs): {self}"),
            ),
            Self::Refused { .. } => DeliverError::Refused(self.to_string()),
        }
    }
}

/// Discord's code for a channel that is gone.
const UNKNOWN_CHANNEL: u64 = 10_003;
/// A user that is gone.
const UNKNOWN_USER: u64 = 10_013;
/// Someone whose privacy settings, or block, keep the bot out.
const CANNOT_WRITE_TO: u64 = 50_007;
/// Someone who shares no server with the bot any more.
const NO_COMMON_SERVER: u64 = 50_278;
/// A channel that the bot can't see.
const MISSING_ACCESS: u64 = 50_001;
/// Something that the bot may not do there.
const MISSING_PERMISSIONS: u64 = 50_013;
/// A message that is gone.
pub(super) const UNKNOWN_MESSAGE: u64 = 10_008;
/// A message below which there is a thread already.
pub(super) const HAS_THREAD: u64 = 160_004;

/// The line to Discord's API.
pub(super) struct Rest {
    client: reqwest::Client,
    /// Where it is, up to `/api/v10`.
    base: String,
    token: SecretString,
    limits: Mutex<Limits>,
    /// Set by the first 401.
    token_refused: watch::Sender<bool>,
}

impl Rest {
    pub(super) fn new(api_url: &str, token: SecretString) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self {
            client,
            base: format!("{}/api/v10", api_url.trim_end_matches('/')),
            token,
            limits: Mutex::default(),
            token_refused: watch::Sender::new(false),
        })
    }

    /// Becomes true when the token is refused.
    pub(super) fn token_refused(&self) -> watch::Receiver<bool> {
        self.token_refused.subscribe()
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, Fault> {
        self.ask(Method::GET, path, "", None::<&()>, PATIENCE).await
    }

    pub(super) async fn post(&self, path: &str, body: &impl Serialize) -> Result<Value, Fault> {
        self.ask(Method::POST, path, "", Some(body), PATIENCE).await
    }

    pub(super) async fn put(&self, path: &str, body: &impl Serialize) -> Result<Value, Fault> {
        self.ask(Method::PUT, path, "", Some(body), PATIENCE).await
    }

    pub(super) async fn patch(&self, path: &str, body: &impl Serialize) -> Result<Value, Fault> {
        self.ask(Method::PATCH, path, "", Some(body), PATIENCE).await
    }

    /// As [`Rest::patch`], for what Discord limits apart from the rest of its route: the name of a thread.
    pub(super) async fn patch_name(&self, path: &str, body: &impl Serialize) -> Result<Value, Fault> {
        self.ask(Method::PATCH, path, " name", Some(body), PATIENCE).await
    }

    pub(super) async fn delete(&self, path: &str) -> Result<Value, Fault> {
        self.ask(Method::DELETE, path, "", None::<&()>, PATIENCE).await
    }

    /// As [`Rest::post`], for what makes no sense any more after `within`.
    pub(super) async fn post_within(
        &self,
        path: &str,
        body: &impl Serialize,
        within: Duration,
    ) -> Result<Value, Fault> {
        let asked = self.ask(Method::POST, path, "", Some(body), within);
        let late = |_| Fault::Unreachable("no answer in time".to_owned());
        tokio::time::timeout(within, asked).await.map_err(late)?
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        aspect: &str,
        body: Option<&impl Serialize>,
        patience: Duration,
    ) -> Result<Value, Fault> {
        let route = route(method.as_str(), path) + aspect;
        let mut limited = Duration::ZERO;
        for _ in 0..ATTEMPTS {
            self.wait_for_room(&route, patience).await?;
            let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
            request = request.header(USER_AGENT, AGENT);
            // Interactions and their webhooks are named by their own token; ours would only travel needlessly.
            if !has_own_token(path) {
                request = request.header(AUTHORIZATION, self.authorization()?);
            }
            if let Some(body) = body {
                let body = serde_json::to_vec(body).map_err(|error| Fault::Unreachable(error.to_string()))?;
                request = request.header(CONTENT_TYPE, "application/json").body(body);
            }
            let response = match request.send().await {
                Ok(response) => response,
                Err(error) => return Err(Fault::Unreachable(described(error))),
            };
            match self.judge(&route, path, response).await {
                Err(Fault::Limited(pause)) => limited = pause,
                judged => return judged,
            }
        }
        Err(Fault::Limited(limited))
    }

    fn authorization(&self) -> Result<HeaderValue, Fault> {
        // A token with signs that no header may hold is no token.
        let value = HeaderValue::from_str(&format!("Bot {}", self.token.expose_secret()));
        let mut value = value.map_err(|_| self.refuse_token())?;
        value.set_sensitive(true);
        Ok(value)
    }

    fn refuse_token(&self) -> Fault {
        self.token_refused.send_replace(true);
        Fault::Token
    }

    /// Waits until the limits allow a request, but not longer than `patience`.
    async fn wait_for_room(&self, route: &str, patience: Duration) -> Result<(), Fault> {
        let began = Instant::now();
        loop {
            if *self.token_refused.borrow() {
                return Err(Fault::Token);
            }
            let counts = !route.contains(" /interactions/");
            let wait = self.with_limits(|limits, now| limits.wait(route, counts, now));
            if wait.is_zero() {
                return Ok(());
            }
            if patience < began.elapsed() + wait {
                return Err(Fault::Limited(wait));
            }
            tokio::time::sleep(wait).await;
        }
    }

    fn with_limits<T>(&self, change: impl FnOnce(&mut Limits, Instant) -> T) -> T {
        change(&mut self.limits.lock().unwrap_or_else(PoisonError::into_inner), Instant::now())
    }

    async fn judge(&self, route: &str, path: &str, response: Response) -> Result<Value, Fault> {
        let status = response.status();
        let headers = response.headers().clone();
        if let Some(told) = told(&headers) {
            self.with_limits(|limits, now| limits.told(route, told, now));
        }
        let counted = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS];
        let shared = headers.get("x-ratelimit-scope").is_some_and(|scope| scope == "shared");
        if counted.contains(&status) && !shared {
            self.with_limits(Limits::refused);
        }
        let body = read(response).await;
        if status.is_success() {
            return match body {
                Ok(body) if body.is_empty() => Ok(Value::Null),
                Ok(body) => serde_json::from_slice(&body)
                    .map_err(|_| Fault::Unreachable(format!("an answer that is not JSON (status {status})"))),
                Err(fault) => Err(fault),
            };
        }
        let said: Value = body.ok().and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or_default();
        if status == StatusCode::TOO_MANY_REQUESTS {
            let pause = seconds(said["retry_after"].as_f64().or_else(|| number(&headers, "retry-after")));
            let pause = pause.unwrap_or(PAUSE);
            let globally =
                said["global"].as_bool().unwrap_or(false) || headers.contains_key("x-ratelimit-global");
            self.with_limits(|limits, now| limits.limited(route, globally, pause, now));
            return Err(Fault::Limited(pause));
        }
        if status == StatusCode::UNAUTHORIZED && !has_own_token(path) {
            return Err(self.refuse_token());
        }
        if status.is_server_error() || status.is_redirection() {
            return Err(Fault::Unreachable(format!("Discord answers with status {status}")));
        }
        let message = said["message"].as_str().unwrap_or("no reason given");
        let mut message: String = message.chars().take(200).collect();
        if let Some(details) = said.get("errors") {
            message.extend(format!(" {details}").chars().take(400));
        }
        Err(Fault::Refused { status: status.as_u16(), code: said["code"].as_u64().unwrap_or(0), message })
    }
}

fn has_own_token(path: &str) -> bool {
    path.starts_with("/interactions/") || path.starts_with("/webhooks/")
}

/// The whole body, bounded.
async fn read(mut response: Response) -> Result<Vec<u8>, Fault> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Fault::Unreachable(described(error)))? {
        if ANSWER < body.len() + chunk.len() {
            return Err(Fault::Unreachable("an answer without end".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn told(headers: &HeaderMap) -> Option<Told> {
    Some(Told {
        remaining: headers.get("x-ratelimit-remaining")?.to_str().ok()?.parse().ok()?,
        resets_after: seconds(number(headers, "x-ratelimit-reset-after"))?,
    })
}

fn number(headers: &HeaderMap, name: &str) -> Option<f64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

fn seconds(number: Option<f64>) -> Option<Duration> {
    // A day bounds what a broken answer can do.
    Duration::try_from_secs_f64(number?).ok().map(|pause| pause.min(Duration::from_secs(24 * 60 * 60)))
}

/// A transport error in words, without the address, which may hold an interaction's token.
fn described(error: reqwest::Error) -> String {
    let error = error.without_url();
    let kind = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    let mut text = format!("{kind}: {error}");
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
