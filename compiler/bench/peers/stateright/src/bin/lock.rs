//! Verdi lock server as a Stateright actor system. args: N K bfs|dfs THREADS
use stateright::actor::*;
use stateright::*;
use std::borrow::Cow;
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
enum Msg {
    Lock,
    Unlock,
    Locked,
}
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
enum Tm {
    InLock,
    InUnlock,
}
#[derive(Clone, Debug, Eq, PartialEq, Hash)]
enum St {
    Server { queue: Vec<Id> },
    Client { held: bool, rem: u8 },
}
#[derive(Clone)]
enum A {
    Server,
    Client { k: u8 },
}
impl Actor for A {
    type Msg = Msg;
    type State = St;
    type Timer = Tm;
    type Random = ();
    type Storage = ();
    fn on_start(&self, _: Id, _s: &Option<()>, o: &mut Out<Self>) -> St {
        match self {
            A::Server => St::Server { queue: vec![] },
            A::Client { k } => {
                if *k > 0 {
                    o.set_timer(Tm::InLock, model_timeout());
                }
                St::Client { held: false, rem: *k }
            }
        }
    }
    fn on_msg(&self, _id: Id, state: &mut Cow<St>, src: Id, msg: Msg, o: &mut Out<Self>) {
        match (state.to_mut(), msg) {
            (St::Server { queue }, Msg::Lock) => {
                if queue.is_empty() {
                    o.send(src, Msg::Locked);
                }
                queue.push(src);
            }
            (St::Server { queue }, Msg::Unlock) => {
                if !queue.is_empty() {
                    queue.remove(0);
                    if let Some(h) = queue.first() {
                        o.send(*h, Msg::Locked);
                    }
                }
            }
            (St::Client { held, .. }, Msg::Locked) => {
                *held = true;
                o.set_timer(Tm::InUnlock, model_timeout());
            }
            _ => unreachable!(),
        }
    }
    fn on_timeout(&self, _id: Id, state: &mut Cow<St>, timer: &Tm, o: &mut Out<Self>) {
        match (state.to_mut(), timer) {
            (St::Client { rem, .. }, Tm::InLock) => {
                *rem -= 1;
                o.send(Id::from(0), Msg::Lock);
                if *rem > 0 {
                    o.set_timer(Tm::InLock, model_timeout());
                }
            }
            (St::Client { held, .. }, Tm::InUnlock) => {
                *held = false;
                o.send(Id::from(0), Msg::Unlock);
            }
            _ => unreachable!(),
        }
    }
}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let n: usize = a[1].parse().unwrap();
    let k: u8 = a[2].parse().unwrap();
    let m = ActorModel::new((), ())
        .actor(A::Server)
        .actors((0..n).map(|_| A::Client { k }))
        .init_network(Network::new_unordered_nonduplicating([]))
        .property(Expectation::Always, "mutex", |_, s: &ActorModelState<A>| {
            s.actor_states.iter().filter(|s| matches!(&***s, St::Client { held: true, .. })).count() <= 1
        });
    verdi_bench_stateright::drive(m.checker(), &a[3], &a[4]);
}
