//! Every call against the published description of the Bot API, where that file is at hand.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use serde_json::Value;

/// The description: `DESKBELL_TELEGRAM_SPEC`, else `shared/specs/telegram-api.json` beside the repository or one
/// folder above.
static SPEC: LazyLock<Option<Value>> = LazyLock::new(|| {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let places =
        ["../shared", "../../shared"].map(|folder| here.join(folder).join("specs/telegram-api.json"));
    let named = std::env::var_os("DESKBELL_TELEGRAM_SPEC").map(PathBuf::from);
    let text = named.into_iter().chain(places).find_map(|path| fs::read_to_string(path).ok())?;
    Some(serde_json::from_str(&text).expect("the description is JSON"))
});

/// What is wrong with the call, one line each. Without the description: nothing, and [`is_there`] says so.
pub(crate) fn check(method: &str, body: &Value) -> Vec<String> {
    let mut wrong = limits(method, body);
    let Some(spec) = SPEC.as_ref() else { return wrong };
    match spec["methods"].get(method) {
        None => wrong.push(format!("{method}: there is no such method")),
        Some(described) => fields(spec, method, &described["fields"], body, &mut wrong),
    }
    wrong
}

pub(crate) fn is_there() -> bool {
    SPEC.is_some()
}

/// What the description says in prose only.
fn limits(method: &str, body: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let units = |name: &str| body[name].as_str().map(|text| text.encode_utf16().count());
    let mut within = |name: &str, least: usize, most: usize| {
        if let Some(units) = units(name)
            && !(least..=most).contains(&units)
        {
            wrong.push(format!("{method}: {name} has {units} UTF-16 units, allowed {least}-{most}"));
        }
    };
    within("caption", 0, 1024);
    match method {
        "sendMessage" | "editMessageText" => within("text", 1, 4096),
        "answerCallbackQuery" => within("text", 0, 200),
        "createForumTopic" => within("name", 1, 128),
        "editForumTopic" => within("name", 0, 128),
        "setWebhook" => within("secret_token", 1, 256),
        _ => {}
    }
    for (text, entities) in [("text", "entities"), ("caption", "caption_entities")] {
        let length = units(text).unwrap_or(0);
        for entity in body[entities].as_array().into_iter().flatten() {
            let end = entity["offset"].as_u64().unwrap_or(0) + entity["length"].as_u64().unwrap_or(0);
            if length < usize::try_from(end).expect("small") || entity["length"] == 0 {
                wrong.push(format!("{method}: an entity reaches from the text: {entity}"));
            }
        }
    }
    let rows = body["reply_markup"]["inline_keyboard"].as_array();
    let buttons: Vec<&Value> = rows.into_iter().flatten().filter_map(Value::as_array).flatten().collect();
    if 100 < buttons.len() {
        wrong.push(format!("{method}: {} buttons", buttons.len()));
    }
    for code in buttons.iter().filter_map(|button| button["callback_data"].as_str()) {
        if !(1..=64).contains(&code.len()) {
            wrong.push(format!("{method}: callback_data has {} bytes, allowed 1-64", code.len()));
        }
    }
    wrong
}

fn fields(spec: &Value, name: &str, described: &Value, given: &Value, wrong: &mut Vec<String>) {
    let Some(given) = given.as_object() else {
        return wrong.push(format!("{name}: not an object: {given}"));
    };
    let described = described.as_array().map(Vec::as_slice).unwrap_or_default();
    for field in given.keys() {
        if !described.iter().any(|one| one["name"] == field.as_str()) {
            wrong.push(format!("{name}: unknown field `{field}`"));
        }
    }
    for field in described {
        let field_name = field["name"].as_str().expect("fields have names");
        match given.get(field_name) {
            None if field["required"] == true => wrong.push(format!("{name}: `{field_name}` is missing")),
            None => {}
            Some(value) => {
                let kinds = field["types"].as_array().expect("fields have types");
                let mut best: Option<Vec<String>> = None;
                for kind in kinds.iter().filter_map(Value::as_str) {
                    let mut problems = Vec::new();
                    typed(spec, &format!("{name}.{field_name}"), kind, value, &mut problems);
                    if best.as_ref().is_none_or(|best| problems.len() < best.len()) {
                        best = Some(problems);
                    }
                }
                wrong.extend(best.unwrap_or_default());
            }
        }
    }
}

fn typed(spec: &Value, name: &str, kind: &str, value: &Value, wrong: &mut Vec<String>) {
    if let Some(inner) = kind.strip_prefix("Array of ") {
        match value.as_array() {
            Some(values) => values.iter().for_each(|value| typed(spec, name, inner, value, wrong)),
            None => wrong.push(format!("{name}: not an array: {value}")),
        }
        return;
    }
    let fits = match kind {
        "Integer" => value.is_i64() || value.is_u64(),
        "Float" => value.is_number(),
        "String" | "InputFile" => value.is_string(),
        "Boolean" => value.is_boolean(),
        "True" => *value == Value::Bool(true),
        _ => {
            let described = &spec["types"][kind];
            if let Some(subtypes) = described["subtypes"].as_array() {
                let tries = subtypes.iter().filter_map(Value::as_str).map(|subtype| {
                    let mut problems = Vec::new();
                    typed(spec, name, subtype, value, &mut problems);
                    problems
                });
                wrong.extend(tries.min_by_key(Vec::len).unwrap_or_default());
            } else {
                fields(spec, &format!("{name} ({kind})"), &described["fields"], value, wrong);
            }
            return;
        }
    };
    if !fits {
        wrong.push(format!("{name}: not {kind}: {value}"));
    }
}

#[test]
fn the_check_can_fail() {
    use serde_json::json;
    let long = "😀".repeat(2049);
    let bad = [
        ("sendMessage", json!({"chat_id": 1, "text": long})),
        (
            "sendMessage",
            json!({"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "y".repeat(65)}]]}}),
        ),
        (
            "sendMessage",
            json!({"chat_id": 1, "text": "x", "entities": [{"type": "bold", "offset": 0, "length": 2}]}),
        ),
    ];
    for (method, body) in bad {
        assert!(!check(method, &body).is_empty(), "{method} {body}");
    }
    if !is_there() {
        eprintln!("the description of the Bot API is not at hand: calls are checked for limits only");
        return;
    }
    let bad = [
        ("sendMessage", json!({"chat_id": 1})),
        ("sendMessage", json!({"chat_id": 1, "text": 5})),
        ("sendMessage", json!({"chat_id": 1, "text": "x", "reply_to": 3})),
        ("sendFoo", json!({})),
    ];
    for (method, body) in bad {
        assert!(!check(method, &body).is_empty(), "{method} {body}");
    }
    let good = [
        ("sendMessage", json!({"chat_id": 1, "text": "x", "reply_parameters": {"message_id": 2}})),
        ("answerCallbackQuery", json!({"callback_query_id": "1"})),
        (
            "setMyCommands",
            json!({"commands": [{"command": "a", "description": "b"}], "scope": {"type": "default"}}),
        ),
    ];
    for (method, body) in good {
        assert_eq!(check(method, &body), Vec::<String>::new(), "{method} {body}");
    }
}
