use cranelift_entity::{PrimaryMap, entity_impl};
use smol_str::SmolStr;

/// A type of a [`crate::Program`], interned: equal types have equal ids.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TyId(u32);
entity_impl!(TyId, "ty");

/// A data type of a [`crate::Program`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DataId(u32);
entity_impl!(DataId, "data");

/// A type. Every kind of node is [`Ty::Node`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ty {
    /// `true`, `false`.
    Bool,
    /// 64-bit signed.
    Int,
    /// Text.
    Str,
    /// A node of the system.
    Node,
    /// A caller from outside.
    Caller,
    /// A list.
    List(TyId),
    /// A set.
    Set(TyId),
    /// A map.
    Map(TyId, TyId),
    /// A data type: records, variants, tuples, `Option`, messages, timers.
    Data(DataId),
}

/// A data type, instantiated.
#[derive(Clone, Debug)]
pub struct Data {
    /// As people write it, such as `Pair<int, string>`; for tuples `(int, string)`.
    pub name: SmolStr,
    /// How its values are printed.
    pub style: DataStyle,
    /// Its constructors; a value's tag is the position here.
    pub ctors: Vec<Ctor>,
}

/// How values of a data type are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataStyle {
    /// `(a, b)`.
    Tuple,
    /// `Name`, `Name(label: a)`.
    Named,
}

/// A constructor.
#[derive(Clone, Debug)]
pub struct Ctor {
    /// Its name; empty for tuples.
    pub name: SmolStr,
    /// Labels and types of its fields; labels are empty for tuples and `Some`.
    pub fields: Vec<(SmolStr, TyId)>,
}

/// All types of a program.
#[derive(Clone, Debug, Default)]
pub struct Types {
    tys: PrimaryMap<TyId, Ty>,
    data: PrimaryMap<DataId, Data>,
}

impl Types {
    /// The id of `ty`, new or known.
    pub fn intern(&mut self, ty: Ty) -> TyId {
        match self.tys.iter().find(|(_, known)| **known == ty) {
            Some((id, _)) => id,
            None => self.tys.push(ty),
        }
    }

    /// Adds a data type: each call makes a new one, the caller keeps track of instances.
    pub fn add_data(&mut self, data: Data) -> DataId {
        self.data.push(data)
    }

    /// Replaces a data type that was added before its fields were known.
    pub fn set_data(&mut self, id: DataId, data: Data) {
        self.data[id] = data;
    }

    /// The type of an id.
    pub fn get(&self, id: TyId) -> &Ty {
        &self.tys[id]
    }

    /// A data type.
    pub fn data(&self, id: DataId) -> &Data {
        &self.data[id]
    }

    /// The data type that `ty` is, if it is one.
    pub fn as_data(&self, ty: TyId) -> Option<(DataId, &Data)> {
        match self.tys[ty] {
            Ty::Data(id) => Some((id, &self.data[id])),
            _ => None,
        }
    }

    /// Every type.
    pub fn all(&self) -> impl Iterator<Item = TyId> {
        self.tys.keys()
    }

    /// Every data type.
    pub fn all_data(&self) -> impl Iterator<Item = (DataId, &Data)> {
        self.data.iter()
    }

    /// Whether a data type contains itself, through other types or collections too.
    pub fn is_recursive(&self, id: DataId) -> bool {
        let mut inside = self.data_in(id);
        let mut next = 0;
        while let Some(&part) = inside.get(next) {
            if part == id {
                return true;
            }
            next += 1;
            for found in self.data_in(part) {
                if !inside.contains(&found) {
                    inside.push(found);
                }
            }
        }
        false
    }

    /// The data types that the fields of another are made of; not what is in those.
    fn data_in(&self, id: DataId) -> Vec<DataId> {
        let mut todo: Vec<TyId> =
            self.data[id].ctors.iter().flat_map(|ctor| &ctor.fields).map(|(_, ty)| *ty).collect();
        let mut found = Vec::new();
        while let Some(ty) = todo.pop() {
            match self.tys[ty] {
                Ty::Bool | Ty::Int | Ty::Str | Ty::Node | Ty::Caller => {}
                Ty::List(item) | Ty::Set(item) => todo.push(item),
                Ty::Map(key, value) => todo.extend([key, value]),
                Ty::Data(id) => found.push(id),
            }
        }
        found
    }
}
