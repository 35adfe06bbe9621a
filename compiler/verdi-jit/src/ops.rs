//! The operations that compiled code calls.
//!
//! Each means what its namesake of `verdi-runtime` does, on words. What fails only says so: the reference engine
//! then tells why.
#![expect(unsafe_code, reason = "compiled code calls these")]

mod collection;
mod list;
mod map;
mod set;
mod text;

use crate::context::{Context, canonical};
use crate::layout::Kind;
use crate::object::Object;
use crate::shared::{Measure, Shared};
use std::cmp::Ordering;
use std::slice;
use verdi_core::{Op, TyId};
use verdi_runtime::FUEL_CHUNK;

/// What a call from compiled code asks for.
pub(crate) struct Job {
    pub(crate) task: Task,
    pub(crate) args: Vec<Arg>,
    /// The type of the result.
    pub(crate) result: TyId,
    pub(crate) result_words: usize,
    /// Whether the first argument is overwritten by the result, so that it may be changed in place.
    pub(crate) in_place: bool,
}

/// An argument of a job.
#[derive(Clone, Copy)]
pub(crate) struct Arg {
    pub(crate) ty: TyId,
    pub(crate) from: usize,
    pub(crate) words: usize,
    pub(crate) is_collection: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Task {
    Op(Op),
    /// A list of the arguments.
    List,
    /// A value in a box of the arguments: the constructor's position. Faults where it nests too deep.
    Box(u64),
}

/// The entry of [`Job`]s from compiled code: 0 where it went well.
pub(crate) unsafe extern "C" fn run(
    ctx: *mut Context,
    job: *const Job,
    args: *const u64,
    out: *mut u64,
) -> u64 {
    // SAFETY: compiled code gives its own context, a job that its engine keeps, and places of the sizes that the job says;
    // arguments and result do not overlap.
    let (ctx, job) = unsafe { (&mut *ctx, &*job) };
    let words = job.args.last().map_or(0, |arg| arg.from + arg.words);
    // SAFETY: see above.
    let args = unsafe { slice::from_raw_parts_mut(args.cast_mut(), words) };
    // SAFETY: see above.
    let out = unsafe { slice::from_raw_parts_mut(out, job.result_words) };
    let shared = ctx.shared();
    let done = Run { ctx, shared, job, args, out }.run();
    u64::from(done.is_none())
}

/// Makes a collection's word canonical.
pub(crate) unsafe extern "C" fn intern(ctx: *mut Context, word: u64) -> u64 {
    // SAFETY: compiled code gives its own context.
    let shared = unsafe { &*ctx }.shared();
    shared.heap.canonical(Object::of(word)).word()
}

/// Whether two collections are equal.
pub(crate) unsafe extern "C" fn equal(_: *mut Context, a: u64, b: u64) -> u64 {
    u64::from(equal_objects(Object::of(a), Object::of(b)))
}

/// Makes room for more records of what a call does.
pub(crate) unsafe extern "C" fn grow_effects(ctx: *mut Context, _: u64) -> u64 {
    // SAFETY: compiled code gives its own context.
    unsafe { &mut *ctx }.grow_effects();
    0
}

fn equal_objects(a: Object, b: Object) -> bool {
    let same = a.word() == b.word();
    same || !(a.is_interned() && b.is_interned()) && a.len() == b.len() && a.words() == b.words()
}

/// A job at work.
struct Run<'a> {
    ctx: &'a mut Context,
    shared: &'a Shared,
    job: &'a Job,
    args: &'a mut [u64],
    out: &'a mut [u64],
}

impl<'a> Run<'a> {
    fn run(mut self) -> Option<()> {
        match self.job.task {
            Task::Op(op) => {
                if !op.is_quick() {
                    self.charge();
                }
                self.op(op)
            }
            Task::List => self.list_of(),
            Task::Box(tag) => self.boxed(tag),
        }
    }

    /// What it costs to walk the collections at hand.
    fn charge(&mut self) {
        let collections = self.job.args.iter().filter(|arg| arg.is_collection);
        let elements: usize = collections.map(|arg| Object::of(self.args[arg.from]).len()).sum();
        self.ctx.fuel -= (elements / FUEL_CHUNK) as i64;
    }

    fn op(&mut self, op: Op) -> Option<()> {
        match op {
            Op::Eq | Op::Ne => {
                let equal = if self.job.args[0].is_collection {
                    equal_objects(self.object(0), self.object(1))
                } else {
                    self.arg(0) == self.arg(1)
                };
                self.bool(equal == (op == Op::Eq))
            }
            Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::Min | Op::Max => self.compare(op),
            Op::OptionOr => self.option_or(),
            Op::StrLen | Op::StrConcat => self.text(op),
            Op::Range | Op::RangeInclusive => self.range(op),
            Op::ListSlice | Op::ListTake | Op::ListDrop | Op::ListPop | Op::ListPopFront => self.part(op),
            Op::ListContains
            | Op::ListIndexOf
            | Op::ListFirst
            | Op::ListLast
            | Op::ListGet
            | Op::ListMax
            | Op::ListMin => self.find_in_list(op),
            Op::ListReverse | Op::ListSorted | Op::ListConcat | Op::ListPush | Op::ListSet => {
                self.change_list(op)
            }
            Op::SetContains
            | Op::SetInsert
            | Op::SetRemove
            | Op::SetSubsets
            | Op::SetIsSubset
            | Op::SetUnion
            | Op::SetIntersect
            | Op::SetDifference
            | Op::SetOf => self.set(op),
            Op::MapIndex
            | Op::MapGet
            | Op::MapGetOr
            | Op::MapContains
            | Op::MapKeys
            | Op::MapValues
            | Op::MapInsert
            | Op::MapRemove
            | Op::MapOf
            | Op::MapToList => self.map(op),
            Op::Add
            | Op::Sub
            | Op::Mul
            | Op::Div
            | Op::Rem
            | Op::Neg
            | Op::Not
            | Op::NodeIndex
            | Op::StrIsEmpty
            | Op::ListLen
            | Op::ListIsEmpty
            | Op::ListIndex
            | Op::ListClear
            | Op::SetLen
            | Op::SetIsEmpty
            | Op::SetClear
            | Op::SetToList
            | Op::MapLen
            | Op::MapIsEmpty
            | Op::MapClear => unreachable!("{op:?} is compiled to instructions"),
        }
    }

    fn compare(&mut self, op: Op) -> Option<()> {
        let order = self.shared.cmp(self.job.args[0].ty, self.arg(0), self.arg(1));
        match op {
            Op::Lt => self.bool(order == Ordering::Less),
            Op::Le => self.bool(order != Ordering::Greater),
            Op::Gt => self.bool(order == Ordering::Greater),
            Op::Ge => self.bool(order != Ordering::Less),
            Op::Min => self.one_of(usize::from(order == Ordering::Greater)),
            _ => self.one_of(usize::from(order != Ordering::Greater)),
        }
    }

    /// The result is an argument.
    fn one_of(&mut self, arg: usize) -> Option<()> {
        if self.job.args[arg].is_collection {
            self.object(arg).share();
        }
        let Arg { from, words, .. } = self.job.args[arg];
        self.out.copy_from_slice(&self.args[from..from + words]);
        Some(())
    }

    /// Of options in boxes only; compiled code does the others itself.
    fn option_or(&mut self) -> Option<()> {
        let option = self.object(0).words();
        if option[0] == 0 {
            return self.one_of(1);
        }
        let words = self.out.len();
        self.out.copy_from_slice(&option[1..1 + words]);
        Some(())
    }

    /// A list of the arguments.
    fn list_of(&mut self) -> Option<()> {
        let list = self.ctx.scratch.object(self.args.len())?;
        list.room_mut().copy_from_slice(self.args);
        list.set_len(self.job.args.len(), self.args.len());
        self.object_out(list)
    }

    fn boxed(&mut self, tag: u64) -> Option<()> {
        let (data, _) = self.shared.layouts.data(self.job.result)?;
        let mut words = Vec::with_capacity(data.words);
        words.push(tag);
        words.extend_from_slice(self.args);
        words.resize(data.words, 0);
        let word = self.shared.make_box(data, &words);
        if data.recursive {
            let measure = Measure::unpack(Object::of(word).len());
            if !measure.is_allowed() {
                return None;
            }
            self.ctx.fuel -= measure.parts as i64;
        }
        self.out[0] = word;
        Some(())
    }

    fn arg(&self, at: usize) -> &[u64] {
        let Arg { from, words, .. } = self.job.args[at];
        &self.args[from..from + words]
    }

    fn int(&self, at: usize) -> i64 {
        self.args[self.job.args[at].from] as i64
    }

    fn object(&self, at: usize) -> Object {
        Object::of(self.args[self.job.args[at].from])
    }

    /// An argument that becomes a part of a collection, or is compared with one.
    fn element(&mut self, at: usize) -> &[u64] {
        let arg = self.job.args[at];
        if arg.is_collection {
            canonical(self.shared, &mut self.args[arg.from]);
        }
        self.arg(at)
    }

    fn bool(&mut self, b: bool) -> Option<()> {
        self.out[0] = u64::from(b);
        Some(())
    }

    fn object_out(&mut self, object: Object) -> Option<()> {
        self.out[0] = object.word();
        Some(())
    }

    fn option_out(&mut self, value: Option<&[u64]>) -> Option<()> {
        let (data, is_boxed) = self.shared.layouts.data(self.job.result)?;
        let mut words = vec![0; data.words];
        if let Some(value) = value {
            words[0] = 1;
            words[1..1 + value.len()].copy_from_slice(value);
        }
        if is_boxed {
            self.out[0] = self.shared.make_box(data, &words);
        } else {
            self.out.copy_from_slice(&words);
        }
        Some(())
    }

    /// The type of a list's or set's elements, the type of a map's keys.
    fn item(&self, at: usize) -> TyId {
        match self.shared.layouts.get(self.job.args[at].ty).kind {
            Kind::List(item) | Kind::Set(item) | Kind::Map(item, _) => item,
            _ => unreachable!("the verifier lets collections only be here"),
        }
    }
}
