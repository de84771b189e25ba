//! Start, exit code, nothing else.

fn main() {}
