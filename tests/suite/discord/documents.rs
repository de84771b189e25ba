//! `docs/discord.md` tells the truth: the invite link asks for what its table names, and no more.

const DOCUMENT: &str = include_str!("../../../docs/discord.md");

#[test]
fn the_invite_link_asks_for_what_the_table_names_and_no_more() {
    let view_channel = 1_u64 << 10;
    let send_messages = 1 << 11;
    let embed_links = 1 << 14;
    let read_message_history = 1 << 16;
    let manage_threads = 1 << 34;
    let create_public_threads = 1 << 35;
    let create_private_threads = 1 << 36;
    let send_messages_in_threads = 1 << 38;
    let sum = view_channel
        | send_messages
        | embed_links
        | read_message_history
        | manage_threads
        | create_public_threads
        | create_private_threads
        | send_messages_in_threads;
    assert!(DOCUMENT.contains(&format!("permissions={sum}\n")), "{sum}");
}
