//! Renderers: one model, many forms.

mod human;

pub use human::human;
