//! Properties of runs: their parts once for each thing that their binders draw.

use crate::hir::{self, Code, Draws};
use crate::lower::Lower;
use crate::lower::body::Body;
use crate::lower::types::Substitution;
use verdi_core::{self as core, Context, Expect, FuncId, PropertyKind, TyId, Value, show};
use verdi_diagnostics::{Diagnostic, codes};

/// The most things that a property is asked of.
const CASES_MAX: usize = 1024;

impl<'a> Lower<'a> {
    pub(super) fn live(
        &mut self,
        property: &'a hir::Property,
        (kind, expect): (PropertyKind, Expect),
        draws: &'a Draws,
        codes: &[&'a Code],
    ) {
        let mut parts = Vec::new();
        for case in self.cases(draws) {
            for &code in codes {
                let func = self.case(property, code, draws, &case);
                parts.push(core::PropertyPart { func, span: code.body.span });
            }
        }
        self.core.properties.push(core::Property {
            name: property.name.clone(),
            span: property.span,
            kind,
            expect,
            parts,
        });
    }

    /// Every way to draw, with the types.
    fn cases(&mut self, draws: &'a Draws) -> Vec<Vec<(TyId, Value)>> {
        let mut cases = vec![Vec::new()];
        for ((_, ty), domain) in draws.binders.iter().zip(&draws.domains) {
            let element = self.ty_with(ty, &Substitution::default());
            let list = self.list_of(element);
            let Some(value) = self.constant_value(domain, list) else { return Vec::new() };
            let drawn = value.as_list();
            if cases.len() * drawn.len() > CASES_MAX {
                let message = format!("a liveness property can be asked of {CASES_MAX} cases at most");
                self.diagnostics.push(Diagnostic::error(codes::V0721, domain.body.span, message));
                return Vec::new();
            }
            let with = |case: &Vec<(TyId, Value)>| {
                let longer = |value: &Value| case.iter().cloned().chain([(element, value.clone())]).collect();
                drawn.iter().map(longer).collect::<Vec<_>>()
            };
            cases = cases.iter().flat_map(with).collect();
        }
        cases
    }

    /// A World function `() -> bool` of code whose parameters have these values. It is called after them.
    fn case(
        &mut self,
        property: &'a hir::Property,
        code: &'a Code,
        draws: &'a Draws,
        case: &[(TyId, Value)],
    ) -> FuncId {
        let names = draws.binders.iter().map(|(name, _)| name);
        let drawn =
            names.zip(case).map(|(name, (ty, value))| format!("{name} = {}", show(&self.core, *ty, value)));
        let drawn = drawn.collect::<Vec<_>>().join(", ");
        let name =
            if drawn.is_empty() { property.name.to_string() } else { format!("{}: {drawn}", property.name) };
        let bool = self.core.special.bool;
        let mut body = Body::new(self, Context::World);
        body.enter(code);
        for (&param, (ty, value)) in code.params.iter().zip(case) {
            let local = body.variable(param);
            let value = body.constant(*ty, value.clone());
            body.set(code.body.span, local, core::Rvalue::Use(value));
        }
        body.code_body(code, Some(bool));
        let function = body.finish(&name, code.body.span, Some(bool));
        self.core.functions.push(function)
    }
}
