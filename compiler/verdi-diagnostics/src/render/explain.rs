use super::{Paint, Style, wrap};
use crate::Code;

/// The long form of a code: its title, then its explanation as text for a terminal.
pub fn explain(code: Code, style: &Style) -> String {
    let mut out = format!(
        "{} {}\n\n",
        style.paint(Paint::Bad, &format!("{code}:")),
        style.paint(Paint::Strong, code.title())
    );
    markdown(&mut out, code.explanation(), style);
    out
}

/// Paragraphs wrapped, code blocks indented, lists kept.
fn markdown(out: &mut String, text: &str, style: &Style) {
    let mut paragraph = String::new();
    let mut in_code = false;
    for line in text.trim().lines() {
        if line.trim_start().starts_with("```") {
            flush(out, &mut paragraph, style);
            in_code = !in_code;
        } else if in_code {
            out.push_str(&style.paint(Paint::Name, format!("    {line}").trim_end()));
            out.push('\n');
        } else if line.trim().is_empty() {
            flush(out, &mut paragraph, style);
            if !out.ends_with("\n\n") {
                out.push('\n');
            }
        } else {
            if starts_block(line) {
                flush(out, &mut paragraph, style);
            } else if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line.trim());
        }
    }
    flush(out, &mut paragraph, style);
}

fn starts_block(line: &str) -> bool {
    line.trim_start().starts_with(['-', '*', '#']) && line.contains(' ')
}

fn flush(out: &mut String, paragraph: &mut String, style: &Style) {
    let text = std::mem::take(paragraph);
    if text.is_empty() {
        return;
    }
    if let Some(heading) = text.strip_prefix('#') {
        out.push_str(&style.paint(Paint::Strong, heading.trim_start_matches('#').trim()));
        out.push('\n');
        return;
    }
    let hanging = if starts_block(&text) { "  " } else { "" };
    for (i, line) in wrap(&text, style.width.min(100) - hanging.len()).iter().enumerate() {
        out.push_str(if i == 0 { "" } else { hanging });
        out.push_str(&inline_code(line, style));
        out.push('\n');
    }
}

/// Where there are colours, they stand for the backquotes.
fn inline_code(line: &str, style: &Style) -> String {
    if !style.color || line.matches('`').count() % 2 == 1 {
        return line.to_owned();
    }
    line.split('`')
        .enumerate()
        .map(|(i, part)| if i % 2 == 1 { style.paint(Paint::Name, part) } else { part.to_owned() })
        .collect()
}
