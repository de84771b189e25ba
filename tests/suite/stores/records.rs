//! What lies on disk is a promise: every kind of record comes back as it was, also from the first version's files.
//!
//! `v1/` holds a backup and a journal as the first version wrote them, with everything in them that there was to
//! write. They are never made again. When the form of a record changes, a folder `v2/` comes beside it
//! (`DESKBELL_WRITE_SAMPLES=folder cargo test --test suite everything_that_can_be_stored` writes the files), and both
//! are read.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::Path;

use deskbell::desk::{
    Action, Asked, Attachment, AttachmentKind, Button, ButtonPress, Company, Conversation, Count, Customer,
    Delivery, Draft, Flood, Gap, GapKind, Line, Message, MessageId, Part, Post, Press, Recipient, Reminder,
    Speaker, StaffAnswer, StaffMember, Stage, TicketId, TicketState, Turn, Why,
};
use deskbell::faq::{ChannelKind, Digest, EntryId};
use deskbell::matcher::{Confidence, Match};
use deskbell::store::{FileChange, Opened, Outcome, Pending, SledStore, Store, Wake, open_or_restore};
use deskbell::text::Language;

use super::disk::{Place, copy_folder};
use super::scene::ticket;
use super::{at, customer_place, every_store, files, id, staff_place, wait};

#[test]
fn everything_that_can_be_stored_comes_back_as_it_was() {
    every_store(|house| {
        write(&*house.store);
        house.reopen();
        check(&*house.store, |_| true);
    });
    if let Ok(folder) = std::env::var("DESKBELL_WRITE_SAMPLES") {
        write_samples(Path::new(&folder));
    }
}

#[test]
fn a_backup_of_the_first_version_is_read() {
    let place = Place::new();
    for shelf in ["desk", "knowledge"] {
        ruin(&place, shelf);
        fs::create_dir_all(&place.folders.backups).expect("made");
        let sample = samples().join(format!("{shelf}.jsonl"));
        fs::copy(sample, place.folders.backups.join(format!("{shelf}-1.jsonl"))).expect("copied");
    }
    check(&restored(&place), in_version_1);
}

#[test]
fn a_journal_of_the_first_version_is_read() {
    let place = Place::new();
    for shelf in ["desk", "knowledge"] {
        ruin(&place, shelf);
        let sample = samples().join(format!("{shelf}-journal"));
        fs::copy(sample, place.store().join(shelf).join("journal-00000001")).expect("copied");
    }
    check(&restored(&place), in_version_1);
}

/// A shelf of which nothing is left but that there was one.
fn ruin(place: &Place, shelf: &str) {
    fs::create_dir_all(place.store().join(shelf)).expect("made");
    fs::write(place.store().join(shelf).join("last"), b"?").expect("written");
}

fn restored(place: &Place) -> SledStore {
    let (store, opened) = open_or_restore(&place.folders, at(0)).expect("opened");
    assert!(matches!(opened, Opened::Restored { .. }), "{opened:?}");
    store
}

fn samples() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/stores/v1")
}

fn write_samples(folder: &Path) {
    let place = Place::new();
    let store = place.open();
    write(&store);
    wait(store.back_up(at(50))).expect("backed up");
    let copy = tempfile::tempdir().expect("a folder");
    copy_folder(&place.folders.store, copy.path());
    fs::create_dir_all(folder).expect("made");
    for backup in fs::read_dir(&place.folders.backups).expect("there").flatten() {
        let name = backup.file_name().into_string().expect("UTF-8");
        let shelf = name.split('-').next().expect("a name");
        fs::copy(backup.path(), folder.join(format!("{shelf}.jsonl"))).expect("copied");
        let journal = copy.path().join(shelf).join("journal-00000001");
        fs::copy(journal, folder.join(format!("{shelf}-journal"))).expect("copied");
    }
}

/// Stores one of everything.
fn write(store: &dyn Store) {
    for turn in turns() {
        wait(store.commit(turn, at(40))).expect("committed");
    }
    let one = files(&[("a.md", "## A\n\nold\n"), ("b.md", "## B\n")]);
    let two = files(&[("a.md", "## A\n\nnew\n"), ("c.md", "## C\n")]);
    wait(store.keep_faq(one, Digest([1; 32]), 2, at(1))).expect("kept");
    wait(store.keep_faq(two, Digest([2; 32]), 3, at(2))).expect("kept");
    wait(store.keep_note("session", "resume \u{1F514}".to_owned())).expect("kept");
    let opening = wait(store.due(at(40), 99)).expect("due").into_iter();
    let opening = opening.map(|pending| (pending.number, pending.delivery.post));
    let (number, _) =
        opening.into_iter().find(|(_, post)| matches!(post, Post::OpenTicket { .. })).expect("an opening");
    let receipt =
        deskbell::desk::Receipt { place: staff_place("thread"), messages: vec![MessageId("t1".to_owned())] };
    wait(store.settle(number, Outcome::Delivered(receipt.clone()))).expect("settled");
    // The next in line passes on the customer's message.
    wait(store.settle(number + 1, Outcome::Delivered(receipt))).expect("settled");
    wait(store.settle(number + 2, Outcome::Again(at(90)))).expect("settled");
}

/// Whether the first version knew this kind of gap.
fn in_version_1(kind: GapKind) -> bool {
    kind != GapKind::Chosen
}

/// Looks for everything that [`write`] stored, as far as the version that wrote it knew it.
fn check(store: &dyn Store, is_known: fn(GapKind) -> bool) {
    for turn in turns() {
        let id = &turn.conversation.id;
        let stored = wait(store.conversation(id)).expect("read");
        assert_eq!(stored, Conversation { version: 1, ..turn.conversation.clone() });
        assert!(wait(store.was_heard(id, &turn.heard)).expect("read"));
    }
    let mut wakes: Vec<Wake> = turns().iter().filter_map(wake).collect();
    wakes.sort_by_key(|wake| wake.at);
    assert_eq!(wait(store.woken(at(9999), 99)).expect("read"), wakes);
    let all = turns().into_iter().flat_map(|turn| turn.actions).collect::<Vec<_>>();
    let gaps: Vec<Gap> = all
        .iter()
        .filter_map(|act| if let Action::NoteGap(gap) = act { Some(gap.clone()) } else { None })
        .filter(|gap| is_known(gap.kind))
        .collect();
    assert_eq!(wait(store.gaps(at(0))).expect("read"), gaps);
    let drafts: Vec<Draft> = all
        .iter()
        .filter_map(|act| if let Action::SaveDraft(draft) = act { Some(draft.clone()) } else { None })
        .collect();
    assert_eq!(
        wait(store.drafts()).expect("read").into_iter().map(|(_, draft)| draft).collect::<Vec<_>>(),
        drafts
    );
    let mut counted: BTreeMap<Count, u64> = BTreeMap::new();
    for action in &all {
        if let Action::Count(count) = action {
            *counted.entry(count.clone()).or_default() += 1;
        }
    }
    assert_eq!(wait(store.tallies(at(0))).expect("read")[0].counts, counted);

    let held = wait(store.ticket_at(&staff_place("thread"))).expect("read").expect("a ticket");
    assert_eq!((held.id, held.open, held.conversation), (TicketId(1), true, id("held")));
    let receipt =
        wait(store.delivered_as(&id("held"), &MessageId("h1".to_owned()))).expect("read").expect("arrived");
    assert_eq!((receipt.place, receipt.messages), (staff_place("thread"), vec![MessageId("t1".to_owned())]));
    assert_eq!(wait(store.note("session")).expect("read").as_deref(), Some("resume \u{1F514}"));
    let log = wait(store.faq_log()).expect("read");
    assert_eq!(
        log[0].changes,
        [
            FileChange::Changed("a.md".to_owned()),
            FileChange::Added("c.md".to_owned()),
            FileChange::Removed("b.md".to_owned()),
        ]
    );
    assert_eq!((log[0].number, log[0].at, log[0].digest, log[0].entries), (2, at(2), Digest([2; 32]), 3));
    let two = files(&[("a.md", "## A\n\nnew\n"), ("c.md", "## C\n")]);
    assert_eq!(wait(store.good_faq()).expect("read"), Some((2, two)));
    deliveries(store);
}

/// Takes all deliveries out, and compares them with those of the turns.
fn deliveries(store: &dyn Store) {
    let expected: Vec<Delivery> = turns()
        .into_iter()
        .flat_map(|turn| turn.actions)
        .filter_map(|action| if let Action::Deliver(delivery) = action { Some(delivery) } else { None })
        .collect();
    let mut found: BTreeMap<u64, Pending> = BTreeMap::new();
    loop {
        let due = wait(store.due(at(9999), 99)).expect("due");
        if due.is_empty() {
            break;
        }
        for pending in due {
            wait(store.settle(pending.number, Outcome::GivenUp)).expect("settled");
            found.insert(pending.number, pending);
        }
    }
    // The first two of the held conversation were delivered.
    let first =
        expected.iter().position(|delivery| matches!(delivery.post, Post::OpenTicket { .. })).expect("there");
    assert_eq!(found.len(), expected.len() - 2);
    for (number, pending) in found {
        let position = usize::try_from(number - 1).expect("small");
        assert_eq!(pending.delivery, expected[position]);
        let was_tried = position == first + 2;
        assert_eq!((pending.tries, pending.due), if was_tried { (1, at(90)) } else { (0, at(40)) });
    }
}

fn wake(turn: &Turn) -> Option<Wake> {
    let (at, reminder) = turn.wake?;
    Some(Wake { conversation: turn.conversation.id.clone(), reminder, at })
}

/// Turns that hold every variant of everything.
fn turns() -> Vec<Turn> {
    let entry = |name: &str| EntryId::new(name).expect("an id");
    let message_id = |name: &str| MessageId(name.to_owned());
    let presses = [
        Press::Entry(entry("öffnungszeiten")),
        Press::Helped(entry("hours")),
        Press::NotThis(entry("hours")),
        Press::NoneOfThese,
        Press::Person,
        Press::Topic(3),
        Press::TopicPage(3, 1),
        Press::Topics(2),
        Press::ForgetMe,
        Press::KeepMe,
    ];
    let mut buttons: Vec<ButtonPress> = presses.into_iter().map(ButtonPress::Customer).collect();
    buttons.extend([
        ButtonPress::SendAnswer(entry("hours")),
        ButtonPress::Claim,
        ButtonPress::Close,
        ButtonPress::CloseAndSave,
    ]);
    let buttons: Vec<Button> =
        (0..).zip(buttons).map(|(n, press)| Button { label: format!("button {n}"), press }).collect();
    let kinds = [
        AttachmentKind::Image,
        AttachmentKind::Voice,
        AttachmentKind::Video,
        AttachmentKind::Sticker,
        AttachmentKind::Location,
        AttachmentKind::File,
    ];
    let attachment =
        |kind| Attachment { kind, reference: "file-1".to_owned(), name: Some("a \"b\"\n.png".to_owned()) };
    let message = Message {
        parts: vec![Part::Markdown("**bold** \u{202E}rtl".to_owned()), Part::Literal("a\0b\\".to_owned())],
        buttons: buttons.clone(),
        attachments: kinds.into_iter().map(attachment).collect(),
    };
    let customer = |name: &str, company| Customer {
        id: name.to_owned(),
        name: "Żółć \u{1F600}".to_owned(),
        place: customer_place(name),
        company,
        app_language: Some(Language::DE),
    };
    let line = |speaker, message| Line { speaker, text: "a line\r\nof words".to_owned(), at: at(3), message };
    let open = Conversation {
        customer: Some(customer("open", Company::Alone)),
        language: Some(Language::EN),
        introduced: true,
        transcript: VecDeque::from([
            line(Speaker::Customer, Some(message_id("o1"))),
            line(Speaker::Bot, None),
            line(Speaker::Staff("Mona".to_owned()), None),
            line(Speaker::Note("Mona".to_owned()), None),
        ]),
        last_asked: Some(Asked {
            question: "when?".to_owned(),
            entry: entry("hours"),
            tried: vec![entry("hours"), entry("days")],
            rated: true,
            at: at(2),
        }),
        buttons,
        burst: vec!["one".to_owned(), "two".to_owned()],
        flood: Flood { level: 2500, at: at(3), noticed: true },
        blocked: true,
        tickets: vec![TicketId(7), TicketId(9)],
        closed: Some(at(1)),
        touched: at(3),
        ..Conversation::new(id("open"))
    };
    let offered = vec![entry("hours"), entry("days")];
    let clarifying = Conversation {
        customer: Some(customer("asked", Company::AmongOthers)),
        stage: Stage::Clarifying { question: "which?".to_owned(), offered },
        ..Conversation::new(id("asked"))
    };
    let mona = StaffMember { channel: ChannelKind::Discord, id: "1".to_owned(), name: "Mona".to_owned() };
    let mut held_ticket = ticket(TicketId(1), "where?", at(4));
    held_ticket.state = TicketState::Claimed(mona);
    held_ticket.guesses =
        vec![Match { entry: entry("hours"), confidence: Confidence::new(0.3).expect("a probability") }];
    held_ticket.last_answer = Some(StaffAnswer { message: message_id("s1"), text: "there".to_owned() });
    held_ticket.staff_spoke = Some(at(5));
    held_ticket.reminders = 2;
    held_ticket.acknowledged = true;
    let held = Conversation { stage: Stage::WithStaff(held_ticket), ..Conversation::new(id("held")) };
    let waiting = Conversation {
        stage: Stage::WithStaff(ticket(TicketId(2), "?", at(4))),
        ..Conversation::new(id("waits"))
    };

    let deliver = |to, post| Action::Deliver(Delivery { to, post });
    let to_customer = || Recipient::Customer(customer_place("held"));
    let gap = |kind, n: i64, nearest| {
        let question = format!("why {n}?");
        Action::NoteGap(Gap {
            question,
            language: Language::DE,
            at: at(n),
            kind,
            nearest,
            conversation: id("open"),
        })
    };
    let draft = Draft {
        question: "where?".to_owned(),
        answer: "there".to_owned(),
        language: Language::EN,
        ticket: TicketId(1),
        taught_by: "Mona".to_owned(),
        channel: ChannelKind::Console,
    };
    let whys =
        [Why::Asked, Why::NothingFits, Why::NotSure, Why::TheEntrySaysSo, Why::NoneOfThose, Why::CannotRead];
    let mut counts = vec![
        Count::Asked,
        Count::Asked,
        Count::Answered(entry("hours")),
        Count::Helped(entry("hours")),
        Count::NotThis(entry("hours")),
        Count::Clarified,
        Count::Chosen(entry("hours")),
        Count::Closed,
        Count::Reopened,
        Count::Flooded,
    ];
    counts.extend(whys.into_iter().map(Count::HandedOver));
    let mut learned = vec![
        gap(GapKind::Unanswered, 1, None),
        gap(GapKind::Clarified, 2, Some(entry("hours"))),
        gap(GapKind::NotThis, 3, Some(entry("hours"))),
        gap(GapKind::Chosen, 4, Some(entry("hours"))),
        Action::SaveDraft(draft),
    ];
    learned.extend(counts.into_iter().map(Action::Count));
    let posts = vec![
        deliver(
            Recipient::Ticket(TicketId(1)),
            Post::OpenTicket { title: "#1".to_owned(), card: message.clone() },
        ),
        deliver(
            Recipient::Ticket(TicketId(1)),
            Post::Say { message: message.clone(), relays: Some(message_id("h1")) },
        ),
        deliver(Recipient::Ticket(TicketId(1)), Post::MarkTicket { title: "#1".to_owned(), closed: true }),
        deliver(to_customer(), Post::Say { message: message.clone(), relays: None }),
        deliver(to_customer(), Post::Amend { relays: message_id("s1"), message }),
        deliver(to_customer(), Post::Withdraw { relays: message_id("s1") }),
        deliver(Recipient::Owner, Post::Say { message: Message::default(), relays: None }),
    ];
    let turn = |conversation: Conversation, actions, reminder, n| Turn {
        heard: message_id(&format!("heard {n}")),
        conversation,
        actions,
        wake: Some((at(n), reminder)),
    };
    vec![
        turn(open, learned, Reminder::BurstOver, 60),
        turn(clarifying, Vec::new(), Reminder::TicketWaits, 61),
        turn(held, posts, Reminder::TicketSilent, 62),
        turn(waiting, Vec::new(), Reminder::Expired, 63),
    ]
}
