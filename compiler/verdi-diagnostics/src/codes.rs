//! The table of diagnostic codes: one row for each, in the file of the phase that reports it.
//!
//! A code is stable once released: it is never given another meaning. `V01xx` syntax, `V02xx` names,
//! `V03xx` types, `V04xx` effects, ghost state and roles, `V05xx` checks, networks and tests, `V06xx`
//! warnings about likely mistakes, `V07xx` what stops a run, and what it
//! shows of the text, `V08xx` the command line and files.

use std::fmt;

mod checks;
mod driver;
mod effects;
mod histories;
mod lints;
mod lower;
mod names;
mod run;
mod syntax;
mod types;
mod vacuity;

pub use checks::*;
pub use driver::*;
pub use effects::*;
pub use histories::*;
pub use lints::*;
pub use lower::*;
pub use names::*;
pub use run::*;
pub use syntax::*;
pub use types::*;
pub use vacuity::*;

/// A stable diagnostic code, such as `V0203`.
#[derive(Clone, Copy)]
pub struct Code(pub(crate) &'static Entry);

/// A row of the table.
pub struct Entry {
    /// Such as `V0203`.
    pub name: &'static str,
    /// One line.
    pub title: &'static str,
    /// What it means, an example that shows it and how to mend it; Markdown.
    pub explanation: &'static str,
}

impl Code {
    /// Such as `V0203`.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// One line on what it is about.
    pub fn title(self) -> &'static str {
        self.0.title
    }

    /// The long form that `verdic explain` prints, in Markdown.
    pub fn explanation(self) -> &'static str {
        self.0.explanation
    }

    /// Every code, in order.
    pub fn all() -> impl Iterator<Item = Code> {
        [
            syntax::TABLE,
            names::TABLE,
            types::TABLE,
            effects::TABLE,
            checks::TABLE,
            lints::TABLE,
            run::TABLE,
            lower::TABLE,
            vacuity::TABLE,
            histories::TABLE,
            driver::TABLE,
        ]
        .into_iter()
        .flatten()
        .copied()
    }

    /// The code of a name in any case, with or without the `V`.
    pub fn find(name: &str) -> Option<Code> {
        let digits = name.trim().trim_start_matches(['v', 'V']);
        Self::all().find(|code| code.name()[1..] == *digits)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Code {}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.name().cmp(other.name())
    }
}

impl std::hash::Hash for Code {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

/// Declares the codes of one phase: `NAME "title" "explanation";` rows.
macro_rules! codes {
    ($($name:ident $title:literal $explanation:literal;)*) => {
        $(
            #[doc = $title]
            pub const $name: $crate::Code = $crate::Code(&$crate::codes::Entry {
                name: stringify!($name),
                title: $title,
                explanation: $explanation,
            });
        )*
        pub(super) const TABLE: &[$crate::Code] = &[$($name),*];
    };
}
pub(crate) use codes;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_unique_and_explained() {
        let names: Vec<_> = Code::all().map(Code::name).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(names, sorted);
        for code in Code::all() {
            assert!(code.explanation().len() > 40, "{code} needs an explanation");
        }
    }
}
