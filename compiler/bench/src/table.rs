//! Results as tables, which are Markdown too.

use std::fmt::Write;

use crate::race::{Clock, Entry, Heat, Results, median};

/// All results: a table for each model, and one of all ratios.
pub fn show(results: &Results) -> String {
    let mut text = String::new();
    let tools: Vec<String> =
        results.tools.iter().map(|(tool, version)| format!("{tool} {version}")).collect();
    let _ = writeln!(text, "{}\n{}", results.machine, tools.join(", "));
    for heat in &results.heats {
        let _ = writeln!(
            text,
            "\n{}: {} distinct worlds, {} transitions\n",
            heat.model,
            grouped(heat.distinct),
            grouped(heat.transitions)
        );
        text.push_str(&aligned(&heat_rows(heat)));
    }
    let _ = writeln!(text, "\n{} over that of verdic on as many threads\n", clock(results));
    text.push_str(&aligned(&ratio_rows(results)));
    text
}

/// What the ratios of some results are of.
pub fn clock(results: &Results) -> &'static str {
    match results.clock {
        Clock::Wall => "Time",
        Clock::Processor => "Processor time",
    }
}

fn heat_rows(heat: &Heat) -> Vec<Vec<String>> {
    let head =
        ["tool", "threads", "s", "processor s", "worlds/s", "MiB", "time / verdic's", "memory / verdic's"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for entry in &heat.entries {
        let (seconds, processor) = (median(&entry.seconds), median(&entry.processor_seconds));
        let (Some(seconds), Some(processor), None) = (seconds, processor, &entry.failure) else {
            let mut row = vec![entry.tool.to_owned(), entry.threads.to_string()];
            row.push(entry.failure.clone().unwrap_or_default());
            row.resize(head.len(), "–".to_owned());
            rows.push(row);
            continue;
        };
        rows.push(vec![
            entry.tool.to_owned(),
            entry.threads.to_string(),
            format!("{seconds:.3}"),
            format!("{processor:.3}"),
            rate(heat.distinct as f64 / seconds),
            format!("{:.0}", entry.memory as f64 / f64::from(1 << 20)),
            ratio(entry.time_ratio),
            ratio(entry.memory_ratio),
        ]);
    }
    rows
}

/// A row for each model, a column for each tool and number of threads.
fn ratio_rows(results: &Results) -> Vec<Vec<String>> {
    let mut columns: Vec<(&str, usize)> = Vec::new();
    for entry in results.heats.iter().flat_map(|heat| &heat.entries) {
        if !columns.contains(&(entry.tool, entry.threads)) {
            columns.push((entry.tool, entry.threads));
        }
    }
    let title = |(tool, threads): &(&str, usize)| {
        if *threads == 1 { (*tool).to_owned() } else { format!("{tool} on {threads}") }
    };
    let mut rows =
        vec![std::iter::once("model".to_owned()).chain(columns.iter().map(title)).collect::<Vec<_>>()];
    for heat in &results.heats {
        let mut row = vec![heat.model.clone()];
        for column in &columns {
            let entry = heat.entries.iter().find(|entry| (entry.tool, entry.threads) == *column);
            row.push(entry.map_or_else(|| "–".to_owned(), |entry: &Entry| ratio(entry.time_ratio)));
        }
        rows.push(row);
    }
    rows
}

/// `8078616` as `8,078,616`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn rate(a_second: f64) -> String {
    if a_second >= 1e6 { format!("{:.2} M", a_second / 1e6) } else { format!("{:.0} K", a_second / 1e3) }
}

/// A ratio with as many digits as mean something.
pub fn ratio(ratio: Option<f64>) -> String {
    match ratio {
        None => "–".to_owned(),
        Some(ratio) if ratio >= 100.0 => format!("{ratio:.0}×"),
        Some(ratio) if ratio >= 10.0 => format!("{ratio:.1}×"),
        Some(ratio) if ratio >= 0.1 => format!("{ratio:.2}×"),
        Some(ratio) => format!("{ratio:.4}×"),
    }
}

/// Rows in columns that are as wide as their widest cell; numbers to the right.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).max(3);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (at, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            let gap = " ".repeat(widths[column] - cell.chars().count());
            let _ = if column == 0 { write!(text, "| {cell}{gap} ") } else { write!(text, "| {gap}{cell} ") };
        }
        text.push_str("|\n");
        if at == 0 {
            for (column, width) in widths.iter().enumerate() {
                let rule = "-".repeat(width - 1);
                let _ = if column == 0 { write!(text, "| -{rule} ") } else { write!(text, "| {rule}: ") };
            }
            text.push_str("|\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{aligned, grouped, ratio};

    #[test]
    fn numbers_are_readable() {
        assert_eq!([0, 999, 1000, 8_078_616].map(grouped), ["0", "999", "1,000", "8,078,616"]);
        assert_eq!(
            [None, Some(0.0123), Some(1.234), Some(12.34)].map(ratio),
            ["–", "0.0123×", "1.23×", "12.3×"]
        );
    }

    #[test]
    fn columns_are_as_wide_as_their_cells() {
        let rows = [["tool", "time"], ["a", "1,234.5"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(aligned(&rows), "| tool |    time |\n| ---- | ------: |\n| a    | 1,234.5 |\n");
    }
}
