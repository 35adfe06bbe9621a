//! A row of cells to draw on.

use verdi_diagnostics::render::{Paint, Style, width};

/// One row of a terminal.
pub(super) struct Canvas {
    /// A character and how it is painted; `None` continues a wide character.
    cells: Vec<Option<(char, Option<Paint>)>>,
}

impl Canvas {
    pub(super) fn new(columns: usize) -> Self {
        Self { cells: vec![Some((' ', None)); columns] }
    }

    pub(super) fn width(&self) -> usize {
        self.cells.len()
    }

    /// Puts a character, if the column is there.
    pub(super) fn put(&mut self, column: usize, sign: char, paint: Paint) {
        if let Some(cell) = self.cells.get_mut(column) {
            *cell = Some((sign, Some(paint)));
        }
    }

    /// Writes a text from a column on, as far as there is room.
    pub(super) fn text(&mut self, column: usize, text: &str, paint: Paint) {
        let mut at = column;
        for c in text.chars() {
            let wide = width(c.encode_utf8(&mut [0; 4]));
            if at + wide > self.cells.len() {
                break;
            }
            if wide == 0 {
                continue;
            }
            self.put(at, c, paint);
            if wide == 2 {
                self.cells[at + 1] = None;
            }
            at += wide;
        }
    }

    /// Draws from one column to another, both included.
    pub(super) fn line(&mut self, from: usize, to: usize, sign: char, paint: Paint) {
        for column in from..=to {
            self.put(column, sign, paint);
        }
    }

    /// The row, neighbours of the same paint together.
    pub(super) fn render(&self, style: &Style) -> String {
        let mut out = String::new();
        let mut run = String::new();
        let mut current = None;
        for &(sign, paint) in self.cells.iter().flatten() {
            if paint != current {
                out.push_str(&painted(style, current, &run));
                run.clear();
                current = paint;
            }
            run.push(sign);
        }
        out + &painted(style, current, &run)
    }
}

fn painted(style: &Style, paint: Option<Paint>, text: &str) -> String {
    paint.map_or_else(|| text.to_owned(), |paint| style.paint(paint, text))
}

/// The signs of a chart.
#[derive(Clone, Copy)]
pub(super) struct Signs {
    pub(super) lane: char,
    pub(super) down: char,
    pub(super) line: char,
    pub(super) dashed: char,
    pub(super) leave_right: char,
    pub(super) leave_left: char,
    pub(super) head_right: char,
    pub(super) head_left: char,
    pub(super) itself: char,
    pub(super) lost: char,
    pub(super) copied: char,
    pub(super) input: char,
    pub(super) output: char,
    pub(super) timeout: char,
    pub(super) crash: char,
    pub(super) reboot: char,
}

impl Signs {
    /// All are one column wide, which the emoji for lightning is not.
    pub(super) fn new(ascii: bool) -> Self {
        if ascii {
            return Self {
                lane: '|',
                down: ':',
                line: '-',
                dashed: '.',
                leave_right: '+',
                leave_left: '+',
                head_right: '>',
                head_left: '<',
                itself: '@',
                lost: 'X',
                copied: '*',
                input: 'v',
                output: '^',
                timeout: 'o',
                crash: '!',
                reboot: '%',
            };
        }
        Self {
            lane: '│',
            down: '┊',
            line: '─',
            dashed: '┄',
            leave_right: '├',
            leave_left: '┤',
            head_right: '▶',
            head_left: '◀',
            itself: '↺',
            lost: '✕',
            copied: '⊕',
            input: '▼',
            output: '▲',
            timeout: '◷',
            crash: '↯',
            reboot: '↻',
        }
    }
}
