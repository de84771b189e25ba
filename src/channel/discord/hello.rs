//! "Who am I?", for `deskbell doctor`: asks, and changes nothing.

use serde_json::Value;

use crate::channel::{Introduced, NotIntroduced};

use super::rest::Fault;
use super::{Discord, Fatal};

/// Discord allows 1,000 new sessions a day; with fewer left than this, something starts again and again.
const FEW_STARTS: u64 = 50;
/// The application's flags for the Message Content intent, for bots on many servers and on few.
const MESSAGE_CONTENT: u64 = 1 << 18 | 1 << 19;

impl Discord {
    /// What Discord says of the bot.
    pub async fn who_am_i(&self) -> Result<Introduced, NotIntroduced> {
        let gateway = self.rest.get("/gateway/bot").await.map_err(|fault| not_introduced(&fault))?;
        let mut to_mend = Vec::new();
        if let Some(left) = gateway["session_start_limit"]["remaining"].as_u64()
            && left < FEW_STARTS
        {
            to_mend.push(format!("it has only {left} starts left today: does it crash again and again?"));
        }
        // These two only make the picture fuller.
        let me = self.rest.get("/users/@me").await.unwrap_or_default();
        let application = self.rest.get("/applications/@me").await.unwrap_or_default();
        let flags = application["flags"].as_u64();
        if self.settings.message_content && flags.is_some_and(|flags| flags & MESSAGE_CONTENT == 0) {
            to_mend.push(Fatal::MessageContent.to_string());
        }
        Ok(Introduced { name: name(&me), to_mend })
    }
}

fn name(me: &Value) -> String {
    let name: String = me["username"].as_str().unwrap_or_default().chars().take(100).collect();
    if name.is_empty() { "known there".to_owned() } else { name }
}

fn not_introduced(fault: &Fault) -> NotIntroduced {
    match fault {
        Fault::Token => NotIntroduced::Refused(Fatal::Token.to_string()),
        Fault::Refused { .. } => NotIntroduced::Refused(fault.to_string()),
        Fault::Limited(_) | Fault::Unreachable(_) => NotIntroduced::Unreachable(fault.to_string()),
    }
}
