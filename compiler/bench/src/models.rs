//! The models of the race, and how many worlds each has.

/// A protocol that every tool has a model of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// The lock server: clients, and how often each asks.
    Lock,
    /// Two-phase commit: resource managers.
    TwoPhase,
    /// A small Raft of three servers: terms, entries, and whether packets are lost.
    Raft,
}

/// A model of some size.
#[derive(Debug, PartialEq, Eq)]
pub struct Model {
    /// Its protocol.
    pub family: Family,
    /// Its sizes, in the order that [`Family`] says.
    pub sizes: &'static [u64],
    /// Distinct worlds, which every tool has to find.
    pub distinct: u64,
    /// Steps from these worlds, without those of inputs that nothing takes.
    pub transitions: u64,
    /// Which races it is in.
    pub scale: Scale,
}

/// How long a model takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// In the quick race.
    Quick,
    /// In the race unless it is a quick one.
    Usual,
    /// In the race only if it is named.
    Huge,
}

const fn model(
    family: Family,
    sizes: &'static [u64],
    distinct: u64,
    transitions: u64,
    scale: Scale,
) -> Model {
    Model { family, sizes, distinct, transitions, scale }
}

/// All models, each protocol's from small to large.
pub const MODELS: [Model; 10] = [
    model(Family::Lock, &[4, 2], 184_464, 539_136, Scale::Quick),
    model(Family::Lock, &[3, 4], 3_360_735, 10_045_080, Scale::Usual),
    model(Family::Lock, &[5, 2], 8_078_616, 24_134_760, Scale::Usual),
    model(Family::TwoPhase, &[7], 296_448, 2_744_705, Scale::Quick),
    model(Family::TwoPhase, &[8], 1_745_408, 18_507_777, Scale::Usual),
    model(Family::TwoPhase, &[9], 10_340_352, 123_558_401, Scale::Usual),
    model(Family::TwoPhase, &[10], 61_515_776, 817_760_257, Scale::Huge),
    model(Family::Raft, &[1, 1, 1], 117_664, 917_448, Scale::Quick),
    model(Family::Raft, &[1, 2, 0], 3_720_655, 20_867_247, Scale::Usual),
    model(Family::Raft, &[1, 2, 1], 8_250_043, 86_624_889, Scale::Usual),
];

impl Family {
    /// Its name as one says it.
    pub fn name(self) -> &'static str {
        match self {
            Family::Lock => "lock",
            Family::TwoPhase => "2pc",
            Family::Raft => "raft",
        }
    }

    /// Its name in files.
    pub fn file(self) -> &'static str {
        match self {
            Family::Lock => "lock",
            Family::TwoPhase => "two_phase",
            Family::Raft => "raft",
        }
    }
}

impl Model {
    /// Its name, such as `lock(5, 2)`, which is also its check's.
    pub fn name(&self) -> String {
        let sizes: Vec<String> = self.sizes.iter().map(u64::to_string).collect();
        format!("{}({})", self.family.name(), sizes.join(", "))
    }

    /// Whether a name given by a person means it: `lock`, `lock(5,2)`, `lock(5, 2)` or `lock/5/2`.
    pub fn is_meant(&self, name: &str) -> bool {
        let plain = |name: &str| -> Vec<String> {
            let words = name.split(|c: char| !c.is_ascii_alphanumeric());
            words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let (own, asked) = (plain(&self.name()), plain(name));
        !asked.is_empty() && own.starts_with(&asked)
    }
}

#[cfg(test)]
mod tests {
    use super::MODELS;

    fn meant(name: &str) -> Vec<String> {
        MODELS.iter().filter(|model| model.is_meant(name)).map(super::Model::name).collect()
    }

    #[test]
    fn models_are_named_as_people_write_them() {
        for name in ["lock(5, 2)", "lock(5,2)", "lock/5/2"] {
            assert_eq!(meant(name), ["lock(5, 2)"]);
        }
        assert_eq!(meant("2pc"), ["2pc(7)", "2pc(8)", "2pc(9)", "2pc(10)"]);
        assert!(meant("").is_empty() && meant("paxos").is_empty() && meant("loc").is_empty());
    }
}
