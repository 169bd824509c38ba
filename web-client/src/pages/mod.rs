//! x
/// x
pub enum Page {}
