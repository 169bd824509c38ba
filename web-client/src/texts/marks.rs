//! What stands between the parts of a text as `build.rs` hands it over. None of it can be typed into a file of texts by mistake.

/// Ends a text.
pub(crate) const END: char = '\0';
/// Before and after the name of a value, in whose place the value is shown.
pub(crate) const VALUE: char = '\u{1}';
/// After the name of the value that chooses among the variants that follow. In a text without variants there is none.
pub(crate) const CHOICE: char = '\u{2}';
/// After what a variant is for; the last one has no such key, and is for everything else.
pub(crate) const KEY: char = '\u{3}';
/// Between variants.
pub(crate) const VARIANT: char = '\u{4}';
