//! Runs a body of AIR as it is written: every child when its turn comes, every pattern as a question to its value. This is the
//! meaning that the lowering has to keep.

use super::machine::{Machine, Pointer, Stop, Value, binary, blank, constant, unary, visible};
use super::run_cfg::Given;
use super::world::World;
use kiln_air::{BindMode, Body, Inst, InstId, LocalId, LoopId, Panic, PatId, PatKind, UseKind};
use kiln_source::Idx;
use kiln_types::{FuncId, ParamMode, TypeId, ValueKey};

/// What ends the evaluation of an expression early.
#[derive(Debug)]
enum Exit {
    Stop(Stop),
    Break(LoopId, Value),
    Continue(LoopId),
    Return(Value),
}

impl From<Stop> for Exit {
    fn from(stop: Stop) -> Exit {
        Exit::Stop(stop)
    }
}

type Done<T> = Result<T, Exit>;

pub fn run(world: &World, body: &Body, machine: &mut Machine, args: &[Given]) -> Result<Value, Stop> {
    let mut places = Vec::new();
    for (local, decl) in body.locals.iter_enumerated() {
        places.push(match args.get(local.index()) {
            Some(Given::Place(place)) => place.clone(),
            Some(Given::Value(value)) => Pointer::slot(machine.alloc(value.clone())),
            None => Pointer::slot(machine.alloc(blank(&world.pool, decl.ty))),
        });
    }
    match (Eval { world, body, machine, places }.eval(body.root)) {
        Ok(value) | Err(Exit::Return(value)) => Ok(value),
        Err(Exit::Stop(stop)) => Err(stop),
        Err(other) => Err(Stop::Broken(format!("{other:?} leaves the function"))),
    }
}

struct Eval<'r> {
    world: &'r World,
    body: &'r Body,
    machine: &'r mut Machine,
    places: Vec<Pointer>,
}

fn broken<T>(text: impl Into<String>) -> Done<T> {
    Err(Exit::Stop(Stop::Broken(text.into())))
}

impl Eval<'_> {
    fn bits(&mut self, id: InstId) -> Done<u128> {
        match self.eval(id)? {
            Value::Bits(bits) => Ok(bits),
            other => broken(format!("{other:?} is no scalar")),
        }
    }

    fn bool(&mut self, id: InstId) -> Done<bool> {
        Ok(self.bits(id)? == 1)
    }

    fn values(&mut self, ids: &[InstId]) -> Done<Vec<Value>> {
        ids.iter().map(|id| self.eval(*id)).collect()
    }

    fn eval(&mut self, id: InstId) -> Done<Value> {
        self.machine.burn()?;
        let body = self.body;
        let ty = body.types[id];
        match &body.insts[id] {
            Inst::Const(value) => Ok(constant(&self.world.pool, *value)),
            Inst::Use { place, kind } => {
                let place_ty = body.types[*place];
                let place = self.place(*place)?;
                let value = self.machine.read(&place)?;
                if *kind == UseKind::Move {
                    let nothing = blank(&self.world.pool, place_ty);
                    self.machine.write(&place, nothing)?;
                }
                Ok(value)
            }
            Inst::Len(place) => {
                let place = self.place(*place)?;
                Ok(Value::Bits(self.len(&place)?.into()))
            }
            Inst::Unary(op, value) => {
                let value = self.eval(*value)?;
                Ok(unary(*op, &value)?)
            }
            Inst::Binary(op, left, right) => {
                let ty = body.types[*left];
                let (left, right) = (self.eval(*left)?, self.eval(*right)?);
                Ok(binary(&self.world.pool, *op, ty, &left, &right)?)
            }
            Inst::Call { func, args } => self.call(*func, args, ty),
            Inst::Tuple(parts) | Inst::Array(parts) => Ok(Value::Parts(self.values(parts)?)),
            Inst::Repeat { value, len } => Ok(Value::Parts(vec![self.eval(*value)?; *len as usize])),
            Inst::Struct { fields, base } => {
                let Value::Parts(mut parts) = blank(&self.world.pool, ty) else {
                    return broken("a struct without parts");
                };
                let mut given = vec![false; parts.len()];
                for (field, value) in fields {
                    parts[*field as usize] = self.eval(*value)?;
                    given[*field as usize] = true;
                }
                if let Some((base, _)) = base {
                    let base = self.place(*base)?;
                    for field in (0..parts.len()).filter(|field| !given[*field]) {
                        parts[field] = self.machine.read(&base.part(field))?;
                    }
                }
                Ok(Value::Parts(parts))
            }
            Inst::Variant { variant, fields } => {
                let Value::Variant(_, mut payloads) = blank(&self.world.pool, ty) else { return broken("no enum") };
                for (field, value) in fields {
                    let value = self.eval(*value)?;
                    if let Value::Parts(parts) = &mut payloads[*variant as usize] {
                        parts[*field as usize] = value;
                    }
                }
                let def = self.world.pool.enum_def(ty).unwrap();
                Ok(Value::Variant(Some(def.variants[*variant as usize].discriminant), payloads))
            }
            _ => self.control(id),
        }
    }

    /// What decides what is evaluated next.
    fn control(&mut self, id: InstId) -> Done<Value> {
        let body = self.body;
        match &body.insts[id] {
            Inst::Block { stmts, result } => {
                for stmt in stmts {
                    self.eval(*stmt)?;
                }
                result.map_or(Ok(Value::Unit), |result| self.eval(result))
            }
            Inst::Let { pat, init, or_else } => {
                let place = self.source(*init)?;
                if !self.matches(*pat, &place)? {
                    let Some(or_else) = or_else else { return broken("a pattern that fails") };
                    return self.eval(*or_else);
                }
                self.bind(*pat, &place)?;
                Ok(Value::Unit)
            }
            Inst::Assign { place, value } => {
                let place = self.place(*place)?;
                let value = self.eval(*value)?;
                self.machine.write(&place, value)?;
                Ok(Value::Unit)
            }
            Inst::AssignOp { op, place, value } => {
                let ty = body.types[*place];
                let place = self.place(*place)?;
                let value = self.eval(*value)?;
                let old = self.machine.read(&place)?;
                let new = binary(&self.world.pool, *op, ty, &old, &value)?;
                self.machine.write(&place, new)?;
                Ok(Value::Unit)
            }
            Inst::If { cond, then, else_ } => match (self.bool(*cond)?, else_) {
                (true, _) => self.eval(*then),
                (false, Some(else_)) => self.eval(*else_),
                (false, None) => Ok(Value::Unit),
            },
            Inst::Match { scrutinee, arms } => {
                let place = self.source(*scrutinee)?;
                let seen = self.machine.read(&place)?;
                for arm in arms {
                    // Bindings by copy see the value as it was when the match began.
                    let was = self.machine.alloc(seen.clone());
                    if !self.matches(arm.pat, &Pointer::slot(was))? {
                        continue;
                    }
                    self.bind_parts(arm.pat, &Pointer::slot(was), &place)?;
                    if match arm.guard {
                        Some(guard) => self.bool(guard)?,
                        None => true,
                    } {
                        return self.eval(arm.body);
                    }
                }
                broken("no arm matches")
            }
            Inst::Loop { id, body } => loop {
                self.machine.burn()?;
                match self.eval(*body) {
                    Err(Exit::Break(to, value)) if to == *id => return Ok(value),
                    Err(Exit::Continue(to)) if to == *id => {}
                    other => drop(other?),
                }
            },
            Inst::ForRange { id, pat, from, to, inclusive, body } => {
                let (from, to) = (self.bits(*from)? as i128, self.bits(*to)? as i128);
                let to = to + i128::from(*inclusive);
                for number in from..to {
                    let slot = self.machine.alloc(Value::Bits(number as u128));
                    self.bind(*pat, &Pointer::slot(slot))?;
                    match self.eval(*body) {
                        Err(Exit::Break(to, _)) if to == *id => break,
                        Err(Exit::Continue(to)) if to == *id => {}
                        other => drop(other?),
                    }
                }
                Ok(Value::Unit)
            }
            Inst::ForEach { id, pat, elems, body } => {
                let place = self.source(*elems)?;
                for index in 0..self.len(&place)? {
                    self.bind(*pat, &place.part(index as usize))?;
                    match self.eval(*body) {
                        Err(Exit::Break(to, _)) if to == *id => break,
                        Err(Exit::Continue(to)) if to == *id => {}
                        other => drop(other?),
                    }
                }
                Ok(Value::Unit)
            }
            Inst::Labeled { id, body } => match self.eval(*body) {
                Err(Exit::Break(to, value)) if to == *id => Ok(value),
                other => other,
            },
            Inst::Break { id, value } => {
                let value = value.map_or(Ok(Value::Unit), |value| self.eval(value))?;
                Err(Exit::Break(*id, value))
            }
            Inst::Continue { id } => Err(Exit::Continue(*id)),
            Inst::Return(value) => {
                let value = value.map_or(Ok(Value::Unit), |value| self.eval(value))?;
                Err(Exit::Return(value))
            }
            Inst::Panic(reason, _) => Err(Exit::Stop(Stop::Panic(*reason))),
            other => broken(format!("{other:?} is not run here")),
        }
    }

    fn len(&mut self, place: &Pointer) -> Done<u64> {
        match (place.view, self.machine.at(place)?) {
            (Some((_, len)), _) => Ok(len),
            (None, Value::Parts(parts)) => Ok(parts.len() as u64),
            (None, other) => broken(format!("{other:?} has no length")),
        }
    }

    /// A place, or the place of a value.
    fn source(&mut self, id: InstId) -> Done<Pointer> {
        if self.body.insts[id].is_place() {
            return self.place(id);
        }
        let value = self.eval(id)?;
        Ok(Pointer::slot(self.machine.alloc(value)))
    }

    fn place(&mut self, id: InstId) -> Done<Pointer> {
        let body = self.body;
        match &body.insts[id] {
            Inst::Local(local) => Ok(self.places[local.index()].clone()),
            Inst::Field { base, index } => Ok(self.source(*base)?.part(*index as usize)),
            Inst::Index { base, index } => {
                let base = self.source(*base)?;
                let index = self.bits(*index)?;
                if index >= self.len(&base)?.into() {
                    return Err(Exit::Stop(Stop::Panic(Panic::OutOfBounds)));
                }
                Ok(base.part(index as usize))
            }
            Inst::Slice { base, from, to, inclusive } => {
                let base = self.source(*base)?;
                let len = u128::from(self.len(&base)?);
                let from = from.map_or(Ok(0), |from| self.bits(from))?;
                let end = to.map_or(Ok(len), |to| self.bits(to))?;
                let end = end + u128::from(*inclusive && to.is_some());
                if from > end || end > len {
                    return Err(Exit::Stop(Stop::Panic(Panic::OutOfBounds)));
                }
                let start = base.view.map_or(0, |view| view.0);
                Ok(Pointer { view: Some((start + from as u64, (end - from) as u64)), ..base })
            }
            _ => self.source(id),
        }
    }

    fn call(&mut self, func: FuncId, args: &[kiln_air::Arg], ret: TypeId) -> Done<Value> {
        let mut given = Vec::new();
        for arg in args {
            given.push(match arg.mode {
                ParamMode::Own => Given::Value(self.eval(arg.value)?),
                ParamMode::Borrow | ParamMode::Inout => Given::Place(self.source(arg.value)?),
            });
        }
        let mut seen = Vec::new();
        for (given, arg) in given.iter().zip(args) {
            let value = match given {
                Given::Value(value) => value.clone(),
                Given::Place(place) => self.machine.read(place)?,
            };
            seen.push(visible(&self.world.pool, self.body.types[arg.value], &value));
        }
        let result = self.machine.unknown_call(self.world, func, seen, ret);
        for (given, arg) in given.iter().zip(args) {
            if let (Given::Place(place), ParamMode::Inout) = (given, arg.mode) {
                let ty = self.body.types[arg.value];
                let value = self.machine.unknown_call(self.world, func, Vec::new(), ty);
                self.machine.write(place, value)?;
            }
        }
        Ok(result)
    }

    fn matches(&mut self, pat: PatId, place: &Pointer) -> Done<bool> {
        let body = self.body;
        let ty = body.pats[pat].ty;
        match &body.pats[pat].kind {
            PatKind::Wild | PatKind::Bind { .. } => Ok(true),
            PatKind::Const(value) => {
                let value = match self.world.pool.value_key(*value) {
                    Some(ValueKey::Str(text)) => {
                        Value::Parts(text.bytes().map(|byte| Value::Bits(byte.into())).collect())
                    }
                    _ => constant(&self.world.pool, *value),
                };
                let found = self.machine.read(place)?;
                Ok(match (&value, &found) {
                    (Value::Variant(left, _), Value::Variant(right, _)) => left == right,
                    _ => value == found,
                })
            }
            PatKind::Range { from, to } => {
                let Value::Bits(found) = self.machine.read(place)? else { return broken("a range of no scalar") };
                let bits = |value: Option<_>, else_| {
                    value.and_then(|value| self.world.pool.scalar_bits(value)).map_or(else_, |bits| bits as i128)
                };
                Ok((bits(*from, i128::MIN)..=bits(*to, i128::MAX)).contains(&(found as i128)))
            }
            PatKind::Fields(fields) => {
                for (field, part) in fields {
                    if !self.matches(*part, &place.part(*field as usize))? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            PatKind::Variant { variant, fields } => {
                let discriminant = self.world.pool.enum_def(ty).unwrap().variants[*variant as usize].discriminant;
                if !matches!(self.machine.read(place)?, Value::Variant(Some(tag), _) if tag == discriminant) {
                    return Ok(false);
                }
                let payload = place.part(*variant as usize);
                for (field, part) in fields {
                    if !self.matches(*part, &payload.part(*field as usize))? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            PatKind::Or(alternatives) => {
                for alternative in alternatives {
                    if self.matches(*alternative, place)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    fn bind(&mut self, pat: PatId, place: &Pointer) -> Done<()> {
        self.bind_parts(pat, place, place)
    }

    /// Binds by copy from `was`, by alias to `place`.
    fn bind_parts(&mut self, pat: PatId, was: &Pointer, place: &Pointer) -> Done<()> {
        let body = self.body;
        match &body.pats[pat].kind {
            PatKind::Bind { local, mode } => self.bind_local(*local, *mode, was, place),
            PatKind::Wild | PatKind::Const(_) | PatKind::Range { .. } => Ok(()),
            PatKind::Fields(fields) => fields.iter().try_for_each(|(field, part)| {
                self.bind_parts(*part, &was.part(*field as usize), &place.part(*field as usize))
            }),
            PatKind::Variant { variant, fields } => {
                let (was, place) = (was.part(*variant as usize), place.part(*variant as usize));
                fields.iter().try_for_each(|(field, part)| {
                    self.bind_parts(*part, &was.part(*field as usize), &place.part(*field as usize))
                })
            }
            PatKind::Or(alternatives) => {
                for alternative in alternatives {
                    if self.matches(*alternative, was)? {
                        return self.bind_parts(*alternative, was, place);
                    }
                }
                broken("no alternative matches")
            }
        }
    }

    fn bind_local(&mut self, local: LocalId, mode: BindMode, was: &Pointer, place: &Pointer) -> Done<()> {
        if matches!(mode, BindMode::Alias | BindMode::AliasMut) {
            self.places[local.index()] = place.clone();
            return Ok(());
        }
        let value = self.machine.read(was)?;
        let target = self.places[local.index()].clone();
        Ok(self.machine.write(&target, value)?)
    }
}
