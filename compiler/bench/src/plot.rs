//! The ratios as a picture in SVG, readable on light and on dark ground.

use std::fmt::Write;

use crate::race::{Entry, Heat, Results};
use crate::table::{clock, grouped, ratio};

const WIDTH: f64 = 860.0;
const LABELS: f64 = 150.0;
/// Room to the right of the longest bar, for its figures.
const FIGURES: f64 = 190.0;
const ROW: f64 = 20.0;
const TITLE: f64 = 34.0;
const HEAD: f64 = 46.0;

const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#57606a}.title{font-weight:600}.small{font-size:11px}\
    .bar{fill:#8c959f}.own{fill:#2f81f7}.line{fill:#3fb950}.axis{stroke:#8c959f;stroke-opacity:.45}\
    @media(prefers-color-scheme:dark){text{fill:#adbac7}.bar{fill:#768390}}";

/// Draws the entries on one thread: a bar's length is a tool's time over that of `verdic`, on a logarithmic scale.
pub fn draw(results: &Results) -> String {
    let heats: Vec<(&Heat, Vec<&Entry>)> = results
        .heats
        .iter()
        .map(|heat| (heat, drawn(heat)))
        .filter(|(_, entries)| !entries.is_empty())
        .collect();
    let ratios = || heats.iter().flat_map(|(_, entries)| entries.iter().filter_map(|entry| entry.time_ratio));
    let scale = Scale {
        low: ratios().fold(1.0, f64::min).log10().floor(),
        high: ratios().fold(10.0, f64::max).log10().ceil(),
    };
    let height: f64 =
        HEAD + heats.iter().map(|(_, entries)| TITLE + ROW * entries.len() as f64).sum::<f64>() + 12.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"Time of each tool over that of verdic\">\n<style>{STYLE}</style>\n"
    );
    let title = format!("{} over that of verdic, one thread each", clock(results));
    let _ = writeln!(svg, "<text class=\"title\" x=\"0\" y=\"16\">{title}</text>");
    grid(&mut svg, &scale, height);
    let mut y = HEAD;
    for (heat, entries) in heats {
        let _ = writeln!(
            svg,
            "<text x=\"0\" y=\"{}\"><tspan class=\"title\">{}</tspan><tspan class=\"small\" dx=\"8\">{} worlds</tspan></text>",
            y + 22.0,
            heat.model,
            grouped(heat.distinct)
        );
        y += TITLE;
        for entry in entries {
            bar(&mut svg, &scale, entry, y);
            y += ROW;
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// What is drawn of a heat: `verdic` and what can be compared with it, on one thread.
fn drawn(heat: &Heat) -> Vec<&Entry> {
    heat.entries.iter().filter(|entry| entry.threads == 1 && entry.time_ratio.is_some()).collect()
}

/// Powers of ten from left to right.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn x(&self, ratio: f64) -> f64 {
        let part = (ratio.log10() - self.low) / (self.high - self.low);
        LABELS + part * (WIDTH - LABELS - FIGURES)
    }
}

fn grid(svg: &mut String, scale: &Scale, height: f64) {
    let mut power = scale.low;
    while power <= scale.high {
        let (x, value) = (scale.x(10f64.powf(power)), 10f64.powf(power));
        let _ = writeln!(
            svg,
            "<line class=\"axis\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{HEAD}\" y2=\"{}\"/>\
             <text class=\"small\" x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{value}×</text>",
            height - 8.0,
            HEAD - 6.0
        );
        power += 1.0;
    }
}

fn bar(svg: &mut String, scale: &Scale, entry: &Entry, y: f64) {
    let Some(time) = entry.time_ratio else { return };
    let class = match entry.tool {
        "verdic" => "own",
        "ceiling" => "line",
        _ => "bar",
    };
    let (from, to) = (scale.x(10f64.powf(scale.low)), scale.x(time));
    let figures = match entry.memory_ratio {
        Some(_) => format!("{} time, {} memory", ratio(Some(time)), ratio(entry.memory_ratio)),
        None => ratio(Some(time)),
    };
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\
         <rect class=\"{class}\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{}\" rx=\"2\"/>\
         <text class=\"small\" x=\"{:.1}\" y=\"{:.1}\">{figures}</text>",
        LABELS - 10.0,
        y + 14.0,
        entry.tool,
        y + 3.0,
        (to - from).max(2.0),
        ROW - 6.0,
        to.max(from + 2.0) + 6.0,
        y + 14.0,
    );
}

#[cfg(test)]
mod tests {
    use super::draw;
    use crate::race::{Clock, Entry, Heat, Results};

    fn entry(tool: &'static str, time_ratio: Option<f64>) -> Entry {
        let (seconds, failure) = (vec![1.0], None);
        let memory_ratio = time_ratio;
        Entry {
            tool,
            threads: 1,
            processor_seconds: vec![1.0],
            seconds,
            memory: 1,
            failure,
            time_ratio,
            memory_ratio,
        }
    }

    #[test]
    fn longer_times_are_longer_bars() {
        let entries = vec![
            entry("verdic", Some(1.0)),
            entry("spin", Some(20.0)),
            entry("tlc", Some(300.0)),
            entry("rumur", None),
        ];
        let heats =
            vec![Heat { model: "lock(4, 2)".to_owned(), distinct: 184_464, transitions: 539_136, entries }];
        let svg = draw(&Results { machine: String::new(), clock: Clock::Wall, tools: vec![], heats });
        let widths: Vec<f64> = svg
            .split("<rect ")
            .skip(1)
            .filter_map(|rect| rect.split("width=\"").nth(1)?.split('"').next()?.parse().ok())
            .collect();
        assert_eq!(widths.len(), 3, "what has no ratio has no bar\n{svg}");
        assert!(widths.is_sorted() && widths[2] < 860.0, "{widths:?}");
        assert!(svg.contains("300× time") && svg.contains("184,464"));
    }
}
