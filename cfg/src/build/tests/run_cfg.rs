//! Runs a function of the CFG on trees of values.

use super::machine::{Machine, Pointer, Stop, Value, binary, blank, constant, unary, visible};
use super::world::World;
use crate::{
    Arg, Call, Callee, CastKind, Check, Func, Local, LocalKind, Operand, Place, PlaceBase, PlaceType, Proj, Rvalue,
    Stmt, Terminator,
};
use kiln_air::Panic;
use kiln_source::Idx;
use kiln_types::{TypeId, TypeKey, ValueKey};

type Done<T> = Result<T, Stop>;

/// An argument: a value, or the place of a `borrow` or `inout` parameter.
#[derive(Clone, Debug)]
pub enum Given {
    Value(Value),
    Place(Pointer),
}

/// Runs a function; glue is run as it is built, other functions are only noted.
pub fn run(world: &mut World, func: &Func, machine: &mut Machine, args: &[Given]) -> Done<Value> {
    let places = func.locals.iter_enumerated().map(|(local, decl)| match args.get(local.index().wrapping_sub(1)) {
        Some(Given::Place(place)) => Some(place.clone()),
        Some(Given::Value(value)) => Some(Pointer::slot(machine.alloc(value.clone()))),
        None if matches!(decl.kind, LocalKind::Alias { .. }) => None,
        None => {
            let value = if world.pool.is_unsized(decl.ty) { Value::Uninit } else { blank(&world.pool, decl.ty) };
            Some(Pointer::slot(machine.alloc(value)))
        }
    });
    let places = places.collect();
    Frame { world, func, machine, places }.run()
}

struct Frame<'r> {
    world: &'r mut World,
    func: &'r Func,
    machine: &'r mut Machine,
    /// Where each local lies.
    places: Vec<Option<Pointer>>,
}

impl Frame<'_> {
    fn run(mut self) -> Done<Value> {
        let mut block = Func::ENTRY;
        loop {
            let data = &self.func.blocks[block];
            for stmt in &data.stmts {
                self.machine.burn()?;
                self.stmt(stmt)?;
            }
            self.machine.burn()?;
            block = match &data.term {
                Terminator::Jump(to) => *to,
                Terminator::Branch { cond, then, else_ } => match self.bits(*cond)? {
                    0 => *else_,
                    1 => *then,
                    other => return Err(Stop::Broken(format!("a bool of {other}"))),
                },
                Terminator::Switch { value, cases, default, .. } => {
                    let bits = self.bits(*value)?;
                    cases.iter().find(|case| case.0 == bits).map_or(*default, |case| case.1)
                }
                Terminator::Return => {
                    let result = self.local(Func::RESULT)?;
                    return self.machine.read(&result);
                }
                Terminator::Panic(reason, _) => return Err(Stop::Panic(*reason)),
                Terminator::Unreachable => return Err(Stop::Broken(format!("{block} ends unreachably"))),
            };
        }
    }

    fn local(&self, local: Local) -> Done<Pointer> {
        self.places[local.index()].clone().ok_or_else(|| Stop::Broken(format!("{local} names nothing")))
    }

    fn operand(&mut self, operand: Operand) -> Done<Value> {
        match operand {
            Operand::Copy(local) | Operand::Move(local) => {
                let place = self.local(local)?;
                let value = self.machine.read(&place)?;
                let bare = value == Value::Uninit || matches!(value, Value::Variant(None, _));
                if bare {
                    return Err(Stop::Broken(format!("{local} has no value")));
                }
                if matches!(operand, Operand::Move(_)) {
                    let nothing = blank(&self.world.pool, self.func.locals[local].ty);
                    self.machine.write(&place, nothing)?;
                }
                Ok(value)
            }
            Operand::Const(value) => match self.world.pool.value_key(value).cloned() {
                Some(ValueKey::StaticPtr { data, len, .. }) => {
                    let bytes = self.world.statics.get(data).bytes.iter().map(|byte| Value::Bits((*byte).into()));
                    let slot = self.machine.alloc(Value::Parts(bytes.collect()));
                    Ok(Value::Pointer(Pointer { slot, path: Vec::new(), view: len.map(|len| (0, len)) }))
                }
                _ => Ok(constant(&self.world.pool, value)),
            },
        }
    }

    fn bits(&mut self, operand: Operand) -> Done<u128> {
        match self.operand(operand)? {
            Value::Bits(bits) => Ok(bits),
            other => Err(Stop::Broken(format!("{other:?} is no scalar"))),
        }
    }

    fn place(&mut self, place: &Place) -> Done<(Pointer, TypeId)> {
        let (mut pointer, base) = match place.base {
            PlaceBase::Local(local) => (self.local(local)?, self.func.locals[local].ty),
            PlaceBase::Static(data) => {
                let (ty, bytes) = (self.world.statics.get(data).ty, self.world.statics.get(data).bytes.clone());
                let value = from_bytes(self.world, ty, &bytes, &mut 0);
                (Pointer::slot(self.machine.alloc(value)), ty)
            }
        };
        let mut ty = PlaceType::whole(base);
        for step in &place.proj {
            pointer = match *step {
                Proj::Field(index) | Proj::Variant(index) => pointer.part(index as usize),
                Proj::Index(index) => {
                    let index = self.bits(index)?;
                    let len = self.len(&pointer)?;
                    if index >= len.into() {
                        return Err(Stop::Broken(format!("an index of {index} in {len} elements was not checked")));
                    }
                    pointer.part(index as usize)
                }
                Proj::Deref => match self.machine.read(&pointer)? {
                    Value::Pointer(target) => target,
                    other => return Err(Stop::Broken(format!("{other:?} is no pointer"))),
                },
            };
            ty = ty.step(&self.world.pool, *step).ok_or_else(|| Stop::Broken(format!("{place:?}")))?;
        }
        Ok((pointer, ty.ty))
    }

    fn len(&mut self, pointer: &Pointer) -> Done<u64> {
        match (pointer.view, self.machine.at(pointer)?) {
            (Some((_, len)), _) => Ok(len),
            (None, Value::Parts(parts)) => Ok(parts.len() as u64),
            (None, other) => Err(Stop::Broken(format!("{other:?} has no length"))),
        }
    }

    fn stmt(&mut self, stmt: &Stmt) -> Done<()> {
        match stmt {
            Stmt::Assign(place, value) => {
                let (target, ty) = self.place(place)?;
                let value = self.rvalue(value, ty)?;
                // `()` stands for any value without parts.
                let value = if value == Value::Unit { blank(&self.world.pool, ty) } else { value };
                self.machine.write(&target, value)
            }
            Stmt::Call(call) => self.call(call),
            Stmt::Check(Check::Bounds { index, len }) => {
                if self.bits(*index)? < self.bits(*len)? {
                    Ok(())
                } else {
                    Err(Stop::Panic(Panic::OutOfBounds))
                }
            }
            Stmt::Check(Check::Slice { from, to, len }) => {
                let (from, to, len) = (self.bits(*from)?, self.bits(*to)?, self.bits(*len)?);
                if from <= to && to <= len { Ok(()) } else { Err(Stop::Panic(Panic::OutOfBounds)) }
            }
            Stmt::SetVariant { place, variant } => {
                let (target, ty) = self.place(place)?;
                let discriminant = self.world.pool.enum_def(ty).unwrap().variants[*variant as usize].discriminant;
                match self.machine.at(&target)? {
                    Value::Variant(tag, _) => *tag = Some(discriminant),
                    other => return Err(Stop::Broken(format!("{other:?} is no enum"))),
                }
                Ok(())
            }
            Stmt::Bind { local, place } => {
                let (target, _) = self.place(place)?;
                self.places[local.index()] = Some(target);
                Ok(())
            }
            Stmt::Drop(_) => Ok(()),
            Stmt::StorageLive(local) | Stmt::StorageDead(local) => {
                let nothing = blank(&self.world.pool, self.func.locals[*local].ty);
                let place = self.local(*local)?;
                self.machine.write(&place, nothing)
            }
        }
    }

    fn rvalue(&mut self, value: &Rvalue, dst: TypeId) -> Done<Value> {
        match value {
            Rvalue::Operand(operand) => self.operand(*operand),
            Rvalue::Use(place, _) => {
                let (place, _) = self.place(place)?;
                match self.machine.read(&place)? {
                    Value::Uninit => Err(Stop::Broken(format!("{place:?} has no value"))),
                    value => Ok(value),
                }
            }
            Rvalue::Unary(op, operand) => unary(*op, &self.operand(*operand)?),
            Rvalue::Binary(op, left, right) => {
                let ty = self.func.operand_type(&self.world.pool, *left).unwrap();
                let (left, right) = (self.operand(*left)?, self.operand(*right)?);
                binary(&self.world.pool, *op, ty, &left, &right)
            }
            Rvalue::Cast(CastKind::Bits, operand) => self.operand(*operand),
            Rvalue::AddressOf(place) => Ok(Value::Pointer(self.place(place)?.0)),
            Rvalue::Slice { place, from, to } => {
                let (place, _) = self.place(place)?;
                let len = self.len(&place)?;
                let mut bound = |bound: &Option<Operand>, else_: u64| match bound {
                    Some(bound) => Ok(self.bits(*bound)? as u64),
                    None => Ok(else_),
                };
                let (from, to) = (bound(from, 0)?, bound(to, len)?);
                let start = place.view.map_or(0, |view| view.0);
                Ok(Value::Pointer(Pointer { view: Some((start + from, to - from)), ..place }))
            }
            Rvalue::Len(place) => {
                let (place, _) = self.place(place)?;
                Ok(Value::Bits(self.len(&place)?.into()))
            }
            Rvalue::Tag(place) => {
                let (place, _) = self.place(place)?;
                match self.machine.read(&place)? {
                    Value::Variant(Some(tag), _) => Ok(Value::Bits(tag)),
                    other => Err(Stop::Broken(format!("{other:?} has no tag"))),
                }
            }
            Rvalue::Repeat(operand) => {
                let TypeKey::Array { len, .. } = *self.world.pool.key(dst) else {
                    return Err(Stop::Broken("a repetition that is no array".to_owned()));
                };
                Ok(Value::Parts(vec![self.operand(*operand)?; len as usize]))
            }
            Rvalue::Cast(..) | Rvalue::Builtin(..) | Rvalue::MakeType { .. } => {
                Err(Stop::Broken(format!("{value:?} is not run here")))
            }
        }
    }

    fn call(&mut self, call: &Call) -> Done<()> {
        let Callee::Func(func) = call.callee else {
            return Err(Stop::Broken("pointers are not called here".to_owned()));
        };
        let mut given = Vec::new();
        for arg in &call.args {
            given.push(match arg {
                Arg::Value(operand) => {
                    let ty = self.func.operand_type(&self.world.pool, *operand).unwrap();
                    (Given::Value(self.operand(*operand)?), ty)
                }
                Arg::Place(place) => {
                    let (place, ty) = self.place(place)?;
                    (Given::Place(place), ty)
                }
            });
        }
        let ret = call.dst.as_ref().map(|dst| self.place(dst)).transpose()?;
        let ret_ty = ret.as_ref().map_or(TypeId::UNIT, |ret| ret.1);
        let glue = self.world.glue.iter().find(|glue| glue.0 == func).map(|glue| glue.1);
        let result = if let Some(glue) = glue {
            let func = self.world.build_glue(glue);
            let args: Vec<Given> = given.into_iter().map(|given| given.0).collect();
            run(self.world, &func, self.machine, &args)?
        } else {
            let mut seen = Vec::new();
            for (arg, ty) in &given {
                let value = match arg {
                    Given::Value(value) => value.clone(),
                    Given::Place(place) => self.machine.read(place)?,
                };
                seen.push(visible(&self.world.pool, *ty, &value));
            }
            let result = self.machine.unknown_call(self.world, func, seen, ret_ty);
            for (index, (arg, ty)) in given.iter().enumerate() {
                if let Given::Place(place) = arg
                    && self.world.is_inout(func, index)
                {
                    let value = self.machine.unknown_call(self.world, func, Vec::new(), *ty);
                    self.machine.write(place, value)?;
                }
            }
            result
        };
        match ret {
            Some((place, _)) => self.machine.write(&place, result),
            None => Ok(()),
        }
    }
}

fn from_bytes(world: &World, ty: TypeId, bytes: &[u8], at: &mut usize) -> Value {
    match world.pool.key(ty) {
        TypeKey::Array { elem, len } => Value::Parts((0..*len).map(|_| from_bytes(world, *elem, bytes, at)).collect()),
        TypeKey::Int { bits, signed } => {
            let size = usize::from(*bits) / 8;
            let mut wide = [if *signed && bytes[*at + size - 1] >= 0x80 { 0xff } else { 0 }; 16];
            wide[..size].copy_from_slice(&bytes[*at..*at + size]);
            *at += size;
            Value::Bits(u128::from_le_bytes(wide))
        }
        other => panic!("no {other:?} in static data here"),
    }
}
