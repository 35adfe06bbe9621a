//! Programs without functions: types, kinds, nodes and timers; and values of their types.

use crate::dice::Dice;
use verdi_core::*;

/// A program and what is needed to write functions for it.
pub(crate) struct World {
    pub(crate) program: Program,
    /// Types to choose from.
    pub(crate) pool: Vec<TyId>,
    pub(crate) dice: Dice,
}

pub(crate) fn span() -> Span {
    Span::default()
}

fn data(program: &mut Program, name: &str, style: DataStyle, ctors: Vec<Ctor>) -> TyId {
    let id = program.types.add_data(Data { name: name.into(), style, ctors });
    program.types.intern(Ty::Data(id))
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut world =
            Self { program: Program::empty("generated"), pool: Vec::new(), dice: Dice::new(seed) };
        world.simple_types();
        world.recursive_type();
        for _ in 0..6 {
            world.random_type();
        }
        world.special_types();
        world.nodes();
        world
    }

    fn simple_types(&mut self) {
        let SpecialTypes { bool, int, node, caller, .. } = self.program.special;
        let string = self.program.types.intern(Ty::Str);
        self.pool = vec![bool, int, node, caller, string];
        let pair = self.pair(int, string);
        let option = self.option(int);
        let unit = data(&mut self.program, "Unit", DataStyle::Named, vec![Ctor::new("Unit", &[])]);
        let color = ["Red", "Green", "Blue"].map(|name| Ctor::new(name, &[]));
        let color = data(&mut self.program, "Color", DataStyle::Named, color.into());
        let shape = data(
            &mut self.program,
            "Shape",
            DataStyle::Named,
            vec![
                Ctor::new("Point", &[("at", int)]),
                Ctor::new("Line", &[("from", pair), ("to", string)]),
                Ctor::new("Empty", &[]),
                Ctor::new("Owned", &[("by", node), ("color", color), ("size", int)]),
            ],
        );
        let wide: Vec<(&str, TyId)> =
            (0..70).map(|at| ("w", if at % 9 == 0 { string } else { int })).collect();
        let wide = data(&mut self.program, "Wide", DataStyle::Named, vec![Ctor::new("Wide", &wide)]);
        let broad: Vec<(&str, TyId)> = (0..9).map(|_| ("b", int)).collect();
        let broad = data(&mut self.program, "Broad", DataStyle::Named, vec![Ctor::new("Broad", &broad)]);
        self.pool.extend([pair, option, unit, color, shape, wide, broad]);
        for item in [int, bool, string, pair, shape, unit, node] {
            let list = self.program.types.intern(Ty::List(item));
            let set = self.program.types.intern(Ty::Set(item));
            let sets = self.program.types.intern(Ty::Set(set));
            self.pool.extend([list, set]);
            if item == int {
                self.pool.push(sets);
            }
        }
        for (key, value) in [(int, string), (string, shape), (pair, int), (node, bool)] {
            self.map(key, value);
        }
    }

    /// `Tree = Leaf(int) | Fork(Tree, Tree) | Many(List<Tree>, Option<Tree>, Map<int, Tree>)`.
    fn recursive_type(&mut self) {
        let int = self.program.special.int;
        let empty = Data { name: "Tree".into(), style: DataStyle::Named, ctors: Vec::new() };
        let id = self.program.types.add_data(empty);
        let tree = self.program.types.intern(Ty::Data(id));
        let trees = self.program.types.intern(Ty::List(tree));
        let option = self.option(tree);
        let map = self.map(int, tree);
        let ctors = vec![
            Ctor::new("Leaf", &[("n", int)]),
            Ctor::new("Fork", &[("left", tree), ("right", tree)]),
            Ctor::new("Many", &[("all", trees), ("extra", option), ("named", map)]),
        ];
        self.program.types.set_data(id, Data { name: "Tree".into(), style: DataStyle::Named, ctors });
        self.pool.extend([tree, trees]);
    }

    fn random_type(&mut self) {
        let [a, b] = [(); 2].map(|()| self.any_type());
        match self.dice.below(6) {
            0 => drop(self.pool_push(Ty::List(a))),
            1 => drop(self.pool_push(Ty::Set(a))),
            2 => drop(self.map(a, b)),
            3 => drop(self.option(a)),
            4 => drop(self.pair(a, b)),
            _ => {
                let ctors = vec![Ctor::new("Left", &[("l", a)]), Ctor::new("Right", &[("r", b), ("q", a)])];
                let either = data(&mut self.program, "Either", DataStyle::Named, ctors);
                self.pool.push(either);
            }
        }
    }

    fn pool_push(&mut self, ty: Ty) -> TyId {
        let ty = self.program.types.intern(ty);
        if !self.pool.contains(&ty) {
            self.pool.push(ty);
        }
        ty
    }

    pub(crate) fn any_type(&mut self) -> TyId {
        let at = self.dice.below(self.pool.len());
        self.pool[at]
    }

    /// The option of a type, new or known.
    pub(crate) fn option(&mut self, ty: TyId) -> TyId {
        self.instance(
            "Option",
            DataStyle::Named,
            vec![Ctor::new("None", &[]), Ctor::new("Some", &[("", ty)])],
        )
    }

    pub(crate) fn pair(&mut self, a: TyId, b: TyId) -> TyId {
        self.instance("pair", DataStyle::Tuple, vec![Ctor::new("", &[("", a), ("", b)])])
    }

    fn map(&mut self, key: TyId, value: TyId) -> TyId {
        self.pair(key, value);
        self.pool_push(Ty::Map(key, value))
    }

    fn instance(&mut self, name: &str, style: DataStyle, ctors: Vec<Ctor>) -> TyId {
        let same = |data: &Data| {
            data.name == name && data.ctors.iter().map(|c| &c.fields).eq(ctors.iter().map(|c| &c.fields))
        };
        let known = self.program.types.all_data().find(|(_, data)| same(data)).map(|(id, _)| id);
        let ty = match known {
            Some(id) => self.program.types.intern(Ty::Data(id)),
            None => data(&mut self.program, name, style, ctors),
        };
        if !self.pool.contains(&ty) {
            self.pool.push(ty);
        }
        ty
    }

    fn special_types(&mut self) {
        let special = self.program.special;
        for (ty, name) in [(special.message, "Message"), (special.input, "Input"), (special.output, "Output")]
        {
            let Some((id, _)) = self.program.types.as_data(ty) else { continue };
            let ctors = (0..1 + self.dice.below(3))
                .map(|_| {
                    let fields: Vec<(&str, TyId)> =
                        (0..self.dice.below(3)).map(|_| ("f", self.any_type())).collect();
                    Ctor::new(name, &fields)
                })
                .collect();
            let data = Data { name: name.into(), style: DataStyle::Named, ctors };
            self.program.types.set_data(id, data);
            self.pool.push(ty);
        }
        let timers = 1 + self.dice.below(3);
        let Some((id, _)) = self.program.types.as_data(special.timer) else { return };
        let ctors = (0..timers).map(|_| Ctor::new("T", &[])).collect();
        self.program.types.set_data(id, Data { name: "Timer".into(), style: DataStyle::Named, ctors });
        for at in 0..timers {
            self.program.timers.push(Timer { name: "T".into(), every: at == 0, from_us: 0, to_us: 1 });
        }
        self.pool.extend([special.packet, special.invocation, special.timer, special.event]);
        for ty in [special.packet, special.invocation, special.timer, special.event] {
            self.pool_push(Ty::List(ty));
        }
    }

    /// Two kinds with two nodes and one node, and two variables.
    fn nodes(&mut self) {
        let invocations = self.program.types.intern(Ty::List(self.program.special.invocation));
        for (kind, nodes) in [(0, 2), (1, 1)] {
            let mut inputs = FunctionBuilder::new("inputs", Context::Pure, &[], Some(invocations), span());
            let list = inputs.temp(invocations, Rvalue::List(Vec::new()));
            inputs.ret(list);
            let inputs = inputs.finish(&mut self.program);
            let id = KindId::from_u32(kind);
            let first = self.program.nodes.len();
            let mut info = Kind {
                name: format!("K{kind}").into(),
                nodes: (first..first + nodes).map(|at| NodeId::from_u32(at as u32)).collect(),
                single: false,
                fields: Default::default(),
                timers: vec![0],
                handlers: Vec::new(),
                on_start: None,
                on_input: None,
                on_message: None,
                on_timeout: None,
                on_reboot: None,
                inputs,
            };
            for index in 0..nodes {
                let node =
                    NodeInfo { kind: id, index: index as u32, name: format!("K{kind}[{index}]").into() };
                self.program.nodes.push(node);
            }
            for _ in 0..3 {
                let ty = self.any_type();
                let init = self.constant_function("init", ty);
                info.fields.push(Field { name: "f".into(), ty, durability: Durability::Volatile, init });
            }
            self.program.kinds.push(info);
        }
        for _ in 0..2 {
            let ty = self.any_type();
            let init = self.constant_function("init", ty);
            self.program.network.vars.push(Var { name: "v".into(), ty, init });
        }
    }

    fn constant_function(&mut self, name: &str, ty: TyId) -> FuncId {
        let value = self.value(ty, 0);
        let value = self.program.constant(ty, value);
        let mut function = FunctionBuilder::new(name, Context::Pure, &[], Some(ty), span());
        function.ret(value);
        function.finish(&mut self.program)
    }

    /// A random value of a type.
    pub(crate) fn value(&mut self, ty: TyId, depth: usize) -> Value {
        let few = |dice: &mut Dice| if depth > 3 { 0 } else { dice.below(4) };
        match *self.program.types.get(ty) {
            Ty::Bool => Value::Bool(self.dice.one_in(2)),
            Ty::Int => Value::Int(match self.dice.below(12) {
                0 => i64::MAX,
                1 => i64::MIN,
                2 => -1,
                3 => self.dice.next() as i64,
                _ => self.dice.below(5) as i64,
            }),
            Ty::Str => {
                let texts = ["", "a", "b", "häß", "longer than eight bytes"];
                Value::text(texts[self.dice.below(texts.len())])
            }
            // There are three nodes.
            Ty::Node => Value::Node(self.dice.below(3) as u32),
            Ty::Caller => Value::Caller(self.dice.below(3) as u32),
            Ty::List(item) => {
                let len = few(&mut self.dice);
                Value::list((0..len).map(|_| self.value(item, depth + 1)).collect())
            }
            Ty::Set(item) => {
                let len = few(&mut self.dice);
                Value::set((0..len).map(|_| self.value(item, depth + 1)).collect())
            }
            Ty::Map(key, value) => {
                let len = few(&mut self.dice);
                let entry = |world: &mut Self| (world.value(key, depth + 1), world.value(value, depth + 1));
                Value::map((0..len).map(|_| entry(self)).collect())
            }
            Ty::Data(id) => {
                let data = self.program.types.data(id).clone();
                // The first constructor ends every recursion.
                let tag = if depth > 3 { 0 } else { self.dice.below(data.ctors.len()) };
                let fields =
                    data.ctors[tag].fields.iter().map(|(_, ty)| self.value(*ty, depth + 1)).collect();
                Value::data(tag as u32, fields)
            }
        }
    }
}
