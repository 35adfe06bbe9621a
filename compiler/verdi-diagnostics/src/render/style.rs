/// What the place that text goes to can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours are understood.
    pub color: bool,
    /// Columns.
    pub width: usize,
    /// Whether nothing but ASCII can be shown.
    pub ascii: bool,
}

impl Style {
    /// Plain Unicode, 100 columns: what a pipe or a file gets.
    pub const PLAIN: Style = Style { color: false, width: 100, ascii: false };

    /// `text` as `paint` says, or as it is where there are no colours.
    pub fn paint(&self, paint: Paint, text: &str) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        format!("\x1b[{}m{text}\x1b[0m", paint.ansi())
    }
}

impl Default for Style {
    fn default() -> Self {
        Self::PLAIN
    }
}

/// A manner of writing: what is meant rather than a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Stands out.
    Strong,
    /// Steps back.
    Faint,
    /// Wrong.
    Bad,
    /// As it should be.
    Good,
    /// Doubtful.
    Doubt,
    /// A name or a place.
    Name,
    /// A help or a note.
    Help,
}

impl Paint {
    fn ansi(self) -> &'static str {
        match self {
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Bad => "1;31",
            Self::Good => "32",
            Self::Doubt => "33",
            Self::Name => "36",
            Self::Help => "34",
        }
    }
}
