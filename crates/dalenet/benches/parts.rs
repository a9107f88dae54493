//! Placeholder until the parts are benched.
fn main() {}
