//! What a language has to provide: every sentence, and the names of days and months.
//!
//! A sheet is a struct, so that a sentence that is missing in one language doesn't compile.

use super::super::action::Why;
use super::super::event::AttachmentKind;

/// Everything that the bot says in its own name, in one language.
pub(super) struct Sheet {
    pub(super) sentences: Sentences,
    pub(super) why: Reasons,
    pub(super) cannot: Cannot,
    pub(super) calendar: Calendar,
}

/// Lists the sentences once: the names that owners use, the struct that a language fills in, and the way from a name
/// to its sentence.
macro_rules! sentences {
    ($($variant:ident $field:ident,)*) => {
        /// A sentence's name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Name { $($variant,)* }

        impl Name {
            /// All of them, in the order in which a conversation meets them.
            pub(super) const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As the owner writes it under `[wording.…]`.
            pub(super) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => stringify!($field),)* }
            }
        }

        /// A language's sentences. Words in braces are filled in.
        pub(super) struct Sentences { $(pub(super) $field: &'static str,)* }

        impl Sentences {
            /// The sentence called `name`.
            pub(super) const fn get(&self, name: Name) -> &'static str {
                match name { $(Name::$variant => self.$field,)* }
            }
        }
    };
}

sentences! {
    // To the customer.
    Introduction introduction,
    Welcome welcome,
    Help help,
    MenuTopics menu_topics,
    MenuEntries menu_entries,
    MenuOther menu_other,
    MenuEmpty menu_empty,
    DidYouMean did_you_mean,
    PerhapsYouMeant perhaps_you_meant,
    GladToHelp glad_to_help,
    YouAreWelcome you_are_welcome,
    Goodbye goodbye,
    AllRight all_right,
    AskAgain ask_again,
    NoSuchChoice no_such_choice,
    NoAnswer no_answer,
    CallingPerson calling_person,
    WhatIsItAbout what_is_it_about,
    PassedOn passed_on,
    TeamHasIt team_has_it,
    CannotRead cannot_read,
    ChoiceIsGone choice_is_gone,
    OutOfHours out_of_hours,
    OutOfHoursUnknown out_of_hours_unknown,
    Added added,
    PersonIsComing person_is_coming,
    PersonIsHere person_is_here,
    BackAgain back_again,
    BackAfterSilence back_after_silence,
    BackUnanswered back_unanswered,
    Flood flood,
    ForgetReally forget_really,
    Forgotten forgotten,
    Kept kept,
    NotAmongOthers not_among_others,
    YourData your_data,
    // On the customer's buttons.
    ButtonHelped button_helped,
    ButtonNotThis button_not_this,
    ButtonNoneOfThese button_none_of_these,
    ButtonPerson button_person,
    ButtonMore button_more,
    ButtonForget button_forget,
    ButtonKeep button_keep,
    // To the staff.
    Card card,
    CardGroup card_group,
    CardTranscript card_transcript,
    CardGuesses card_guesses,
    CardHelp card_help,
    CustomerChanged customer_changed,
    CustomerTookBack customer_took_back,
    CustomerPressed customer_pressed,
    StillWaiting still_waiting,
    ClaimedBy claimed_by,
    ClosedBy closed_by,
    ClosedBySilence closed_by_silence,
    TicketIsClosed ticket_is_closed,
    AnswerSent answer_sent,
    NoSuchEntry no_such_entry,
    DraftSaved draft_saved,
    NothingToSave nothing_to_save,
    CustomerBlocked customer_blocked,
    CustomerUnblocked customer_unblocked,
    CustomerForgotten customer_forgotten,
    // On the staff's buttons.
    ButtonClaim button_claim,
    ButtonClose button_close,
    ButtonCloseAndSave button_close_and_save,
    // To the owner.
    OwnerFaqLive owner_faq_live,
    OwnerFaqEmpty owner_faq_empty,
    OwnerFaqMistake owner_faq_mistake,
    OwnerFaqNotes owner_faq_notes,
    OwnerUnanswered owner_unanswered,
    OwnerRestored owner_restored,
    OwnerRestoredPartly owner_restored_partly,
    OwnerRestoredUnknown owner_restored_unknown,
    OwnerDiskRefuses owner_disk_refuses,
    OwnerDiskTakesAgain owner_disk_takes_again,
}

/// Why a ticket was opened, as its card says it.
pub(super) struct Reasons {
    pub(super) asked: &'static str,
    pub(super) nothing_fits: &'static str,
    pub(super) not_sure: &'static str,
    pub(super) the_entry_says_so: &'static str,
    pub(super) none_of_those: &'static str,
    pub(super) cannot_read: &'static str,
}

impl Reasons {
    pub(super) const fn get(&self, why: Why) -> &'static str {
        match why {
            Why::Asked => self.asked,
            Why::NothingFits => self.nothing_fits,
            Why::NotSure => self.not_sure,
            Why::TheEntrySaysSo => self.the_entry_says_so,
            Why::NoneOfThose => self.none_of_those,
            Why::CannotRead => self.cannot_read,
        }
    }
}

/// What a bot can't do with what was sent, as the beginning of a sentence.
pub(super) struct Cannot {
    pub(super) picture: &'static str,
    pub(super) voice: &'static str,
    pub(super) film: &'static str,
    pub(super) place: &'static str,
    pub(super) file: &'static str,
}

impl Cannot {
    pub(super) const fn get(&self, kind: AttachmentKind) -> &'static str {
        match kind {
            AttachmentKind::Image | AttachmentKind::Sticker => self.picture,
            AttachmentKind::Voice => self.voice,
            AttachmentKind::Video => self.film,
            AttachmentKind::Location => self.place,
            AttachmentKind::File => self.file,
        }
    }
}

/// How a moment is said. The forms hold `{time}`, and the last one `{day}` and `{month}` as well.
pub(super) struct Calendar {
    /// The time of day, in chrono's signs.
    pub(super) clock: &'static str,
    pub(super) yesterday: &'static str,
    pub(super) today: &'static str,
    pub(super) tomorrow: &'static str,
    /// Monday to Sunday, each the whole form.
    pub(super) weekdays: [&'static str; 7],
    /// A day that is further away.
    pub(super) date: &'static str,
    /// January to December, as `date` needs them.
    pub(super) months: [&'static str; 12],
}
