//! Builds programs by hand, compiles, links and runs them.
#![allow(dead_code, clippy::unwrap_used)]

use kiln_cfg::*;
use kiln_codegen_llvm::{Artifacts, CodegenError, OptLevel, Options, Wanted, compile};
use kiln_source::{FileId, Interner, SourceMap, Span, TextRange};
use kiln_types::*;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::rc::Rc;

pub const LEVELS: [OptLevel; 2] = [OptLevel::O0, OptLevel::O2];

/// What compiles a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Through {
    Llvm(OptLevel),
    Cranelift,
}

pub const ALL: [Through; 3] = [Through::Llvm(OptLevel::O0), Through::Llvm(OptLevel::O2), Through::Cranelift];

/// A program being made.
pub struct Maker {
    pub program: Program,
    pub pool: Pool,
    pub layouts: Layouts,
    pub sources: SourceMap,
    pub names: Interner,
    pub file: FileId,
    /// Into how many objects it may be split.
    pub units: usize,
}

/// A function being made; instructions go to the end of the current block.
pub struct FnMaker {
    id: FuncId,
    func: Func,
    current: BlockId,
    /// Source offset of the first instruction; each further one is a character behind.
    pub base: u32,
}

impl Maker {
    pub fn new() -> Self {
        Self::for_target(Target::host())
    }

    pub fn for_target(target: Target) -> Self {
        let mut sources = SourceMap::default();
        // One line of text, so that the columns of locations are offsets plus one.
        let file = sources.add("test.kiln", " ".repeat(1000));
        let (program, pool, names) = (Program::default(), Pool::new(), Interner::new());
        Maker { program, pool, layouts: Layouts::new(target), sources, names, file, units: 1 }
    }

    fn add(&mut self, name: &str, params: &[(ParamMode, TypeId)], ret: TypeId, kind: FuncKind) -> FuncId {
        let params = params.iter().map(|&(mode, ty)| FnTypeParam { mode, ty }).collect();
        self.program.bodies.push(None);
        self.program.infos.push(Some(FuncInfo {
            name: name.into(),
            symbol: format!("test::{name}").into(),
            sig: FuncSig { params, ret },
            kind,
            span: Span::new(self.file, 0, 0),
            cold: false,
        }))
    }

    pub fn declare(&mut self, name: &str, params: &[(ParamMode, TypeId)], ret: TypeId) -> FuncId {
        self.add(name, params, ret, FuncKind::Kiln)
    }

    pub fn declare_export(&mut self, name: &str, params: &[(ParamMode, TypeId)], ret: TypeId) -> FuncId {
        self.add(name, params, ret, FuncKind::Export { symbol: name.into() })
    }

    pub fn declare_extern(&mut self, name: &str, params: &[TypeId], ret: TypeId, variadic: bool) -> FuncId {
        let params: Vec<_> = params.iter().map(|ty| (ParamMode::Own, *ty)).collect();
        self.add(name, &params, ret, FuncKind::Extern { symbol: name.into(), variadic })
    }

    /// Starts the body of a declared function.
    pub fn body(&self, id: FuncId) -> FnMaker {
        let info = self.program.info(id);
        let range = TextRange::new(0, 0);
        let mut func = Func {
            name: info.name.clone(),
            file: self.file,
            range,
            locals: Default::default(),
            param_count: info.sig.params.len(),
            blocks: Default::default(),
        };
        let local = |ty, kind| LocalDecl { ty, kind, name: None, mutable: false, range, scope: range };
        func.locals.push(local(info.sig.ret, LocalKind::Return));
        for param in &info.sig.params {
            func.locals.push(local(param.ty, LocalKind::Param(param.mode)));
        }
        let mut maker = FnMaker { id, func, current: Func::ENTRY, base: 0 };
        maker.block();
        maker
    }

    pub fn finish(&mut self, maker: FnMaker) {
        self.program.bodies[maker.id] = Some(Rc::new(maker.func));
    }

    pub fn int(&mut self, ty: TypeId, value: i128) -> Operand {
        Operand::Const(self.pool.scalar(ty, value as u128))
    }

    pub fn text(&mut self, text: &str) -> Operand {
        let ty = self.pool.array(TypeId::U8, text.len() as u64);
        let data = StaticData { ty, bytes: text.as_bytes().into(), align: 1, relocs: Box::default() };
        let data = self.program.statics.add(data);
        let ty = self.pool.ptr(false, TypeId::STR);
        Operand::Const(self.pool.value(ValueKey::StaticPtr { ty, data, offset: 0, len: Some(text.len() as u64) }))
    }

    pub fn struct_type(&mut self, name: &str, fields: &[TypeId], ownership: Ownership) -> TypeId {
        let decl = kiln_source::DeclId(self.pool.len() as u32);
        let ty = self.pool.type_of_key(TypeKey::Struct { decl, captures: Box::default() });
        let span = Span::new(self.file, 0, 0);
        let fields = fields
            .iter()
            .enumerate()
            .map(|(index, ty)| FieldDef { name: self.names.intern_index(index), ty: *ty, span })
            .collect();
        self.pool
            .define_struct(ty, StructDef { name: name.into(), decl: Some(decl), fields, ownership, destructor: None });
        ty
    }

    pub fn enum_type(&mut self, name: &str, variants: &[&[TypeId]]) -> TypeId {
        let decl = kiln_source::DeclId(self.pool.len() as u32);
        let ty = self.pool.type_of_key(TypeKey::Enum { decl, captures: Box::default() });
        let span = Span::new(self.file, 0, 0);
        let mut defs = Vec::new();
        for (number, fields) in variants.iter().enumerate() {
            let fields: Box<[FieldDef]> = fields
                .iter()
                .enumerate()
                .map(|(index, ty)| FieldDef { name: self.names.intern_index(index), ty: *ty, span })
                .collect();
            let kind = if fields.is_empty() { VariantKind::Unit } else { VariantKind::Tuple };
            let name = self.names.intern(&format!("V{number}"));
            defs.push(VariantDef { name, kind, fields, discriminant: number as u128, span });
        }
        self.pool.define_enum(
            ty,
            EnumDef {
                name: name.into(),
                decl: Some(decl),
                variants: defs.into(),
                tag: TypeId::U8,
                ownership: Ownership::Copy,
                destructor: None,
            },
        );
        ty
    }

    /// The run-time library's panic: writes `error: reason at location` to the standard errors, ends with status 101.
    pub fn add_panic(&mut self) {
        let bytes = self.pool.ptr(false, TypeId::U8);
        let own = ParamMode::Own;
        let params = [(own, bytes), (own, TypeId::USIZE), (own, bytes), (own, TypeId::USIZE)];
        let id = self.declare("panic", &params, TypeId::NEVER);
        let mut f = self.body(id);
        let two = self.int(TypeId::U32, 2);
        for text in [self.text("error: "), Operand::Copy(Local(1)), self.text(" at "), Operand::Copy(Local(3))] {
            let (address, len) = match text {
                Operand::Copy(Local(n)) => (text, Operand::Copy(Local(n + 1))),
                text => {
                    let address = f.temp(bytes);
                    let len = f.temp(TypeId::USIZE);
                    f.set(address, Rvalue::Builtin(Builtin::FatPtrAddress, [text].into()));
                    f.set(len, Rvalue::Builtin(Builtin::FatPtrLen, [text].into()));
                    (Operand::Copy(address), Operand::Copy(len))
                }
            };
            let nothing = f.temp(TypeId::UNIT);
            f.set(nothing, Rvalue::Builtin(Builtin::Write, [two, address, len].into()));
        }
        let nothing = f.temp(TypeId::UNIT);
        let status = self.int(TypeId::I32, 101);
        f.set(nothing, Rvalue::Builtin(Builtin::Exit, [status].into()));
        f.end(Terminator::Unreachable);
        self.finish(f);
        self.program.panic = Some(id);
    }

    /// The programs of the tests keep what the CFG promises.
    fn verify(&self) {
        let info = |id| self.program.infos.get(id)?.as_ref();
        let cx = VerifyCx { pool: &self.pool, statics: &self.program.statics, info: &info };
        for (_, func) in self.program.funcs() {
            if let Err(violations) = verify(func, &cx) {
                panic!("{}: {violations:?}", func.name);
            }
        }
    }

    pub fn compile(&mut self, options: &Options) -> Result<Artifacts, CodegenError> {
        compile(&self.program, &self.pool, &mut self.layouts, &self.sources, &self.names, options)
    }

    pub fn ir(&mut self, level: OptLevel) -> String {
        let wanted = Wanted { ir: level == OptLevel::O0, optimised_ir: level != OptLevel::O0, ..Wanted::default() };
        let artifacts = self.compile(&Options { level, wanted, verify: true, ..Options::default() }).unwrap();
        artifacts.ir.or(artifacts.optimised_ir).unwrap()
    }

    /// Compiles, links with C code, and runs with an input.
    pub fn run_with(&mut self, through: Through, c: &str, input: &[u8]) -> Output {
        let dir = tempfile::tempdir().unwrap();
        let program = self.link(through, c, dir.path().to_owned());
        let mut child = Command::new(program)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_owned();
        let feeder = std::thread::spawn(move || std::io::Write::write_all(&mut stdin, &input));
        let output = child.wait_with_output().unwrap();
        let _ = feeder.join().unwrap();
        output
    }

    fn objects(&mut self, through: Through) -> Vec<Vec<u8>> {
        let level = match through {
            Through::Llvm(level) => level,
            Through::Cranelift => {
                let options =
                    kiln_codegen_cranelift::Options { verify: true, threads: self.units - 1, ..Default::default() };
                let (pool, layouts, sources) = (&self.pool, &mut self.layouts, &self.sources);
                let made =
                    kiln_codegen_cranelift::compile(&self.program, pool, layouts, sources, &self.names, &options);
                return vec![made.unwrap().object];
            }
        };
        let options = Options {
            level,
            verify: true,
            units: if level.optimises() { 1 } else { self.units },
            ..Options::default()
        };
        let objects = self.compile(&options).unwrap().objects;
        assert!(objects.len() <= self.units);
        objects
    }

    fn link(&mut self, through: Through, c: &str, dir: PathBuf) -> PathBuf {
        self.verify();
        let objects = self.objects(through);
        let names: Vec<String> = (0..objects.len()).map(|index| format!("program{index}.o")).collect();
        for (name, object) in names.iter().zip(objects) {
            std::fs::write(dir.join(name), object).unwrap();
        }
        std::fs::write(dir.join("other.c"), c).unwrap();
        let mut cc = Command::new("cc");
        cc.current_dir(&dir).args(["-o", "program"]).args(names);
        if !c.is_empty() {
            cc.args(["-O1", "-w", "other.c"]);
        }
        let output = cc.arg("-lm").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        dir.join("program")
    }

    /// Runs through LLVM at both levels and through Cranelift: status, output, errors; they must agree.
    pub fn run(&mut self, c: &str) -> (i32, String, String) {
        let [first, second, third] = ALL.map(|through| {
            let output = self.run_with(through, c, b"");
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
        });
        assert_eq!(first, second, "-O0 and -O2 disagree");
        assert_eq!(first, third, "LLVM and Cranelift disagree");
        first
    }

    /// Makes `main` of a body that fills `_0`, an `i32`, and runs the program.
    pub fn main(&mut self, build: impl FnOnce(&mut Maker, &mut FnMaker)) {
        let main = self.declare("main", &[], TypeId::I32);
        let mut f = self.body(main);
        build(self, &mut f);
        self.finish(f);
        self.program.entry = Some(main);
    }
}

impl FnMaker {
    pub fn local(&mut self, ty: TypeId, kind: LocalKind) -> Local {
        let mutable = kind == LocalKind::User;
        self.func.locals.push(LocalDecl {
            ty,
            kind,
            name: None,
            mutable,
            range: TextRange::new(0, 0),
            scope: TextRange::new(0, 0),
        })
    }

    pub fn temp(&mut self, ty: TypeId) -> Local {
        self.local(ty, LocalKind::Temp)
    }

    pub fn var(&mut self, ty: TypeId) -> Local {
        self.local(ty, LocalKind::User)
    }

    /// A new block; it becomes the current one if it is the first.
    pub fn block(&mut self) -> BlockId {
        let range = TextRange::new(0, 0);
        self.func.blocks.push(Block {
            stmts: Vec::new(),
            ranges: Vec::new(),
            term: Terminator::Unreachable,
            term_range: range,
        })
    }

    pub fn at(&mut self, block: BlockId) {
        self.current = block;
    }

    /// Adds an instruction; its source offset is its number in the function.
    pub fn push(&mut self, stmt: Stmt) {
        let count: usize = self.func.blocks.iter().map(|block| block.stmts.len()).sum();
        let block = &mut self.func.blocks[self.current];
        block.stmts.push(stmt);
        block.ranges.push(TextRange::empty(self.base + count as u32));
    }

    pub fn set(&mut self, local: Local, value: Rvalue) {
        self.push(Stmt::Assign(Place::local(local), value));
    }

    pub fn put(&mut self, place: Place, value: Rvalue) {
        self.push(Stmt::Assign(place, value));
    }

    /// A temporary with a value.
    pub fn let_(&mut self, ty: TypeId, value: Rvalue) -> Operand {
        let temp = self.temp(ty);
        self.set(temp, value);
        Operand::Copy(temp)
    }

    pub fn binary(&mut self, op: BinOp, ty: TypeId, left: Operand, right: Operand) -> Operand {
        self.let_(ty, Rvalue::Binary(op, left, right))
    }

    pub fn read(&mut self, ty: TypeId, place: Place) -> Operand {
        self.let_(ty, Rvalue::Use(place, UseKind::Copy))
    }

    pub fn call(&mut self, dst: Option<Local>, func: FuncId, args: Vec<Arg>) {
        let dst = dst.map(Place::local);
        self.push(Stmt::Call(Box::new(Call { dst, callee: Callee::Func(func), args: args.into() })));
    }

    pub fn end(&mut self, term: Terminator) {
        self.func.blocks[self.current].term = term;
    }

    /// Returns an operand.
    pub fn ret(&mut self, value: Operand) {
        self.set(Local(0), Rvalue::Operand(value));
        self.end(Terminator::Return);
    }
}

pub fn own(local: Local) -> Arg {
    Arg::Value(Operand::Copy(local))
}
