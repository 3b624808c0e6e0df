//! The types of a program as debuggers want them: a table of plain descriptions, made of the pool and the layouts.
//!
//! Views are called as in Rust, `&str` and `&[T]`, and have Rust's fields: debuggers show these as text and elements. Parts of tuples
//! and payloads are `__0`, `__1`, … for the same reason.

use kiln_source::{IdxVec, Interner, Symbol, define_id};
use kiln_types::{EnumDef, Layout, Layouts, Pool, TypeId, TypeKey, VariantKind};
use rustc_hash::FxHashMap;
use std::rc::Rc;

define_id!(
    /// A type of the table.
    TypeNo, "type"
);

/// How the bits of a type without parts are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// As a truth value.
    Bool,
    /// As a character.
    Char,
    /// As a number in two's complement.
    Signed,
    /// As a natural number.
    Unsigned,
    /// As a float of IEEE 754.
    Float,
}

/// A part of a type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// Its name.
    pub name: Box<str>,
    /// Its type.
    pub ty: TypeNo,
    /// Bytes from the start.
    pub offset: u64,
}

/// A variant of an enum.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variant {
    /// Its name.
    pub name: Box<str>,
    /// What the tag holds for it: bits of the tag's type.
    pub discriminant: u128,
    /// Its payload, with offsets from the start of the enum.
    pub members: Vec<Member>,
}

/// What a type consists of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Bits.
    Base(Encoding),
    /// Parts.
    Record(Vec<Member>),
    /// A tag, and what lies beside it for each of its values.
    Enum {
        /// The tag.
        tag: Member,
        /// The variants in order.
        variants: Vec<Variant>,
    },
    /// Names for numbers.
    Names {
        /// The numbers' type.
        of: TypeNo,
        /// Whether the numbers have a sign.
        signed: bool,
        /// Names and bits of the numbers.
        names: Vec<(Box<str>, u128)>,
    },
    /// Elements one after the other.
    Array {
        /// Their type.
        elem: TypeNo,
        /// Their number.
        len: u64,
    },
    /// An address.
    Pointer(TypeNo),
    /// Code. A pointer to a function is [`Shape::Pointer`] to this.
    Function {
        /// Parameters.
        params: Vec<TypeNo>,
        /// Result.
        ret: TypeNo,
    },
}

/// A type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DebugType {
    /// What it is called.
    pub name: Box<str>,
    /// Bytes.
    pub size: u64,
    /// Bytes.
    pub align: u32,
    /// What it consists of.
    pub shape: Shape,
}

/// What a type of the table stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Origin {
    /// A type; of one without size a view.
    Type(TypeId),
    /// What pointers to this function type point to.
    Code(TypeId),
    /// What the address in a view points to.
    Pointee(TypeId),
}

/// The table. Types are added by asking for them; after [`DebugTypes::complete`] they are all described.
#[derive(Debug, Default)]
pub struct DebugTypes {
    known: FxHashMap<Origin, TypeNo>,
    origins: Vec<Origin>,
    types: IdxVec<TypeNo, DebugType>,
}

impl DebugTypes {
    /// The number of a type; that of a view for `[T]` and `str`, and for pointers to them.
    pub fn number(&mut self, pool: &Pool, ty: TypeId) -> TypeNo {
        match pool.key(ty) {
            TypeKey::Ptr { pointee, .. } if pool.is_unsized(*pointee) => self.of(Origin::Type(*pointee)),
            _ => self.of(Origin::Type(ty)),
        }
    }

    /// The number of a type that was asked for before.
    pub fn find(&self, pool: &Pool, ty: TypeId) -> Option<TypeNo> {
        let ty = match pool.key(ty) {
            TypeKey::Ptr { pointee, .. } if pool.is_unsized(*pointee) => *pointee,
            _ => ty,
        };
        self.known.get(&Origin::Type(ty)).copied()
    }

    fn of(&mut self, origin: Origin) -> TypeNo {
        let next = TypeNo(self.origins.len() as u32);
        let number = *self.known.entry(origin).or_insert(next);
        if number == next {
            self.origins.push(origin);
        }
        number
    }

    /// Describes all types that were asked for, and those they consist of.
    pub fn complete(&mut self, pool: &Pool, layouts: &mut Layouts, names: &Interner) {
        while let Some(origin) = self.origins.get(self.types.len()).copied() {
            let described = Describe { table: self, pool, layouts, names }.origin(origin);
            self.types.push(described);
        }
    }

    /// The types by their numbers.
    pub fn all(&self) -> &IdxVec<TypeNo, DebugType> {
        &self.types
    }
}

struct Describe<'a> {
    table: &'a mut DebugTypes,
    pool: &'a Pool,
    layouts: &'a mut Layouts,
    names: &'a Interner,
}

impl Describe<'_> {
    fn origin(&mut self, origin: Origin) -> DebugType {
        let word = u64::from(self.layouts.target().pointer_bytes);
        match origin {
            Origin::Type(ty) if self.pool.is_unsized(ty) => self.view(ty, word),
            // Only pointed to, and never looked into by the program.
            Origin::Type(ty) if !is_known(self.pool, ty) => {
                DebugType { name: self.name(ty), size: 0, align: 1, shape: Shape::Record(Vec::new()) }
            }
            Origin::Type(ty) => self.sized(ty),
            Origin::Code(ty) => {
                let TypeKey::Fn(signature) = self.pool.key(ty) else { unreachable!("only function types have code") };
                let params = signature.params.iter().map(|param| self.table.number(self.pool, param.ty)).collect();
                let ret = self.table.number(self.pool, signature.ret);
                DebugType { name: self.name(ty), size: 0, align: 1, shape: Shape::Function { params, ret } }
            }
            Origin::Pointee(elem) => {
                let (name, shape) = (format!("ptr {}", self.name(elem)).into(), self.table.number(self.pool, elem));
                DebugType { name, size: word, align: word as u32, shape: Shape::Pointer(shape) }
            }
        }
    }

    fn name(&self, ty: TypeId) -> Box<str> {
        self.pool.display(ty, self.names).to_string().into()
    }

    fn symbol(&self, name: Symbol) -> Box<str> {
        let name = self.names.name(name);
        if name.starts_with(|first: char| first.is_ascii_digit()) { format!("__{name}").into() } else { name.into() }
    }

    fn view(&mut self, ty: TypeId, word: u64) -> DebugType {
        let elem = match self.pool.key(ty) {
            TypeKey::Slice { elem } => *elem,
            _ => TypeId::U8,
        };
        let address = self.table.of(Origin::Pointee(elem));
        let members = vec![
            Member { name: "data_ptr".into(), ty: address, offset: 0 },
            Member { name: "length".into(), ty: self.table.number(self.pool, TypeId::USIZE), offset: word },
        ];
        let name = format!("&{}", self.name(ty)).into();
        DebugType { name, size: word * 2, align: word as u32, shape: Shape::Record(members) }
    }

    fn sized(&mut self, ty: TypeId) -> DebugType {
        let pool = self.pool;
        let layout = self.layouts.of(pool, ty);
        let shape = match pool.key(ty) {
            TypeKey::Bool => Shape::Base(Encoding::Bool),
            TypeKey::Char => Shape::Base(Encoding::Char),
            TypeKey::Int { signed: true, .. } | TypeKey::Size { signed: true } => Shape::Base(Encoding::Signed),
            TypeKey::Float { .. } => Shape::Base(Encoding::Float),
            TypeKey::Array { elem, len } => Shape::Array { elem: self.table.number(pool, *elem), len: *len },
            TypeKey::Ptr { pointee, .. } => Shape::Pointer(self.table.number(pool, *pointee)),
            TypeKey::Fn(_) => Shape::Pointer(self.table.of(Origin::Code(ty))),
            TypeKey::Tuple(_) => {
                let parts = (0..).map_while(|index| pool.field_type(ty, index));
                let named = parts.enumerate().map(|(index, ty)| (format!("__{index}").into(), ty));
                self.record(named.collect(), &layout.fields)
            }
            TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
                let fields = pool.struct_def(ty).map_or(&[][..], |def| &def.fields);
                let named = fields.iter().map(|field| (self.symbol(field.name), field.ty)).collect();
                self.record(named, &layout.fields)
            }
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => match pool.enum_def(ty) {
                Some(def) => self.enumeration(def, &layout),
                None => Shape::Record(Vec::new()),
            },
            // `()`, `!`, and what exists only at comptime, too.
            _ => Shape::Base(Encoding::Unsigned),
        };
        DebugType { name: self.name(ty), size: layout.size, align: layout.align, shape }
    }

    fn record(&mut self, fields: Vec<(Box<str>, TypeId)>, offsets: &[u64]) -> Shape {
        Shape::Record(self.members(fields, offsets))
    }

    fn members(&mut self, fields: Vec<(Box<str>, TypeId)>, offsets: &[u64]) -> Vec<Member> {
        let member = |((name, ty), offset): ((Box<str>, TypeId), &u64)| Member {
            name,
            ty: self.table.number(self.pool, ty),
            offset: *offset,
        };
        fields.into_iter().zip(offsets).map(member).collect()
    }

    fn enumeration(&mut self, def: &EnumDef, layout: &Rc<Layout>) -> Shape {
        let Some(lies) = &layout.enumeration else { return Shape::Record(Vec::new()) };
        let tag = self.table.number(self.pool, lies.tag);
        if def.is_unit_only() {
            let signed =
                matches!(self.pool.key(lies.tag), TypeKey::Int { signed: true, .. } | TypeKey::Size { signed: true });
            let names = def.variants.iter().map(|variant| (self.symbol(variant.name), variant.discriminant)).collect();
            return Shape::Names { of: tag, signed, names };
        }
        let mut variants = Vec::with_capacity(def.variants.len());
        for (variant, offsets) in def.variants.iter().zip(&lies.variants) {
            let numbered = |index: usize| -> Box<str> { format!("__{index}").into() };
            let named = variant.fields.iter().enumerate().map(|(index, field)| match variant.kind {
                VariantKind::Struct => (self.symbol(field.name), field.ty),
                _ => (numbered(index), field.ty),
            });
            let members = self.members(named.collect(), offsets);
            let (name, discriminant) = (self.symbol(variant.name), variant.discriminant);
            variants.push(Variant { name, discriminant, members });
        }
        Shape::Enum { tag: Member { name: "tag".into(), ty: tag, offset: 0 }, variants }
    }
}

/// Whether the parts of a type, and theirs, are known: sema finds out what the program needs.
fn is_known(pool: &Pool, ty: TypeId) -> bool {
    match pool.key(ty) {
        TypeKey::Array { elem, .. } => is_known(pool, *elem),
        TypeKey::Tuple(parts) => parts.iter().all(|part| is_known(pool, *part)),
        TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
            pool.struct_def(ty).is_some_and(|def| def.fields.iter().all(|field| is_known(pool, field.ty)))
        }
        TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => pool.enum_def(ty).is_some_and(|def| {
            def.variants.iter().flat_map(|variant| &variant.fields).all(|field| is_known(pool, field.ty))
        }),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiln_types::Target;

    fn table(pool: &Pool, ty: TypeId) -> (DebugTypes, TypeNo) {
        let mut types = DebugTypes::default();
        let number = types.number(pool, ty);
        types.complete(pool, &mut Layouts::new(Target::host()), &Interner::new());
        (types, number)
    }

    #[test]
    fn pointers_to_views_are_views() {
        let mut pool = Pool::new();
        let slice = pool.slice(TypeId::U16);
        let pointer = pool.ptr(true, slice);
        let (types, number) = table(&pool, pointer);
        assert_eq!(types.find(&pool, slice), Some(number));
        let view = &types.all()[number];
        assert_eq!((&*view.name, view.size), ("&[u16]", 2 * size_of::<usize>() as u64));
        let Shape::Record(members) = &view.shape else { panic!("a view has parts") };
        let Shape::Pointer(elem) = types.all()[members[0].ty].shape else { panic!("it begins with an address") };
        assert_eq!(&*types.all()[elem].name, "u16");
        assert_eq!((&*members[1].name, members[1].offset), ("length", size_of::<usize>() as u64));
    }

    #[test]
    fn parts_lie_where_the_layout_says() {
        let mut pool = Pool::new();
        let pair = pool.tuple(&[TypeId::U8, TypeId::U32]);
        let (types, number) = table(&pool, pair);
        let Shape::Record(members) = &types.all()[number].shape else { panic!("a tuple has parts") };
        let parts: Vec<(&str, u64)> = members.iter().map(|part| (&*part.name, part.offset)).collect();
        assert_eq!(parts, [("__0", 0), ("__1", 4)]);
    }
}
