//! "Who am I?", for `deskbell doctor`: asks, and changes nothing.

use teloxide_core::payloads::{GetChat, GetMe};
use teloxide_core::types::ChatId;

use crate::channel::{Introduced, NotIntroduced};

use super::api::ApiError;
use super::update::{Chat, User};
use super::{Fatal, Telegram};

impl Telegram {
    /// What Telegram says of the bot, and of the staff's chat.
    pub async fn who_am_i(&self) -> Result<Introduced, NotIntroduced> {
        let me: User = match self.api.call(&GetMe::new()).await {
            Ok(me) => me,
            Err(ApiError::Unauthorized) => {
                return Err(NotIntroduced::Refused(Fatal::Unauthorized.to_string()));
            }
            Err(error) => return Err(NotIntroduced::Unreachable(error.to_string())),
        };
        let mut to_mend = Vec::new();
        if !self.settings.groups.is_empty() && !me.can_read_all_group_messages {
            to_mend.push(
                "it hears little in groups, since its privacy mode is on (@BotFather, /setprivacy)"
                    .to_owned(),
            );
        }
        if let Some(staff) = &self.staff
            && let Err(error) = self.api.call::<_, Chat>(&GetChat::new(ChatId(staff.chat))).await
        {
            to_mend.push(format!(
                "the staff's chat {} can't be seen ({error}): is its number right, and is the bot a member?",
                staff.chat
            ));
        }
        Ok(Introduced { name: format!("@{}", me.username.unwrap_or_default()), to_mend })
    }
}
