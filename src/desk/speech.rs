//! Speech: all that the bot can mean. How it says it stands in `wording/`.

use crate::faq::ChannelKind;
use crate::text::Language;

use super::action::Why;
use super::event::AttachmentKind;

/// What may be missing after something damaged was made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lost {
    /// Nothing.
    Nothing,
    /// What was stored since then, in words.
    Since(String),
    /// Nobody knows: there was no backup.
    Unknown,
}

/// Something that the bot means to say in its own name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Speech {
    /// Once, before the first answer: I am automated, and a person is one word away.
    Introduction,
    /// The chat was opened without a question.
    Welcome,
    /// What can be done here.
    Help,
    /// Above the menu's topics.
    MenuTopics,
    /// Above a topic's entries.
    MenuEntries {
        /// The topic.
        topic: String,
    },
    /// The label of what stands under no topic.
    MenuOther,
    /// There is nothing to choose from.
    MenuEmpty,
    /// Above the offered entries.
    DidYouMean,
    /// Above the next best entries, after "not what I meant".
    PerhapsYouMeant,
    /// After "that helped".
    GladToHelp,
    /// After thanks, where the owner wrote nothing for it.
    YouAreWelcome,
    /// After a goodbye, where the owner wrote nothing for it.
    Goodbye,
    /// After "ok" and the like, where the owner wrote nothing for it.
    AllRight,
    /// What the customer pressed leads nowhere any more: ask again, or a person.
    AskAgain,
    /// A number was typed, and there is nothing with it to choose.
    NoSuchChoice,
    /// The question goes to staff: the bot isn't sure.
    NoAnswer,
    /// The customer asked for a person.
    CallingPerson,
    /// Below it, where it isn't known what they want.
    WhatIsItAbout,
    /// The question goes to staff, because the owner wants it so, or nothing offered was meant.
    PassedOn,
    /// The question goes to staff, below the owner's own words about it.
    TeamHasIt,
    /// What was sent can't be read by a bot; it goes to staff.
    CannotRead {
        /// What was sent.
        kind: AttachmentKind,
    },
    /// What was offered is no longer there; the question goes to staff.
    ChoiceIsGone,
    /// Staff aren't there now.
    OutOfHours {
        /// When somebody is there again, in words; `None`: not known.
        opens: Option<String>,
    },
    /// The customer wrote on while waiting: that was passed on as well.
    Added,
    /// A person is speaking now.
    PersonIsHere {
        /// The name that they show.
        name: String,
    },
    /// A person is called already.
    PersonIsComing,
    /// Staff have closed the ticket: the bot is back.
    BackAgain,
    /// Nobody of the staff spoke for the agreed time, the ticket was answered before: the bot is back.
    BackAfterSilence,
    /// Nobody of the staff ever spoke: the bot is back, and says sorry.
    BackUnanswered,
    /// Too many messages; the rest is not read until it slows down.
    Flood,
    /// Really delete everything?
    ForgetReally,
    /// All is deleted.
    Forgotten,
    /// Nothing was deleted.
    Kept,
    /// Personal matters only in a private chat.
    NotAmongOthers,
    /// What is stored.
    YourData {
        /// Lines of the transcript that are stored.
        lines: usize,
        /// For how many days after the last message.
        days: u64,
    },
    /// For staff: the ticket's card.
    Card {
        /// Who writes.
        customer: String,
        /// Their user id.
        id: String,
        /// Where they write.
        channel: ChannelKind,
        /// Their language.
        writes: Language,
        /// Why it was handed over.
        why: Why,
    },
    /// For staff, on the card: others read what is answered.
    CardGroup,
    /// For staff, on the card: the last messages.
    CardTranscript,
    /// For staff, on the card: the best guesses, each one a button.
    CardGuesses,
    /// For staff, on the card: how it works.
    CardHelp,
    /// For staff: the customer changed a message that stands on the card; the new words follow.
    CustomerChanged {
        /// Who.
        customer: String,
    },
    /// For staff: the customer took back a message that stands on the card.
    CustomerTookBack {
        /// Who.
        customer: String,
    },
    /// For staff: the customer pressed a button below an earlier answer.
    CustomerPressed {
        /// Who.
        customer: String,
        /// What stands on it.
        label: String,
    },
    /// For staff: the customer waits.
    StillWaiting {
        /// Since when, in words.
        opened: String,
    },
    /// For staff: somebody took it.
    ClaimedBy {
        /// Who.
        name: String,
    },
    /// For staff: closed, and by whom.
    ClosedBy {
        /// Who.
        name: String,
    },
    /// For staff: it closed itself.
    ClosedBySilence,
    /// For staff: this ticket is closed, nobody hears you.
    TicketIsClosed,
    /// For staff: the entry's answer was sent.
    AnswerSent {
        /// The entry's title.
        title: String,
    },
    /// For staff: there is no such entry.
    NoSuchEntry {
        /// What they typed.
        id: String,
    },
    /// For staff: a draft was written.
    DraftSaved,
    /// For staff: there is nothing to save yet.
    NothingToSave,
    /// For staff: the customer is blocked.
    CustomerBlocked,
    /// For staff: the customer is heard again.
    CustomerUnblocked,
    /// For staff: the customer asked to be forgotten.
    CustomerForgotten,
    /// For the owner: what they saved is live.
    OwnerFaqLive {
        /// How many entries it has.
        entries: usize,
    },
    /// For the owner: what they saved has no entries, and isn't live.
    OwnerFaqEmpty,
    /// For the owner: what they saved has a mistake, and isn't live.
    OwnerFaqMistake,
    /// For the owner: where to see all that was noticed in the files.
    OwnerFaqNotes {
        /// How much that is.
        notes: usize,
    },
    /// For the owner: a ticket went back to the bot without a human word.
    OwnerUnanswered {
        /// The ticket.
        ticket: String,
    },
    /// For the owner: what was stored was damaged, and was made again.
    OwnerRestored {
        /// What may be missing.
        lost: Lost,
        /// Where the damaged files are.
        path: String,
    },
    /// For the owner: nothing can be stored.
    OwnerDiskRefuses,
    /// For the owner: it can again.
    OwnerDiskTakesAgain,
    /// The label "That helped".
    ButtonHelped,
    /// The label "Not what I meant".
    ButtonNotThis,
    /// The label "Something else".
    ButtonNoneOfThese,
    /// The label "Ask a person".
    ButtonPerson,
    /// The label "More", for the next page of a menu.
    ButtonMore,
    /// The label "Yes, delete".
    ButtonForget,
    /// The label "No, keep".
    ButtonKeep,
    /// The label "I'll take it".
    ButtonClaim,
    /// The label "Close".
    ButtonClose,
    /// The label "Close and save the answer".
    ButtonCloseAndSave,
}
