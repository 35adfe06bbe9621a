use crate::Choice;
use verdi_core::reduce::{Act, Cause, Independence, Pending, Why, independence};
use verdi_core::{ActsOn, KindId, Program};

/// What may come of firings, as far as a search needs to know that is to take the steps of some nodes alone where this
/// is enough (see `verdi_core::reduce::independence`).
#[derive(Debug)]
pub struct Prospects {
    independence: Independence,
    kinds: Vec<KindId>,
}

/// What may come of a firing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prospect {
    /// The node whose step it is, if it is one's.
    pub node: Option<u32>,
    /// The nodes that may be sent something by what it sets going: a bit for each.
    pub reaches: u64,
    /// Whether every packet that its handler sends is of a sort from which no way leads back to the sort of the packet that
    /// was delivered.
    pub descends: bool,
}

impl Prospects {
    /// Of a verified program.
    ///
    /// # Errors
    /// Why taking the steps of some nodes alone could change what is found.
    pub fn of(program: &Program) -> Result<Self, Vec<Why>> {
        let independence = independence(program);
        let refusals = independence.refusals(program);
        if !refusals.is_empty() {
            return Err(refusals);
        }
        Ok(Self { independence, kinds: program.nodes.values().map(|node| node.kind).collect() })
    }

    /// What may come of a firing that is within the bounds.
    pub fn of_choice(&self, choice: &Choice) -> Prospect {
        let used = &self.independence.rules[choice.rule];
        let Some(at) = used.at else { return Prospect::default() };
        let node = at.node(&choice.args);
        let kind = self.kinds[node as usize];
        let delivered = match at {
            ActsOn::PacketDst(place) => choice.args.get(place),
            ActsOn::Node(_) => None,
        };
        let causes =
            self.independence.handlings.keys().filter(|(of, _)| *of == kind).map(|(_, cause)| *cause);
        let pending: Vec<Pending> = match (used.act, delivered) {
            (Act::Deliver, Some(packet)) => {
                let sender = packet.fields()[0].as_node();
                let cause = Cause::Message(packet.fields()[2].tag(), self.kinds[sender as usize]);
                vec![Pending { node, cause, sender: Some(sender) }]
            }
            (act, _) => {
                let meant = causes.filter(|cause| is_of(act, *cause));
                meant.map(|cause| Pending { node, cause, sender: None }).collect()
            }
        };
        let descends = |pending: &Pending| !self.independence.comes_back(kind, pending.cause);
        Prospect {
            node: Some(node),
            reaches: pending.iter().fold(0, |all, pending| all | self.independence.reached(*pending)),
            descends: used.act == Act::Deliver && pending.iter().all(descends),
        }
    }
}

/// Whether a rule of an act may cause an event of a sort.
fn is_of(act: Act, cause: Cause) -> bool {
    match act {
        Act::Input => matches!(cause, Cause::Input(_)),
        Act::Deliver => matches!(cause, Cause::Message(..)),
        Act::Timeout => matches!(cause, Cause::Timeout(_)),
        Act::Crash => cause == Cause::Crash,
        Act::Reboot => cause == Cause::Reboot,
        Act::Move | Act::Nowhere => false,
    }
}
