//! A service that lies to a real browser: ada's, behind [`igoon_e2e::liar`]. Each lie is refused, which those see who talk to the
//! real server directly, and ada is told of it in words. What the client core does about each lie is tried natively, one by one
//! (`shared/tests/liar/`; the table of both stands in docs/SECURITY.md).

mod forging;
mod joining;
mod keys;
mod log;
mod messages;
mod people;
mod releases;
mod scene;
