//! Which inputs a node may be sent: the values of their fields, by type or by `domain`.

use super::{Lower, subject};
use crate::hir::{self, Ty};
use rustc_hash::FxHashMap;
use verdi_core::{Const, ConstId, KindId, Value};
use verdi_diagnostics::{Diagnostic, codes};

/// The most inputs that one node may be sent.
const INPUTS_MAX: usize = 100_000;

/// What each input's fields range over, and who sends them.
pub(super) struct Inputs {
    /// Each input's bodies; `None` where they were not asked for.
    bodies: Vec<Vec<Value>>,
    callers: u32,
}

impl Inputs {
    /// These inputs and no others, from this many callers.
    pub(super) fn new(bodies: Vec<Vec<Value>>, callers: u32) -> Self {
        Self { bodies, callers }
    }

    /// How many callers there are.
    pub(super) fn callers(&self) -> u32 {
        self.callers
    }

    /// The invocations that nodes of a kind may be sent, in order.
    pub(super) fn of(&self, kind: &hir::Kind) -> Vec<Value> {
        let mut list = Vec::new();
        for &input in &kind.inputs {
            for body in &self.bodies[input as usize] {
                for caller in 0..self.callers {
                    list.push(Value::Data(0, vec![Value::Caller(caller), body.clone()].into()));
                }
            }
        }
        list
    }
}

impl<'a> Lower<'a> {
    /// The inputs of a check, over its domains and clients.
    pub(super) fn check_inputs(&mut self, check: &'a hir::Check) -> Inputs {
        let callers =
            check.clients.as_ref().and_then(|code| self.constant_count(code, "the number of clients", 64));
        self.core.domain_limited = !check.domains.is_empty();
        if self.gives_no_inputs(check) {
            return Inputs::new(vec![Vec::new(); self.members().inputs.len()], 0);
        }
        let mut domains = FxHashMap::default();
        for domain in &check.domains {
            if let Some(values) = self.domain(domain) {
                domains.insert((domain.input, domain.field), values);
            }
        }
        let mut bodies = Vec::new();
        for (index, input) in self.members().inputs.iter().enumerate() {
            let mut fields = Vec::new();
            for (field, (label, ty)) in input.fields.iter().enumerate() {
                let values = domains.get(&(index as u32, field as u32)).cloned();
                match values.or_else(|| self.enumerate(ty)) {
                    Some(values) => fields.push(values),
                    None => self.no_domain(check, input, label),
                }
            }
            let rows = product(&fields);
            if rows.is_none() {
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::V0722,
                        check.span,
                        format!("`{}` has too many values", input.name),
                    )
                    .note(format!(
                        "at most {INPUTS_MAX} inputs are explored: give its fields smaller domains"
                    )),
                );
            }
            let rows = rows.unwrap_or_default();
            bodies.push(rows.into_iter().map(|row| Value::Data(index as u32, row.into())).collect());
        }
        Inputs::new(bodies, callers.unwrap_or(1) as u32)
    }

    /// Whether every rule that draws inputs is bounded by none.
    fn gives_no_inputs(&mut self, check: &'a hir::Check) -> bool {
        let rules = self.hir.networks[self.network].rules.iter();
        let mut drawing = rules.filter(|rule| rule.binders.iter().any(|(_, ty)| *ty == Ty::Invocation));
        drawing.all(|rule| {
            check.bounds.iter().any(|bound| {
                bound.rule == rule.name && self.constant_count(&bound.limit, "a bound", u64::MAX) == Some(0)
            })
        })
    }

    fn no_domain(&mut self, check: &hir::Check, input: &hir::Variant, label: &str) {
        let name = &input.name;
        self.diagnostics.push(
            Diagnostic::error(codes::V0723, check.span, format!("`{name}.{label}` has no values to explore"))
                .also(input.span, "this input")
                .note(format!("add a clause such as `domain {name}.{label} = […]`")),
        );
    }

    fn domain(&mut self, domain: &'a hir::Domain) -> Option<Vec<Value>> {
        let ty = self.ty_with(&domain.values.body.ty, &FxHashMap::default());
        let values = match self.constant_value(&domain.values, ty)? {
            Value::List(values) | Value::Set(values) => values,
            _ => return None,
        };
        let mut distinct: Vec<Value> = Vec::new();
        for value in values.iter() {
            if !distinct.contains(value) {
                distinct.push(value.clone());
            }
        }
        Some(distinct)
    }

    /// Every value of a type that has few enough to list; `None` for others.
    fn enumerate(&self, ty: &Ty) -> Option<Vec<Value>> {
        match ty {
            Ty::Bool => Some(vec![Value::Bool(false), Value::Bool(true)]),
            Ty::Node => Some((0..self.core.nodes.len() as u32).map(Value::Node).collect()),
            Ty::Kind(_, kind) => {
                Some(self.core.kinds[*kind].nodes.iter().map(|node| Value::Node(node.as_u32())).collect())
            }
            Ty::Set(element) => {
                let elements = self.enumerate(element).filter(|elements| elements.len() <= 10)?;
                Some(subsets(&elements))
            }
            Ty::Tuple(elements) => {
                let sets: Option<Vec<_>> = elements.iter().map(|ty| self.enumerate(ty)).collect();
                Some(product(&sets?)?.into_iter().map(|row| Value::Data(0, row.into())).collect())
            }
            Ty::Data(id, args) => {
                let def = &self.hir.types[*id];
                let args = def.params.iter().copied().zip(args.iter().cloned()).collect();
                let mut values = Vec::new();
                for (tag, ctor) in def.ctors.iter().enumerate() {
                    let sets: Option<Vec<_>> = ctor
                        .fields
                        .iter()
                        .map(|(_, ty)| self.enumerate(&subject::substitute(ty, &args)))
                        .collect();
                    values
                        .extend(product(&sets?)?.into_iter().map(|row| Value::Data(tag as u32, row.into())));
                }
                Some(values)
            }
            Ty::Param(param) => self.enumerate(self.ty_args.get(param)?),
            _ => None,
        }
    }

    /// The list of a kind's invocations, as a constant.
    pub(super) fn invocations(&mut self, kind: KindId, inputs: &Inputs) -> ConstId {
        let list = inputs.of(&self.members().kinds[kind]);
        let ty = self.list_of(self.core.special.invocation);
        self.core.consts.push(Const { ty, value: Value::List(list.into()) })
    }
}

fn subsets(elements: &[Value]) -> Vec<Value> {
    let mut sets: Vec<_> = (0..1_usize << elements.len())
        .map(|mask| {
            let chosen = elements.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1);
            let mut chosen: Vec<_> = chosen.map(|(_, value)| value.clone()).collect();
            chosen.sort();
            Value::Set(chosen.into())
        })
        .collect();
    sets.sort();
    sets
}

/// Every way to draw one of each, the last varying fastest; `None` where there are too many.
fn product(sets: &[Vec<Value>]) -> Option<Vec<Vec<Value>>> {
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for set in sets {
        if rows.len().checked_mul(set.len())? > INPUTS_MAX {
            return None;
        }
        rows = rows
            .iter()
            .flat_map(|row| set.iter().map(move |value| row.iter().chain([value]).cloned().collect()))
            .collect();
    }
    Some(rows)
}
