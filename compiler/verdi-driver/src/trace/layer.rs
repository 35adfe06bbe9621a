//! The layers of a transformed system: which of them a trace shows.

/// Which layers are shown. Of a system that is not transformed, there is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layer {
    /// What the outermost transformer does; what it carries for the system inside it is only named.
    Outer,
    /// What the innermost system sees: its own messages and state.
    Inner,
    /// Both, in full.
    #[default]
    All,
}

impl Layer {
    /// As the command line has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Outer => "outer",
            Self::Inner => "inner",
            Self::All => "all",
        }
    }
}
