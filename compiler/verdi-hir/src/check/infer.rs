//! Inference variables: binding, subtyping, joining.
//!
//! A node kind is a subtype of `Node`, and values are immutable, so every type constructor is covariant. A
//! variable is *soft* while the call that made it is being checked: what it is bound to may still be widened
//! to a supertype, since nobody has relied on it yet.

use crate::hir::Ty;

/// Types with more parts than this are refused: they only come from programs that double a type again and again.
pub(super) const PARTS_MAX: u32 = 2000;

struct Var {
    ty: Option<Ty>,
    soft: bool,
}

/// The variables of one body.
#[derive(Default)]
pub(super) struct Infer {
    vars: Vec<Var>,
    fuel: u32,
}

impl Infer {
    /// A new variable.
    pub(super) fn fresh(&mut self) -> Ty {
        self.vars.push(Var { ty: None, soft: false });
        Ty::Infer(self.vars.len() as u32 - 1)
    }

    /// A new soft variable: see [`Infer::harden`].
    pub(super) fn fresh_soft(&mut self) -> Ty {
        self.vars.push(Var { ty: None, soft: true });
        Ty::Infer(self.vars.len() as u32 - 1)
    }

    /// Ends the widening of these variables.
    pub(super) fn harden(&mut self, vars: &[Ty]) {
        for var in vars {
            if let Ty::Infer(var) = var {
                self.vars[*var as usize].soft = false;
            }
        }
    }

    /// The type with its outermost variable replaced, as far as it is known.
    pub(super) fn shallow(&self, ty: &Ty) -> Ty {
        let mut ty = ty;
        while let Ty::Infer(var) = ty {
            match &self.vars[*var as usize].ty {
                Some(bound) => ty = bound,
                None => break,
            }
        }
        ty.clone()
    }

    /// The type with every variable replaced, as far as they are known.
    pub(super) fn resolve(&mut self, ty: &Ty) -> Ty {
        self.fuel = PARTS_MAX;
        self.deep(ty)
    }

    /// Whether the last type was too large to be worked out.
    pub(super) fn exhausted(&self) -> bool {
        self.fuel == 0
    }

    fn spend(&mut self) -> bool {
        self.fuel = self.fuel.saturating_sub(1);
        self.fuel > 0
    }

    fn deep(&mut self, ty: &Ty) -> Ty {
        if !self.spend() {
            return Ty::Error;
        }
        match self.shallow(ty) {
            Ty::List(t) => Ty::List(Box::new(self.deep(&t))),
            Ty::Set(t) => Ty::Set(Box::new(self.deep(&t))),
            Ty::Map(k, v) => Ty::Map(Box::new(self.deep(&k)), Box::new(self.deep(&v))),
            Ty::Tuple(parts) => Ty::Tuple(parts.iter().map(|t| self.deep(t)).collect()),
            Ty::Data(id, args) => Ty::Data(id, args.iter().map(|t| self.deep(t)).collect()),
            other => other,
        }
    }

    fn occurs(&mut self, var: u32, ty: &Ty) -> bool {
        if !self.spend() {
            return true;
        }
        match self.shallow(ty) {
            Ty::Infer(other) => other == var,
            Ty::List(t) | Ty::Set(t) => self.occurs(var, &t),
            Ty::Map(k, v) => self.occurs(var, &k) || self.occurs(var, &v),
            Ty::Tuple(parts) | Ty::Data(_, parts) => parts.iter().any(|t| self.occurs(var, t)),
            _ => false,
        }
    }

    fn bind(&mut self, var: u32, ty: Ty) -> bool {
        if self.occurs(var, &ty) {
            return false;
        }
        self.vars[var as usize].ty = Some(ty);
        true
    }

    /// The last variable of a chain of variables.
    fn last_var(&self, mut var: u32) -> u32 {
        while let Some(Ty::Infer(next)) = self.vars[var as usize].ty {
            var = next;
        }
        var
    }

    /// Makes a value of type `from` acceptable where `to` is wanted; `false` where it is not.
    pub(super) fn coerce(&mut self, from: &Ty, to: &Ty) -> bool {
        self.fuel = PARTS_MAX;
        self.fits(from, to)
    }

    fn fits(&mut self, from: &Ty, to: &Ty) -> bool {
        if !self.spend() {
            return false;
        }
        if let Ty::Infer(var) = to {
            return self.fits_var(from, self.last_var(*var));
        }
        let from = self.shallow(from);
        match (&from, to) {
            (Ty::Error, _) | (_, Ty::Error) => true,
            (Ty::Infer(var), _) => self.bind(*var, to.clone()),
            (Ty::Kind(..) | Ty::Wrapper(..), Ty::Node) => true,
            (Ty::List(a), Ty::List(b)) | (Ty::Set(a), Ty::Set(b)) => self.fits(a, b),
            (Ty::Map(k, v), Ty::Map(l, w)) => self.fits(k, l) && self.fits(v, w),
            (Ty::Tuple(a), Ty::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.fits(a, b))
            }
            (Ty::Data(x, a), Ty::Data(y, b)) => x == y && a.iter().zip(b).all(|(a, b)| self.fits(a, b)),
            (a, b) => a == b,
        }
    }

    fn fits_var(&mut self, from: &Ty, var: u32) -> bool {
        let from = self.shallow(from);
        if from == Ty::Infer(var) {
            return true;
        }
        let Some(bound) = self.vars[var as usize].ty.clone() else {
            return self.bind(var, from);
        };
        if !self.vars[var as usize].soft {
            return self.fits(&from, &bound);
        }
        match self.meet_upwards(&bound, &from) {
            Some(wider) => {
                self.vars[var as usize].ty = Some(wider);
                true
            }
            None => false,
        }
    }

    /// The least type that both fit, if there is one.
    pub(super) fn join(&mut self, a: &Ty, b: &Ty) -> Option<Ty> {
        self.fuel = PARTS_MAX;
        self.meet_upwards(a, b)
    }

    fn meet_upwards(&mut self, a: &Ty, b: &Ty) -> Option<Ty> {
        if !self.spend() {
            return None;
        }
        let (a, b) = (self.shallow(a), self.shallow(b));
        Some(match (&a, &b) {
            _ if a == b => a,
            (Ty::Error, _) => b,
            (_, Ty::Error) => a,
            (Ty::Infer(var), _) => self.bind(*var, b.clone()).then_some(b)?,
            (_, Ty::Infer(var)) => self.bind(*var, a.clone()).then_some(a)?,
            (Ty::Kind(..) | Ty::Wrapper(..) | Ty::Node, Ty::Kind(..) | Ty::Wrapper(..) | Ty::Node) => {
                Ty::Node
            }
            (Ty::List(x), Ty::List(y)) => Ty::List(Box::new(self.meet_upwards(x, y)?)),
            (Ty::Set(x), Ty::Set(y)) => Ty::Set(Box::new(self.meet_upwards(x, y)?)),
            (Ty::Map(k, v), Ty::Map(l, w)) => {
                Ty::Map(Box::new(self.meet_upwards(k, l)?), Box::new(self.meet_upwards(v, w)?))
            }
            (Ty::Tuple(x), Ty::Tuple(y)) if x.len() == y.len() => Ty::Tuple(self.meet_all(x, y)?),
            (Ty::Data(x, xs), Ty::Data(y, ys)) if x == y => Ty::Data(*x, self.meet_all(xs, ys)?),
            _ => return None,
        })
    }

    fn meet_all(&mut self, a: &[Ty], b: &[Ty]) -> Option<Vec<Ty>> {
        a.iter().zip(b).map(|(a, b)| self.meet_upwards(a, b)).collect()
    }
}

/// Replaces type parameters by arguments.
pub(super) fn subst(ty: &Ty, map: &[(crate::hir::TyParamId, Ty)]) -> Ty {
    if map.is_empty() {
        return ty.clone();
    }
    match ty {
        Ty::Param(id) => map.iter().find(|(p, _)| p == id).map_or_else(|| ty.clone(), |(_, t)| t.clone()),
        Ty::List(t) => Ty::List(Box::new(subst(t, map))),
        Ty::Set(t) => Ty::Set(Box::new(subst(t, map))),
        Ty::Map(k, v) => Ty::Map(Box::new(subst(k, map)), Box::new(subst(v, map))),
        Ty::Tuple(parts) => Ty::Tuple(parts.iter().map(|t| subst(t, map)).collect()),
        Ty::Data(id, args) => Ty::Data(*id, args.iter().map(|t| subst(t, map)).collect()),
        other => other.clone(),
    }
}
