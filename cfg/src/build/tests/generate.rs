//! Random bodies: well typed, with every form of expression, and with side effects wherever an order can be got wrong.

use super::dsl::{ADD, Dsl, SUB};
use super::machine::Rng;
use super::world::World;
use kiln_air::{BinOp, Inst, InstId, LocalId, LoopId, Overflow, UnOp};
use kiln_types::{Ownership, ParamMode, TypeId, TypeKey};

mod stmts;

mod loops;

mod matches;

/// The types that bodies are made of.
#[derive(Clone, Debug)]
pub struct Types {
    pub point: TypeId,
    pub shape: TypeId,
    pub pair: TypeId,
    pub triple: TypeId,
    pub all: Vec<TypeId>,
}

impl Types {
    pub fn new(world: &mut World) -> Types {
        let pair = world.pool.tuple(&[TypeId::I32, TypeId::BOOL]);
        let triple = world.pool.array(TypeId::I32, 3);
        let color = world.enumeration("Color", Ownership::Copy, &[("Red", &[]), ("Green", &[]), ("Blue", &[])]);
        let point = world.strukt("Point", Ownership::Copy, &[("x", TypeId::I32), ("y", TypeId::I32), ("c", color)]);
        let shape = world.enumeration(
            "Shape",
            Ownership::Copy,
            &[("Empty", &[]), ("Circle", &[TypeId::I32]), ("Both", &[pair, TypeId::I32]), ("Many", &[triple])],
        );
        let boxes = world.pool.tuple(&[shape, TypeId::U8]);
        let all = vec![TypeId::I32, TypeId::BOOL, TypeId::U8, TypeId::USIZE, pair, triple, color, point, shape, boxes];
        Types { point, shape, pair, triple, all }
    }
}

/// A local that can be used here.
#[derive(Clone, Copy, Debug)]
struct Known {
    local: LocalId,
    /// May be assigned to.
    writable: bool,
}

/// Writes a body.
pub struct Generator<'w> {
    pub dsl: Dsl<'w>,
    types: Types,
    rng: Rng,
    known: Vec<Known>,
    loops: Vec<(LoopId, Option<TypeId>, bool)>,
    ret: TypeId,
    left: usize,
    names: usize,
    in_guard: bool,
}

impl<'w> Generator<'w> {
    pub fn new(world: &'w mut World, types: &Types, seed: u64, size: usize) -> Generator<'w> {
        let mut rng = Rng::new(seed);
        let ret = rng.pick(&types.all);
        let mut dsl = Dsl::new(world, "f", ret);
        let mut known = Vec::new();
        for index in 0..4 {
            let ty = rng.pick(&types.all);
            let mode = rng.pick(&[ParamMode::Own, ParamMode::Borrow, ParamMode::Inout]);
            let local = dsl.param_as(&format!("p{index}"), ty, mode);
            known.push(Known { local, writable: mode == ParamMode::Inout });
        }
        Generator {
            dsl,
            types: types.clone(),
            rng,
            known,
            loops: Vec::new(),
            ret,
            left: size,
            names: 0,
            in_guard: false,
        }
    }

    /// The whole body.
    pub fn body(mut self) -> kiln_air::Body {
        let root = self.block(self.ret, 4);
        self.dsl.body.root = root;
        self.dsl.body
    }

    fn fresh(&mut self, ty: TypeId, mutable: bool) -> LocalId {
        self.names += 1;
        let name = format!("v{}", self.names);
        if mutable { self.dsl.var(&name, ty) } else { self.dsl.local(&name, ty) }
    }

    fn spend(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left > 0
    }

    // Expressions.

    /// An expression of a type.
    fn value(&mut self, ty: TypeId, depth: usize) -> InstId {
        if depth == 0 || !self.spend() {
            return self.simple(ty);
        }
        let depth = depth - 1;
        match self.rng.below(17) {
            0 | 1 => self.simple(ty),
            2 => match self.readable_place(ty, depth) {
                Some(place) => self.dsl.load(place),
                None => self.simple(ty),
            },
            3..=5 => self.literal(ty, depth),
            6 => self.call(ty, depth),
            7 => {
                let cond = self.value(TypeId::BOOL, depth);
                let (then, else_) = (self.value(ty, depth), self.value(ty, depth));
                self.dsl.if_(cond, then, Some(else_))
            }
            8 | 9 => self.block(ty, depth),
            10 | 11 => self.match_(ty, depth),
            12 => self.labeled(ty, depth),
            13 => self.loop_value(ty, depth),
            14 => self.field_of_value(ty, depth),
            15 if self.rng.chance(40) => self.diverging(depth).unwrap_or_else(|| self.simple(ty)),
            _ => self.operator(ty, depth),
        }
    }

    /// A constant or a local.
    fn simple(&mut self, ty: TypeId) -> InstId {
        if self.rng.chance(2) && self.left > 0 {
            self.left -= 1;
            if let Some(exit) = self.diverging(0) {
                return exit;
            }
        }
        let locals: Vec<LocalId> =
            self.known.iter().map(|known| known.local).filter(|local| self.dsl.body.locals[*local].ty == ty).collect();
        if !locals.is_empty() && self.rng.chance(75) {
            let local = self.rng.pick(&locals);
            return self.dsl.get(local);
        }
        self.literal(ty, 0)
    }

    fn literal(&mut self, ty: TypeId, depth: usize) -> InstId {
        match self.dsl.world.pool.key(ty).clone() {
            TypeKey::Bool => {
                let value = self.rng.chance(50);
                self.dsl.bool(value)
            }
            TypeKey::Int { .. } | TypeKey::Size { .. } => {
                let value = self.rng.below(5) as i128;
                self.dsl.int(ty, value)
            }
            TypeKey::Tuple(parts) => {
                let parts: Vec<InstId> = parts.iter().map(|part| self.value(*part, depth)).collect();
                self.dsl.push(Inst::Tuple(parts.into()), ty)
            }
            TypeKey::Array { elem, len } => {
                if self.rng.chance(20) {
                    let value = self.value(elem, depth);
                    return self.dsl.push(Inst::Repeat { value, len }, ty);
                }
                let parts: Vec<InstId> = (0..len).map(|_| self.value(elem, depth)).collect();
                self.dsl.push(Inst::Array(parts.into()), ty)
            }
            TypeKey::Struct { .. } => self.struct_(ty, depth),
            TypeKey::Enum { .. } => {
                let variants = &self.dsl.world.pool.enum_def(ty).unwrap().variants;
                let variant = self.rng.below(variants.len());
                let parts: Vec<TypeId> = variants[variant].fields.iter().map(|field| field.ty).collect();
                let parts: Vec<InstId> = parts.iter().map(|part| self.value(*part, depth)).collect();
                self.dsl.variant(ty, variant as u32, &parts)
            }
            other => panic!("no literals of {other:?}"),
        }
    }

    fn struct_(&mut self, ty: TypeId, depth: usize) -> InstId {
        let count = self.dsl.world.pool.field_count(ty).unwrap();
        let base = if self.rng.chance(40) { self.readable_place(ty, 0) } else { None };
        let mut order: Vec<usize> = (0..count).collect();
        order.rotate_left(self.rng.below(count));
        if base.is_some() {
            order.truncate(self.rng.below(count));
        }
        let fields: Vec<(u32, InstId)> = order
            .into_iter()
            .map(|field| {
                let ty = self.dsl.world.pool.field_type(ty, field).unwrap();
                (field as u32, self.value(ty, depth))
            })
            .collect();
        // Children come before their parents: the place is written again behind the fields.
        let base = base.map(|base| {
            let inst = self.dsl.body.insts[base].clone();
            self.dsl.push(inst, ty)
        });
        self.dsl.strukt(ty, &fields, base)
    }

    fn operator(&mut self, ty: TypeId, depth: usize) -> InstId {
        if ty == TypeId::BOOL {
            return match self.rng.below(4) {
                0 => {
                    let (left, right) = (self.value(ty, depth), self.value(ty, depth));
                    self.dsl.and(left, right)
                }
                1 => {
                    let (left, right) = (self.value(ty, depth), self.value(ty, depth));
                    self.dsl.or(left, right)
                }
                2 => {
                    let value = self.value(ty, depth);
                    self.dsl.push(Inst::Unary(UnOp::Not, value), ty)
                }
                _ => {
                    let (left, right) = (self.value(TypeId::I32, depth), self.value(TypeId::I32, depth));
                    let op = self.rng.pick(&[BinOp::Eq, BinOp::Lt, BinOp::Ge]);
                    self.dsl.bin(op, left, right)
                }
            };
        }
        if !matches!(self.dsl.world.pool.key(ty), TypeKey::Int { .. }) {
            return self.literal(ty, depth);
        }
        let op = self.rng.pick(&[ADD, SUB, BinOp::Add(Overflow::Wrapping), BinOp::Mul(Overflow::Wrapping)]);
        if let Some((left, right)) = self.read_and_change(ty, depth) {
            return self.dsl.push(Inst::Binary(op, left, right), ty);
        }
        let (left, right) = (self.value(ty, depth), self.value(ty, depth));
        self.dsl.push(Inst::Binary(op, left, right), ty)
    }

    /// A local, and an expression that changes it.
    fn read_and_change(&mut self, ty: TypeId, depth: usize) -> Option<(InstId, InstId)> {
        let fits = |known: &&Known| known.writable && self.dsl.body.locals[known.local].ty == ty;
        let locals: Vec<LocalId> = self.known.iter().filter(fits).map(|known| known.local).collect();
        if locals.is_empty() || self.rng.chance(50) {
            return None;
        }
        let local = self.rng.pick(&locals);
        let read = self.dsl.get(local);
        let value = self.value(ty, depth.min(1));
        let change = self.dsl.set_local(local, value);
        let result = self.value(ty, depth.min(1));
        Some((read, self.dsl.block(&[change], Some(result))))
    }

    fn field_of_value(&mut self, ty: TypeId, depth: usize) -> InstId {
        let (whole, field) = match ty {
            TypeId::I32 => (self.types.point, 1),
            TypeId::BOOL => (self.types.pair, 1),
            _ => return self.simple(ty),
        };
        let base = self.value(whole, depth);
        if self.dsl.ty(base) == TypeId::NEVER {
            return base;
        }
        let place = self.dsl.field(base, field);
        self.dsl.load(place)
    }

    fn diverging(&mut self, depth: usize) -> Option<InstId> {
        match self.rng.below(3) {
            0 => {
                let value = self.value(self.ret, depth);
                Some(self.dsl.return_(Some(value)))
            }
            _ if self.loops.is_empty() => None,
            _ => {
                let (id, ty, is_loop) = self.rng.pick(&self.loops);
                if is_loop && ty.is_none() && self.rng.chance(50) {
                    return Some(self.dsl.continue_(id));
                }
                let value = ty.map(|ty| self.value(ty, depth));
                Some(self.dsl.break_(id, value))
            }
        }
    }

    fn call(&mut self, ty: TypeId, depth: usize) -> InstId {
        let mut args = Vec::new();
        let mut frozen: Vec<LocalId> = Vec::new();
        let mut types = Vec::new();
        let before = self.known.clone();
        for _ in 0..self.rng.below(4) {
            let arg_ty = self.rng.pick(&self.types.all);
            let mode = self.rng.pick(&[ParamMode::Own, ParamMode::Own, ParamMode::Borrow, ParamMode::Inout]);
            let place = match mode {
                ParamMode::Own => None,
                ParamMode::Borrow => self.place_of(arg_ty, depth, |known| !frozen.contains(&known.local)),
                ParamMode::Inout => {
                    self.place_of(arg_ty, depth, |known| known.writable && !frozen.contains(&known.local))
                }
            };
            let arg = match place {
                Some((root, place)) => {
                    if mode == ParamMode::Inout && self.rng.chance(40) {
                        let value = self.dsl.get(root);
                        types.push("Own".to_owned());
                        args.push((ParamMode::Own, value));
                    }
                    frozen.push(root);
                    // Until the call nobody else may change it; copies of it are fine.
                    for known in self.known.iter_mut().filter(|known| known.local == root) {
                        known.writable = false;
                    }
                    types.push(format!("{mode:?}"));
                    (mode, place)
                }
                None => {
                    types.push("Own".to_owned());
                    if let Some((read, change)) = self.read_and_change(arg_ty, depth) {
                        types.push("Own".to_owned());
                        args.push((ParamMode::Own, read));
                        (ParamMode::Own, change)
                    } else {
                        (ParamMode::Own, self.value(arg_ty, depth))
                    }
                }
            };
            args.push(arg);
        }
        self.known = before;
        let name = format!("call{}_{}_{}", ty.index(), self.names, types.concat());
        self.names += 1;
        self.dsl.call_with(&name, ty, &args)
    }

    // Places.

    fn readable_place(&mut self, ty: TypeId, depth: usize) -> Option<InstId> {
        self.place_of(ty, depth, |_| true).map(|place| place.1)
    }

    /// A place of a type in a local that fits; with the local.
    fn place_of(&mut self, ty: TypeId, depth: usize, fits: impl Fn(&Known) -> bool) -> Option<(LocalId, InstId)> {
        let known: Vec<LocalId> = self.known.iter().filter(|known| fits(known)).map(|known| known.local).collect();
        let mut candidates = Vec::new();
        for local in known {
            let whole = self.dsl.body.locals[local].ty;
            if whole == ty {
                candidates.push((local, None));
            }
            match self.dsl.world.pool.key(whole) {
                TypeKey::Array { elem, .. } if *elem == ty => candidates.push((local, Some(u32::MAX))),
                TypeKey::Struct { .. } | TypeKey::Tuple(_) => {
                    let count = self.dsl.world.pool.field_count(whole).unwrap();
                    for field in 0..count {
                        if self.dsl.world.pool.field_type(whole, field) == Some(ty) {
                            candidates.push((local, Some(field as u32)));
                        }
                    }
                }
                _ => {}
            }
        }
        if candidates.is_empty() {
            return None;
        }
        let (local, part) = self.rng.pick(&candidates);
        let base = self.dsl.place(local);
        Some((
            local,
            match part {
                None => base,
                Some(u32::MAX) => {
                    let index = self.value(TypeId::USIZE, depth.min(2));
                    if self.rng.chance(30) {
                        let elem = self.dsl.ty(base);
                        let (elem, _) = self.dsl.world.pool.elem(elem).unwrap();
                        let view = self.dsl.world.pool.slice(elem);
                        let from = self.rng.chance(50).then(|| self.simple(TypeId::USIZE));
                        let to = self.rng.chance(50).then(|| self.simple(TypeId::USIZE));
                        let inclusive = to.is_some() && self.rng.chance(50);
                        let base = self.dsl.push(Inst::Slice { base, from, to, inclusive }, view);
                        self.dsl.index(base, index)
                    } else {
                        self.dsl.index(base, index)
                    }
                }
                Some(field) => self.dsl.field(base, field),
            },
        ))
    }
}
