//! One test program: each one links every crate anew.

mod stores;
