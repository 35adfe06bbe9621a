//! What the phases of a check cost: from text to models, and the searches of small models.

#![expect(missing_docs, reason = "macros of criterion make functions")]

use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use verdi_bench::places;
use verdi_explore::{Go, Options, explore, explore_parts};
use verdi_interp::Interp;
use verdi_jit::{Jit, NativeParts};
use verdi_machine::Machine;
use verdi_tests::models;

fn path(file: &str) -> PathBuf {
    places::root().join("tests/suite/peers").join(file)
}

/// Every check of a file, from its text to a closed model.
fn front(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("text to models");
    for file in ["lock.verdi", "two_phase.verdi", "raft.verdi"] {
        let path = path(file);
        let bytes = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
        group.throughput(Throughput::Bytes(bytes));
        group.bench_function(file, |bencher| bencher.iter(|| black_box(models::of(&path))));
    }
    group.finish();
}

/// All worlds of a small model, by the clear search and by the fast one with native steps.
fn searches(criterion: &mut Criterion) {
    let options = Options { count_all: true, ..Options::default() };
    for (file, check) in
        [("lock.verdi", "lock(3, 2)"), ("two_phase.verdi", "2pc(5)"), ("raft.verdi", "raft(1, 0, 1)")]
    {
        let Some((_, program)) = models::of(&path(file)).into_iter().find(|(name, _)| name == check) else {
            continue;
        };
        let program = Arc::new(program);
        let machine = Machine::new(Interp::new(Arc::clone(&program)));
        let clear = || explore(&machine, &options, &mut |_| Go::On);
        let native = || NativeParts::new(&machine, Jit::new(Arc::clone(&program)));
        let fast = || explore_parts(native, &options, &mut |_| Go::On);
        let mut group = criterion.benchmark_group(check);
        group.sample_size(20).throughput(Throughput::Elements(clear().stats.transitions));
        group.bench_function("clear", |bencher| bencher.iter(|| black_box(clear())));
        group.bench_function("fast", |bencher| bencher.iter(|| black_box(fast())));
        group.finish();
    }
}

criterion_group!(phases, front, searches);
criterion_main!(phases);
