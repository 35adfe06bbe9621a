//! Small Raft (elections + log replication) as a Stateright actor system. Definition: `compiler/bench/README.md`.
//! args: N T L lossy(0|1) bfs|dfs THREADS
use stateright::actor::*;
use stateright::*;
use std::borrow::Cow;
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
enum Msg {
    RV { term: u8, lt: u8, li: u8 },
    RVR { term: u8, granted: bool },
    AE { term: u8, pi: u8, pt: u8, ent: u8, commit: u8 },
    AER { term: u8, ok: bool, m: u8 },
}
use Msg::*;
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
enum Tm {
    Elect,
    Client,
}
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
enum Role {
    F,
    C,
    L,
}
const MAXN: usize = 3;
#[derive(Clone, Debug, Eq, PartialEq, Hash)]
struct St {
    role: Role,
    term: u8,
    voted: u8,
    votes: u8,
    log: Vec<u8>,
    commit: u8,
    next: [u8; MAXN],
    mat: [u8; MAXN],
}
#[derive(Clone)]
struct Srv {
    n: usize,
    t: u8,
    l: u8,
}
impl Srv {
    fn maj(&self, x: u32) -> bool {
        x as usize * 2 > self.n
    }
    fn lt(s: &St) -> u8 {
        s.log.last().copied().unwrap_or(0)
    }
    fn send_ae(&self, s: &St, j: usize, o: &mut Out<Self>) {
        let pi = s.next[j] - 1;
        let pt = if pi == 0 { 0 } else { s.log[pi as usize - 1] };
        let ent = if (s.next[j] as usize) <= s.log.len() { s.log[s.next[j] as usize - 1] } else { 0 };
        o.send(Id::from(j), AE { term: s.term, pi, pt, ent, commit: s.commit });
    }
    fn bcast_ae(&self, id: usize, s: &St, o: &mut Out<Self>) {
        for j in 0..self.n {
            if j != id {
                self.send_ae(s, j, o)
            }
        }
    }
    fn clear(s: &mut St) {
        s.votes = 0;
        s.next = [0; MAXN];
        s.mat = [0; MAXN];
    }
    fn observe(s: &mut St, t: u8) {
        if t > s.term {
            s.term = t;
            s.role = Role::F;
            s.voted = 0;
            Self::clear(s);
        }
    }
    fn timers(&self, s: &St, o: &mut Out<Self>) {
        if s.role != Role::L && s.term < self.t {
            o.set_timer(Tm::Elect, model_timeout())
        } else {
            o.cancel_timer(Tm::Elect)
        }
        if s.role == Role::L && s.log.len() < self.l as usize {
            o.set_timer(Tm::Client, model_timeout())
        } else {
            o.cancel_timer(Tm::Client)
        }
    }
}
impl Actor for Srv {
    type Msg = Msg;
    type State = St;
    type Timer = Tm;
    type Random = ();
    type Storage = ();
    fn on_start(&self, _: Id, _s: &Option<()>, o: &mut Out<Self>) -> St {
        let s = St {
            role: Role::F,
            term: 0,
            voted: 0,
            votes: 0,
            log: vec![],
            commit: 0,
            next: [0; MAXN],
            mat: [0; MAXN],
        };
        self.timers(&s, o);
        s
    }
    fn on_timeout(&self, id: Id, state: &mut Cow<St>, timer: &Tm, o: &mut Out<Self>) {
        let s = state.to_mut();
        let id = usize::from(id);
        match timer {
            Tm::Elect => {
                s.term += 1;
                s.role = Role::C;
                Self::clear(s);
                s.voted = id as u8 + 1;
                s.votes = 1 << id;
                for j in 0..self.n {
                    if j != id {
                        o.send(Id::from(j), RV { term: s.term, lt: Self::lt(s), li: s.log.len() as u8 })
                    }
                }
            }
            Tm::Client => {
                s.log.push(s.term);
                self.bcast_ae(id, s, o);
            }
        }
        self.timers(s, o);
    }
    fn on_msg(&self, id: Id, state: &mut Cow<St>, src: Id, msg: Msg, o: &mut Out<Self>) {
        let s = state.to_mut();
        let id = usize::from(id);
        let j = usize::from(src);
        match msg {
            RV { term, lt, li } => {
                Self::observe(s, term);
                let granted = term == s.term
                    && (s.voted == 0 || s.voted == j as u8 + 1)
                    && s.role == Role::F
                    && (lt, li) >= (Self::lt(s), s.log.len() as u8);
                if granted {
                    s.voted = j as u8 + 1;
                }
                o.send(src, RVR { term: s.term, granted });
            }
            RVR { term, granted } => {
                Self::observe(s, term);
                if s.role == Role::C && term == s.term && granted {
                    s.votes |= 1 << j;
                    if self.maj(s.votes.count_ones()) {
                        s.role = Role::L;
                        s.votes = 0;
                        for k in 0..self.n {
                            if k != id {
                                s.next[k] = s.log.len() as u8 + 1;
                                s.mat[k] = 0;
                            }
                        }
                        self.bcast_ae(id, s, o);
                    }
                }
            }
            AE { term, pi, pt, ent, commit } => {
                if term < s.term {
                    o.send(src, AER { term: s.term, ok: false, m: 0 });
                } else {
                    Self::observe(s, term);
                    s.role = Role::F;
                    Self::clear(s);
                    if pi as usize > s.log.len() || (pi > 0 && s.log[pi as usize - 1] != pt) {
                        o.send(src, AER { term: s.term, ok: false, m: 0 });
                    } else {
                        let mut m = pi;
                        if ent != 0 {
                            m = pi + 1;
                            if !(s.log.len() > pi as usize && s.log[pi as usize] == ent) {
                                s.log.truncate(pi as usize);
                                s.log.push(ent);
                            }
                        }
                        s.commit = s.commit.max(commit.min(m));
                        o.send(src, AER { term: s.term, ok: true, m });
                    }
                }
            }
            AER { term, ok, m } => {
                Self::observe(s, term);
                if s.role == Role::L && term == s.term {
                    if ok {
                        s.mat[j] = s.mat[j].max(m);
                        s.next[j] = s.mat[j] + 1;
                        let mut n = s.log.len() as u8;
                        while n > s.commit {
                            let c = 1 + (0..self.n).filter(|&k| k != id && s.mat[k] >= n).count();
                            if s.log[n as usize - 1] == s.term && self.maj(c as u32) {
                                s.commit = n;
                                break;
                            }
                            n -= 1;
                        }
                        if s.next[j] as usize <= s.log.len() {
                            self.send_ae(s, j, o)
                        }
                    } else {
                        s.next[j] = (s.mat[j] + 1).max(s.next[j] - 1);
                        self.send_ae(s, j, o);
                    }
                }
            }
        }
        self.timers(s, o);
    }
}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let n: usize = a[1].parse().unwrap();
    let t: u8 = a[2].parse().unwrap();
    let l: u8 = a[3].parse().unwrap();
    let lossy = a[4] == "1";
    let m = ActorModel::new((), ())
        .actors((0..n).map(|_| Srv { n, t, l }))
        .init_network(Network::new_unordered_nonduplicating([]))
        .lossy_network(if lossy { LossyNetwork::Yes } else { LossyNetwork::No })
        .property(Expectation::Always, "one leader per term", |_, s: &ActorModelState<Srv>| {
            for (i, a) in s.actor_states.iter().enumerate() {
                for b in &s.actor_states[i + 1..] {
                    if a.role == Role::L && b.role == Role::L && a.term == b.term {
                        return false;
                    }
                }
            }
            true
        })
        .property(Expectation::Always, "committed logs agree", |_, s: &ActorModelState<Srv>| {
            for (i, a) in s.actor_states.iter().enumerate() {
                for b in &s.actor_states[i + 1..] {
                    let c = a.commit.min(b.commit) as usize;
                    if a.log[..c] != b.log[..c] {
                        return false;
                    }
                }
            }
            true
        });
    verdi_bench_stateright::drive(m.checker(), &a[5], &a[6]);
}
