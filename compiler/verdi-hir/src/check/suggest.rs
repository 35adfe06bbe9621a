//! "did you mean …?"

use verdi_diagnostics::{Diagnostic, Span};

/// The name most like `name`, if one is like it at all.
pub(super) fn closest<'n>(name: &str, among: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let length = name.chars().count();
    let limit = length.div_ceil(3).min(length.saturating_sub(1));
    let mut best: Option<(usize, &str)> = None;
    for candidate in among {
        let distance = if candidate.eq_ignore_ascii_case(name) {
            0
        } else {
            strsim::damerau_levenshtein(name, candidate)
        };
        if candidate != name
            && !candidate.is_empty()
            && distance <= limit
            && best.is_none_or(|(least, _)| distance < least)
        {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Adds the suggestion to replace `span` by the name most like `name`.
pub(super) fn did_you_mean<'n>(
    diagnostic: Diagnostic,
    span: Span,
    name: &str,
    among: impl IntoIterator<Item = &'n str>,
) -> Diagnostic {
    match closest(name, among) {
        Some(other) => diagnostic.mend(format!("did you mean `{other}`?"), span, other),
        None => diagnostic,
    }
}

/// `a`, `b` and `c`; at most six of them.
pub(super) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let more = quoted.len().saturating_sub(6);
    quoted.truncate(6);
    if more > 0 {
        return format!("{} and {more} more", quoted.join(", "));
    }
    match quoted.pop() {
        None => String::new(),
        Some(last) if quoted.is_empty() => last,
        Some(last) => format!("{} and {last}", quoted.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_like_names_are_suggested() {
        assert_eq!(closest("queu", ["queue", "held"]), Some("queue"));
        assert_eq!(closest("Lokc", ["Lock", "Locked"]), Some("Lock"));
        assert_eq!(closest("x", ["abc"]), None);
        assert_eq!(closest("client", ["Client"]), Some("Client"));
    }

    #[test]
    fn lists_are_cut() {
        assert_eq!(listed(["a"]), "`a`");
        assert_eq!(listed(["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(
            listed(["a", "b", "c", "d", "e", "f", "g", "h"]),
            "`a`, `b`, `c`, `d`, `e`, `f` and 2 more"
        );
    }
}
