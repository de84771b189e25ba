//! A whole Telegram in memory: chats, people, topics, and a Bot API over them, on the loopback.
//!
//! It has the real one's habits: an update is forgotten only when a higher offset arrives, a second poller ends the
//! first one's wait with 409, a webhook is called again until it answers 200, texts have limits, and refusals have
//! Telegram's own words. Every call is kept, and checked against the published description.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::watch;

use super::http::{Reply, Request, Server, serve};
use super::spec;

pub(crate) const TOKEN: &str = "4200:CANARY-tGh8-token";
pub(crate) const ME: i64 = 4200;
/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(240);

/// The fake, as long as it lives.
pub(crate) struct Fake {
    pub(crate) server: Server,
    inner: Arc<Inner>,
}

struct Inner {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

/// All of it.
#[derive(Default)]
pub(crate) struct State {
    updates: VecDeque<(i64, Value)>,
    last_update: i64,
    pollers: u64,
    pub(crate) webhook: Option<Value>,
    pub(crate) chats: BTreeMap<i64, Chat>,
    pub(crate) messages: BTreeMap<(i64, i64), Value>,
    pub(crate) calls: Vec<Call>,
    faults: Vec<(String, Reply)>,
    pub(crate) violations: Vec<String>,
    connections: BTreeMap<String, Value>,
    /// Files and addresses that Telegram won't take.
    pub(crate) bad_files: Vec<String>,
    /// When set: 429 for more than one message a second in a chat.
    pub(crate) is_strict: bool,
    /// The token is no longer good.
    pub(crate) is_revoked: bool,
    presses: u64,
    /// Calls that were answered with 429 on purpose.
    pub(crate) floods: Vec<Call>,
}

/// A chat.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chat {
    pub(crate) kind: &'static str,
    pub(crate) has_topics: bool,
    pub(crate) topics: BTreeMap<i64, Topic>,
    pub(crate) is_shut: bool,
    pub(crate) moved_to: Option<i64>,
    last_message: i64,
    sent: Option<Instant>,
}

/// A topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Topic {
    pub(crate) name: String,
    pub(crate) is_closed: bool,
}

/// A call that the bot made.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) body: Value,
    pub(crate) at: Instant,
}

impl Fake {
    pub(crate) async fn start() -> Self {
        let inner = Arc::new(Inner { state: Mutex::default(), changed: watch::channel(0).0 });
        let answering = inner.clone();
        let server = serve(move |request| {
            let inner = answering.clone();
            async move { inner.answer(request).await }
        })
        .await;
        Self { server, inner }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.inner.lock()
    }

    /// The next call of `method` (`*`: of any) is answered so.
    pub(crate) fn fault(&self, method: &str, reply: Reply) {
        self.state().faults.push((method.to_owned(), reply));
    }

    /// A refusal in Telegram's words.
    pub(crate) fn refuse(&self, method: &str, code: u16, description: &str, parameters: Value) {
        let body =
            json!({"ok": false, "error_code": code, "description": description, "parameters": parameters});
        self.fault(method, Reply::Whole { status: code, headers: Vec::new(), body: body.to_string() });
    }

    /// Waits until `ready` finds what it looks for.
    pub(crate) async fn until<T>(&self, what: &str, mut ready: impl FnMut(&State) -> Option<T>) -> T {
        let mut changes = self.inner.changed.subscribe();
        let wait = async {
            loop {
                changes.borrow_and_update();
                if let Some(found) = ready(&self.state()) {
                    return found;
                }
                changes.changed().await.expect("the fake lives");
            }
        };
        match tokio::time::timeout(PATIENCE, wait).await {
            Ok(found) => found,
            Err(_) => panic!("{what} never came; calls: {:#?}", self.log()),
        }
    }

    /// The calls so far, but for the waiting ones.
    pub(crate) fn log(&self) -> Vec<String> {
        let quiet = ["getUpdates", "getMe", "setMyCommands", "deleteWebhook", "getChat"];
        let calls = self.state().calls.clone();
        let calls = calls.iter().filter(|call| !quiet.contains(&call.method.as_str()));
        calls.map(|call| format!("{} {}", call.method, call.body)).collect()
    }

    /// Waits for the `count`-th message of the bot in `chat` whose text holds `words`.
    pub(crate) async fn said(&self, chat: i64, words: &str) -> Value {
        self.until(&format!("`{words}` in {chat}"), |state| state.said(chat, words)).await
    }

    pub(crate) fn violations(&self) -> Vec<String> {
        self.state().violations.clone()
    }

    pub(crate) fn add_chat(&self, id: i64, kind: &'static str, has_topics: bool) {
        self.state().chats.insert(id, Chat { kind, has_topics, ..Chat::default() });
    }

    /// Hands `update` (without its number) to whoever listens.
    pub(crate) fn push(&self, update: Value) -> i64 {
        let number = {
            let mut state = self.state();
            state.last_update += 1;
            let number = state.last_update;
            let mut update = update;
            update["update_id"] = json!(number);
            state.updates.push_back((number, update));
            number
        };
        self.inner.change();
        number
    }

    /// Updates that Telegram still keeps.
    pub(crate) fn kept(&self) -> usize {
        self.state().kept()
    }

    /// A new message in `chat`, with `content` on top of who and where; gives its number.
    pub(crate) fn writes(&self, chat: i64, from: &Value, content: Value) -> i64 {
        let message = self.message(chat, from, content);
        let number = message["message_id"].as_i64().expect("it has one");
        self.push(json!({"message": message}));
        number
    }

    /// A message in `chat` that isn't told to anybody yet.
    pub(crate) fn message(&self, chat: i64, from: &Value, content: Value) -> Value {
        let mut state = self.state();
        let number = state.next_message(chat);
        let mut message = json!({"message_id": number, "date": 1_780_000_000, "from": from, "chat": state.chat_json(chat, from)});
        merge(&mut message, content);
        if let Some(reply) = message["reply_to_message"].as_i64() {
            // A reply doesn't tell what it itself replied to.
            let mut replied = state.messages.get(&(chat, reply)).cloned().expect("there is such a message");
            replied.as_object_mut().expect("an object").remove("reply_to_message");
            message["reply_to_message"] = replied;
        }
        state.messages.insert((chat, number), message.clone());
        message
    }

    /// Somebody changes their message.
    pub(crate) fn edits(&self, chat: i64, number: i64, content: Value) {
        let message = {
            let mut state = self.state();
            let message = state.messages.get_mut(&(chat, number)).expect("there is such a message");
            message["edit_date"] = json!(1_780_000_100);
            merge(message, content);
            message.clone()
        };
        self.push(json!({"edited_message": message}));
    }

    /// Somebody presses the button `label` below a message of the bot.
    pub(crate) fn presses(&self, from: &Value, message: &Value, label: &str) -> String {
        let data = button(message, label).unwrap_or_else(|| panic!("no button `{label}` below {message}"));
        let id = {
            let mut state = self.state();
            state.presses += 1;
            format!("press-{}", state.presses)
        };
        self.push(json!({"callback_query": {"id": id, "from": from, "chat_instance": "1", "message": message, "data": data}}));
        id
    }

    /// Calls the webhook at `address` with each update, in order, again until it answers 200, until the task is
    /// aborted. (The registered address is the proxy's; `address` is where the proxy would pass it on.)
    pub(crate) fn call_webhook(&self, address: String) -> tokio::task::JoinHandle<()> {
        let inner = self.inner.clone();
        tokio::spawn(async move { inner.call_webhook(&address).await })
    }

    pub(crate) fn connect(&self, id: &str, owner: &Value, can_reply: bool) {
        let connection = json!({"id": id, "user": owner, "user_chat_id": owner["id"], "date": 1_780_000_000, "is_enabled": true, "rights": {"can_reply": can_reply}});
        self.state().connections.insert(id.to_owned(), connection);
    }
}

/// Somebody.
pub(crate) fn user(id: i64, name: &str, language: &str) -> Value {
    json!({"id": id, "is_bot": false, "first_name": name, "language_code": language})
}

/// The code of the button `label` below `message`.
pub(crate) fn button(message: &Value, label: &str) -> Option<String> {
    let rows = message["reply_markup"]["inline_keyboard"].as_array()?;
    let mut buttons = rows.iter().filter_map(Value::as_array).flatten();
    let found = buttons.find(|button| button["text"].as_str().is_some_and(|text| text.contains(label)))?;
    Some(found["callback_data"].as_str()?.to_owned())
}

fn merge(into: &mut Value, other: Value) {
    if let (Value::Object(into), Value::Object(other)) = (into, other) {
        into.extend(other);
    }
}

impl State {
    /// The newest message of the bot in `chat` whose text holds `words`.
    pub(crate) fn said(&self, chat: i64, words: &str) -> Option<Value> {
        let in_chat = self.messages.range((chat, 0)..=(chat, i64::MAX)).rev().map(|(_, message)| message);
        let holds = |message: &&Value| {
            let text = message["text"].as_str().or(message["caption"].as_str()).unwrap_or_default();
            message["from"]["id"] == ME && text.contains(words)
        };
        in_chat.into_iter().find(holds).cloned()
    }

    pub(crate) fn kept(&self) -> usize {
        self.updates.len()
    }

    pub(crate) fn calls_of(&self, method: &str) -> Vec<Value> {
        self.calls.iter().filter(|call| call.method == method).map(|call| call.body.clone()).collect()
    }

    fn next_message(&mut self, chat: i64) -> i64 {
        let chat = self.chats.entry(chat).or_insert_with(|| Chat { kind: "private", ..Chat::default() });
        chat.last_message += 1;
        chat.last_message
    }

    fn chat_json(&self, id: i64, from: &Value) -> Value {
        let chat = self.chats.get(&id).cloned().unwrap_or_default();
        if chat.kind == "private" {
            return json!({"id": id, "type": "private", "first_name": from["first_name"]});
        }
        let mut json = json!({"id": id, "type": chat.kind, "title": format!("Group {id}")});
        if chat.has_topics {
            json["is_forum"] = json!(true);
        }
        json
    }
}

/// Telegram's refusal, or what a method gives.
type Outcome = Result<Value, (u16, String, Value)>;

fn no(description: &str) -> (u16, String, Value) {
    let code = if description.starts_with("Forbidden") { 403 } else { 400 };
    (code, description.to_owned(), json!({}))
}

fn whole(outcome: Outcome) -> Reply {
    let (status, body) = match outcome {
        Ok(result) => (200, json!({"ok": true, "result": result})),
        Err((code, description, parameters)) => {
            let mut body = json!({"ok": false, "error_code": code, "description": description});
            if parameters != json!({}) {
                body["parameters"] = parameters;
            }
            (code, body)
        }
    };
    Reply::Whole { status, headers: Vec::new(), body: body.to_string() }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn change(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    async fn answer(&self, request: Request) -> Reply {
        let path = request.path.trim_start_matches('/').to_owned();
        let (bot, method) = path.split_once('/').unwrap_or((&path, ""));
        let body = if request.content_type.starts_with("multipart/") {
            multipart(&request)
        } else if request.body.is_empty() {
            json!({})
        } else {
            serde_json::from_slice(&request.body).expect("the bot sends JSON")
        };
        if bot != format!("bot{TOKEN}") || self.lock().is_revoked {
            self.note(method, &body);
            return whole(Err((401, "Unauthorized".to_owned(), json!({}))));
        }
        self.note(method, &body);
        let fault = {
            let mut state = self.lock();
            let position = state.faults.iter().position(|(of, _)| of == method || of == "*");
            position.map(|position| state.faults.remove(position).1)
        };
        let reply = match fault {
            Some(fault) => {
                if matches!(fault, Reply::Whole { status: 429, .. }) {
                    self.lock().floods.push(Call { method: method.to_owned(), body, at: Instant::now() });
                }
                fault
            }
            None if method == "getUpdates" => self.get_updates(&body).await,
            None => whole(self.lock().call(method, &body)),
        };
        self.change();
        reply
    }

    fn note(&self, method: &str, body: &Value) {
        let mut state = self.lock();
        let wrong = spec::check(method, body);
        state.violations.extend(wrong);
        state.calls.push(Call { method: method.to_owned(), body: body.clone(), at: Instant::now() });
        drop(state);
        self.change();
    }

    async fn call_webhook(&self, address: &str) {
        let client =
            reqwest::Client::builder().timeout(Duration::from_secs(15)).build().expect("it can be made");
        let mut changes = self.changed.subscribe();
        loop {
            changes.borrow_and_update();
            let next = {
                let state = self.lock();
                let secret = state.webhook.as_ref().map(|webhook| webhook["secret_token"].clone());
                secret.zip(state.updates.front().cloned())
            };
            let Some((secret, (number, update))) = next else {
                changes.changed().await.expect("the fake lives");
                continue;
            };
            let request = client.post(address).json(&update);
            let request =
                request.header("X-Telegram-Bot-Api-Secret-Token", secret.as_str().unwrap_or_default());
            match request.send().await {
                Ok(answer) if answer.status() == 200 => {
                    self.lock().updates.retain(|(kept, _)| *kept != number);
                    self.change();
                }
                _ => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }

    async fn get_updates(&self, body: &Value) -> Reply {
        let mine = {
            let mut state = self.lock();
            if state.webhook.is_some() {
                let reason = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
                return whole(Err((409, reason.to_owned(), json!({}))));
            }
            if let Some(offset) = body["offset"].as_i64() {
                state.updates.retain(|(number, _)| offset <= *number);
            }
            state.pollers += 1;
            state.pollers
        };
        self.change();
        let end = tokio::time::Instant::now() + Duration::from_secs(body["timeout"].as_u64().unwrap_or(0));
        let limit = usize::try_from(body["limit"].as_u64().unwrap_or(100)).expect("small");
        let mut changes = self.changed.subscribe();
        loop {
            changes.borrow_and_update();
            {
                let state = self.lock();
                if state.pollers != mine {
                    let reason = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
                    return whole(Err((409, reason.to_owned(), json!({}))));
                }
                if !state.updates.is_empty() {
                    let batch: Vec<&Value> =
                        state.updates.iter().take(limit).map(|(_, update)| update).collect();
                    return whole(Ok(json!(batch)));
                }
            }
            tokio::select! {
                _ = changes.changed() => {}
                () = tokio::time::sleep_until(end) => return whole(Ok(json!([]))),
            }
        }
    }
}

/// Text fields of a form; a file is its content.
fn multipart(request: &Request) -> Value {
    let text = String::from_utf8_lossy(&request.body);
    let boundary = request.content_type.split("boundary=").nth(1).expect("it has a boundary");
    let mut fields = json!({});
    for part in text.split(&format!("--{boundary}")) {
        let Some((head, content)) = part.split_once("\r\n\r\n") else { continue };
        let name =
            head.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("it has a name");
        let content = content.trim_end_matches("\r\n");
        let value = if head.contains("filename") { None } else { serde_json::from_str(content).ok() };
        fields[name] = value.unwrap_or_else(|| json!(content));
    }
    fields
}

impl State {
    fn call(&mut self, method: &str, body: &Value) -> Outcome {
        match method {
            "getMe" => Ok(
                json!({"id": ME, "is_bot": true, "first_name": "Deskbell", "username": "deskbell_bot", "can_join_groups": true, "can_read_all_group_messages": false, "supports_inline_queries": true}),
            ),
            "setWebhook" => {
                self.webhook = Some(body.clone()).filter(|body| body["url"] != "");
                Ok(json!(true))
            }
            "deleteWebhook" => {
                self.webhook = None;
                Ok(json!(true))
            }
            "setMyCommands" | "answerInlineQuery" | "sendChatAction" => Ok(json!(true)),
            "answerCallbackQuery" => Ok(json!(true)),
            "getBusinessConnection" => {
                let id = body["business_connection_id"].as_str().unwrap_or_default();
                self.connections
                    .get(id)
                    .cloned()
                    .ok_or_else(|| no("Bad Request: business connection not found"))
            }
            _ => self.in_chat(method, body),
        }
    }

    /// Methods that are about a chat.
    fn in_chat(&mut self, method: &str, body: &Value) -> Outcome {
        if method == "deleteBusinessMessages" {
            return Ok(json!(true));
        }
        let chat = body["chat_id"].as_i64().unwrap_or_default();
        let Some(known) = self.chats.get(&chat).cloned() else {
            return Err(no("Bad Request: chat not found"));
        };
        if let Some(new) = known.moved_to {
            let reason = "Bad Request: group chat was upgraded to a supergroup chat".to_owned();
            return Err((400, reason, json!({"migrate_to_chat_id": new})));
        }
        if known.is_shut {
            let private = "Forbidden: bot was blocked by the user";
            return Err(no(if 0 < chat {
                private
            } else {
                "Forbidden: bot was kicked from the supergroup chat"
            }));
        }
        match method {
            "getChat" => Ok(self.chat_json(chat, &json!({"first_name": "Somebody"}))),
            "createForumTopic" | "editForumTopic" | "closeForumTopic" | "reopenForumTopic" => {
                self.topic(method, chat, body)
            }
            "editMessageText" | "editMessageCaption" | "editMessageReplyMarkup" => {
                self.edit(method, chat, body)
            }
            "deleteMessage" => {
                let number = body["message_id"].as_i64().unwrap_or_default();
                let removed = self.messages.remove(&(chat, number));
                removed.map(|_| json!(true)).ok_or_else(|| no("Bad Request: message to delete not found"))
            }
            "setMessageReaction" => Ok(json!(true)),
            _ => self.send(method, chat, body),
        }
    }

    fn topic(&mut self, method: &str, chat: i64, body: &Value) -> Outcome {
        let known = self.chats.get(&chat).cloned().expect("looked up before");
        if !known.has_topics {
            return Err(no("Bad Request: the chat is not a forum"));
        }
        let name = body["name"].as_str().unwrap_or_default().to_owned();
        if method == "createForumTopic" {
            let number = self.next_message(chat);
            let topic = Topic { name: name.clone(), is_closed: false };
            self.chats.get_mut(&chat).expect("looked up before").topics.insert(number, topic);
            return Ok(json!({"message_thread_id": number, "name": name, "icon_color": 7_322_096}));
        }
        let number = body["message_thread_id"].as_i64().unwrap_or_default();
        let topic = self.chats.get_mut(&chat).and_then(|chat| chat.topics.get_mut(&number));
        let Some(topic) = topic else { return Err(no("Bad Request: message thread not found")) };
        let before = topic.clone();
        match method {
            "closeForumTopic" => topic.is_closed = true,
            "reopenForumTopic" => topic.is_closed = false,
            _ => topic.name = name,
        }
        if *topic == before { Err(no("Bad Request: TOPIC_NOT_MODIFIED")) } else { Ok(json!(true)) }
    }

    fn edit(&mut self, method: &str, chat: i64, body: &Value) -> Outcome {
        let number = body["message_id"].as_i64().unwrap_or_default();
        let Some(message) = self.messages.get_mut(&(chat, number)) else {
            return Err(no("Bad Request: message to edit not found"));
        };
        let before = message.clone();
        if method != "editMessageReplyMarkup" {
            for field in ["text", "entities", "caption", "caption_entities"] {
                if let Some(value) = body.get(field) {
                    message[field] = value.clone();
                }
            }
        }
        match body.get("reply_markup") {
            Some(markup) => message["reply_markup"] = markup.clone(),
            None => drop(message.as_object_mut().expect("an object").remove("reply_markup")),
        }
        if *message == before {
            return Err(no(
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
            ));
        }
        Ok(message.clone())
    }

    fn send(&mut self, method: &str, chat: i64, body: &Value) -> Outcome {
        let text = body["text"].as_str().unwrap_or_default();
        if method == "sendMessage" && text.trim().is_empty() {
            return Err(no("Bad Request: message text is empty"));
        }
        if 4096 < text.encode_utf16().count() {
            return Err(no("Bad Request: message is too long"));
        }
        let topic = body["message_thread_id"].as_i64();
        if let Some(topic) = topic
            && !self.chats[&chat].topics.contains_key(&topic)
        {
            return Err(no("Bad Request: message thread not found"));
        }
        let file = ["photo", "document", "voice", "audio", "video", "video_note", "animation", "sticker"]
            .into_iter()
            .find_map(|name| Some((name, body.get(name)?.as_str()?.to_owned())));
        if let Some((_, reference)) = &file
            && self.bad_files.contains(reference)
        {
            return Err(no("Bad Request: wrong file identifier/HTTP URL specified"));
        }
        let now = Instant::now();
        let known = self.chats.get_mut(&chat).expect("looked up before");
        if self.is_strict && known.sent.is_some_and(|sent| now - sent < Duration::from_millis(950)) {
            let reason = "Too Many Requests: retry after 1".to_owned();
            return Err((429, reason, json!({"retry_after": 1})));
        }
        known.sent = Some(now);
        let number = self.next_message(chat);
        let me = json!({"id": ME, "is_bot": true, "first_name": "Deskbell", "username": "deskbell_bot"});
        let mut message = json!({"message_id": number, "date": 1_780_000_000, "from": me, "chat": self.chat_json(chat, &json!({"first_name": "Somebody"}))});
        for field in
            ["text", "entities", "caption", "caption_entities", "reply_markup", "business_connection_id"]
        {
            if let Some(value) = body.get(field) {
                message[field] = value.clone();
            }
        }
        if let Some((name, reference)) = file {
            message[name] = json!({"file_id": reference});
        }
        if let Some(topic) = topic {
            message["message_thread_id"] = json!(topic);
            message["is_topic_message"] = json!(true);
        }
        if let Some(replied) = body["reply_parameters"]["message_id"].as_i64() {
            match self.messages.get(&(chat, replied)) {
                Some(replied) => message["reply_to_message"] = replied.clone(),
                None if body["reply_parameters"]["allow_sending_without_reply"] == true => {}
                None => return Err(no("Bad Request: message to be replied not found")),
            }
        }
        self.messages.insert((chat, number), message.clone());
        Ok(if method == "copyMessage" { json!({"message_id": number}) } else { message })
    }
}
