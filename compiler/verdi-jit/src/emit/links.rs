//! What compiled code refers to outside of itself.

use crate::ops::{self, Job};
use crate::shared::Shared;
use std::fmt::Write as _;
use std::sync::atomic::AtomicUsize;
use verdi_core::FuncId;

/// Something that code refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// Helpers of `ops`.
    RunJob,
    Intern,
    Equal,
    GrowEffects,
    /// A table of a word for each node.
    NodeIndex(usize),
    NodeKind(usize),
    /// An interned collection.
    Object(u64),
    /// A job, by its position.
    Job(usize),
    /// Where a function's address is.
    Function(FuncId),
}

/// The jobs and functions that compiled code refers to.
#[derive(Default)]
pub(crate) struct Links {
    /// Boxed: compiled code has their addresses.
    #[expect(clippy::vec_box, reason = "a job must not move when another is added")]
    jobs: Vec<Box<Job>>,
    /// Where the address of each function is found once it is compiled.
    functions: usize,
    /// Where code is to be read by people: what stands for addresses, which would differ from run to run.
    names: Option<Vec<Address>>,
}

impl Links {
    /// To run code: `functions` has a word for each function.
    pub(crate) fn to_run(functions: &[AtomicUsize]) -> Self {
        Self { functions: functions.as_ptr() as usize, ..Self::default() }
    }

    /// To print code.
    pub(crate) fn to_print() -> Self {
        Self { names: Some(Vec::new()), ..Self::default() }
    }

    pub(crate) fn add_job(&mut self, job: Job) -> Address {
        self.jobs.push(Box::new(job));
        Address::Job(self.jobs.len() - 1)
    }

    pub(crate) fn address(&mut self, address: Address) -> i64 {
        let Some(names) = &mut self.names else { return self.real_address(&address) };
        let known = names.iter().position(|known| *known == address);
        let at = known.unwrap_or_else(|| {
            names.push(address);
            names.len() - 1
        });
        NAMES_FROM + at as i64
    }

    fn real_address(&self, address: &Address) -> i64 {
        let at = match address {
            Address::RunJob => ops::run as *const () as usize,
            Address::Intern => ops::intern as *const () as usize,
            Address::Equal => ops::equal as *const () as usize,
            Address::GrowEffects => ops::grow_effects as *const () as usize,
            Address::NodeIndex(at) | Address::NodeKind(at) => *at,
            Address::Object(word) => *word as usize,
            Address::Job(at) => std::ptr::from_ref::<Job>(&self.jobs[*at]) as usize,
            Address::Function(func) => self.functions + size_of::<AtomicUsize>() * func.as_u32() as usize,
        };
        at as i64
    }

    /// What the numbers in printed code stand for.
    pub(crate) fn legend(&self, shared: &Shared) -> String {
        let mut legend = String::new();
        for (at, name) in self.names.iter().flatten().enumerate() {
            let what = match name {
                Address::Job(at) => {
                    let job = &self.jobs[*at];
                    format!("{:?} to {}", job.task, shared.program.ty_name(job.result))
                }
                Address::Function(func) => {
                    format!("the address of `{}`", shared.program.functions[*func].name)
                }
                Address::Object(_) => "a constant".into(),
                Address::RunJob => "runs an operation".into(),
                Address::Intern => "makes a collection canonical".into(),
                Address::Equal => "compares collections".into(),
                Address::GrowEffects => "makes room for effects".into(),
                Address::NodeIndex(_) => "the positions of nodes in their kinds".into(),
                Address::NodeKind(_) => "the kinds of nodes".into(),
            };
            // Writing to a string does not fail.
            let _ = writeln!(legend, "; {:#x}: {what}", NAMES_FROM + at as i64);
        }
        legend
    }
}

/// From here on numbers in printed code stand for addresses.
const NAMES_FROM: i64 = 0x7000_0000_0000;
