//! Reads the text form of [`crate::print()`] back. What was printed with the same pool, names and functions gives an equal
//! function, but for source positions, which the text does not have.
//!
//! Text by hand is read as well: types that are not in the pool are made, and so are names.

mod constant;
mod cursor;
mod line;
mod ty;

use crate::{Block, BlockId, Func, Local, LocalDecl, LocalKind, Terminator, TypeNames};
use cursor::{Cursor, uncomment};
use kiln_source::{FileId, Idx, IdxVec, Interner, TextRange};
use kiln_types::{FuncId, ParamMode, Pool, Statics, TypeId};
use std::fmt;

/// What parsing needs to know.
pub struct ParseCx<'a> {
    /// Where types and values are found and made.
    pub pool: &'a mut Pool,
    /// Where names are found and made.
    pub names: &'a mut Interner,
    /// Names of types.
    pub types: &'a TypeNames,
    /// Static data, for the types of places.
    pub statics: &'a Statics,
    /// Functions by name.
    pub funcs: &'a mut dyn FnMut(&str) -> Option<FuncId>,
}

/// A text that is no function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ParseError {}

/// What is wrong with a line.
type Parsed<T> = Result<T, String>;

/// Parses all functions of a text.
///
/// # Errors
/// The first line that is not understood.
pub fn parse(text: &str, cx: &mut ParseCx<'_>) -> Result<Vec<Func>, ParseError> {
    let mut funcs = Vec::new();
    let mut open: Option<FuncParser<'_, '_>> = None;
    let mut cx = Some(cx);
    let mut last = 0;
    for (index, line) in text.lines().enumerate() {
        last = index + 1;
        let line = uncomment(line).trim();
        if line.is_empty() {
            continue;
        }
        let error = |message| ParseError { line: index + 1, message };
        if let Some(mut parser) = open.take() {
            if line == "}" {
                let (func, context) = parser.finish().map_err(error)?;
                funcs.push(func);
                cx = Some(context);
            } else {
                parser.line(line).map_err(error)?;
                open = Some(parser);
            }
        } else {
            let context = cx.take().expect("no function is open");
            open = Some(FuncParser::new(context, line).map_err(error)?);
        }
    }
    match open {
        Some(_) => Err(ParseError { line: last, message: "the function has no end".to_owned() }),
        None => Ok(funcs),
    }
}

impl Func {
    /// Forgets all positions in source text: what is left is what the text form has.
    pub fn forget_ranges(&mut self) {
        let nowhere = TextRange::default();
        (self.file, self.range) = (FileId::default(), nowhere);
        self.locals.iter_mut().for_each(|local| (local.range, local.scope) = (nowhere, nowhere));
        for block in self.blocks.iter_mut() {
            block.ranges.fill(nowhere);
            block.term_range = nowhere;
        }
    }
}

/// A function whose lines are being read.
struct FuncParser<'p, 'a> {
    cx: &'p mut ParseCx<'a>,
    func: Func,
    /// Declarations so far; locals may be declared in any order.
    locals: Vec<Option<LocalDecl>>,
    names: Vec<(Local, String)>,
    /// The block being read has its terminator.
    closed: bool,
}

impl<'p, 'a> FuncParser<'p, 'a> {
    fn new(cx: &'p mut ParseCx<'a>, line: &str) -> Parsed<Self> {
        let line = line.strip_prefix("fn ").ok_or("expected `fn`")?;
        let (name, params, ret) = cursor::split_header(line)?;
        let nowhere = TextRange::default();
        let func = Func {
            name: name.into(),
            file: FileId::default(),
            range: nowhere,
            locals: IdxVec::new(),
            param_count: 0,
            blocks: IdxVec::new(),
        };
        let mut parser = FuncParser { cx, func, locals: Vec::new(), names: Vec::new(), closed: true };
        let ret = match ret {
            Some(ret) => parser.type_named(ret)?,
            None => TypeId::UNIT,
        };
        parser.declare(Local(0), ret, LocalKind::Return, true)?;
        let mut cursor = Cursor::new(params);
        while !cursor.is_empty() {
            let mode = match (cursor.eat("borrow "), cursor.eat("inout ")) {
                (true, _) => ParamMode::Borrow,
                (_, true) => ParamMode::Inout,
                _ => ParamMode::Own,
            };
            let local = cursor.local()?;
            cursor.expect(":")?;
            let ty = parser.type_named(cursor.until(&[',']))?;
            parser.declare(local, ty, LocalKind::Param(mode), mode == ParamMode::Inout)?;
            parser.func.param_count += 1;
            if !cursor.eat(",") {
                break;
            }
        }
        cursor.end()?;
        Ok(parser)
    }

    fn declare(&mut self, local: Local, ty: TypeId, kind: LocalKind, mutable: bool) -> Parsed<()> {
        if self.locals.len() <= local.index() {
            if local.index() > self.locals.len() + 100_000 {
                return Err(format!("there are no locals up to {local}"));
            }
            self.locals.resize(local.index() + 1, None);
        }
        let (range, scope) = Default::default();
        let decl = LocalDecl { ty, kind, name: None, mutable, range, scope };
        match self.locals[local.index()].replace(decl) {
            Some(_) => Err(format!("{local} is declared twice")),
            None => Ok(()),
        }
    }

    fn line(&mut self, line: &str) -> Parsed<()> {
        if let Some(names) = line.strip_prefix("debug ") {
            for entry in names.split(", ") {
                let (local, name) = entry.split_once(' ').ok_or("expected a local and its name")?;
                self.names.push((Cursor::new(local).local()?, name.to_owned()));
            }
            return Ok(());
        }
        if let Some(label) = line.strip_suffix(':') {
            let mut cursor = Cursor::new(label);
            let block = cursor.block()?;
            cursor.end()?;
            return self.open_block(block);
        }
        if self.func.blocks.is_empty() {
            let mut cursor = Cursor::new(line);
            let (local, decl) = self.declaration(&mut cursor)?;
            cursor.end()?;
            let (ty, kind, mutable) = decl.ok_or("expected a declaration or a block")?;
            return self.declare(local, ty, kind, mutable);
        }
        if self.closed {
            return Err("the block has ended".to_owned());
        }
        let nowhere = TextRange::default();
        if let Some(term) = self.terminator(line)? {
            let block = self.func.blocks.len() - 1;
            self.func.blocks[BlockId::from_usize(block)].term = term;
            self.closed = true;
            return Ok(());
        }
        let stmt = self.stmt(line)?;
        let block = BlockId::from_usize(self.func.blocks.len() - 1);
        self.func.blocks[block].stmts.push(stmt);
        self.func.blocks[block].ranges.push(nowhere);
        Ok(())
    }

    fn open_block(&mut self, block: BlockId) -> Parsed<()> {
        if !self.closed {
            return Err("the block before has no end".to_owned());
        }
        if block != self.func.blocks.next_id() {
            return Err(format!("expected {}", self.func.blocks.next_id()));
        }
        self.closed = false;
        self.func.blocks.push(Block {
            stmts: Vec::new(),
            ranges: Vec::new(),
            term: Terminator::Unreachable,
            term_range: TextRange::default(),
        });
        Ok(())
    }

    fn finish(mut self) -> Parsed<(Func, &'p mut ParseCx<'a>)> {
        if !self.closed || self.func.blocks.is_empty() {
            return Err("the last block has no end".to_owned());
        }
        for (index, local) in self.locals.iter_mut().enumerate() {
            let local = local.take().ok_or_else(|| format!("{} is not declared", Local::from_usize(index)))?;
            self.func.locals.push(local);
        }
        let count = self.func.locals.len();
        let mut unknown = None;
        for block in self.func.blocks.iter() {
            let mut mention = |local: Local| unknown = unknown.or((local.index() >= count).then_some(local));
            block.stmts.iter().for_each(|stmt| stmt.for_each_local(&mut mention));
            block.term.operand().and_then(crate::Operand::local).into_iter().for_each(mention);
        }
        if let Some(local) = unknown {
            return Err(format!("{local} is not declared"));
        }
        for (local, name) in &self.names {
            let decl = self.func.locals.get_mut(*local).ok_or_else(|| format!("{local} is not declared"))?;
            decl.name = Some(self.cx.names.intern(name));
        }
        Ok((self.func, self.cx))
    }
}
