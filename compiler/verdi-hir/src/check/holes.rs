//! Declarations that could not be parsed: a name that nothing declares may have been declared there.

use super::Source;
use verdi_diagnostics::{Code, Diagnostic, codes};
use verdi_syntax::ast::{Item, Module, NetworkItem, NodeItem, SystemBody, SystemItem};

const UNKNOWN: &[Code] = &[
    codes::V0201,
    codes::V0202,
    codes::V0203,
    codes::V0204,
    codes::V0207,
    codes::V0209,
    codes::V0210,
    codes::V0211,
    codes::V0212,
    codes::V0405,
    codes::V0501,
    codes::V0502,
    codes::V0505,
    codes::V0518,
];

/// Drops what is said of unknown names in files with declarations that could not be parsed, and all warnings
/// of such files: the parser has said what is wrong.
pub(super) fn forgive(sources: &[Source<'_>], diagnostics: &mut Vec<Diagnostic>) {
    let broken: Vec<_> =
        sources.iter().filter(|source| has_holes(source.module)).map(|source| source.file).collect();
    diagnostics.retain(|diagnostic| {
        !broken.contains(&diagnostic.primary.span.file)
            || diagnostic.is_error() && !UNKNOWN.contains(&diagnostic.code)
    });
}

fn has_holes(module: &Module) -> bool {
    module.items.iter().any(|item| match item {
        Item::Error(_) => true,
        Item::System(system) => match &system.body {
            SystemBody::Members(items) => items.iter().any(in_system),
            SystemBody::Application(_) => false,
        },
        Item::Transformer(transformer) => transformer.items.iter().any(in_system),
        Item::Network(network) => network.items.iter().any(|item| matches!(item, NetworkItem::Error(_))),
        _ => false,
    })
}

fn in_system(item: &SystemItem) -> bool {
    match item {
        SystemItem::Error(_) => true,
        SystemItem::Node(node) => node.items.iter().any(|item| matches!(item, NodeItem::Error(_))),
        _ => false,
    }
}
