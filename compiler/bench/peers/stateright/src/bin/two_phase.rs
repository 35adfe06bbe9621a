//! 2PC as a plain Stateright Model over a flat Copy state (bit sets), as `compiler/bench/README.md` defines it. args: N bfs|dfs THREADS
use stateright::*;
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct S {
    rm: [u8; 12],
    tm: u8,
    prep: u16,
    msgs: u16,
    mc: bool,
    ma: bool,
}
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    TmCommit,
    TmAbort,
    TmRcv(u8),
    Prep(u8),
    Choose(u8),
    RcvC(u8),
    RcvA(u8),
}
struct M {
    n: u8,
}
impl Model for M {
    type State = S;
    type Action = Act;
    fn init_states(&self) -> Vec<S> {
        vec![S { rm: [0; 12], tm: 0, prep: 0, msgs: 0, mc: false, ma: false }]
    }
    fn actions(&self, s: &S, a: &mut Vec<Act>) {
        if s.tm == 0 && s.prep == (1 << self.n) - 1 {
            a.push(Act::TmCommit)
        }
        if s.tm == 0 {
            a.push(Act::TmAbort)
        }
        for i in 0..self.n {
            if s.tm == 0 && s.msgs & (1 << i) != 0 {
                a.push(Act::TmRcv(i))
            }
            if s.rm[i as usize] == 0 {
                a.push(Act::Prep(i));
                a.push(Act::Choose(i))
            }
            if s.mc {
                a.push(Act::RcvC(i))
            }
            if s.ma {
                a.push(Act::RcvA(i))
            }
        }
    }
    fn next_state(&self, s: &S, a: Act) -> Option<S> {
        let mut s = *s;
        match a {
            Act::TmCommit => {
                s.tm = 1;
                s.mc = true
            }
            Act::TmAbort => {
                s.tm = 2;
                s.ma = true
            }
            Act::TmRcv(i) => s.prep |= 1 << i,
            Act::Prep(i) => {
                s.rm[i as usize] = 1;
                s.msgs |= 1 << i
            }
            Act::Choose(i) => s.rm[i as usize] = 3,
            Act::RcvC(i) => s.rm[i as usize] = 2,
            Act::RcvA(i) => s.rm[i as usize] = 3,
        }
        Some(s)
    }
    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::<Self>::always("consistent", |_, s| !(s.rm.contains(&2) && s.rm.contains(&3)))]
    }
}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let n: u8 = a[1].parse().unwrap();
    verdi_bench_stateright::drive(M { n }.checker(), &a[2], &a[3]);
}
