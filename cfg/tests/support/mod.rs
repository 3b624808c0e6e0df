//! Functions from text, for the tests of this folder.

use kiln_cfg::{
    Func, FuncInfo, FuncKind, FuncSig, ParseCx, ParseError, PrintCx, TypeNames, Violation, parse, print, verify,
};
use kiln_source::{DeclId, Interner, Span};
use kiln_types::{
    EnumDef, FieldDef, FuncId, Ownership, Pool, StaticData, Statics, StructDef, TypeId, TypeKey, VariantDef,
    VariantKind,
};

/// A pool with a few types, and the functions that texts may call.
pub struct World {
    pub pool: Pool,
    pub names: Interner,
    pub types: TypeNames,
    pub statics: Statics,
    pub infos: Vec<FuncInfo>,
}

impl World {
    /// With `Point { x: i32, y: i32 }` (copied), `File { fd: i32 }` (moved), `Shape { Empty, Circle(i32) }`, `Color { Red, Green }`,
    /// 4 bytes `s0`, `fn add(i32, i32) -> i32`, `fn stop() -> !`, `fn fill(inout [u8])`.
    pub fn new() -> World {
        let (mut pool, mut names) = (Pool::new(), Interner::new());
        let field =
            |name: &str, ty, names: &mut Interner| FieldDef { name: names.intern(name), ty, span: Span::default() };
        for (decl, name, fields, ownership) in
            [(1, "Point", &["x", "y"][..], Ownership::Copy), (2, "File", &["fd"], Ownership::Affine)]
        {
            let ty = pool.type_of_key(TypeKey::Struct { decl: DeclId(decl), captures: Box::default() });
            let fields = fields.iter().map(|name| field(name, TypeId::I32, &mut names)).collect();
            let decl = Some(DeclId(decl));
            pool.define_struct(ty, StructDef { name: name.into(), decl, fields, ownership, destructor: None });
        }
        for (decl, name, variants) in
            [(3, "Shape", &[("Empty", false), ("Circle", true)][..]), (4, "Color", &[("Red", false), ("Green", false)])]
        {
            let ty = pool.type_of_key(TypeKey::Enum { decl: DeclId(decl), captures: Box::default() });
            let variants = variants.iter().enumerate().map(|(index, (name, full))| VariantDef {
                name: names.intern(name),
                kind: if *full { VariantKind::Tuple } else { VariantKind::Unit },
                fields: full.then(|| field("0", TypeId::I32, &mut names)).into_iter().collect(),
                discriminant: index as u128,
                span: Span::default(),
            });
            let (variants, decl) = (variants.collect(), Some(DeclId(decl)));
            let (ownership, tag) = (Ownership::Copy, TypeId::U8);
            pool.define_enum(ty, EnumDef { name: name.into(), decl, variants, tag, ownership, destructor: None });
        }
        let ty = pool.array(TypeId::U8, 4);
        let mut statics = Statics::default();
        statics.add(StaticData { ty, bytes: Box::new([1, 2, 3, 4]), align: 1, relocs: Box::default() });
        let mut world = World { types: TypeNames::default(), pool, names, statics, infos: Vec::new() };
        world.types = TypeNames::new(&world.pool, &world.names);
        let sigs = world.parse(
            "fn add(_1: i32, _2: i32) -> i32 {\nbb0:\n unreachable\n}\nfn stop() -> ! {\nbb0:\n unreachable\n}\n\
             fn fill(inout _1: [u8]) {\nbb0:\n unreachable\n}",
        );
        for func in sigs.expect("the text is a function") {
            let params = func.params().map(|param| match func.locals[param].kind {
                kiln_cfg::LocalKind::Param(mode) => kiln_types::FnTypeParam { mode, ty: func.locals[param].ty },
                _ => unreachable!("parameters come first"),
            });
            let sig = FuncSig { params: params.collect(), ret: func.ret() };
            let (name, kind) = (func.name.clone(), FuncKind::Kiln);
            world.infos.push(FuncInfo { symbol: name.clone(), name, sig, kind, span: Span::default(), cold: false });
        }
        world.types = TypeNames::new(&world.pool, &world.names);
        world
    }

    pub fn parse(&mut self, text: &str) -> Result<Vec<Func>, ParseError> {
        let World { pool, names, types, statics, infos } = self;
        let mut funcs =
            |name: &str| infos.iter().position(|info| &*info.name == name).map(|index| FuncId(index as u32));
        parse(text, &mut ParseCx { pool, names, types, statics, funcs: &mut funcs })
    }

    #[allow(dead_code)]
    pub fn print(&mut self, func: &Func) -> String {
        self.types = TypeNames::new(&self.pool, &self.names);
        let World { pool, names, types, statics, infos } = self;
        let funcs = |func: FuncId| infos[func.0 as usize].name.clone();
        print(func, &PrintCx { pool, names, types, statics, funcs: &funcs, sources: None })
    }

    #[allow(dead_code)]
    pub fn verify(&self, func: &Func) -> Result<(), Vec<Violation>> {
        let info = |func: FuncId| self.infos.get(func.0 as usize);
        verify(func, &kiln_cfg::VerifyCx { pool: &self.pool, statics: &self.statics, info: &info })
    }
}
