//! What people and other tools are given: one renderer a file.

mod canvas;
mod chart;
mod mermaid;
mod svg;
mod trace_json;
mod trace_text;

pub use chart::{Chart, chart};
pub use mermaid::mermaid;
pub use svg::svg;
pub use trace_json::{steps_json, trace_itf};
pub use trace_text::{step_line, trace_text};
