//! `deskbell ask`: one question, and why it is answered so.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use serde::Serialize;

use super::{FINE, MEND, output};
use crate::channel::console::Look;
use crate::config::Config;
use crate::desk::{
    self, Action, Company, Conversation, ConversationId, Customer, CustomerAct, Delivery, Event, Message,
    MessageId, Place, Policy, Post, Recipient, Said, TicketId, What,
};
use crate::faq::{self, ChannelKind, Severity};
use crate::matcher::{
    Audience, Certainty, Decision, Evidence, Explanation, HandOverReason, Index, Query, explain,
};
use crate::runtime::{Clock, folder};
use crate::text::{Language, sentences};

/// Ask one question, and see why it is answered so
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskbell ask \"When do you open?\"
  deskbell ask --lang de \"wann offen\"
  deskbell ask --json \"Where is my parcel?\"

Above stands what the customer would get, below it why.")]
pub(super) struct Ask {
    /// The question, as a customer would write it
    #[arg(required = true)]
    question: Vec<String>,
    /// The language that the conversation is held in so far
    #[arg(long, value_name = "CODE")]
    lang: Option<String>,
    /// Where the customer writes
    #[arg(long, value_name = "CHANNEL", default_value = "console")]
    channel: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// How many entries are shown with their evidence.
const SHOWN: usize = 5;

impl Ask {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<u8> {
        let question = self.question.join(" ");
        let language = match &self.lang {
            Some(code) => Some(Language::new(code).with_context(|| format!("`{code}` is no language code"))?),
            None => None,
        };
        let Some(channel) = ChannelKind::by_name(&self.channel) else {
            bail!("`{}` is no channel; there are discord, telegram and console", self.channel);
        };
        let shown = config.faq.display().to_string();
        let files = folder::read(&config.faq).with_context(|| {
            format!("the folder `{shown}` can't be read; `deskbell init` writes one to begin with")
        })?;
        let faq = Arc::new(faq::read(files));
        if !faq.is_good() {
            for problem in faq.problems.iter().filter(|problem| problem.severity == Severity::Error) {
                output::complain(&faq::render(problem, &faq.sources, &shown, false));
            }
            return Ok(MEND);
        }
        let index = Index::build(faq);
        let audience = Audience { channel, now: Clock::System.now(), language };
        let explained = |question: &str| explain(&index, &Query::new(&index, question, audience));
        let whole = explained(&question);
        // Several questions are answered each, so each is explained.
        let parts: Vec<(&str, Explanation)> = match sentences::questions(&question, whole.language) {
            parts if 1 < parts.len() => parts.into_iter().map(|part| (part, explained(part))).collect(),
            _ => Vec::new(),
        };
        let replies = replies(&index, &config.policy, &question, audience);
        let text = if self.json {
            let reply = replies.iter().map(|reply| Look::new(false, None).words(reply)).collect();
            let parts = parts.iter().map(|(part, explanation)| as_json(part, explanation)).collect();
            let asked = AskedAsJson { reply, parts, ..as_json(&question, &whole) };
            serde_json::to_string_pretty(&asked)? + "\n"
        } else {
            let mut text: String = replies.iter().map(|reply| output::look().reply(reply)).collect();
            if parts.is_empty() {
                let _ = write!(text, "\n{}", human(&question, &whole, &index));
            }
            for (part, explanation) in &parts {
                let _ = write!(text, "\n{}", human(part, explanation, &index));
            }
            text
        };
        output::print(&text)?;
        Ok(FINE)
    }
}

/// What a customer who has heard already that the bot is a bot would be sent.
fn replies(index: &Index, policy: &Policy, question: &str, audience: Audience) -> Vec<Message> {
    // Nobody types on: there is no burst to wait for.
    let policy = Policy { burst: Duration::ZERO, ..policy.clone() };
    let fresh_ticket = TicketId(1);
    let context = desk::Context { index, policy: &policy, now: audience.now, fresh_ticket };
    let conversation = ConversationId::new(audience.channel, "ask");
    let place = Place { channel: audience.channel, address: "customer".to_owned() };
    let customer = Customer {
        id: place.address.clone(),
        name: String::new(),
        place,
        company: Company::Alone,
        app_language: None,
    };
    let before = Conversation {
        introduced: true,
        language: audience.language,
        ..Conversation::new(conversation.clone())
    };
    let said = CustomerAct::Said(Said::text(question));
    let event =
        Event { conversation, message: MessageId("ask".to_owned()), what: What::Customer(customer, said) };
    let turn = desk::handle(&context, before, &event);
    let to_customer = |action: Action| match action {
        Action::Deliver(Delivery { to: Recipient::Customer(_), post: Post::Say { message, .. } }) => {
            Some(message)
        }
        Action::Deliver(_) | Action::NoteGap(_) | Action::Count(_) | Action::SaveDraft(_) | Action::Erase => {
            None
        }
    };
    turn.actions.into_iter().filter_map(to_customer).collect()
}

fn human(question: &str, explanation: &Explanation, index: &Index) -> String {
    let color = output::has_color();
    let bold = |text: &str| if color { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() };
    let title = |id: &faq::EntryId| {
        index.entry(id, explanation.language).map_or_else(String::new, |entry| entry.title().to_owned())
    };
    let mut text = format!("question   {question}\nlanguage   {}\n", explanation.language);
    if !explanation.corrections.is_empty() {
        let read: Vec<String> =
            explanation.corrections.iter().map(|word| format!("{} → {}", word.typed, word.meant)).collect();
        let _ = writeln!(text, "read as    {}", read.join(", "));
    }
    let _ = match explanation.certainty {
        Some(Certainty::Exact) => writeln!(text, "certain    word for word one of your phrasings"),
        Some(Certainty::Pattern) => writeln!(text, "certain    one of your patterns fits"),
        None => Ok(()),
    };
    if !explanation.weighed.is_empty() {
        let names: Vec<String> = Evidence::NAMES.iter().map(|name| format!("{name:>16}")).collect();
        let _ = writeln!(text, "\n{:>10}  {:<24}{}", "sure", "entry", names.concat());
    }
    for weighed in explanation.weighed.iter().take(SHOWN) {
        let values: Vec<String> =
            weighed.evidence.values().iter().map(|value| format!("{value:>16.2}")).collect();
        let sure = format!("{:.0} %", weighed.confidence.value() * 100.0);
        let id = format!("#{}", weighed.entry);
        let _ = writeln!(text, "{sure:>10}  {id:<24}{}", values.concat());
    }
    let thresholds = explanation.thresholds;
    let _ = writeln!(
        text,
        "\nanswers from {:.0} %, asks back from {:.0} % for the best three together",
        thresholds.answer * 100.0,
        thresholds.clarify * 100.0
    );
    let decision = match &explanation.decision {
        Decision::Answer(best) => format!("answer with #{} ({})", best.entry, title(&best.entry)),
        Decision::Clarify(offered) => {
            let offered: Vec<String> =
                offered.iter().map(|one| format!("#{} ({})", one.entry, title(&one.entry))).collect();
            format!("ask back: {}", offered.join(", "))
        }
        Decision::HandOver(HandOverReason::NothingFits) => "call a person: nothing fits".to_owned(),
        Decision::HandOver(HandOverReason::NotSure) => "call a person: not sure enough".to_owned(),
    };
    let _ = writeln!(text, "{}", bold(&format!("decision   {decision}")));
    text
}

#[derive(Serialize)]
struct AskedAsJson {
    question: String,
    /// What the customer would be sent; only of the whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reply: Vec<String>,
    language: String,
    corrections: Vec<(String, String)>,
    certain: Option<&'static str>,
    matches: Vec<MatchAsJson>,
    thresholds: ThresholdsAsJson,
    decision: &'static str,
    entries: Vec<String>,
    /// The questions in it, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<AskedAsJson>,
}

#[derive(Serialize)]
struct MatchAsJson {
    id: String,
    confidence: f32,
    evidence: Vec<(&'static str, f32)>,
}

#[derive(Serialize)]
struct ThresholdsAsJson {
    answer: f32,
    clarify: f32,
}

fn as_json(question: &str, explanation: &Explanation) -> AskedAsJson {
    let (decision, entries) = match &explanation.decision {
        Decision::Answer(best) => ("answer", vec![best.entry.to_string()]),
        Decision::Clarify(offered) => ("clarify", offered.iter().map(|one| one.entry.to_string()).collect()),
        Decision::HandOver(_) => ("hand over", Vec::new()),
    };
    AskedAsJson {
        question: question.to_owned(),
        reply: Vec::new(),
        language: explanation.language.to_string(),
        corrections: explanation
            .corrections
            .iter()
            .map(|word| (word.typed.clone(), word.meant.clone()))
            .collect(),
        certain: explanation.certainty.map(|certainty| match certainty {
            Certainty::Exact => "phrasing",
            Certainty::Pattern => "pattern",
        }),
        matches: explanation
            .weighed
            .iter()
            .map(|weighed| MatchAsJson {
                id: weighed.entry.to_string(),
                confidence: weighed.confidence.value(),
                evidence: Evidence::NAMES.into_iter().zip(weighed.evidence.values()).collect(),
            })
            .collect(),
        thresholds: ThresholdsAsJson {
            answer: explanation.thresholds.answer,
            clarify: explanation.thresholds.clarify,
        },
        decision,
        entries,
        parts: Vec::new(),
    }
}
