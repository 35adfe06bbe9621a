//! What people and other tools are given: one renderer a file.

mod canvas;
mod chart;
mod coverage_json;
mod coverage_lcov;
mod coverage_text;
mod findings;
mod history;
mod junit;
mod ladder;
mod mermaid;
mod report_json;
mod report_text;
mod svg;
mod trace_json;
mod trace_text;

pub use chart::{LiveChart, chart};
pub use coverage_json::coverage_json;
pub use coverage_lcov::lcov;
pub use coverage_text::coverage_text;
pub use findings::findings;
pub use history::{histories_exit, histories_json, histories_summary, history_text};
pub use junit::junit;
pub use ladder::{ladder_json, ladder_text};
pub use mermaid::mermaid;
pub use report_json::report_json;
pub(crate) use report_text::count;
pub use report_text::{check_text, progress_text, summary_line, test_text};
pub use svg::svg;
pub use trace_json::{steps_json, trace_itf, view_json};
pub use trace_text::trace_text;
