use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns that `text` takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// `text` in lines of at most `columns`, broken at spaces; a longer word is broken where it must be. Line
/// breaks of `text` are kept. There is always a line.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(8);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            push_word(&mut lines, &mut line, word, columns);
        }
        lines.push(line);
    }
    lines
}

fn push_word(lines: &mut Vec<String>, line: &mut String, word: &str, columns: usize) {
    if !line.is_empty() && width(line) + 1 + width(word) > columns {
        lines.push(std::mem::take(line).trim_end().to_owned());
    } else if !line.is_empty() {
        line.push(' ');
    }
    let mut used = width(line);
    for c in word.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide > columns {
            lines.push(std::mem::take(line));
            used = 0;
        }
        line.push(c);
        used += wide;
    }
}

/// `text` cut to at most `columns`, its end replaced by `…` (or by `~` in ASCII) where something is cut.
pub fn clip(text: &str, columns: usize, ascii: bool) -> String {
    if text.len() <= columns || width(text) <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > columns {
            break;
        }
        out.push(c);
    }
    if columns > 0 {
        out.push(if ascii { '~' } else { '…' });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_at_spaces_and_breaks_what_is_too_long() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefghijklm", 8), ["abcdefgh", "ijklm"]);
        assert_eq!(wrap("", 8), [""]);
        assert_eq!(wrap("漢字漢字 漢字", 8), ["漢字漢字", "漢字"]);
    }

    #[test]
    fn clips_by_columns() {
        assert_eq!(clip("abcdef", 6, false), "abcdef");
        assert_eq!(clip("abcdefg", 6, false), "abcde…");
        assert_eq!(clip("漢字漢字", 5, true), "漢字~");
        assert_eq!(clip("abc", 0, false), "");
    }
}
