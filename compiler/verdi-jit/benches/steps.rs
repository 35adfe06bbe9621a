//! What steps and questions cost natively and by the interpreter: all that the first worlds of a check lead to, where
//! nothing that comes out is new.

use criterion::{Criterion, Throughput};
use std::collections::HashSet;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use verdi_core::{PacketStore, Program};
use verdi_interp::Interp;
use verdi_jit::{Jit, NativeParts};
use verdi_machine::{Machine, PacketOp, Parts, TakenApart, Whole};

/// The worlds that steps are taken from.
const WORLDS: usize = 300;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for (file, check) in [
        ("examples/lock_server.verdi", 0),
        ("examples/paxos.verdi", 0),
        ("examples/two_phase_commit.verdi", 0),
        ("examples/ring_election.verdi", 0),
    ] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let Some((_, program)) = verdi_tests::models::of(&root.join(file)).into_iter().nth(check) else {
            continue;
        };
        bench(&mut criterion, file, &Arc::new(program));
    }
    criterion.final_summary();
}

fn bench(criterion: &mut Criterion, file: &str, program: &Arc<Program>) {
    let interp = Machine::new(Interp::new(Arc::clone(program)));
    let name = file.trim_start_matches("examples/").trim_end_matches(".verdi");
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(program.functions.len() as u64));
    group.bench_function(format!("compile {} functions", program.functions.len()), |bencher| {
        bencher.iter(|| black_box(Jit::new(Arc::clone(program)).compile_all()));
    });
    group.finish();
    of_parts(criterion, &format!("{name}/interpreted"), &TakenApart::new(&interp));
    of_parts(criterion, &format!("{name}/native"), &NativeParts::new(&interp, Jit::new(Arc::clone(program))));
}

fn of_parts(criterion: &mut Criterion, name: &str, parts: &impl Parts) {
    let found = Found::of(parts);
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(found.steps.len() as u64));
    group.bench_function(format!("{} steps", found.steps.len()), |bencher| {
        bencher.iter(|| {
            for (firing, state) in &found.steps {
                let _ = black_box(parts.update(*firing, *state));
            }
        });
    });
    for (at, question) in parts.shape().questions.iter().enumerate() {
        group.throughput(Throughput::Elements(found.worlds.len() as u64));
        let reads = if question.packets { " (packets)" } else { "" };
        group.bench_function(format!("question {at}{reads} of {} worlds", found.worlds.len()), |bencher| {
            bencher.iter(|| {
                for world in &found.worlds {
                    let _ = black_box(parts.ask(at as u32, world));
                }
            });
        });
    }
    group.finish();
}

/// The first worlds, and the steps from them: firings and the states of their targets, each once.
struct Found {
    worlds: Vec<Whole>,
    steps: Vec<(u32, u32)>,
}

impl Found {
    fn of(parts: &impl Parts) -> Self {
        let mut found = Self { worlds: parts.first().into_iter().collect(), steps: Vec::new() };
        let mut seen: HashSet<Whole> = found.worlds.iter().cloned().collect();
        let (mut steps, mut next) = (HashSet::new(), 0);
        while let Some(world) = found.worlds.get(next).cloned() {
            next += 1;
            let mut firings = parts.free(world.vars).firings;
            for (node, state) in world.nodes.iter().enumerate() {
                firings.extend(parts.anchored(world.vars, node as u32, *state).firings);
            }
            for packet in &world.packets {
                firings.extend(parts.driven(world.vars, *packet, true).firings);
            }
            for firing in firings {
                if firing.counters.iter().any(|(_, at)| world.left[*at as usize] == 0) {
                    continue;
                }
                let state = firing.target.map_or(0, |node| world.nodes[node as usize]);
                if steps.insert((firing.id, state)) {
                    found.steps.push((firing.id, state));
                }
                let after = after(parts, &world, firing.id, firing.target, state);
                if let Some(after) = after
                    && seen.len() < WORLDS
                    && seen.insert(after.clone())
                {
                    found.worlds.push(after);
                }
            }
        }
        found
    }
}

/// The world after a step; bounds are left as they are.
fn after(parts: &impl Parts, world: &Whole, firing: u32, target: Option<u32>, state: u32) -> Option<Whole> {
    let update = parts.update(firing, state).ok()?;
    let mut next = world.clone();
    if let (Some(node), Some(state)) = (target, update.state) {
        next.nodes[node as usize] = state;
    }
    next.vars = update.vars.unwrap_or(next.vars);
    for op in update.packets {
        match op {
            PacketOp::Remove(id) => {
                if let Some(at) = next.packets.iter().position(|known| *known == id) {
                    next.packets.remove(at);
                }
            }
            PacketOp::Add(id) if parts.shape().packets == PacketStore::Set && next.packets.contains(&id) => {}
            PacketOp::Add(id) => next.packets.push(id),
        }
    }
    next.packets.sort_unstable();
    Some(next)
}
