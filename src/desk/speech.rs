//! Speech: all that the bot can mean. How it says it stands in `wording.rs`.

use super::event::AttachmentKind;

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
    /// There is nothing to choose from.
    MenuEmpty,
    /// Above the offered entries.
    DidYouMean,
    /// Above the next best entries, after "not what I meant".
    PerhapsOneOfThese,
    /// After "that helped".
    GladToHelp,
    /// The question goes to staff, who are there.
    HandingOver,
    /// The customer asked for a person; staff are there.
    CallingPerson,
    /// Staff aren't there now.
    OutOfHours {
        /// When somebody is there again, in words; `None`: not known.
        opens: Option<String>,
    },
    /// What was sent can't be read by a bot; it goes to staff.
    CannotRead {
        /// What was sent.
        kind: AttachmentKind,
    },
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
    /// What was offered is no longer there.
    ChoiceIsGone,
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
        channel: String,
        /// Their language.
        language: String,
        /// Why it was handed over, in words.
        why: String,
    },
    /// For staff, on the card: the last messages.
    CardTranscript,
    /// For staff, on the card: the best guesses, each one a button.
    CardGuesses,
    /// For staff, on the card: how it works.
    CardHelp,
    /// For staff: the customer waits.
    StillWaiting {
        /// For how many minutes.
        minutes: u64,
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
    /// For the owner: a ticket went back to the bot without a human word.
    OwnerUnanswered {
        /// The ticket.
        ticket: String,
    },
    /// The label "That helped".
    ButtonHelped,
    /// The label "Not what I meant".
    ButtonNotThis,
    /// The label "Something else".
    ButtonNoneOfThese,
    /// The label "Ask a person".
    ButtonPerson,
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
