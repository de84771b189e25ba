//! The webhook: Telegram calls us, and gets its 200 only after the store has what it brought.
//!
//! The route is our own. Telegram repeats an update for a day until it gets a 200, so every other answer is a way of
//! saying "later".

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use teloxide_core::payloads::SetWebhook;
use teloxide_core::types::InputFile;
use tokio::net::TcpListener;
use tokio::sync::{OnceCell, watch};

use crate::channel::{Inbox, Lookup};

use super::api::ApiError;
use super::intake::Intake;
use super::update::{self, KINDS};
use super::{Fatal, Pauses, Settings, Telegram, Webhook};

/// Longest body that is read; updates are far shorter.
const BODY: usize = 1024 * 1024;
/// How long a call may take, reading it included.
const PATIENCE: Duration = Duration::from_secs(10);
/// When Telegram should come again, in seconds, after it was sent away.
const COME_AGAIN: &str = "2";
/// First and longest pause between attempts to register.
const REGISTER_AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// The header that carries the secret.
const SECRET: &str = "x-telegram-bot-api-secret-token";

/// What a call needs.
struct Desk {
    path: String,
    secret: SecretString,
    /// Empty until the bot knows its own name.
    intake: OnceCell<Intake>,
}

/// Listens until `stop`.
pub(super) async fn run(
    telegram: &Arc<Telegram>,
    webhook: &Webhook,
    inbox: Arc<dyn Inbox>,
    lookup: Arc<dyn Lookup>,
    stop: watch::Receiver<bool>,
) -> Result<(), Fatal> {
    let url = reqwest::Url::parse(&webhook.url)
        .map_err(|error| Fatal::Webhook(format!("`{}` is no address: {error}", webhook.url)))?;
    let listener = TcpListener::bind(webhook.listen)
        .await
        .map_err(|error| Fatal::Listen { address: webhook.listen, reason: error.to_string() })?;
    let secret = secret(&telegram.settings, webhook);
    let desk =
        Arc::new(Desk { path: url.path().to_owned(), secret: secret.clone(), intake: OnceCell::new() });
    let router = Router::new().fallback(receive).layer(DefaultBodyLimit::max(BODY)).with_state(desk.clone());
    let mut stopping = stop.clone();
    let serve = axum::serve(listener, router).with_graceful_shutdown(async move {
        let _ = stopping.wait_for(|stop| *stop).await;
    });
    let open = async {
        let Some(ears) = telegram.introduce(stop.clone()).await? else { return Ok(()) };
        let intake = Intake { telegram: telegram.clone(), ears, inbox, lookup };
        let _ = desk.intake.set(intake);
        register(telegram, webhook, url, &secret, stop).await
    };
    let serve = async { serve.await.map_err(|error| Fatal::Webhook(error.to_string())) };
    tokio::try_join!(serve, open).map(|((), ())| ())
}

/// The owner's secret, or one that follows from the token, so that it is the same after a restart.
fn secret(settings: &Settings, webhook: &Webhook) -> SecretString {
    webhook.secret.clone().unwrap_or_else(|| {
        let digest = Sha256::digest(format!("deskbell webhook {}", settings.token.expose_secret()));
        let mut hex = String::with_capacity(2 * digest.len());
        for byte in digest {
            let _ = write!(hex, "{byte:02x}");
        }
        hex.into()
    })
}

/// Tells Telegram where to call.
async fn register(
    telegram: &Telegram,
    webhook: &Webhook,
    url: reqwest::Url,
    secret: &SecretString,
    mut stop: watch::Receiver<bool>,
) -> Result<(), Fatal> {
    let mut payload = SetWebhook::new(url);
    payload.allowed_updates = Some(KINDS.to_vec());
    payload.secret_token = Some(secret.expose_secret().to_owned());
    payload.max_connections = Some(webhook.max_connections.clamp(1, 100));
    let mut pauses = Pauses::new(REGISTER_AGAIN);
    loop {
        let result: Result<bool, ApiError> = match &webhook.certificate {
            Some(certificate) => {
                payload.certificate = Some(InputFile::memory(Vec::new()));
                telegram.api.upload(&payload, "certificate", certificate.clone()).await
            }
            None => telegram.api.call(&payload).await,
        };
        let pause = match result {
            Ok(_) => {
                tracing::info!(url = webhook.url, "Telegram calls us from now on");
                return Ok(());
            }
            Err(ApiError::Unauthorized) => return Err(Fatal::Unauthorized),
            Err(ApiError::No(reason)) => return Err(Fatal::Webhook(reason)),
            Err(ApiError::Flood(patience)) => patience,
            Err(error @ (ApiError::Conflict(_) | ApiError::Moved(_) | ApiError::Unreachable(_))) => {
                tracing::warn!(%error, "the webhook could not be registered; trying again");
                pauses.next()
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        }
    }
}

async fn receive(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    if request.uri().path() != desk.path {
        return StatusCode::NOT_FOUND.into_response();
    }
    if request.method() != Method::POST {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if !knows_secret(request.headers(), &desk.secret) {
        return StatusCode::FORBIDDEN.into_response();
    }
    tokio::time::timeout(PATIENCE, take(&desk, request)).await.unwrap_or_else(|_| later())
}

async fn take(desk: &Desk, request: Request) -> Response {
    let Some(intake) = desk.intake.get() else { return later() };
    let body = match Bytes::from_request(request, &()).await {
        Ok(body) => body,
        Err(rejection) => return rejection.into_response(),
    };
    let read = std::str::from_utf8(&body).ok().and_then(|text| update::read(text).ok());
    let Some(update) = read else {
        tracing::error!("an update can't be read");
        return StatusCode::BAD_REQUEST.into_response();
    };
    match intake.take(&update).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => {
            tracing::warn!(%error, "an update was not taken; Telegram brings it again");
            later()
        }
    }
}

/// Compared in constant time, so that guessing learns nothing from how long it takes.
fn knows_secret(headers: &HeaderMap, secret: &SecretString) -> bool {
    let given = headers.get(SECRET).map_or(&[][..], |value| value.as_bytes());
    given.ct_eq(secret.expose_secret().as_bytes()).into()
}

fn later() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, COME_AGAIN)]).into_response()
}
