//! Renderers: one model, many forms.

mod excerpt;
mod explain;
mod human;
mod json;
mod sarif;
mod style;
mod wrap;

pub use explain::explain;
pub use human::{human, human_styled, summary};
pub use json::json;
pub use sarif::{Finding, sarif};
pub use style::{Paint, Style};
pub use wrap::{clip, width, wrap};
