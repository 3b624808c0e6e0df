//! Matches built by hand.

mod brute;
mod examples;
mod work;

use super::{Found, STEPS, Types, judge};
use kiln_air::{Pat, PatId, PatKind};
use kiln_source::{FileId, IdxVec, Interner, Span, TextRange};
use kiln_types::{
    EnumDef, FieldDef, Ownership, Pool, StructDef, Target, TypeId, TypeKey, ValueId, VariantDef, VariantKind,
};

/// Name, shape and payload of a variant.
type Variant<'a> = (&'a str, VariantKind, &'a [(&'a str, TypeId)]);

/// Types and patterns of a test.
struct World {
    pool: Pool,
    names: Interner,
    target: Target,
    pats: IdxVec<PatId, Pat>,
    declared: u32,
    steps: u64,
}

impl Types for World {
    fn pool(&self) -> &Pool {
        &self.pool
    }

    fn target(&self) -> &Target {
        &self.target
    }

    fn names(&self) -> &Interner {
        &self.names
    }

    fn complete(&mut self, _: TypeId) {}
}

impl World {
    fn new() -> Self {
        Self::on("x86_64-unknown-linux-gnu")
    }

    fn on(triple: &str) -> Self {
        World {
            pool: Pool::new(),
            names: Interner::new(),
            target: Target::from_triple(triple).unwrap(),
            pats: IdxVec::new(),
            declared: 0,
            steps: STEPS,
        }
    }

    fn fields(&mut self, fields: &[(&str, TypeId)]) -> Box<[FieldDef]> {
        let span = Span { file: FileId(0), range: TextRange::empty(0) };
        fields.iter().map(|&(name, ty)| FieldDef { name: self.names.intern(name), ty, span }).collect()
    }

    fn struct_type(&mut self, name: &str, fields: &[(&str, TypeId)]) -> TypeId {
        self.declared += 1;
        let decl = kiln_source::DeclId(self.declared);
        let ty = self.pool.type_of_key(TypeKey::Struct { decl, captures: Box::default() });
        let fields = self.fields(fields);
        let name = name.into();
        let def = StructDef { name, decl: Some(decl), fields, ownership: Ownership::Affine, destructor: None };
        self.pool.define_struct(ty, def);
        ty
    }

    fn enum_type(&mut self, name: &str, variants: &[Variant<'_>]) -> TypeId {
        self.declared += 1;
        let decl = kiln_source::DeclId(self.declared);
        let ty = self.pool.type_of_key(TypeKey::Enum { decl, captures: Box::default() });
        let span = Span { file: FileId(0), range: TextRange::empty(0) };
        let mut defs = Vec::new();
        for (index, (name, kind, fields)) in variants.iter().enumerate() {
            let (name, fields) = (self.names.intern(name), self.fields(fields));
            defs.push(VariantDef { name, kind: *kind, fields, discriminant: index as u128, span });
        }
        let def = EnumDef {
            name: name.into(),
            decl: Some(decl),
            variants: defs.into(),
            tag: TypeId::U8,
            ownership: Ownership::Affine,
            destructor: None,
        };
        self.pool.define_enum(ty, def);
        ty
    }

    /// `enum Shape { Empty, Circle(i32), Rect { w: u8, h: u8 } }`
    fn shape(&mut self) -> TypeId {
        self.enum_type(
            "Shape",
            &[
                ("Empty", VariantKind::Unit, &[]),
                ("Circle", VariantKind::Tuple, &[("0", TypeId::I32)]),
                ("Rect", VariantKind::Struct, &[("w", TypeId::U8), ("h", TypeId::U8)]),
            ],
        )
    }

    fn pat(&mut self, kind: PatKind) -> PatId {
        self.pats.push(Pat { kind, ty: TypeId::ERROR, range: TextRange::empty(0) })
    }

    fn wild(&mut self) -> PatId {
        self.pat(PatKind::Wild)
    }

    fn value(&mut self, ty: TypeId, value: i128) -> ValueId {
        self.pool.scalar(ty, value as u128)
    }

    fn is(&mut self, ty: TypeId, value: i128) -> PatId {
        let value = self.value(ty, value);
        self.pat(PatKind::Const(value))
    }

    fn range(&mut self, ty: TypeId, from: impl Into<Option<i128>>, to: impl Into<Option<i128>>) -> PatId {
        let from = from.into().map(|from| self.value(ty, from));
        let to = to.into().map(|to| self.value(ty, to));
        self.pat(PatKind::Range { from, to })
    }

    fn text(&mut self, text: &str) -> PatId {
        let value = self.pool.str(text);
        self.pat(PatKind::Const(value))
    }

    fn tuple(&mut self, parts: &[PatId]) -> PatId {
        self.pat(PatKind::Fields((0..).zip(parts.iter().copied()).collect()))
    }

    fn variant(&mut self, variant: u32, parts: &[PatId]) -> PatId {
        self.pat(PatKind::Variant { variant, fields: (0..).zip(parts.iter().copied()).collect() })
    }

    fn or(&mut self, alternatives: &[PatId]) -> PatId {
        self.pat(PatKind::Or(alternatives.into()))
    }

    fn found(&mut self, ty: TypeId, rows: &[(PatId, bool)]) -> Found {
        let pats = std::mem::take(&mut self.pats);
        let found = judge(self, &pats, ty, rows, self.steps);
        self.pats = pats;
        found
    }

    /// Without guards.
    fn judge(&mut self, ty: TypeId, rows: &[PatId]) -> Found {
        self.found(ty, &rows.iter().map(|row| (*row, false)).collect::<Vec<_>>())
    }

    fn missing(&mut self, ty: TypeId, rows: &[PatId]) -> String {
        let found = self.judge(ty, rows);
        assert_eq!(found.unreachable, []);
        found.missing.unwrap_or_default()
    }
}
