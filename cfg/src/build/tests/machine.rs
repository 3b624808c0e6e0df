//! What the two evaluators of these tests share: values as trees, memory, arithmetic, and calls that are only noted.

use super::world::World;
use kiln_air::{BinOp, Overflow, Panic, UnOp};
use kiln_types::{FuncId, Pool, TypeId, TypeKey, ValueId, ValueKey};

/// A value. Equal trees, equal values; payloads of other variants are kept as they were.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    Uninit,
    Unit,
    Bits(u128),
    Parts(Vec<Value>),
    /// The discriminant, and the payload of each variant.
    Variant(Option<u128>, Vec<Value>),
    Pointer(Pointer),
}

/// Where something lies; a view has the number of its first element and its length.
#[derive(Clone, PartialEq, Debug)]
pub struct Pointer {
    pub slot: usize,
    pub path: Vec<usize>,
    pub view: Option<(u64, u64)>,
}

impl Pointer {
    pub fn slot(slot: usize) -> Pointer {
        Pointer { slot, path: Vec::new(), view: None }
    }

    pub fn part(&self, index: usize) -> Pointer {
        let mut path = self.path.clone();
        path.push(index + self.view.map_or(0, |view| view.0 as usize));
        Pointer { slot: self.slot, path, view: None }
    }
}

/// Why an evaluation ended without a result.
#[derive(Clone, PartialEq, Debug)]
pub enum Stop {
    Panic(Panic),
    OutOfFuel,
    /// A mistake of the function that is run.
    Broken(String),
}

/// What a call of an unknown function saw.
pub type Event = (FuncId, Vec<Value>);

/// Memory, and what was noted.
#[derive(Debug, Default)]
pub struct Machine {
    pub slots: Vec<Value>,
    pub trace: Vec<Event>,
    pub fuel: u32,
}

impl Machine {
    pub fn new(fuel: u32) -> Machine {
        Machine { slots: Vec::new(), trace: Vec::new(), fuel }
    }

    pub fn alloc(&mut self, value: Value) -> usize {
        self.slots.push(value);
        self.slots.len() - 1
    }

    pub fn burn(&mut self) -> Result<(), Stop> {
        self.fuel = self.fuel.checked_sub(1).ok_or(Stop::OutOfFuel)?;
        Ok(())
    }

    pub fn at(&mut self, pointer: &Pointer) -> Result<&mut Value, Stop> {
        let mut value = &mut self.slots[pointer.slot];
        for step in &pointer.path {
            value = match value {
                Value::Parts(parts) | Value::Variant(_, parts) => {
                    parts.get_mut(*step).ok_or_else(|| Stop::Broken(format!("no part {step} at {pointer:?}")))?
                }
                other => return Err(Stop::Broken(format!("{other:?} has no parts, at {pointer:?}"))),
            };
        }
        Ok(value)
    }

    pub fn read(&mut self, pointer: &Pointer) -> Result<Value, Stop> {
        let value = self.at(pointer)?.clone();
        match pointer.view {
            Some((from, len)) => match value {
                Value::Parts(parts) => Ok(Value::Parts(parts[from as usize..(from + len) as usize].to_vec())),
                other => Err(Stop::Broken(format!("a view of {other:?}"))),
            },
            None => Ok(value),
        }
    }

    pub fn write(&mut self, pointer: &Pointer, value: Value) -> Result<(), Stop> {
        *self.at(pointer)? = value;
        Ok(())
    }

    /// A call of a function that nobody knows: noted, with a result that depends on everything noted so far.
    pub fn unknown_call(&mut self, world: &World, func: FuncId, args: Vec<Value>, ret: TypeId) -> Value {
        self.trace.push((func, args));
        let mut rng = Rng::new(fnv(&format!("{:?}", self.trace.last())) ^ self.trace.len() as u64);
        random_value(&world.pool, ret, &mut rng)
    }
}

fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A small generator of numbers (splitmix64).
#[derive(Debug)]
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }
}

/// A value of a type, numbers mostly small.
pub fn random_value(pool: &Pool, ty: TypeId, rng: &mut Rng) -> Value {
    match pool.key(ty) {
        TypeKey::Unit | TypeKey::Never => Value::Unit,
        TypeKey::Bool => Value::Bits(u128::from(rng.chance(50))),
        TypeKey::Int { bits: 8, .. } => Value::Bits(rng.below(8) as u128),
        TypeKey::Char => Value::Bits(97 + rng.below(5) as u128),
        TypeKey::Int { signed: true, .. } => Value::Bits((rng.below(12) as i128 - 4) as u128),
        TypeKey::Int { .. } | TypeKey::Size { .. } => Value::Bits(rng.below(6) as u128),
        TypeKey::Array { elem, len } => Value::Parts((0..*len).map(|_| random_value(pool, *elem, rng)).collect()),
        TypeKey::Tuple(_) | TypeKey::Struct { .. } => {
            let count = pool.field_count(ty).unwrap();
            Value::Parts((0..count).map(|index| random_value(pool, pool.field_type(ty, index).unwrap(), rng)).collect())
        }
        TypeKey::Enum { .. } => {
            let variant = rng.below(pool.enum_def(ty).unwrap().variants.len());
            let Value::Variant(_, mut payloads) = blank(pool, ty) else { unreachable!() };
            let fields = &pool.enum_def(ty).unwrap().variants[variant].fields;
            payloads[variant] = Value::Parts(fields.iter().map(|field| random_value(pool, field.ty, rng)).collect());
            Value::Variant(Some(pool.enum_def(ty).unwrap().variants[variant].discriminant), payloads)
        }
        other => panic!("no values of {other:?}"),
    }
}

/// A value of a type with nothing in it yet.
pub fn blank(pool: &Pool, ty: TypeId) -> Value {
    match pool.key(ty) {
        TypeKey::Unit | TypeKey::Never => Value::Unit,
        TypeKey::Array { elem, len } => Value::Parts(vec![blank(pool, *elem); *len as usize]),
        TypeKey::Tuple(_) | TypeKey::Struct { .. } => {
            let count = pool.field_count(ty).unwrap();
            Value::Parts((0..count).map(|index| blank(pool, pool.field_type(ty, index).unwrap())).collect())
        }
        TypeKey::Enum { .. } => {
            let payloads = pool
                .enum_def(ty)
                .unwrap()
                .variants
                .iter()
                .map(|variant| Value::Parts(variant.fields.iter().map(|field| blank(pool, field.ty)).collect()));
            Value::Variant(None, payloads.collect())
        }
        _ => Value::Uninit,
    }
}

/// The value with the payloads of variants it does not hold forgotten: what `==` sees.
pub fn visible(pool: &Pool, ty: TypeId, value: &Value) -> Value {
    match (pool.key(ty), value) {
        (TypeKey::Array { elem, .. }, Value::Parts(parts)) => {
            Value::Parts(parts.iter().map(|part| visible(pool, *elem, part)).collect())
        }
        (TypeKey::Tuple(_) | TypeKey::Struct { .. }, Value::Parts(parts)) => {
            let part = |(index, part)| visible(pool, pool.field_type(ty, index).unwrap(), part);
            Value::Parts(parts.iter().enumerate().map(part).collect())
        }
        (TypeKey::Enum { .. }, Value::Variant(Some(tag), payloads)) => {
            let def = pool.enum_def(ty).unwrap();
            let payloads = def.variants.iter().zip(payloads).map(|(variant, payload)| match payload {
                Value::Parts(parts) if variant.discriminant == *tag => Value::Parts(
                    variant.fields.iter().zip(parts).map(|(field, part)| visible(pool, field.ty, part)).collect(),
                ),
                _ => Value::Uninit,
            });
            Value::Variant(Some(*tag), payloads.collect())
        }
        _ => value.clone(),
    }
}

/// The value of a constant.
pub fn constant(pool: &Pool, value: ValueId) -> Value {
    match pool.value_key(value) {
        Some(ValueKey::Scalar { ty, bits }) => match blank(pool, *ty) {
            Value::Variant(_, payloads) => Value::Variant(Some(*bits), payloads),
            _ => Value::Bits(*bits),
        },
        Some(ValueKey::Unit) => Value::Unit,
        other => panic!("no value of {other:?}"),
    }
}

/// Applies an operator; bits are extended by the type's sign.
pub fn binary(pool: &Pool, op: BinOp, ty: TypeId, left: &Value, right: &Value) -> Result<Value, Stop> {
    let (Value::Bits(left), Value::Bits(right)) = (left, right) else {
        return Err(Stop::Broken(format!("{op:?} of {left:?} and {right:?}")));
    };
    let (l, r) = (*left as i128, *right as i128);
    let bool = |value: bool| Ok(Value::Bits(u128::from(value)));
    let result = match op {
        BinOp::Eq => return bool(l == r),
        BinOp::Ne => return bool(l != r),
        BinOp::Lt => return bool(l < r),
        BinOp::Le => return bool(l <= r),
        BinOp::Gt => return bool(l > r),
        BinOp::Ge => return bool(l >= r),
        BinOp::And => l & r,
        BinOp::Or => l | r,
        BinOp::Xor => l ^ r,
        BinOp::Add(_) => l + r,
        BinOp::Sub(_) => l - r,
        BinOp::Mul(_) => l * r,
        BinOp::Div(_) | BinOp::Rem(_) if r == 0 => return Err(Stop::Panic(Panic::DivisionByZero)),
        BinOp::Div(_) => l / r,
        BinOp::Rem(_) => l % r,
        BinOp::Shl(_) | BinOp::Shr(_) => return Err(Stop::Broken("shifts are not run here".to_owned())),
    };
    if ty == TypeId::BOOL {
        return Ok(Value::Bits(result as u128));
    }
    let (bits, signed) = match *pool.key(ty) {
        TypeKey::Int { bits, signed } => (u32::from(bits), signed),
        _ => (64, false),
    };
    let (min, max) =
        if signed { (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1) } else { (0, (1i128 << bits) - 1) };
    if (min..=max).contains(&result) {
        return Ok(Value::Bits(result as u128));
    }
    let checked =
        !matches!(op, BinOp::Add(Overflow::Wrapping) | BinOp::Sub(Overflow::Wrapping) | BinOp::Mul(Overflow::Wrapping));
    if checked {
        return Err(Stop::Panic(Panic::Overflow));
    }
    let low = result & ((1 << bits) - 1);
    Ok(Value::Bits(if signed && low > max { low - (1 << bits) } else { low } as u128))
}

pub fn unary(op: UnOp, value: &Value) -> Result<Value, Stop> {
    match (op, value) {
        (UnOp::Not, Value::Bits(bits)) if *bits < 2 => Ok(Value::Bits(1 - bits)),
        _ => Err(Stop::Broken(format!("{op:?} of {value:?}"))),
    }
}
