//! How values of each type lie in words.

use cranelift_entity::{PrimaryMap, SecondaryMap};
use verdi_core::{DataId, Program, Ty, TyId, Types};

/// A data type that would take more words is kept in a box.
const FLAT_MAX: usize = 64;

/// How values of a type lie in words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    /// The words of a value.
    pub(crate) words: usize,
    pub(crate) kind: Kind,
    /// Whether there may be a node in it.
    pub(crate) has_node: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) enum Kind {
    /// One word: `false` is 0 and `true` is 1; an int's bits; the number of a node or caller.
    #[default]
    Scalar,
    /// One word: an object of text.
    Str,
    /// One word: an object of the elements of this type.
    List(TyId),
    /// The same, strictly ascending.
    Set(TyId),
    /// The same of keys and values.
    Map(TyId, TyId),
    /// Constructors over each other.
    Flat(Data),
    /// One word: an object of the words that the value would have, with the tag in any case. Its `len` is what
    /// `measure` gives.
    Boxed(Data),
}

/// The constructors of a data type.
#[derive(Clone, Debug)]
pub(crate) struct Data {
    /// Whether the first word is the constructor's position: not where a flat type has one constructor.
    pub(crate) tagged: bool,
    /// The words of a value (in its box, where it is boxed).
    pub(crate) words: usize,
    pub(crate) ctors: Vec<Ctor>,
    /// Whether the type contains itself: then it is boxed, and how deep its values nest is limited.
    pub(crate) recursive: bool,
}

/// A constructor: its fields lie one after the other; what the type's other constructors take more is zero.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ctor {
    /// The first word of each field, and its type.
    pub(crate) fields: Vec<(usize, TyId)>,
}

/// The layouts of all types of a program.
#[derive(Clone, Debug)]
pub(crate) struct Layouts {
    all: PrimaryMap<TyId, Layout>,
}

impl Layouts {
    pub(crate) fn new(program: &Program) -> Self {
        let types = &program.types;
        let mut known = Known::new();
        let all = types.all().map(|ty| layout_of(types, ty, &mut known)).collect();
        let mut layouts = Self { all };
        layouts.find_nodes(types);
        layouts
    }

    pub(crate) fn get(&self, ty: TyId) -> &Layout {
        &self.all[ty]
    }

    pub(crate) fn words(&self, ty: TyId) -> usize {
        self.all[ty].words
    }

    /// The constructors of a data type, and whether its values are boxed.
    pub(crate) fn data(&self, ty: TyId) -> Option<(&Data, bool)> {
        match &self.all[ty].kind {
            Kind::Flat(data) => Some((data, false)),
            Kind::Boxed(data) => Some((data, true)),
            _ => None,
        }
    }

    /// Whether values of a type are a collection's word, which may be a scratch object's.
    pub(crate) fn is_collection(&self, ty: TyId) -> bool {
        matches!(self.all[ty].kind, Kind::Str | Kind::List(_) | Kind::Set(_) | Kind::Map(..))
    }

    /// Types that contain each other all have what one of them has: repeated until nothing new is found.
    fn find_nodes(&mut self, types: &Types) {
        loop {
            let found: Vec<TyId> = self
                .all
                .iter()
                .filter(|(ty, layout)| !layout.has_node && self.reaches_node(types, *ty))
                .map(|(ty, _)| ty)
                .collect();
            if found.is_empty() {
                break;
            }
            for ty in found {
                self.all[ty].has_node = true;
            }
        }
    }

    fn reaches_node(&self, types: &Types, ty: TyId) -> bool {
        match types.get(ty) {
            Ty::Node => true,
            Ty::Bool | Ty::Int | Ty::Str | Ty::Caller => false,
            Ty::List(item) | Ty::Set(item) => self.all[*item].has_node,
            Ty::Map(key, value) => self.all[*key].has_node || self.all[*value].has_node,
            Ty::Data(id) => {
                let mut fields = types.data(*id).ctors.iter().flat_map(|ctor| &ctor.fields);
                fields.any(|(_, ty)| self.all[*ty].has_node)
            }
        }
    }
}

/// The data types that were laid out.
type Known = SecondaryMap<DataId, Option<Data>>;

fn layout_of(types: &Types, ty: TyId, known: &mut Known) -> Layout {
    let kind = match *types.get(ty) {
        Ty::Bool | Ty::Int | Ty::Node | Ty::Caller => Kind::Scalar,
        Ty::Str => Kind::Str,
        Ty::List(item) => Kind::List(item),
        Ty::Set(item) => Kind::Set(item),
        Ty::Map(key, value) => Kind::Map(key, value),
        Ty::Data(id) => {
            let data = data_of(types, id, known);
            if is_boxed(&data) { Kind::Boxed(data) } else { Kind::Flat(data) }
        }
    };
    let words = if let Kind::Flat(data) = &kind { data.words } else { 1 };
    Layout { words, kind, has_node: false }
}

fn is_boxed(data: &Data) -> bool {
    data.recursive || data.words > FLAT_MAX
}

/// Those that contain themselves take one word wherever they are, so that this comes to an end.
fn data_of(types: &Types, id: DataId, known: &mut Known) -> Data {
    if known[id].is_none() {
        let data = deeper(|| lay_out(types, id, known));
        known[id] = Some(data);
    }
    known[id].clone().unwrap_or_else(|| unreachable!("it is known now"))
}

/// Goes one level deeper along types or values, however deep that is.
pub(crate) fn deeper<T>(then: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(64 << 10, 1 << 20, then)
}

fn lay_out(types: &Types, id: DataId, known: &mut Known) -> Data {
    let recursive = types.is_recursive(id);
    let mut fields_of = |start: usize| -> (usize, Vec<Ctor>) {
        let mut most = start;
        let mut ctors = Vec::new();
        for ctor in &types.data(id).ctors {
            let (mut at, mut fields) = (start, Vec::new());
            for (_, ty) in &ctor.fields {
                fields.push((at, *ty));
                at += field_words(types, *ty, known);
            }
            most = most.max(at);
            ctors.push(Ctor { fields });
        }
        (most, ctors)
    };
    let single = types.data(id).ctors.len() == 1;
    let (words, ctors) = fields_of(usize::from(!single));
    let mut data = Data { tagged: !single, words, ctors, recursive };
    if is_boxed(&data) && single {
        let (words, ctors) = fields_of(1);
        data = Data { tagged: true, words, ctors, recursive: data.recursive };
    }
    data
}

fn field_words(types: &Types, ty: TyId, known: &mut Known) -> usize {
    match *types.get(ty) {
        Ty::Data(id) if !types.is_recursive(id) => {
            let data = data_of(types, id, known);
            if is_boxed(&data) { 1 } else { data.words }
        }
        _ => 1,
    }
}
