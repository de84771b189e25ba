//! Calls to the Bot API: one request, one answer, and every failure told apart by what can be done about it.
//!
//! teloxide's payloads say what is sent; the sending is ours, since its own client waits ten seconds after every server
//! error, reads answers of any length, and keeps the token in a type that prints it. Here the token leaves its wrapper
//! only while an address is put together, and every network error loses its address before anybody sees it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::multipart::{Form, Part};
use reqwest::{Client, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use teloxide_core::requests::Payload;
use tokio::sync::Notify;

/// Longest answer that is read: a batch of 100 updates is far smaller.
const ANSWER_LIMIT: usize = 16 * 1024 * 1024;
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long to wait where Telegram asks for patience and says nothing of how much.
const UNSAID_PATIENCE: Duration = Duration::from_secs(5);

/// The Bot API, as one bot sees it.
pub(super) struct Api {
    client: Client,
    base: String,
    token: SecretString,
    patience: Duration,
    /// Telegram doesn't know the token: nothing is asked any more, since it would only annoy.
    refused: AtomicBool,
    refusal: Notify,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ApiError {
    /// The token is unknown.
    #[error("Telegram does not know this token")]
    Unauthorized,
    /// Somebody else polls with the same token, or a webhook is set.
    #[error("{0}")]
    Conflict(String),
    /// Too many calls.
    #[error("too many calls; again in {0:?}")]
    Flood(Duration),
    /// The group has become a supergroup, with a new number.
    #[error("the group is now {0}")]
    Moved(i64),
    /// Telegram says no, and will say so again.
    #[error("{0}")]
    No(String),
    /// No answer, or none that makes sense.
    #[error("{0}")]
    Unreachable(String),
}

impl ApiError {
    /// Whether Telegram's reason holds one of `words`, whatever their case.
    pub(super) fn says(&self, words: &[&str]) -> bool {
        let Self::No(reason) = self else { return false };
        let reason = reason.to_lowercase();
        words.iter().any(|word| reason.contains(word))
    }
}

/// How every answer is wrapped.
#[derive(Deserialize)]
struct Answer<T> {
    ok: bool,
    #[serde(default = "Option::default")]
    result: Option<T>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    error_code: u16,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Deserialize, Default)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

impl Api {
    /// The API at `base` (`https://api.telegram.org`, or a local server) for the bot with `token`; no call takes
    /// longer than `patience`, unless it says so itself.
    pub(super) fn new(base: &str, token: SecretString, patience: Duration) -> Result<Self, String> {
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .http1_only()
            // A redirect would carry the token to another host.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| error.without_url().to_string())?;
        Ok(Self {
            client,
            base: base.trim_end_matches('/').to_owned(),
            token,
            patience,
            refused: AtomicBool::new(false),
            refusal: Notify::new(),
        })
    }

    /// Calls the method that `payload` is made for.
    pub(super) async fn call<P, T>(&self, payload: &P) -> Result<T, ApiError>
    where
        P: Payload + Serialize + Sync,
        T: DeserializeOwned,
    {
        self.call_within(payload, self.patience).await
    }

    /// The same, with another patience.
    pub(super) async fn call_within<P, T>(&self, payload: &P, patience: Duration) -> Result<T, ApiError>
    where
        P: Payload + Serialize + Sync,
        T: DeserializeOwned,
    {
        if self.is_refused() {
            return Err(ApiError::Unauthorized);
        }
        let request = self.client.post(self.address(P::NAME)).json(payload).timeout(patience);
        let answer = request.send().await.map_err(|error| unreachable(P::NAME, error))?;
        self.read(P::NAME, answer).await
    }

    /// Calls `payload`'s method with `file` attached as its field `field`.
    pub(super) async fn upload<P>(
        &self,
        payload: &P,
        field: &'static str,
        file: Vec<u8>,
    ) -> Result<bool, ApiError>
    where
        P: Payload + Serialize + Sync,
    {
        let fields = serde_json::to_value(payload).map_err(|error| ApiError::No(error.to_string()))?;
        let mut form = Form::new().part(field, Part::bytes(file).file_name(field));
        for (name, value) in fields.as_object().into_iter().flatten().filter(|(name, _)| *name != field) {
            form = form.text(name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
        let request = self.client.post(self.address(P::NAME)).multipart(form).timeout(self.patience);
        let answer = request.send().await.map_err(|error| unreachable(P::NAME, error))?;
        self.read(P::NAME, answer).await
    }

    /// Whether Telegram has refused the token.
    pub(super) fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    /// Returns once Telegram has refused the token.
    pub(super) async fn until_refused(&self) {
        let refusal = self.refusal.notified();
        tokio::pin!(refusal);
        refusal.as_mut().enable();
        if !self.is_refused() {
            refusal.await;
        }
    }

    /// Methods are written as the documentation has them, with a small first letter.
    fn address(&self, method: &str) -> String {
        let (first, rest) = method.split_at(1);
        format!("{}/bot{}/{}{rest}", self.base, self.token.expose_secret(), first.to_lowercase())
    }

    async fn read<T: DeserializeOwned>(&self, method: &str, answer: Response) -> Result<T, ApiError> {
        let status = answer.status();
        let patience = header_patience(&answer);
        let body = body(method, answer).await;
        if status == StatusCode::UNAUTHORIZED {
            return Err(self.refuse());
        }
        let body = body?;
        let answer: Answer<T> = match serde_json::from_slice(&body) {
            Ok(answer) => answer,
            Err(_) if status == StatusCode::TOO_MANY_REQUESTS => {
                return Err(ApiError::Flood(patience.unwrap_or(UNSAID_PATIENCE)));
            }
            // The body is a stranger's: it may be anything, so it isn't repeated.
            Err(error) => {
                let place = format!("line {}, column {}", error.line(), error.column());
                return Err(ApiError::Unreachable(format!(
                    "{method}: the answer ({status}) is not what Telegram sends ({place})"
                )));
            }
        };
        match answer {
            Answer { ok: true, result: Some(result), .. } => Ok(result),
            Answer { parameters: Parameters { retry_after: Some(seconds), .. }, .. } => {
                Err(ApiError::Flood(Duration::from_secs(seconds.max(1))))
            }
            Answer { parameters: Parameters { migrate_to_chat_id: Some(chat), .. }, .. } => {
                Err(ApiError::Moved(chat))
            }
            Answer { error_code, description, .. } => {
                let code = if error_code == 0 { status.as_u16() } else { error_code };
                Err(match code {
                    // Telegram answers 404 to a token that isn't even formed like one.
                    401 | 404 => self.refuse(),
                    409 => ApiError::Conflict(description),
                    429 => ApiError::Flood(patience.unwrap_or(UNSAID_PATIENCE)),
                    400..500 => ApiError::No(description),
                    _ => ApiError::Unreachable(format!("{method}: {status} {description}")),
                })
            }
        }
    }

    fn refuse(&self) -> ApiError {
        self.refused.store(true, Ordering::Relaxed);
        self.refusal.notify_waiters();
        ApiError::Unauthorized
    }
}

fn header_patience(answer: &Response) -> Option<Duration> {
    let value = answer.headers().get(reqwest::header::RETRY_AFTER)?;
    value.to_str().ok()?.parse().ok().map(Duration::from_secs)
}

async fn body(method: &str, mut answer: Response) -> Result<Vec<u8>, ApiError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| unreachable(method, error))? {
        if ANSWER_LIMIT < body.len() + chunk.len() {
            return Err(ApiError::Unreachable(format!("{method}: the answer is too long")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A network error with its causes, and without the address, which holds the token.
fn unreachable(method: &str, error: reqwest::Error) -> ApiError {
    let error = error.without_url();
    let mut text = format!("{method}: {error}");
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    ApiError::Unreachable(text)
}
