//! The fake's REST interface: carries out requests, and looks for breaches of Discord's rules.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::world::{APPLICATION, BOT, Broken, GUILD, World};

type Answer = (u16, Option<Value>);

/// The fault that was ordered for this request, if any.
pub fn fault_for(world: &mut World, method: &str, path: &str) -> Option<Broken> {
    let at = world.faults.iter().position(|fault| {
        (fault.method == "*" || fault.method == method) && path.contains(fault.path.as_str())
    })?;
    world.faults[at].times -= 1;
    let answer = world.faults[at].answer.clone();
    if world.faults[at].times == 0 {
        world.faults.remove(at);
    }
    Some(answer)
}

pub fn handle(world: &mut World, method: &str, path: &str, query: &str, body: &Value) -> Answer {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let id = |at: usize| parts.get(at).and_then(|part| part.parse::<u64>().ok()).unwrap_or_default();
    match (method, parts.as_slice()) {
        ("GET", ["gateway", "bot"]) => {
            let limit = json!({ "total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1 });
            ok(json!({ "url": world.gateway, "shards": world.shards, "session_start_limit": limit }))
        }
        ("GET", ["users", _]) => ok(world.user_json(id(1))),
        ("POST", ["users", "@me", "channels"]) => {
            let user = body["recipient_id"].as_str().and_then(|id| id.parse().ok()).unwrap_or_default();
            let chat = world.chat(user);
            ok(world.channel_json(chat))
        }
        ("GET", ["guilds", _, "members", _]) if id(1) == GUILD => ok(world.full_member_json(id(3))),
        ("GET", ["applications", _, "commands"]) if id(1) == APPLICATION => ok(world.commands.clone()),
        ("PUT", ["applications", _, "commands"]) if id(1) == APPLICATION => {
            world.registrations += 1;
            world.commands = filled_in(body);
            ok(world.commands.clone())
        }
        ("POST", ["interactions", _, token, "callback"]) => interaction(world, token, query, body),
        ("POST", ["webhooks", _, token]) => followup(world, token, body),
        ("DELETE", ["webhooks", _, token, "messages", "@original"]) => {
            let Some(interaction) = world.interactions.get_mut(*token) else {
                return unknown(10_015, "Unknown Webhook");
            };
            interaction.over = true;
            (204, None)
        }
        (_, ["channels", ..]) if !world.channels.contains_key(&id(1)) => unknown(10_003, "Unknown Channel"),
        ("GET", ["channels", _]) => ok(world.channel_json(id(1))),
        ("PATCH", ["channels", _]) => {
            let channel = world.channels.get_mut(&id(1)).expect("looked at above");
            if channel.archived
                && body.get("archived").is_none_or(|archived| archived == true)
                && body.get("name").is_some()
            {
                return unknown(50_083, "Thread is archived");
            }
            if let Some(name) = body["name"].as_str() {
                name.clone_into(&mut channel.name);
            }
            channel.archived = body["archived"].as_bool().unwrap_or(channel.archived);
            if let Some(tags) = body["applied_tags"].as_array() {
                channel.tags = tags.iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect();
            }
            ok(world.channel_json(id(1)))
        }
        ("GET", ["channels", _, "messages"]) => {
            let after: u64 = query
                .split('&')
                .find_map(|pair| pair.strip_prefix("after="))
                .and_then(|after| after.parse().ok())
                .unwrap_or_default();
            let messages = world.channels[&id(1)]
                .messages
                .range(after + 1..)
                .take(100)
                .map(|(_, message)| message.clone());
            let mut messages: Vec<Value> = messages.collect();
            messages.reverse();
            ok(messages.into())
        }
        ("POST", ["channels", _, "messages"]) => send(world, id(1), body),
        ("PATCH", ["channels", _, "messages", _]) => {
            check_message(world, body);
            let known = world.channels.get_mut(&id(1)).and_then(|channel| channel.messages.get_mut(&id(3)));
            let Some(known) = known else { return unknown(10_008, "Unknown Message") };
            for (key, value) in body.as_object().into_iter().flatten() {
                known[key] = value.clone();
            }
            ok(known.clone())
        }
        ("DELETE", ["channels", _, "messages", _]) => {
            match world.channels.get_mut(&id(1)).and_then(|channel| channel.messages.remove(&id(3))) {
                Some(_) => (204, None),
                None => unknown(10_008, "Unknown Message"),
            }
        }
        ("POST", ["channels", _, "messages", _, "threads"]) => {
            if world.channels.contains_key(&id(3)) {
                return unknown(160_004, "A thread has already been created for this message");
            }
            check_name(world, body);
            let name = body["name"].as_str().unwrap_or_default();
            let thread = world.thread(id(1), 11, name, Some(BOT), Some(id(3)));
            ok(world.channel_json(thread))
        }
        ("POST", ["channels", _, "threads"]) => {
            check_name(world, body);
            let kind = body["type"].as_u64().unwrap_or(12);
            let name = body["name"].as_str().unwrap_or_default();
            let thread = world.thread(id(1), kind, name, Some(BOT), None);
            ok(world.channel_json(thread))
        }
        ("PUT", ["channels", _, "thread-members", _]) => {
            world.channels.get_mut(&id(1)).expect("looked at above").members.push(id(3));
            (204, None)
        }
        _ => {
            world.violations.push(format!("no such request: {method} {path}"));
            unknown(0, "404: Not Found")
        }
    }
}

fn ok(said: Value) -> Answer {
    (200, Some(said))
}

fn unknown(code: u64, message: &str) -> Answer {
    (if code < 20_000 { 404 } else { 400 }, Some(json!({ "message": message, "code": code })))
}

/// A message of the bot's; one with a nonce that was used already is not sent again.
fn send(world: &mut World, channel: u64, body: &Value) -> Answer {
    check_message(world, body);
    let nonce = body["nonce"].as_str().unwrap_or_default().to_owned();
    if body["enforce_nonce"] == true
        && let Some(known) = world.nonces.get(&(channel, nonce.clone()))
    {
        return ok(world.channels[&channel].messages[known].clone());
    }
    if 25 < nonce.len() {
        world.violations.push(format!("a nonce of {} characters", nonce.len()));
    }
    let id = world.put(channel, BOT, body.clone());
    if !nonce.is_empty() {
        world.nonces.insert((channel, nonce), id);
    }
    ok(world.channels[&channel].messages[&id].clone())
}

fn interaction(world: &mut World, token: &str, query: &str, body: &Value) -> Answer {
    let Some(known) = world.interactions.get(token) else { return unknown(10_062, "Unknown interaction") };
    let (channel, began) = (known.channel, known.began);
    if known.answer.is_some() {
        return unknown(40_060, "Interaction has already been acknowledged.");
    }
    if World::deadline_missed(began) {
        world.violations.push(format!("{token} was answered too late"));
        return unknown(10_062, "Unknown interaction");
    }
    let kind = body["type"].as_u64().unwrap_or_default();
    let mut became = Value::Null;
    let mut original = None;
    if kind == 4 {
        check_message(world, &body["data"]);
        if body["data"]["flags"] != 64 {
            let id = world.put(channel, BOT, body["data"].clone());
            original = Some(id);
            became = world.channels[&channel].messages[&id].clone();
        }
    }
    let known = world.interactions.get_mut(token).expect("looked at above");
    known.answer = Some((kind, body["data"].clone()));
    known.original = original;
    if query.contains("with_response=true") {
        return ok(json!({ "interaction": {}, "resource": { "type": kind, "message": became } }));
    }
    (204, None)
}

fn followup(world: &mut World, token: &str, body: &Value) -> Answer {
    check_message(world, body);
    let id = world.id();
    let Some(known) = world.interactions.get_mut(token).filter(|known| !known.over) else {
        return (401, Some(json!({ "message": "Invalid Webhook Token", "code": 50_027 })));
    };
    known.followups.push(body.clone());
    let mut message = body.clone();
    message["id"] = id.to_string().into();
    ok(message)
}

/// Discord's rules for a message, and ours: it can ping nobody.
fn check_message(world: &mut World, body: &Value) {
    let mut wrong = Vec::new();
    let mentions = &body["allowed_mentions"];
    let empty = |key: &str| mentions[key].as_array().is_none_or(Vec::is_empty);
    if !mentions.is_object()
        || !mentions["parse"].is_array()
        || !empty("parse")
        || !empty("users")
        || !empty("roles")
    {
        wrong.push("a message that can ping".to_owned());
    }
    let content = body["content"].as_str().unwrap_or_default();
    if 2000 < content.chars().count() {
        wrong.push(format!("a message of {} characters", content.chars().count()));
    }
    if content.is_empty() && body["embeds"].as_array().is_none_or(Vec::is_empty) {
        wrong.push("an empty message".to_owned());
    }
    let none = Vec::new();
    let rows = body["components"].as_array().unwrap_or(&none);
    if 5 < rows.len() {
        wrong.push(format!("{} rows", rows.len()));
    }
    let mut codes = HashSet::new();
    for one in rows.iter().flat_map(|row| row["components"].as_array().into_iter().flatten()) {
        let code = one["custom_id"].as_str().unwrap_or_default();
        if code.is_empty() || 100 < code.chars().count() || !codes.insert(code.to_owned()) {
            wrong.push(format!("the code {code:?}"));
        }
        let label = one["label"].as_str().unwrap_or("…");
        if label.is_empty() || 80 < label.chars().count() {
            wrong.push(format!("the label {label:?}"));
        }
        let options = one["options"].as_array().unwrap_or(&none);
        if one["type"] == 3 && (options.is_empty() || 25 < options.len()) {
            wrong.push(format!("a menu of {}", options.len()));
        }
        let mut values = HashSet::new();
        for option in options {
            let value = option["value"].as_str().unwrap_or_default();
            let label = option["label"].as_str().unwrap_or_default();
            if !values.insert(value)
                || 100 < value.chars().count()
                || 100 < label.chars().count()
                || label.is_empty()
            {
                wrong.push(format!("the choice {option}"));
            }
        }
    }
    if 10 < body["embeds"].as_array().map_or(0, Vec::len) {
        wrong.push("too many embeds".to_owned());
    }
    world.violations.extend(wrong.into_iter().map(|wrong| format!("{wrong}: {body}")));
}

fn check_name(world: &mut World, body: &Value) {
    let name = body["name"].as_str().unwrap_or_default();
    if name.is_empty() || 100 < name.chars().count() {
        world.violations.push(format!("a thread called {name:?}"));
    }
}

/// Discord's own fields beside those that were sent.
fn filled_in(commands: &Value) -> Value {
    let mut commands = commands.clone();
    for (number, command) in (1..).zip(commands.as_array_mut().into_iter().flatten()) {
        command["id"] = format!("{number}").into();
        command["version"] = "1".into();
        command["application_id"] = APPLICATION.to_string().into();
        command["dm_permission"] = true.into();
        if command["options"].as_array().is_none_or(Vec::is_empty) {
            command.as_object_mut().expect("a command").remove("options");
        }
        if command.get("description").is_none() {
            command["description"] = "".into();
        }
    }
    commands
}
