//! What bodies of the tests share: types, names, functions; and how a body is built and everything about the result checked.

use crate::{
    BuildCx, Func, FuncInfo, FuncKind, FuncSig, Glue, ParseCx, PrintCx, Scratch, TypeNames, VerifyCx, build,
    build_glue, parse, print, verify,
};
use kiln_air::Body;
use kiln_source::{DeclId, Interner, Span};
use kiln_types::{
    EnumDef, FieldDef, FuncId, Layouts, Ownership, ParamMode, Pool, StaticData, Statics, StructDef, Target, TypeId,
    TypeKey, ValueId, ValueKey, VariantDef, VariantKind,
};

/// What bodies share.
pub struct World {
    pub pool: Pool,
    pub names: Interner,
    pub layouts: Layouts,
    pub statics: Statics,
    pub scratch: Scratch,
    /// Functions by id: names, with glue among them.
    pub funcs: Vec<String>,
    pub glue: Vec<(FuncId, Glue)>,
    /// What is known of functions.
    pub infos: Vec<(FuncId, FuncInfo)>,
    decls: u32,
}

impl World {
    pub fn new() -> World {
        World {
            pool: Pool::new(),
            names: Interner::new(),
            layouts: Layouts::new(Target::from_triple("x86_64-unknown-linux-gnu").unwrap()),
            statics: Statics::default(),
            scratch: Scratch::default(),
            funcs: Vec::new(),
            glue: Vec::new(),
            infos: Vec::new(),
            decls: 0,
        }
    }

    /// A function with this name.
    pub fn func(&mut self, name: &str) -> FuncId {
        if let Some(index) = self.funcs.iter().position(|func| func == name) {
            return FuncId(index as u32);
        }
        self.funcs.push(name.to_owned());
        FuncId(self.funcs.len() as u32 - 1)
    }

    pub fn signature(&mut self, func: FuncId, sig: FuncSig) {
        let (name, symbol) = (Box::<str>::default(), Box::<str>::default());
        let info = FuncInfo { name, symbol, sig, kind: FuncKind::Kiln, span: Span::default(), cold: false };
        if !self.infos.iter().any(|known| known.0 == func) {
            self.infos.push((func, info));
        }
    }

    /// Whether a parameter is `inout`.
    pub fn is_inout(&self, func: FuncId, index: usize) -> bool {
        let info = self.infos.iter().find(|known| known.0 == func);
        info.is_some_and(|(_, info)| info.sig.params[index].mode == ParamMode::Inout)
    }

    fn decl(&mut self) -> DeclId {
        self.decls += 1;
        DeclId(self.decls)
    }

    fn fields(&mut self, fields: &[(&str, TypeId)]) -> Box<[FieldDef]> {
        fields
            .iter()
            .map(|(name, ty)| FieldDef { name: self.names.intern(name), ty: *ty, span: Span::default() })
            .collect()
    }

    pub fn strukt(&mut self, name: &str, ownership: Ownership, fields: &[(&str, TypeId)]) -> TypeId {
        let decl = self.decl();
        let ty = self.pool.type_of_key(TypeKey::Struct { decl, captures: Box::default() });
        let fields = self.fields(fields);
        self.pool
            .define_struct(ty, StructDef { name: name.into(), decl: Some(decl), fields, ownership, destructor: None });
        ty
    }

    /// A struct with a destructor.
    pub fn droppable(&mut self, name: &str, fields: &[(&str, TypeId)]) -> TypeId {
        let ty = self.strukt(name, Ownership::Affine, fields);
        let destructor = self.func(&format!("drop {name}"));
        self.pool.struct_def_mut(ty).unwrap().destructor = Some(destructor);
        ty
    }

    pub fn enumeration(&mut self, name: &str, ownership: Ownership, variants: &[(&str, &[TypeId])]) -> TypeId {
        let decl = self.decl();
        let ty = self.pool.type_of_key(TypeKey::Enum { decl, captures: Box::default() });
        let variants: Box<[VariantDef]> = variants
            .iter()
            .enumerate()
            .map(|(index, (name, parts))| {
                let fields: Vec<(String, TypeId)> =
                    parts.iter().enumerate().map(|(index, ty)| (index.to_string(), *ty)).collect();
                let fields: Vec<(&str, TypeId)> = fields.iter().map(|(name, ty)| (name.as_str(), *ty)).collect();
                VariantDef {
                    name: self.names.intern(name),
                    kind: if parts.is_empty() { VariantKind::Unit } else { VariantKind::Tuple },
                    fields: self.fields(&fields),
                    discriminant: index as u128,
                    span: Span::default(),
                }
            })
            .collect();
        let def =
            EnumDef { name: name.into(), decl: Some(decl), variants, tag: TypeId::U8, ownership, destructor: None };
        self.pool.define_enum(ty, def);
        ty
    }

    /// A pointer constant to this text.
    pub fn text(&mut self, text: &str) -> ValueId {
        let array = self.pool.array(TypeId::U8, text.len() as u64);
        let data = StaticData { ty: array, bytes: text.as_bytes().into(), align: 1, relocs: Box::default() };
        let data = self.statics.add(data);
        let ty = self.pool.ptr(false, TypeId::STR);
        self.pool.value(ValueKey::StaticPtr { ty, data, offset: 0, len: Some(text.len() as u64) })
    }

    /// Builds a body; the function is right, and its text form gives it back.
    pub fn build(&mut self, body: &Body) -> crate::BuiltFunc {
        let sig = |func: FuncId| {
            let (_, info) = self.infos.iter().find(|known| known.0 == func)?;
            Some((&*info.sig.params, info.sig.ret))
        };
        if let Err(violations) = kiln_air::verify(body, &kiln_air::VerifyCx { pool: &self.pool, sig: &sig }) {
            let funcs = |id: FuncId| self.funcs[id.0 as usize].as_str().into();
            let cx = kiln_air::PrintCx { pool: &self.pool, names: &self.names, funcs: &funcs };
            panic!("{}\n{violations:#?}", kiln_air::print(body, &cx));
        }
        let built = self.with_cx(|cx| build(body, cx));
        self.check(&built.func);
        built
    }

    /// Builds the function of a glue, which is right too.
    pub fn build_glue(&mut self, glue: Glue) -> Func {
        let func = self.with_cx(|cx| build_glue(glue, "glue", cx));
        self.check(&func);
        func
    }

    /// The function of a glue.
    pub fn glue_id(&mut self, wanted: Glue) -> FuncId {
        glue_id(&mut self.funcs, &mut self.glue, wanted)
    }

    fn with_cx<T>(&mut self, f: impl FnOnce(&mut BuildCx<'_>) -> T) -> T {
        let World { pool, layouts, statics, scratch, funcs, glue, .. } = self;
        let mut ask = |wanted: Glue| glue_id(funcs, glue, wanted);
        f(&mut BuildCx { pool, layouts, statics, glue: &mut ask, scratch })
    }

    fn check(&mut self, func: &Func) {
        for (id, glue) in self.glue.clone() {
            self.signature(id, glue.sig());
        }
        let infos = &self.infos;
        let info = |func: FuncId| infos.iter().find(|known| known.0 == func).map(|known| &known.1);
        let cx = VerifyCx { pool: &self.pool, statics: &self.statics, info: &info };
        if let Err(violations) = verify(func, &cx) {
            panic!("{}\n{violations:#?}", self.print(func));
        }
        let text = self.print(func);
        let types = TypeNames::new(&self.pool, &self.names);
        let World { pool, names, statics, funcs, .. } = self;
        let mut find = |name: &str| funcs.iter().position(|func| func == name).map(|index| FuncId(index as u32));
        let mut cx = ParseCx { pool, names, types: &types, statics, funcs: &mut find };
        let parsed = parse(&text, &mut cx).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let mut bare = func.clone();
        bare.forget_ranges();
        assert!(parsed == [bare.clone()], "{text}\n{:#?}\n{bare:#?}", parsed[0]);
    }

    pub fn print(&self, func: &Func) -> String {
        let types = TypeNames::new(&self.pool, &self.names);
        let funcs = |id: FuncId| self.funcs[id.0 as usize].as_str().into();
        print(
            func,
            &PrintCx {
                pool: &self.pool,
                names: &self.names,
                types: &types,
                statics: &self.statics,
                funcs: &funcs,
                sources: None,
            },
        )
    }
}

fn glue_id(funcs: &mut Vec<String>, glue: &mut Vec<(FuncId, Glue)>, wanted: Glue) -> FuncId {
    if let Some(known) = glue.iter().find(|known| known.1 == wanted) {
        return known.0;
    }
    funcs.push(format!("glue{}", glue.len()));
    let id = FuncId(funcs.len() as u32 - 1);
    glue.push((id, wanted));
    id
}

/// Compares texts, with their common indentation and outer blank lines gone.
#[track_caller]
pub fn assert_text(actual: &str, expected: &str) {
    let lines: Vec<&str> = expected.trim_matches(['\n', ' ']).lines().collect();
    let indent = lines
        .iter()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min();
    let expected: String = lines
        .iter()
        .map(|line| line.get(indent.unwrap_or(0)..).filter(|_| line.starts_with(' ')).unwrap_or(line))
        .fold(String::new(), |mut text, line| {
            text.push_str(line);
            text.push('\n');
            text
        });
    assert!(actual == expected, "expected:\n{expected}\nactual:\n{actual}");
}
