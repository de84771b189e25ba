//! The webhook: who may call, what they get, and when.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use deskbell::channel::NotTaken;
use deskbell::channel::telegram::{Listen, Settings, Webhook};
use reqwest::{Client, Response};
use serde_json::{Value, json};

use super::bot::{Bot, settings};
use super::fake::{Fake, user};

/// A port that was free a moment ago.
fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port is free")
}

struct Hook {
    bot: Bot,
    url: String,
    secret: String,
}

async fn start(certificate: Option<Vec<u8>>) -> Hook {
    let fake = Fake::start().await;
    let listen = free_port();
    let webhook = Webhook {
        url: "https://shop.example/telegram/hook".to_owned(),
        listen,
        secret: None,
        certificate,
        max_connections: 40,
    };
    let settings = Settings { listen: Listen::Webhook(webhook), ..settings(&fake) };
    let bot = Bot::run(fake, settings);
    let registered = bot.fake.until("the webhook", |state| state.webhook.clone()).await;
    let secret = registered["secret_token"].as_str().expect("it has a secret").to_owned();
    Hook { bot, url: format!("http://{listen}/telegram/hook"), secret }
}

impl Hook {
    async fn post(&self, secret: &str, body: Vec<u8>) -> Response {
        let request =
            Client::new().post(&self.url).header("X-Telegram-Bot-Api-Secret-Token", secret).body(body);
        request.send().await.expect("it answers")
    }

    async fn update(&self, update: Value) -> Response {
        self.post(&self.secret, update.to_string().into_bytes()).await
    }
}

fn update(bot: &Bot, text: &str) -> Value {
    json!({"update_id": 1, "message": bot.fake.message(11, &user(11, "Anna", "en"), json!({"text": text}))})
}

#[tokio::test]
async fn an_update_gets_its_200_after_it_is_stored() {
    let hook = start(None).await;
    let first = update(&hook.bot, "hello");
    hook.bot.inbox.refuse([NotTaken::NotStored("the disk is full".to_owned()), NotTaken::Busy]);
    for _ in 0..2 {
        let answer = hook.update(first.clone()).await;
        assert_eq!(answer.status(), 503);
        assert!(answer.headers().contains_key("retry-after"));
        assert!(hook.bot.inbox.heard().is_empty());
    }
    assert_eq!(hook.update(first).await.status(), 200);
    assert!(hook.bot.inbox.lines(1).await[0].ends_with("\"hello\""));
    hook.bot.end().await;
}

#[tokio::test]
async fn strangers_and_giants_are_turned_away() {
    let hook = start(None).await;
    let good = update(&hook.bot, "hello").to_string().into_bytes();
    for wrong in ["", "x", &hook.secret[1..], &format!("{}x", hook.secret)] {
        assert_eq!(hook.post(wrong, good.clone()).await.status(), 403, "{wrong:?}");
    }
    assert_eq!(Client::new().get(&hook.url).send().await.unwrap().status(), 405);
    let elsewhere = hook.url.replace("hook", "other");
    assert_eq!(Client::new().post(elsewhere).send().await.unwrap().status(), 404);
    assert_eq!(hook.post(&hook.secret, vec![b' '; 1024 * 1024 + 1]).await.status(), 413);
    assert_eq!(hook.post(&hook.secret, b"{\"update_id\": 1, \"mess".to_vec()).await.status(), 400);
    assert!(hook.bot.inbox.heard().is_empty());
    // What it can't make sense of, it takes and forgets: Telegram would bring it for a day.
    assert_eq!(hook.update(json!({"update_id": 5, "message": {"text": "no chat"}})).await.status(), 200);
    hook.bot.end().await;
}

#[tokio::test]
async fn it_registers_itself_with_its_own_certificate() {
    let hook = start(Some(b"-----BEGIN CERTIFICATE-----\nabc\n".to_vec())).await;
    let registered = hook.bot.fake.state().webhook.clone().unwrap();
    assert_eq!(registered["url"], "https://shop.example/telegram/hook");
    assert!(registered["certificate"].as_str().unwrap().starts_with("-----BEGIN"));
    assert_eq!(registered["max_connections"], 40);
    assert!(registered["allowed_updates"].as_array().unwrap().contains(&json!("business_message")));
    assert!(hook.secret.len() == 64 && !hook.secret.contains("CANARY"), "{}", hook.secret);
    hook.bot.end().await;
}

#[tokio::test]
async fn a_caller_who_dawdles_holds_nobody_up() {
    use tokio::io::AsyncWriteExt;
    let hook = start(None).await;
    let address = hook.url.split('/').nth(2).unwrap().to_owned();
    let mut slow = tokio::net::TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "POST /telegram/hook HTTP/1.1\r\nHost: x\r\nX-Telegram-Bot-Api-Secret-Token: {}\r\nContent-Length: 100\r\n\r\n{{",
        hook.secret
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(5), hook.update(update(&hook.bot, "quick"))).await;
    assert_eq!(answer.unwrap().status(), 200);
    drop(slow);
    hook.bot.end().await;
}
