//! Instances of functions: one for each declaration and tuple of comptime arguments. Demands *signature* and *body*.

use crate::body::BodyCx;
use crate::chain::Origin;
use crate::context::{Checked, Sema};
use crate::errors;
use crate::intrinsic::Payload;
use kiln_air as air;
use kiln_cfg::{FuncInfo, FuncKind, FuncSig, Glue};
use kiln_hir::{self as hir, DeclKind, Mode};
use kiln_source::{DeclId, IdxVec, Span};
use kiln_types::{FnType, FnTypeParam, FuncId, ParamMode, TypeId, ValueId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;
use std::rc::Rc;

/// What a function is an instance of.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub(crate) enum InstanceKey {
    /// A declaration with the values of its captures, then of its comptime parameters.
    Decl { decl: DeclId, args: Box<[ValueId]> },
    /// Made by the CFG builder for a type.
    Glue(Glue),
    /// `fn(inout out: rt::Text, borrow x: T)`: writes a value for `@dbg`.
    Dbg(TypeId),
    /// `fn(inout x: T)`: freezes a value that leaves an evaluation.
    Freeze(TypeId),
    /// Where a variant's payload lies.
    Payload(Payload),
    /// What C calls in place of a function whose address it has.
    Callback(FuncId),
    /// An expression evaluated at comptime; never equal to another.
    Thunk(u32),
}

/// How far a demand has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Progress {
    NotStarted,
    Running,
    Done,
    Failed,
}

#[derive(Debug)]
struct Instance {
    key: InstanceKey,
    signature: Progress,
    body: Progress,
    /// What asked for it first, if it is generic.
    origin: Option<Origin>,
}

/// All instances made so far.
#[derive(Debug)]
pub(crate) struct Instances {
    ids: FxHashMap<InstanceKey, FuncId>,
    /// Instances of declarations without captures and comptime parameters, found without hashing.
    plain: Vec<Option<FuncId>>,
    all: IdxVec<FuncId, Instance>,
    /// Instances whose body is wanted.
    queue: VecDeque<FuncId>,
    thunks: u32,
    /// The linker's names so far.
    symbols: FxHashSet<Box<str>>,
}

impl Instances {
    pub fn new(decls: usize) -> Self {
        Instances {
            ids: FxHashMap::default(),
            plain: vec![None; decls],
            all: IdxVec::new(),
            queue: VecDeque::new(),
            thunks: 0,
            symbols: FxHashSet::default(),
        }
    }

    fn add(&mut self, key: InstanceKey) -> FuncId {
        self.all.push(Instance { key, signature: Progress::NotStarted, body: Progress::NotStarted, origin: None })
    }

    /// The instance of a declaration for these arguments, if it was asked for.
    pub fn find(&self, decl: DeclId, args: &[ValueId]) -> Option<FuncId> {
        match args {
            [] => self.plain[decl.0 as usize],
            _ => self.ids.get(&InstanceKey::Decl { decl, args: args.into() }).copied(),
        }
    }

    fn find_or_add(&mut self, decl: DeclId, args: &[ValueId]) -> FuncId {
        if args.is_empty() {
            if let Some(func) = self.plain[decl.0 as usize] {
                return func;
            }
            let func = self.add(InstanceKey::Decl { decl, args: Box::default() });
            self.plain[decl.0 as usize] = Some(func);
            return func;
        }
        self.by_key(InstanceKey::Decl { decl, args: args.into() })
    }

    /// Types and values of one name are told apart by the instance's number.
    fn make_unique(&mut self, func: FuncId, symbol: &mut Box<str>) {
        if !self.symbols.insert(symbol.clone()) {
            *symbol = format!("{symbol}#{func}").into();
        }
    }

    /// Whether the signature of a function the compiler makes is still to be made. It counts as made afterwards.
    pub fn start_made(&mut self, func: FuncId) -> bool {
        std::mem::replace(&mut self.all[func].signature, Progress::Done) != Progress::Done
    }

    /// What asked for an instance of something generic.
    pub fn origin(&self, func: FuncId) -> Option<Origin> {
        self.all[func].origin
    }

    pub fn set_origin(&mut self, func: FuncId, origin: Origin) {
        self.all[func].origin = Some(origin);
    }

    /// The declaration an instance is made of, if it is written somewhere.
    pub fn decl_of(&self, func: FuncId) -> Option<DeclId> {
        match self.all[func].key {
            InstanceKey::Decl { decl, .. } => Some(decl),
            _ => None,
        }
    }

    /// The part of an enum that a function points to.
    pub fn payload_of(&self, func: FuncId) -> Option<Payload> {
        match self.all[func].key {
            InstanceKey::Payload(payload) => Some(payload),
            _ => None,
        }
    }

    /// The id of glue.
    pub fn glue_id(&mut self, glue: Glue) -> FuncId {
        self.by_key(InstanceKey::Glue(glue))
    }

    pub fn by_key(&mut self, key: InstanceKey) -> FuncId {
        if let Some(func) = self.ids.get(&key) {
            return *func;
        }
        let func = self.add(key.clone());
        self.ids.insert(key, func);
        func
    }
}

impl<'a> Sema<'a> {
    /// The instance of a declaration for these captured values and comptime arguments, with its signature known. `asked` is what
    /// needs it.
    pub fn ensure_signature(&mut self, decl: DeclId, args: &[ValueId], asked: Span) -> Checked<FuncId> {
        let func = self.instances.find_or_add(decl, args);
        match self.instances.all[func].signature {
            Progress::Done => {
                if !args.is_empty() {
                    self.note_hit(|sema| sema.name_of_instance(func));
                }
                return Ok(func);
            }
            Progress::Failed => return self.reporter.check().map(|()| func),
            Progress::Running => {
                let span = self.hir.name_span(decl);
                return Err(
                    self.error(errors::cyclic_signature(span, self.names.name(self.hir.decls[decl].name.symbol)))
                );
            }
            Progress::NotStarted => {}
        }
        if !args.is_empty()
            && let Err(error) = self.note_origin(func, asked)
        {
            self.instances.all[func].signature = Progress::Failed;
            return Err(error);
        }
        self.instances.all[func].signature = Progress::Running;
        let info = self.within(func, |sema| sema.signature(decl, args));
        self.instances.all[func].signature = if info.is_ok() { Progress::Done } else { Progress::Failed };
        let mut info = info?;
        self.instances.make_unique(func, &mut info.symbol);
        self.set_info(func, info);
        Ok(func)
    }

    pub fn set_info(&mut self, func: FuncId, info: FuncInfo) {
        self.program.infos.grow_to(func.0 as usize + 1, || None);
        self.program.infos[func] = Some(info);
    }

    fn signature(&mut self, decl: DeclId, args: &[ValueId]) -> Checked<FuncInfo> {
        let item: &'a hir::Decl = self.decl(decl);
        let (sig, kind) = match &item.kind {
            DeclKind::Fn(function) => self.fn_signature(decl, function, args)?,
            DeclKind::Drop { function, .. } => {
                let (mut sig, kind) = self.fn_signature(decl, function, args)?;
                // The value stays where it is until its parts were dropped.
                sig.params.iter_mut().for_each(|param| param.mode = ParamMode::Inout);
                (sig, kind)
            }
            DeclKind::Test { .. } => (FuncSig { params: Box::default(), ret: TypeId::UNIT }, FuncKind::Kiln),
            _ => unreachable!("only functions and tests have instances"),
        };
        let (name, symbol) = self.instance_name(decl, args);
        let span = self.hir.span(decl);
        let cold = sig.ret == TypeId::NEVER;
        Ok(FuncInfo { name, symbol, sig, kind, span, cold })
    }

    fn fn_signature(
        &mut self,
        decl: DeclId,
        function: &'a hir::FnDecl,
        args: &[ValueId],
    ) -> Checked<(FuncSig, FuncKind)> {
        let mut cx = BodyCx::new(self, decl, args)?;
        let mut params = Vec::with_capacity(function.params.len());
        let mut failed = None;
        for param in function.params.iter().filter(|param| !param.comptime) {
            match cx.param_type(param) {
                Ok(ty) => params.push(FnTypeParam { mode: param_mode(param.mode), ty }),
                Err(error) => failed = Some(error),
            }
        }
        let ret = match function.ret {
            None => Ok(TypeId::UNIT),
            Some(ret) => cx.return_type(ret),
        };
        let kind = match function.external {
            None if function.exported => {
                FuncKind::Export { symbol: self.names.name(self.decl(decl).name.symbol).into() }
            }
            None => FuncKind::Kiln,
            Some(external) => {
                let symbol = self.names.name(external.symbol).into();
                FuncKind::Extern { symbol, variadic: external.variadic }
            }
        };
        match (failed, ret) {
            (None, Ok(ret)) => Ok((FuncSig { params: params.into(), ret }, kind)),
            (Some(error), _) | (_, Err(error)) => Err(error),
        }
    }

    /// The printed name and the linker's name.
    fn instance_name(&self, decl: DeclId, args: &[ValueId]) -> (Box<str>, Box<str>) {
        let item = self.decl(decl);
        let name = self.name_in_module(decl, args);
        let module = &self.hir.modules[item.module];
        let mut symbol = format!("{}::{name}", module.name);
        if !item.is_member && (item.parent.is_some() || !matches!(item.kind, DeclKind::Fn(_))) {
            // Nested functions, destructors and tests may share a path; their declaration's number does not.
            symbol.push_str(&format!("#{}", decl.0));
        }
        let shown = if item.module == hir::Program::ROOT { name } else { format!("{}::{name}", module.name) };
        (shown.into(), symbol.into())
    }

    /// How an instance is called in its module: `Vec(i32)`, `Vec(i32)::push`.
    pub fn name_in_module(&self, decl: DeclId, args: &[ValueId]) -> String {
        let item = self.decl(decl);
        let holder = self.capture_holder(decl);
        let captured = self.hir.decls[holder].captures.len().min(args.len());
        let mut name = String::new();
        if item.is_member {
            let parent = item.parent.expect("members have a type");
            name.push_str(&self.type_instance_name(parent, &args[..captured]));
            name.push_str("::");
        } else if let Some(parent) = item.parent {
            name.push_str(&self.decl_path(parent));
            name.push_str("::");
        }
        match item.kind {
            DeclKind::Drop { .. } if !item.is_member => {
                name.push_str("drop ");
                name.push_str(self.names.name(item.name.symbol));
            }
            _ => name.push_str(self.names.name(item.name.symbol)),
        }
        let comptime = &args[captured..];
        if !comptime.is_empty() {
            name.push('(');
            for (index, arg) in comptime.iter().enumerate() {
                name.push_str(if index > 0 { ", " } else { "" });
                name.push_str(&self.show_value(*arg));
            }
            name.push(')');
        }
        name
    }

    fn type_instance_name(&self, decl: DeclId, captures: &[ValueId]) -> String {
        let key = self.type_key_of(decl, captures);
        key.map_or_else(|| self.decl_path(decl), |ty| self.show(ty))
    }

    /// The type of a function as a value.
    pub fn fn_type_of(&mut self, func: FuncId) -> TypeId {
        let info = self.program.info(func);
        let foreign = matches!(info.kind, FuncKind::Extern { .. });
        let ty = FnType { params: info.sig.params.clone(), ret: info.sig.ret, foreign };
        self.pool.fn_type(ty)
    }

    /// The function the compiler makes for a type.
    pub fn glue(&mut self, glue: Glue) -> FuncId {
        let func = self.instances.glue_id(glue);
        if self.instances.all[func].signature == Progress::Done {
            return func;
        }
        self.instances.all[func].signature = Progress::Done;
        let (word, ty) = match glue {
            Glue::Drop(ty) => ("drop", ty),
            Glue::Eq(ty) => ("eq", ty),
        };
        let sig = glue.sig();
        self.set_glue_info(func, word, ty, sig, FuncKind::Glue(glue));
        self.want_body(func);
        func
    }

    fn set_glue_info(&mut self, func: FuncId, word: &str, ty: TypeId, sig: FuncSig, kind: FuncKind) {
        let name: Box<str> = format!("{word} {}", self.show(ty)).into();
        // Types of one name in different places, and functions for parts of one type, are told apart by number.
        let symbol = format!("{name}#{}", func.0).into();
        let span = Span::default();
        self.set_info(func, FuncInfo { name, symbol, sig, kind, span, cold: false });
    }

    /// The function that writes a value of the type for `@dbg`.
    pub fn dbg_glue(&mut self, ty: TypeId, text: TypeId) -> FuncId {
        let params = [FnTypeParam { mode: ParamMode::Inout, ty: text }, FnTypeParam { mode: ParamMode::Borrow, ty }];
        self.made_function(InstanceKey::Dbg(ty), "dbg", ty, &params, TypeId::UNIT)
    }

    /// The function that freezes values of the type.
    pub fn freeze_glue(&mut self, ty: TypeId) -> FuncId {
        let params = [FnTypeParam { mode: ParamMode::Inout, ty }];
        self.made_function(InstanceKey::Freeze(ty), "freeze", ty, &params, TypeId::UNIT)
    }

    /// The function that points to a part of an enum's payload.
    pub fn payload_glue(&mut self, payload: Payload) -> FuncId {
        let mode = if payload.mutable { ParamMode::Inout } else { ParamMode::Borrow };
        let params = [FnTypeParam { mode, ty: payload.of }];
        let ret = self.payload_pointer(payload);
        self.made_function(InstanceKey::Payload(payload), "payload", payload.of, &params, ret)
    }

    /// A function that sema makes for a type.
    fn made_function(
        &mut self,
        key: InstanceKey,
        word: &str,
        ty: TypeId,
        params: &[FnTypeParam],
        ret: TypeId,
    ) -> FuncId {
        let func = self.instances.by_key(key);
        if self.instances.all[func].signature != Progress::Done {
            self.instances.all[func].signature = Progress::Done;
            self.set_glue_info(func, word, ty, FuncSig { params: params.into(), ret }, FuncKind::Kiln);
            self.want_body(func);
        }
        func
    }

    /// A function for an expression that is evaluated at comptime.
    pub fn new_thunk(&mut self, info: FuncInfo) -> FuncId {
        self.instances.thunks += 1;
        let func = self.instances.add(InstanceKey::Thunk(self.instances.thunks));
        self.instances.all[func].signature = Progress::Done;
        self.instances.all[func].body = Progress::Done;
        self.set_info(func, info);
        func
    }

    /// Asks for an instance's body to be checked sometime.
    pub fn want_body(&mut self, func: FuncId) {
        if self.instances.all[func].body == Progress::NotStarted {
            self.instances.queue.push_back(func);
        }
    }

    /// Checks the bodies that were asked for, and those they ask for.
    pub fn drain_queue(&mut self) {
        while let Some(func) = self.instances.queue.pop_front() {
            // Errors were reported; other bodies are checked all the same.
            let _ = self.ensure_body(func);
        }
    }

    /// The instance's CFG is in the program afterwards. Foreign functions have none.
    pub fn ensure_body(&mut self, func: FuncId) -> Checked<()> {
        match self.instances.all[func].body {
            Progress::Done => return Ok(()),
            Progress::Failed => return self.reporter.check(),
            Progress::Running => {
                let info = self.program.info(func);
                let error = errors::body_needs_itself(info.span, &info.name);
                return Err(self.error(error));
            }
            Progress::NotStarted => {}
        }
        self.instances.all[func].body = Progress::Running;
        let result = self.within(func, |sema| sema.make_body(func));
        self.instances.all[func].body = if result.is_ok() { Progress::Done } else { Progress::Failed };
        result
    }

    fn make_body(&mut self, func: FuncId) -> Checked<()> {
        match self.instances.all[func].key.clone() {
            InstanceKey::Decl { decl, args } => {
                if self.decl(decl).as_fn().is_some_and(|function| function.body.is_none()) {
                    return Ok(());
                }
                let body = BodyCx::new(self, decl, &args)?.check_function(func)?;
                self.finish_body(func, body)
            }
            InstanceKey::Callback(of) => {
                let body = self.callback_body(func, of);
                self.finish_body(func, body)
            }
            InstanceKey::Freeze(ty) => {
                let body = self.freeze_body(ty)?;
                self.finish_body(func, body)
            }
            InstanceKey::Payload(payload) => {
                let body = self.payload_body(payload);
                self.finish_body(func, body)
            }
            InstanceKey::Dbg(ty) => {
                let body = self.dbg_body(ty)?;
                self.finish_body(func, body)
            }
            InstanceKey::Glue(Glue::Eq(ty)) if self.eq_method(ty).is_some() => {
                let body = self.eq_by_method(ty);
                self.finish_body(func, body)
            }
            InstanceKey::Glue(glue) => {
                let body = self.build_glue(func, glue);
                self.set_body(func, body);
                Ok(())
            }
            InstanceKey::Thunk(_) => Ok(()),
        }
    }

    /// AIR → CFG, with the verifiers on in debug builds.
    pub fn finish_body(&mut self, func: FuncId, body: air::Body) -> Checked<()> {
        let cfg = self.build_cfg(&body)?;
        self.set_body(func, cfg);
        if self.options.keep_air {
            self.airs.grow_to(func.0 as usize + 1, || None);
            self.airs[func] = Some(body);
        }
        Ok(())
    }

    fn set_body(&mut self, func: FuncId, body: kiln_cfg::Func) {
        self.program.bodies.grow_to(func.0 as usize + 1, || None);
        self.program.bodies[func] = Some(Rc::new(body));
    }
}

/// The passing mode that a written mode means.
pub(crate) fn param_mode(mode: Mode) -> ParamMode {
    match mode {
        Mode::Value => ParamMode::Own,
        Mode::Borrow => ParamMode::Borrow,
        Mode::Inout => ParamMode::Inout,
    }
}
