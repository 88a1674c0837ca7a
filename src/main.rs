//! The `transfolio` command.

fn main() {}
