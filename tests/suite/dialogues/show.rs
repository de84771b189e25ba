//! What comes of an event, as a scene shows it.

use std::fmt::Write as _;

use deskbell::desk::{
    Action, AttachmentKind, ConversationId, Delivery, Gap, GapKind, Message, MessageId, Part, Post, Recipient,
};

/// What a scene wants to see beside the words.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shown {
    /// The whole card of a new ticket, with its buttons.
    pub(super) cards: bool,
    /// What is noted for `deskbell gaps`.
    pub(super) gaps: bool,
    /// What is counted for `deskbell report`.
    pub(super) counts: bool,
}

impl Shown {
    /// The lines for `action`, if it is shown. `customer` is a name, where there are several; `passed_on` gives the
    /// forms in which a message was passed on.
    pub(super) fn action<'a>(
        self,
        action: &Action,
        customer: Option<&str>,
        passed_on: impl Fn(&MessageId) -> &'a [String],
    ) -> Option<String> {
        match action {
            Action::Deliver(Delivery { to, post }) => self.post(&name(to, customer), post, passed_on),
            Action::NoteGap(gap) => self.gaps.then(|| gap_line(gap)),
            Action::Count(count) => self.counts.then(|| format!("count> {count:?}")),
            Action::SaveDraft(draft) => {
                let by = format!("[{}, {}, by {}]", draft.ticket, draft.language, draft.taught_by);
                Some(block("draft>", &[draft.question.clone(), draft.answer.clone(), by].join("\n\n")))
            }
            Action::Erase => Some("(all of this conversation is deleted)".to_owned()),
        }
    }

    fn post<'a>(
        self,
        to: &str,
        post: &Post,
        passed_on: impl Fn(&MessageId) -> &'a [String],
    ) -> Option<String> {
        Some(match post {
            Post::Say { message, relays: None } => block(&format!("{to}>"), &words(message)),
            Post::Say { message, relays: Some(_) } => block(&format!("{to} passes on>"), &words(message)),
            Post::Amend { relays, message } => match passed_on(relays) {
                [.., old, _new] => block(&format!("{to} changes “{old}”>"), &words(message)),
                // As the runtime does it: what never arrived can't be changed.
                [..] => return None,
            },
            Post::Withdraw { relays } => match passed_on(relays) {
                [.., last] => format!("{to} takes back “{last}”"),
                [] => return None,
            },
            Post::OpenTicket { title, card } if self.cards => {
                block(&format!("{to} opens>"), &format!("{title}\n\n{}", words(card)))
            }
            Post::OpenTicket { title, .. } => format!("{to} opens> {title}"),
            Post::MarkTicket { title, closed: false } => format!("{to} is now> {title}"),
            Post::MarkTicket { title, closed: true } => format!("{to} is closed> {title}"),
        })
    }
}

fn name(to: &Recipient, customer: Option<&str>) -> String {
    match (to, customer) {
        (Recipient::Customer(_), None) => "bot".to_owned(),
        (Recipient::Customer(_), Some(name)) => format!("bot to {name}"),
        (Recipient::Ticket(ticket), _) => format!("ticket {ticket}"),
        (Recipient::Owner, _) => "owner".to_owned(),
    }
}

fn gap_line(
    Gap { question, language, at: _, kind, nearest, conversation: ConversationId { .. } }: &Gap,
) -> String {
    let gap_kind = kind;
    let kind = match kind {
        GapKind::Unanswered => "unanswered",
        GapKind::Clarified => "asked back",
        GapKind::NotThis => "not what was meant",
        GapKind::Chosen => "chosen",
    };
    // What is nearest to a question that nothing fits is the matcher's affair.
    let nearest = nearest.as_ref().filter(|_| *gap_kind != GapKind::Unanswered);
    let nearest = nearest.map_or_else(String::new, |id| format!(", nearest #{id}"));
    block("gap>", &format!("{question} [{language}, {kind}{nearest}]"))
}

/// The message as a reader sees it: Markdown as it was written, other people's words behind a bar, the buttons.
fn words(message: &Message) -> String {
    let mut blocks: Vec<String> = message
        .parts
        .iter()
        .map(|part| match part {
            Part::Markdown(text) => text.clone(),
            Part::Literal(text) => {
                let lines: Vec<String> = text.lines().map(|line| format!("| {line}")).collect();
                lines.join("\n")
            }
        })
        .collect();
    for attachment in &message.attachments {
        let kind = match attachment.kind {
            AttachmentKind::Image => "picture",
            AttachmentKind::Voice => "voice message",
            AttachmentKind::Video => "film",
            AttachmentKind::Sticker => "sticker",
            AttachmentKind::Location => "place",
            AttachmentKind::File => "file",
        };
        blocks.push(format!("<{kind} {}>", attachment.reference));
    }
    let mut text = blocks.join("\n\n");
    if !message.buttons.is_empty() {
        text.push('\n');
        for button in &message.buttons {
            let _ = write!(text, "[{}] ", button.label);
        }
    }
    text.trim().to_owned()
}

/// `who` and the words; lines but the first are indented.
fn block(who: &str, words: &str) -> String {
    let mut text = who.to_owned();
    for (number, line) in words.lines().enumerate() {
        match (number, line.is_empty()) {
            (0, _) => text.push(' '),
            (_, true) => text.push('\n'),
            (_, false) => text.push_str("\n    "),
        }
        text.push_str(line);
    }
    text.trim_end().to_owned()
}
