//! The door for whoever watches the bot: what it tells, and what it never tells.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use deskbell::channel::{Author, Channel, DeliverError, Heard, HeardAct, Parcel};
use deskbell::desk::{Company, ConversationId, MessageId, Place, Policy, Receipt, Said};
use deskbell::faq::{self, ChannelKind, RawFile};
use deskbell::matcher::Index;
use deskbell::runtime::{Clock, Parts, Runtime, Staff};
use deskbell::store::MemoryStore;
use futures::future::BoxFuture;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const SECRET_WORDS: &str = "the code of my door is 4711";

/// A platform that takes everything, or nothing.
#[derive(Default)]
struct Platform {
    broken: AtomicBool,
}

impl Channel for Platform {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Telegram
    }

    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, Result<Receipt, DeliverError>> {
        let result = if self.broken.load(Ordering::Relaxed) {
            Err(DeliverError::Unreachable("it is night".to_owned()))
        } else {
            Ok(Receipt { place: parcel.to.clone(), messages: vec![MessageId(format!("m{}", parcel.number))] })
        };
        Box::pin(async move { result })
    }
}

fn wrote(number: u32, text: &str) -> Heard {
    Heard {
        conversation: ConversationId::new(ChannelKind::Telegram, "visible-number"),
        message: MessageId(number.to_string()),
        place: Place { channel: ChannelKind::Telegram, address: "visible-number".to_owned() },
        author: Author {
            id: "visible-number".to_owned(),
            name: "Visible Name".to_owned(),
            roles: Vec::new(),
            app_language: None,
        },
        company: Company::Alone,
        act: HeardAct::Wrote(Said { text: text.to_owned(), attachments: Vec::new() }),
    }
}

async fn get(at: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(at).await.expect("the door is open");
    let request = format!("GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("answered");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    (status, body)
}

#[tokio::test]
async fn what_happens_is_counted_and_nobody_is_named() {
    let file = "## When are you open? {#hours}\n\nFrom 8 to 18.\n";
    let files = vec![RawFile { path: "shop.md".to_owned(), content: Ok(file.as_bytes().to_vec()) }];
    let index = Arc::new(Index::build(Arc::new(faq::read(files))));
    let platform = Arc::new(Platform::default());
    let parts = Parts {
        store: Arc::new(MemoryStore::new()),
        index,
        faq: None,
        policy: Policy { burst: std::time::Duration::ZERO, ..Policy::default() },
        staff: Staff {
            place: Some(Place { channel: ChannelKind::Telegram, address: "staff".to_owned() }),
            ..Staff::default()
        },
        owner: None,
        clock: Clock::System,
    };
    let mut runtime = Runtime::start(parts, vec![platform.clone()]);
    let at = runtime.open_door("127.0.0.1:0".parse().expect("an address")).await.expect("bound");

    assert_eq!(get(at, "/healthz").await, (200, "good\n".to_owned()));
    assert_eq!(get(at, "/readyz").await.0, 200);
    assert_eq!(get(at, "/").await.0, 404);

    let inbox = runtime.inbox();
    inbox.accept(wrote(1, "When are you open?")).await.expect("taken");
    runtime.quiet().await.expect("all said");
    platform.broken.store(true, Ordering::Relaxed);
    inbox.accept(wrote(2, SECRET_WORDS)).await.expect("taken");
    runtime.quiet().await.expect("all tried");

    let (status, page) = get(at, "/metrics").await;
    assert_eq!(status, 200);
    let wanted = [
        "deskbell_build_info{version=",
        "deskbell_heard_total{channel=\"telegram\"} 2",
        "deskbell_decisions_total{channel=\"telegram\",outcome=\"answered\"} 1",
        "deskbell_decisions_total{channel=\"telegram\",outcome=\"handed_over\"} 1",
        "deskbell_turn_duration_seconds_count 2",
        "deskbell_deliveries_total{channel=\"telegram\",result=\"delivered\"} 1",
        "deskbell_platform_errors_total{channel=\"telegram\",reason=\"unreachable\"}",
        "deskbell_outbox_deliveries 2",
        "deskbell_open_tickets 1",
        "deskbell_faq_entries 1",
        "deskbell_store_good 1",
        "# EOF",
    ];
    for line in wanted {
        assert!(page.contains(line), "{line} is missing in\n{page}");
    }
    for secret in ["4711", "visible-number", "Visible Name"] {
        assert!(!page.contains(secret), "{secret} is told in\n{page}");
    }
    runtime.stop().await.expect("stopped");
    assert!(TcpStream::connect(at).await.is_err(), "the door is closed afterwards");
}
