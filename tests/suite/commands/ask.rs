//! `deskbell ask`: what the customer would get stands above why.

use super::Shop;

/// What stands above the evidence, and the evidence.
fn parts(shown: &str) -> (&str, &str) {
    shown.split_once("\nquestion ").unwrap_or_else(|| panic!("no evidence: {shown}"))
}

#[test]
fn an_answer_is_shown_as_the_customer_would_get_it() {
    let shop = Shop::new();
    let shown = shop.fine(&["ask", "When are you open?"]);
    let (reply, why) = parts(&shown);
    assert!(reply.starts_with("     bot | Monday to Friday 10:00 to 18:30"), "{shown}");
    assert!(reply.contains("[1] ") && reply.contains("That helped"), "with its buttons: {shown}");
    assert!(!reply.contains("automatic assistant"), "the customer has heard that before: {shown}");
    assert!(why.contains("answer with #opening-hours"), "{shown}");
}

#[test]
fn a_question_back_is_shown_with_its_choices_and_the_corrected_words_stay() {
    let shop = Shop::new();
    let shown = shop.fine(&["ask", "delivry"]);
    let (reply, why) = parts(&shown);
    assert!(reply.contains("Did you mean") && reply.contains("  [1] "), "{shown}");
    assert!(reply.contains("Something else"), "{shown}");
    assert!(why.contains("delivry → delivery") && why.contains("ask back: #"), "{shown}");
}

#[test]
fn a_call_for_a_person_is_shown_in_the_customers_language() {
    let shop = Shop::new();
    let shown = shop.fine(&["ask", "Sponsern Sie den Fußballverein unserer Schule?"]);
    let (reply, why) = parts(&shown);
    assert!(reply.contains("an unser Team weitergegeben"), "{shown}");
    assert!(why.contains("call a person"), "{shown}");
}

#[test]
fn of_several_questions_each_has_its_evidence() {
    let shop = Shop::new();
    let question = "When are you open? How long does delivery take?";
    let shown = shop.fine(&["ask", question]);
    let (reply, _) = parts(&shown);
    assert!(
        reply.contains("Monday to Friday") && reply.contains("working days"),
        "both are answered: {shown}"
    );
    assert_eq!(shown.matches("\nquestion ").count(), 2, "{shown}");
    assert!(shown.contains("#opening-hours (") && shown.contains("#delivery-time ("), "{shown}");

    let asked = shop.json(&["ask", "--json", question]);
    assert_eq!(asked["parts"].as_array().map(Vec::len), Some(2), "{asked}");
    assert!(asked["reply"][0].as_str().is_some_and(|reply| reply.contains("Monday to Friday")), "{asked}");
}
