//! A small HTTP door for whoever watches the bot: `/healthz`, `/readyz`, `/metrics`. It is for loopback, and tells
//! nothing about customers.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::store::{Health, StoreError};

use super::Shared;
use super::meter::Now;

/// The media type of Prometheus' text format.
const METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers until `stop`.
pub(super) async fn run(shared: Arc<Shared>, listener: TcpListener, mut stop: watch::Receiver<bool>) {
    let ready = stop.clone();
    let door = Router::new()
        .route("/healthz", get(health))
        .route("/readyz", get(readiness))
        .route("/metrics", get(metrics))
        .with_state(Watched { shared, stopping: ready });
    let stopped = async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    if let Err(error) = axum::serve(listener, door).with_graceful_shutdown(stopped).await {
        tracing::error!(%error, "the door for health and metrics has closed");
    }
}

#[derive(Clone)]
struct Watched {
    shared: Arc<Shared>,
    stopping: watch::Receiver<bool>,
}

/// 200 while the process does its work and its disk takes what it is given; 503, with the reason, when it refuses.
async fn health(State(watched): State<Watched>) -> Response {
    match watched.shared.store.health() {
        Health::Good => (StatusCode::OK, "good\n".to_owned()),
        Health::Refusing(reason) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("degraded: the disk refuses: {reason}\n"))
        }
    }
    .into_response()
}

/// 200 while questions are taken in.
async fn readiness(State(watched): State<Watched>) -> Response {
    if *watched.stopping.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    health(State(watched)).await
}

async fn metrics(State(watched): State<Watched>) -> Response {
    match standing(&watched.shared).await {
        Ok(now) => match watched.shared.meter.text(&now) {
            Ok(page) => ([(header::CONTENT_TYPE, METRICS)], page).into_response(),
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
        },
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

async fn standing(shared: &Shared) -> Result<Now, StoreError> {
    let waiting = shared.store.waiting().await?;
    let now = shared.clock.now();
    let overdue = waiting.first_due.filter(|due| *due < now).map(|due| now.since(due)).unwrap_or_default();
    Ok(Now {
        waiting,
        overdue,
        open_tickets: shared.store.open_tickets().await?.len(),
        entries: shared.index.load().faq().entries.len(),
        health: shared.store.health(),
    })
}
