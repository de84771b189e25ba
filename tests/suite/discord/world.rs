//! A whole Discord in memory: servers, channels, threads, messages, interactions, commands; and what people do there.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::mpsc;

/// The bot's user, and its application.
pub const BOT: u64 = 900_000_000_000_000_001;
pub const APPLICATION: u64 = 900_000_000_000_000_002;
/// The one server.
pub const GUILD: u64 = 900_000_000_000_000_003;
/// The token that is right.
pub const TOKEN: &str = "canary-token-that-nobody-may-see";

const MESSAGE_CONTENT: u64 = 1 << 15;
const GUILD_MESSAGES: u64 = 1 << 9;
const DIRECT_MESSAGES: u64 = 1 << 12;
/// Discord waits so long for an interaction's first answer.
const DEADLINE: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, Default)]
pub struct Channel {
    pub kind: u64,
    pub parent: Option<u64>,
    pub owner: Option<u64>,
    pub name: String,
    pub archived: bool,
    pub members: Vec<u64>,
    pub tags: Vec<String>,
    pub available_tags: Vec<(u64, String)>,
    pub messages: BTreeMap<u64, Value>,
}

#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub body: Value,
    pub token_sent: bool,
}

#[derive(Debug, Clone)]
pub struct Interaction {
    pub began: Instant,
    pub channel: u64,
    /// The first answer's type and data.
    pub answer: Option<(u64, Value)>,
    pub original: Option<u64>,
    /// Messages that were sent as further answers.
    pub followups: Vec<Value>,
    pub over: bool,
}

#[derive(Debug, Clone)]
pub struct Fault {
    pub method: &'static str,
    pub path: String,
    pub times: usize,
    pub answer: Broken,
}

#[derive(Debug, Clone)]
pub enum Broken {
    Status(u16, Value),
    Limited {
        retry_after: f64,
        global: bool,
    },
    Html,
    HalfABody,
    Stall,
    Reset,
    /// The request is carried out, but its answer is lost.
    AnswerLost,
}

#[derive(Debug, Default)]
pub struct Session {
    pub sequence: u64,
    pub sent: Vec<(u64, String)>,
    pub line: Option<mpsc::UnboundedSender<Frame>>,
    pub intents: u64,
    pub shard: (u64, u64),
}

#[derive(Debug, Clone)]
pub enum Frame {
    Text(String),
    Close(u16),
    Drop,
}

#[derive(Debug)]
pub struct World {
    next: u64,
    pub gateway: String,
    pub shards: u64,
    pub users: BTreeMap<u64, String>,
    pub roles: HashMap<u64, Vec<u64>>,
    pub channels: BTreeMap<u64, Channel>,
    pub nonces: HashMap<(u64, String), u64>,
    pub interactions: HashMap<String, Interaction>,
    pub commands: Value,
    pub registrations: usize,
    pub asked: Vec<Asked>,
    pub faults: Vec<Fault>,
    pub violations: Vec<String>,
    pub sessions: BTreeMap<String, Session>,
    pub identified: usize,
    pub resumed: usize,
    pub heartbeats: usize,
    pub heartbeat: Duration,
    /// The next lines are closed with this code after they identify.
    pub refuse_with: Option<u16>,
    /// Heartbeats are not acknowledged.
    pub deaf: bool,
    /// Sessions are forgotten: a resume is answered with op 9.
    pub amnesia: bool,
    /// Permissions of the bot, as interactions tell them.
    pub permissions: u64,
}

impl World {
    pub fn new() -> Self {
        Self {
            next: 1_000_000_000_000_000_000,
            gateway: String::new(),
            shards: 1,
            users: BTreeMap::from([(BOT, "deskbell".to_owned())]),
            roles: HashMap::new(),
            channels: BTreeMap::new(),
            nonces: HashMap::new(),
            interactions: HashMap::new(),
            commands: json!([]),
            registrations: 0,
            asked: Vec::new(),
            faults: Vec::new(),
            violations: Vec::new(),
            sessions: BTreeMap::new(),
            identified: 0,
            resumed: 0,
            heartbeats: 0,
            heartbeat: Duration::from_secs(20),
            refuse_with: None,
            deaf: false,
            amnesia: false,
            permissions: u64::MAX >> 10,
        }
    }

    pub fn id(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub fn user(&mut self, name: &str) -> u64 {
        let id = self.id();
        self.users.insert(id, name.to_owned());
        id
    }

    pub fn channel(&mut self, name: &str, kind: u64) -> u64 {
        let id = self.id();
        self.channels.insert(id, Channel { kind, name: name.to_owned(), ..Channel::default() });
        id
    }

    /// The private chat between the bot and `user`.
    pub fn chat(&mut self, user: u64) -> u64 {
        let known = self.channels.iter().find(|(_, channel)| channel.kind == 1 && channel.members == [user]);
        if let Some((id, _)) = known {
            return *id;
        }
        let id = self.channel("", 1);
        self.channels.get_mut(&id).expect("just made").members = vec![user];
        id
    }

    pub fn in_guild(&self, channel: u64) -> bool {
        self.channels.get(&channel).is_some_and(|channel| channel.kind != 1)
    }

    pub fn is_thread(&self, channel: u64) -> bool {
        self.channels.get(&channel).is_some_and(|channel| (10..=12).contains(&channel.kind))
    }

    pub fn user_json(&self, id: u64) -> Value {
        let name = self.users.get(&id).cloned().unwrap_or_default();
        json!({ "id": id.to_string(), "username": name.to_lowercase(), "global_name": name, "discriminator": "0",
                "avatar": null, "bot": id == BOT })
    }

    fn member_json(&self, id: u64) -> Value {
        let roles: Vec<String> = self.roles.get(&id).into_iter().flatten().map(ToString::to_string).collect();
        json!({ "roles": roles, "nick": null, "avatar": null, "joined_at": "2026-01-01T00:00:00Z", "deaf": false,
                "mute": false, "flags": 0, "pending": false })
    }

    pub fn full_member_json(&self, id: u64) -> Value {
        let mut member = self.member_json(id);
        member["user"] = self.user_json(id);
        member
    }

    pub fn channel_json(&self, id: u64) -> Value {
        let channel = &self.channels[&id];
        let mut json = json!({ "id": id.to_string(), "type": channel.kind, "name": channel.name });
        if let Some((last, _)) = channel.messages.last_key_value() {
            json["last_message_id"] = last.to_string().into();
        }
        if channel.kind == 1 {
            json["recipients"] = channel.members.iter().map(|user| self.user_json(*user)).collect();
            return json;
        }
        json["guild_id"] = GUILD.to_string().into();
        if let Some(parent) = channel.parent {
            json["parent_id"] = parent.to_string().into();
            json["owner_id"] = channel.owner.unwrap_or(BOT).to_string().into();
            json["applied_tags"] = channel.tags.clone().into();
            json["thread_metadata"] = json!({ "archived": channel.archived, "auto_archive_duration": 10080,
                "archive_timestamp": "2026-01-01T00:00:00Z", "locked": false });
        }
        json["available_tags"] = channel
            .available_tags
            .iter()
            .map(|(id, name)| json!({ "id": id.to_string(), "name": name, "moderated": false }))
            .collect();
        json
    }

    /// A message as Discord would tell it, from `body` (what a bot sent) or from somebody's words.
    pub fn put(&mut self, channel: u64, author: u64, body: Value) -> u64 {
        let id = self.id();
        let mut message = json!({
            "id": id.to_string(), "channel_id": channel.to_string(), "author": self.user_json(author), "type": 0,
            "content": "", "timestamp": "2026-11-24T10:00:00Z", "edited_timestamp": null, "tts": false,
            "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
            "components": [], "pinned": false, "flags": 0,
        });
        for (key, value) in body.as_object().into_iter().flatten() {
            message[key] = value.clone();
        }
        self.channels.get_mut(&channel).expect("a channel that exists").messages.insert(id, message);
        self.announce("MESSAGE_CREATE", channel, id);
        id
    }

    pub fn announce(&mut self, event: &str, channel: u64, id: u64) {
        let mut data = self.channels[&channel].messages[&id].clone();
        if self.in_guild(channel) {
            data["guild_id"] = GUILD.to_string().into();
            let author: u64 =
                data["author"]["id"].as_str().and_then(|id| id.parse().ok()).unwrap_or_default();
            data["member"] = self.member_json(author);
        }
        self.emit(event, &data);
    }

    /// Tells all sessions that may hear it.
    pub fn emit(&mut self, event: &str, data: &Value) {
        let is_message = event.starts_with("MESSAGE_");
        let guild = data["guild_id"].as_str().and_then(|id| id.parse::<u64>().ok());
        let to_bot =
            data["mentions"].as_array().into_iter().flatten().any(|user| user["id"] == BOT.to_string());
        let by_bot = data["author"]["id"] == BOT.to_string();
        for session in self.sessions.values_mut() {
            let needed = if guild.is_some() { GUILD_MESSAGES } else { DIRECT_MESSAGES };
            if is_message && session.intents & needed == 0 {
                continue;
            }
            let shard = guild.map_or(0, |guild| (guild >> 22) % session.shard.1);
            if shard != session.shard.0 {
                continue;
            }
            let mut data = data.clone();
            if is_message && guild.is_some() && session.intents & MESSAGE_CONTENT == 0 && !to_bot && !by_bot {
                for (key, empty) in
                    [("content", json!("")), ("attachments", json!([])), ("components", json!([]))]
                {
                    if data.get(key).is_some() {
                        data[key] = empty;
                    }
                }
            }
            session.tell(event, &data);
        }
    }

    // What people do.

    pub fn says(&mut self, channel: u64, user: u64, text: &str) -> u64 {
        let mut body = json!({ "content": text });
        if text.contains(&format!("<@{BOT}>")) {
            body["mentions"] = json!([self.user_json(BOT)]);
        }
        self.put(channel, user, body)
    }

    pub fn writes(&mut self, user: u64, text: &str) -> u64 {
        let chat = self.chat(user);
        self.says(chat, user, text)
    }

    pub fn replies(&mut self, channel: u64, user: u64, to: u64, text: &str) -> u64 {
        let answered = self.channels[&channel].messages[&to].clone();
        let author: u64 =
            answered["author"]["id"].as_str().and_then(|id| id.parse().ok()).expect("an author");
        let body = json!({ "content": text, "type": 19, "mentions": [self.user_json(author)],
            "message_reference": { "message_id": to.to_string(), "channel_id": channel.to_string() },
            "referenced_message": answered });
        self.put(channel, user, body)
    }

    pub fn edits(&mut self, channel: u64, message: u64, text: &str) {
        let edit = self.id();
        let known = self.channels.get_mut(&channel).and_then(|channel| channel.messages.get_mut(&message));
        let known = known.expect("a message that exists");
        known["content"] = text.into();
        known["edited_timestamp"] = format!("2026-11-24T10:{:02}:00Z", edit % 60).into();
        self.announce("MESSAGE_UPDATE", channel, message);
    }

    pub fn deletes(&mut self, channel: u64, message: u64) {
        self.channels.get_mut(&channel).expect("a channel that exists").messages.remove(&message);
        let mut data = json!({ "id": message.to_string(), "channel_id": channel.to_string() });
        if self.in_guild(channel) {
            data["guild_id"] = GUILD.to_string().into();
        }
        self.emit("MESSAGE_DELETE", &data);
    }

    pub fn posts(&mut self, forum: u64, user: u64, title: &str, text: &str) -> u64 {
        let thread = self.thread(forum, 11, title, Some(user), None);
        let body = json!({ "content": text });
        self.put(thread, user, body);
        thread
    }

    pub fn thread(&mut self, parent: u64, kind: u64, name: &str, owner: Option<u64>, id: Option<u64>) -> u64 {
        let id = id.unwrap_or_else(|| self.id());
        let channel =
            Channel { kind, parent: Some(parent), owner, name: name.to_owned(), ..Channel::default() };
        self.channels.insert(id, channel);
        let told = self.channel_json(id);
        self.emit("THREAD_CREATE", &told);
        id
    }

    pub fn presses(&mut self, channel: u64, user: u64, message: u64, code: &str) -> String {
        let data = json!({ "custom_id": code, "component_type": 2 });
        self.acts_on(channel, user, message, data)
    }

    pub fn chooses(&mut self, channel: u64, user: u64, message: u64, menu: &str, value: &str) -> String {
        let data = json!({ "custom_id": menu, "component_type": 3, "values": [value] });
        self.acts_on(channel, user, message, data)
    }

    fn acts_on(&mut self, channel: u64, user: u64, message: u64, data: Value) -> String {
        let on = self.channels[&channel].messages[&message].clone();
        self.interacts(3, channel, user, data, Some(on))
    }

    pub fn calls(&mut self, channel: u64, user: u64, name: &str, options: &[(&str, Value)]) -> String {
        let data = Self::called(name, options, false);
        self.interacts(2, channel, user, data, None)
    }

    pub fn types(&mut self, channel: u64, user: u64, name: &str, option: &str, text: &str) -> String {
        let data = Self::called(name, &[(option, json!(text))], true);
        self.interacts(4, channel, user, data, None)
    }

    fn called(name: &str, options: &[(&str, Value)], focused: bool) -> Value {
        let options: Vec<Value> = options
            .iter()
            .map(|(name, value)| {
                let kind = if value.is_boolean() { 5 } else { 3 };
                let mut option = json!({ "name": name, "type": kind, "value": value });
                if focused {
                    option["focused"] = true.into();
                }
                option
            })
            .collect();
        json!({ "id": "77", "name": name, "type": 1, "options": options })
    }

    pub fn calls_on(&mut self, channel: u64, user: u64, name: &str, message: u64) -> String {
        let on = self.channels[&channel].messages[&message].clone();
        let data = json!({ "id": "78", "name": name, "type": 3, "target_id": message.to_string(),
            "resolved": { "messages": { message.to_string(): on } } });
        self.interacts(2, channel, user, data, None)
    }

    pub fn sends_form(&mut self, channel: u64, user: u64, form: &str, text: &str) -> String {
        let input = json!({ "type": 4, "custom_id": "text", "value": text });
        let data = json!({ "custom_id": form, "components": [{ "type": 1, "components": [input] }] });
        self.interacts(5, channel, user, data, None)
    }

    fn interacts(&mut self, kind: u64, channel: u64, user: u64, data: Value, on: Option<Value>) -> String {
        let id = self.id();
        let token = format!("interaction-token-{id}");
        let mut event = json!({
            "id": id.to_string(), "application_id": APPLICATION.to_string(), "type": kind, "token": token,
            "version": 1, "data": data, "channel_id": channel.to_string(), "channel": self.channel_json(channel),
            "locale": "de", "app_permissions": self.permissions.to_string(), "entitlements": [],
            "authorizing_integration_owners": {}, "attachment_size_limit": 10_485_760,
        });
        event["channel"]["permissions"] = "0".into();
        if self.in_guild(channel) {
            event["guild_id"] = GUILD.to_string().into();
            event["member"] = self.full_member_json(user);
            event["member"]["permissions"] = "0".into();
            event["context"] = 0.into();
        } else {
            event["user"] = self.user_json(user);
            event["context"] = 1.into();
        }
        if let Some(on) = on {
            event["message"] = on;
        }
        let interaction = Interaction {
            began: Instant::now(),
            channel,
            answer: None,
            original: None,
            followups: Vec::new(),
            over: false,
        };
        self.interactions.insert(token.clone(), interaction);
        self.emit("INTERACTION_CREATE", &event);
        token
    }

    /// What the bot wrote in `channel`, oldest first.
    pub fn said_in(&self, channel: u64) -> Vec<String> {
        let messages = self.channels.get(&channel).into_iter().flat_map(|channel| channel.messages.values());
        let ours = messages.filter(|message| message["author"]["id"] == BOT.to_string());
        ours.map(|message| message["content"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Interactions that were not answered in time.
    pub fn overdue(&self) -> Vec<String> {
        let late =
            self.interactions.iter().filter(|(_, it)| it.answer.is_none() && DEADLINE < it.began.elapsed());
        late.map(|(token, _)| token.clone()).collect()
    }

    pub fn deadline_missed(began: Instant) -> bool {
        DEADLINE < began.elapsed()
    }
}

impl Session {
    pub fn tell(&mut self, event: &str, data: &Value) {
        self.sequence += 1;
        let frame = json!({ "op": 0, "t": event, "s": self.sequence, "d": data }).to_string();
        self.sent.push((self.sequence, frame.clone()));
        if let Some(line) = &self.line {
            let _ = line.send(Frame::Text(frame));
        }
    }
}
