//! A firm whose whole FAQ is one page.

use std::sync::Arc;

use deskbell::faq::{Faq, RawFile, read};

/// The FAQ of `page`, which must be good.
pub(crate) fn faq(page: &str) -> Arc<Faq> {
    let raw =
        |path: &str, text: &str| RawFile { path: path.to_owned(), content: Ok(text.as_bytes().to_vec()) };
    let faq = read(vec![raw("business.toml", "name = 'Radhaus'\nlang = 'en'"), raw("faq.md", page)]);
    assert!(faq.is_good(), "{:?}", faq.problems);
    Arc::new(faq)
}
