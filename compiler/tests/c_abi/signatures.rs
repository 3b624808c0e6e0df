//! Signatures that C and Kiln share: a fixed list of what the rules tell apart, and more by a generator with a seed.

/// A type of a parameter, result or field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ty {
    Int {
        bits: u16,
        signed: bool,
    },
    Size,
    F32,
    F64,
    Bool,
    Char,
    Ptr,
    Color,
    Callback,
    Struct(usize),
    /// Only as a field.
    Array(Box<Ty>, usize),
}

/// A C function that is declared on both sides.
#[derive(Clone, Debug)]
pub struct Signature {
    pub params: Vec<Ty>,
    pub ret: Option<Ty>,
}

/// All types and functions of a program.
#[derive(Clone, Debug)]
pub struct World {
    /// Fields of each struct; a struct has only those before it as parts.
    pub structs: Vec<Vec<Ty>>,
    pub signatures: Vec<Signature>,
    /// Arguments in place of `...` of calls of variadic functions.
    pub variadic: Vec<Vec<Ty>>,
}

/// Numbers by Marsaglia's xorshift: the same everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 11) as usize % limit
    }
}

const fn int(bits: u16, signed: bool) -> Ty {
    Ty::Int { bits, signed }
}

const I8: Ty = int(8, true);
const U8: Ty = int(8, false);
const I16: Ty = int(16, true);
const U16: Ty = int(16, false);
const I32: Ty = int(32, true);
const U32: Ty = int(32, false);
const I64: Ty = int(64, true);
const U64: Ty = int(64, false);
const I128: Ty = int(128, true);
const U128: Ty = int(128, false);
use Ty::{Bool, Callback, Char, Color, F32, F64, Ptr, Size, Struct};

fn array(elem: Ty, len: usize) -> Ty {
    Ty::Array(Box::new(elem), len)
}

/// The structs that the fixed signatures use, by what is particular about them.
fn fixed_structs(wide: bool) -> Vec<Vec<Ty>> {
    let mut structs = vec![
        vec![F32, F32, F32],
        vec![F64, I32],
        vec![U8, U8, U8],
        vec![I64, I64, I64],
        vec![F32],
        vec![F32, I32],
        vec![F32, F32, F32, F32],
        vec![F64, F64, F64, F64],
        vec![F32, F32, F32, F32, F32],
        vec![I32, F32, F64],
        vec![array(U8, 16)],
        vec![array(U8, 17)],
        vec![array(F32, 2), F32],
        vec![Struct(0), I16],
        vec![array(Struct(4), 3)],
        vec![Bool, Color, I8, Char],
        vec![Ptr, Callback],
        vec![U16, F32],
        vec![F64, F32],
        vec![U8, F64],
        vec![array(I16, 3)],
        vec![I64, F32, I8],
        vec![array(array(I32, 2), 2)],
        vec![array(I64, 9)],
        vec![Size, U8],
        vec![I8],
        vec![array(F64, 2)],
        vec![Struct(5), Struct(5)],
        vec![F32, F64],
        vec![I64],
    ];
    if wide {
        structs.extend([vec![I128], vec![U8, U128]]);
    }
    structs
}

fn fixed_signatures(structs: usize, wide: bool) -> Vec<Signature> {
    let of = |params: &[Ty], ret: Option<Ty>| Signature { params: params.to_vec(), ret };
    // Each struct comes and goes alone, then where registers run out.
    let mut all: Vec<Signature> = (0..structs).map(|n| of(&[Struct(n)], Some(Struct(n)))).collect();
    all.extend([
        of(&[], None),
        of(&[I8, U8, I16, U16, I32, U32, Bool, Char, Color], Some(I8)),
        of(&[U8, I16, Bool, I8, U16, U8, I8, Bool, I16, U8, I8, Bool, U16], Some(U8)),
        of(&[I64, U64, Size, Ptr, I64, I64, I64, I64, I64, I64], Some(I16)),
        of(&[F32, F64, F32, F64, F32, F64, F32, F64, F32, F64], Some(U16)),
        of(
            &[F64, I32, F32, I64, F64, I8, F32, U16, F64, I32, F32, I64, F64, I32, F32, I64, F64, I32, F32, I64],
            Some(F32),
        ),
        of(&[Callback, I32, Callback], Some(Callback)),
        of(&[Ptr, Ptr], Some(Ptr)),
        of(&[Bool], Some(Bool)),
        of(&[Color, Char], Some(Color)),
        of(&[Char], Some(Char)),
        of(&[U32, I32], Some(U32)),
        of(&[I64], Some(F64)),
        of(&[Struct(3), I8, Struct(3)], Some(I64)),
        of(&[I32, Struct(3), Struct(0), I8], Some(Struct(3))),
        of(&[I64, I64, I64, I64, I64, Struct(10), I64, I64], Some(U64)),
        of(&[I64, I64, I64, I64, I64, I64, I64, Struct(10), I64], Some(Size)),
        of(&[F64, F64, F64, F64, F64, F64, Struct(0), Struct(0), F32], Some(Struct(0))),
        of(&[F64, F64, F64, F64, F64, F64, F64, Struct(7), F64, F32], Some(Struct(7))),
        of(&[F32, F32, F32, F32, F32, F32, F32, F32, Struct(5), F32, Struct(18), I8], Some(Struct(18))),
        of(
            &[Struct(2), Struct(2), Struct(20), Struct(25), Struct(2), Struct(20), Struct(25), Struct(2)],
            Some(Struct(20)),
        ),
        of(&[Struct(11), U8, Struct(23), U8, Struct(11)], Some(Struct(23))),
        of(&[Struct(9), Struct(21), Struct(13), Struct(12)], Some(Struct(13))),
        of(&[Struct(15), Struct(16), Struct(24), Bool], Some(Struct(16))),
    ]);
    if wide {
        let (one, two) = (Struct(structs - 2), Struct(structs - 1));
        all.extend([
            of(&[I128, I64, U128], Some(I128)),
            of(&[I64, I128, I64, I128, I64, I64, U128], Some(U128)),
            of(&[I64, I64, I64, I64, I64, I128, I64, I8, U128], None),
            of(&[I8, one.clone(), I8, one.clone(), I8, one.clone(), I64, I64, one], Some(two.clone())),
            of(&[I64, I64, I64, I64, I64, I64, I64, I128, I8, two, F32], Some(F64)),
        ]);
    }
    all
}

const SCALARS: [Ty; 13] = [I8, U8, I16, U16, I32, U32, I64, U64, Size, F32, F64, Bool, Ptr];

/// A type by chance: a scalar, an array of them, or one of the structs so far.
fn any(random: &mut Random, structs: usize, is_field: bool) -> Ty {
    match random.below(if is_field { 10 } else { 12 }) {
        0..=4 => SCALARS[random.below(SCALARS.len())].clone(),
        5 => F32,
        6 => F64,
        7 | 8 if is_field => array(SCALARS[random.below(SCALARS.len())].clone(), 1 + random.below(4)),
        _ => Struct(random.below(structs)),
    }
}

impl World {
    /// The fixed signatures and `more` others. `wide`: C has 128-bit integers.
    pub fn new(more: usize, wide: bool) -> World {
        let mut structs = fixed_structs(wide);
        let mut signatures = fixed_signatures(structs.len(), wide);
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        for _ in 0..more / 2 {
            let fields = 1 + random.below(4);
            let fields = (0..fields).map(|_| any(&mut random, structs.len(), true)).collect();
            structs.push(fields);
        }
        for _ in 0..more {
            let params = (0..random.below(9)).map(|_| any(&mut random, structs.len(), false)).collect();
            let ret = Some(any(&mut random, structs.len(), false));
            signatures.push(Signature { params, ret });
        }
        let variadic = vec![
            vec![],
            vec![I8, U8, I16, U16, Bool],
            vec![F32, F64, F32, F64],
            vec![I32, F64, I64, Ptr, U64, F32, Size, Char],
            vec![F64, F64, F64, F64, F64, F64, F64, F64, F64, F32],
            vec![I64, I64, I64, I64, I64, I64, I64, I64, U8, F32],
        ];
        World { structs, signatures, variadic }
    }
}
