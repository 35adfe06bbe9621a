mod node;
mod rule;
mod world;

pub(crate) use node::NodeEnv;
pub(crate) use rule::{RuleEnv, delivery, input};
pub(crate) use world::WorldEnv;

use crate::Env;

/// Of functions that act on nothing.
pub(crate) struct PureEnv;

impl Env for PureEnv {}
