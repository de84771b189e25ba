//! As much of Telegram and Discord as a command needs, on the loopback: every call is kept.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

/// A method or path, and what was sent with it.
pub(crate) type Call = (String, Value);

/// Looks at the calls before a test gives up, a tenth of a second apart.
const LOOKS: u32 = 1200;

pub(crate) struct Platform {
    address: SocketAddr,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Platform {
    /// One that knows the bot.
    pub(crate) fn start() -> Self {
        Self::answering(200)
    }

    /// One that doesn't know the token.
    pub(crate) fn refusing() -> Self {
        Self::answering(401)
    }

    fn answering(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let calls = Arc::new(Mutex::new(Vec::new()));
        let kept = calls.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = kept.clone();
                std::thread::spawn(move || {
                    let _ = serve(&stream, status, &kept);
                });
            }
        });
        Self { address, calls }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until `find` finds something among the calls.
    pub(crate) fn until(&self, what: &str, find: impl Fn(&[Call]) -> Option<Call>) -> Call {
        for _ in 0..LOOKS {
            if let Some(found) = find(&self.calls.lock().unwrap_or_else(PoisonError::into_inner)) {
                return found;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!(
            "{what} never came; there were {:?}",
            self.calls.lock().unwrap_or_else(PoisonError::into_inner)
        );
    }
}

fn serve(stream: &TcpStream, status: u16, calls: &Mutex<Vec<Call>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut request = String::new();
        if reader.read_line(&mut request)? == 0 {
            return Ok(());
        }
        let mut length = 0;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            if header.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = header.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let path = request.split(' ').nth(1).unwrap_or_default();
        let method = path.rsplit('/').next().unwrap_or_default().to_owned();
        let answer =
            if status == 200 { answer(path, &method).to_string() } else { json!({"ok": false}).to_string() };
        calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((method.clone(), serde_json::from_slice(&body).unwrap_or_default()));
        if method == "getUpdates" {
            std::thread::sleep(Duration::from_millis(200));
        }
        let head = format!(
            "HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            answer.len()
        );
        let mut stream = stream;
        stream.write_all(head.as_bytes())?;
        stream.write_all(answer.as_bytes())?;
    }
}

fn answer(path: &str, method: &str) -> Value {
    if path.starts_with("/api/v10/") {
        return match method {
            "bot" => {
                json!({"url": "ws://127.0.0.1:9", "shards": 1, "session_start_limit": {"remaining": 900}})
            }
            _ if path.contains("users") => json!({"id": "42", "username": "examplebell"}),
            _ => json!({"flags": 0}),
        };
    }
    let result = match method {
        "getMe" => json!({"id": 4200, "is_bot": true, "first_name": "Bell", "username": "example_bell_bot"}),
        "getUpdates" => json!([]),
        "getChat" => json!({"id": -100, "type": "supergroup"}),
        "sendMessage" => json!({"message_id": 1, "date": 0, "chat": {"id": 777, "type": "private"}}),
        _ => json!(true),
    };
    json!({"ok": true, "result": result})
}
