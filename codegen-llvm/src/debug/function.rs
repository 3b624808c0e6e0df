//! What a debugger is told of one function: the line of each instruction, and where its variables are.
//!
//! Without optimisation a variable that is no memory of its own has a copy in the frame, which is always current. With it LLVM is told
//! each value, and says what it can.

use super::Debug;
use crate::body::{Body, Slot};
use crate::errors::Result;
use crate::value::Value;
use inkwell::builder::Builder;
use inkwell::llvm_sys::core::LLVMSetCurrentDebugLocation2;
use inkwell::llvm_sys::debuginfo::{
    LLVMDIBuilderCreateAutoVariable, LLVMDIBuilderCreateDebugLocation, LLVMDIBuilderCreateExpression,
    LLVMDIBuilderCreateLexicalBlock, LLVMDIBuilderCreateParameterVariable, LLVMDIBuilderInsertDbgValueRecordAtEnd,
    LLVMDIBuilderInsertDeclareRecordAtEnd,
};
use inkwell::llvm_sys::prelude::{LLVMContextRef, LLVMMetadataRef};
use inkwell::values::{AsValueRef, BasicValueEnum, PointerValue};
use kiln_cfg::{Func, Local, LocalKind};
use kiln_codegen::{DebugLevel, ScopeNo, Scopes};
use kiln_source::{IdxVec, Interner, LineColumn, SourceMap, TextRange};
use kiln_types::Pool;
use std::ptr;

/// `DW_OP_LLVM_fragment`: a part of a variable, by its first bit and number of bits.
const FRAGMENT: u64 = 0x1000;

/// A function's lines and variables.
pub(crate) struct FuncDebug {
    scopes: Scopes,
    /// The function and its blocks, by the numbers of the scopes.
    nodes: Vec<LLVMMetadataRef>,
    file: LLVMMetadataRef,
    /// The place and scope where the builder is, to ask once for several instructions.
    here: (u32, ScopeNo),
    variables: IdxVec<Local, Option<Variable>>,
}

/// A variable that a debugger knows.
#[derive(Clone, Copy)]
struct Variable {
    node: LLVMMetadataRef,
    location: LLVMMetadataRef,
}

impl FuncDebug {
    pub(super) fn new(
        debug: &Debug,
        sources: &SourceMap,
        func: &Func,
        scopes: Scopes,
        file: LLVMMetadataRef,
        subprogram: LLVMMetadataRef,
    ) -> FuncDebug {
        let mut nodes = vec![subprogram];
        for scope in &scopes.all[1..] {
            let at = sources.line_column(scope.range.in_file(func.file));
            // SAFETY: the scope around it stands before it.
            nodes.push(unsafe {
                LLVMDIBuilderCreateLexicalBlock(debug.builder, nodes[scope.parent], file, at.line, at.column)
            });
        }
        let variables = func.locals.iter().map(|_| None).collect();
        FuncDebug { scopes, nodes, file, here: (u32::MAX, 0), variables }
    }

    /// What is built from now on belongs to this text.
    fn locate(&mut self, context: LLVMContextRef, builder: &Builder<'_>, sources: &SourceMap, func: &Func, at: u32) {
        let scope = self.scopes.at(at);
        if self.here == (at, scope) {
            return;
        }
        self.here = (at, scope);
        let LineColumn { line, column } = sources.file(func.file).line_column(at);
        // SAFETY: the scope is one of this function, which the builder builds.
        unsafe {
            let location = LLVMDIBuilderCreateDebugLocation(context, line, column, self.nodes[scope], ptr::null_mut());
            LLVMSetCurrentDebugLocation2(builder.as_mut_ptr(), location);
        }
    }

    fn declare_variables(
        &mut self,
        debug: &Debug,
        context: LLVMContextRef,
        input: (&Pool, &Interner, &SourceMap),
        func: &Func,
    ) {
        let (pool, names, sources) = input;
        for (number, scope) in self.scopes.all.iter().enumerate() {
            for &local in &scope.locals {
                let decl = &func.locals[local];
                let Some(name) = decl.name else { continue };
                let (name, ty) = (names.name(name), debug.node(pool, decl.ty));
                let at = sources.file(func.file).line_column(decl.range.start);
                let (text, len) = (name.as_ptr().cast(), name.len());
                let (node, file, builder) = (self.nodes[number], self.file, debug.builder);
                // SAFETY: the name is given with its length; the scope is one of this function.
                let variable = unsafe {
                    let variable = match decl.kind {
                        LocalKind::Param(_) => LLVMDIBuilderCreateParameterVariable(
                            builder, node, text, len, local.0, file, at.line, ty, 1, 0,
                        ),
                        _ => LLVMDIBuilderCreateAutoVariable(builder, node, text, len, file, at.line, ty, 1, 0, 0),
                    };
                    let location = LLVMDIBuilderCreateDebugLocation(context, at.line, at.column, node, ptr::null_mut());
                    Variable { node: variable, location }
                };
                self.variables[local] = Some(variable);
            }
        }
    }
}

impl<'ctx> Body<'_, 'ctx, '_> {
    /// What is built from now on belongs to this text.
    pub fn locate(&mut self, range: TextRange) {
        let Some(debug) = &mut self.debug else { return };
        // What the compiler added has no text; it belongs to what stands before.
        let place = match range == TextRange::default() {
            true if debug.here.0 == u32::MAX => self.func.range.start,
            true => return,
            false => range.start,
        };
        debug.locate(self.unit.context.raw(), &self.unit.builder, self.unit.sources, self.func, place);
    }

    /// Tells where variables are, when the parameters have come. The builder stands in the first block.
    pub fn declare_variables(&mut self) -> Result<()> {
        let Some(unit) = &self.unit.debug else { return Ok(()) };
        let Some(debug) = &mut self.debug else { return Ok(()) };
        if unit.info.level != DebugLevel::Full {
            return Ok(());
        }
        let input = (self.unit.pool, self.unit.names, self.unit.sources);
        debug.declare_variables(unit, self.unit.context.raw(), input, self.func);
        for local in self.func.locals.ids() {
            if debug_variable(self, local).is_some() {
                self.declare_variable(local)?;
            }
        }
        Ok(())
    }

    fn declare_variable(&mut self, local: Local) -> Result<()> {
        let is_view = self.unit.pool.is_unsized(self.local_type(local));
        match self.slots[local] {
            Slot::Memory(at) if at.as_instruction().is_some() => self.declare(local, at, false),
            Slot::Cell(cell) => self.declare(local, cell, !is_view),
            _ if self.unit.level.optimises() => self.show(local)?,
            slot => {
                let word = u64::from(self.unit.layouts.target().pointer_bytes);
                let is_place = matches!(slot, Slot::Memory(_) | Slot::Reference(..))
                    || self.func.locals[local].is_reference() && !matches!(slot, Slot::Value(_));
                let layout = self.unit.layouts.of(self.unit.pool, self.local_type(local));
                let (size, align) = match (is_view, is_place) {
                    (true, _) => (word * 2, word as u32),
                    (false, true) => (word, word as u32),
                    (false, false) => (layout.size, layout.align),
                };
                let cell = self.unit.entry_alloca(size, align)?;
                self.declare(local, cell, is_place && !is_view);
                self.copies[local] = Some(cell);
                self.show(local)?;
            }
        }
        Ok(())
    }

    fn declare(&self, local: Local, at: PointerValue<'ctx>, is_behind: bool) {
        let (Some(unit), Some(variable)) = (&self.unit.debug, debug_variable(self, local)) else { return };
        let Some(block) = self.unit.builder.get_insert_block() else { return };
        let expression = if is_behind { unit.behind } else { unit.direct };
        // SAFETY: the address is known in the block, which is the function's first one; the variable is one of this function.
        unsafe {
            LLVMDIBuilderInsertDeclareRecordAtEnd(
                unit.builder,
                at.as_value_ref(),
                variable.node,
                expression,
                variable.location,
                block.as_mut_ptr(),
            );
        }
    }

    /// Tells the value that a variable has from now on, if it is not in memory of its own.
    pub fn show(&mut self, local: Local) -> Result<()> {
        if debug_variable(self, local).is_none() {
            return Ok(());
        }
        match self.copies[local] {
            Some(cell) => self.copy_variable(local, cell),
            None => {
                self.tell_value(local);
                Ok(())
            }
        }
    }

    fn copy_variable(&mut self, local: Local, cell: PointerValue<'ctx>) -> Result<()> {
        let ty = self.local_type(local);
        match self.slots[local] {
            Slot::Value(value) => self.unit.store(cell, ty, value),
            Slot::Memory(at) => self.unit.store_scalar(cell, at.into()),
            Slot::Reference(at, len) => {
                self.unit.store_scalar(cell, at.into())?;
                let Some(len) = len else { return Ok(()) };
                let behind = self.unit.offset(cell, u64::from(self.unit.layouts.target().pointer_bytes))?;
                self.unit.store_scalar(behind, len.into())
            }
            Slot::Unset | Slot::Cell(_) => Ok(()),
        }
    }

    fn tell_value(&mut self, local: Local) {
        let word = u64::from(self.unit.layouts.target().pointer_bits());
        match self.slots[local] {
            Slot::Value(Value::Scalar(scalar)) => self.tell(local, scalar, &[]),
            Slot::Value(Value::Fat(address, len)) | Slot::Reference(address, Some(len)) => {
                self.tell(local, address.into(), &[FRAGMENT, 0, word]);
                self.tell(local, len.into(), &[FRAGMENT, word, word]);
            }
            Slot::Memory(at) | Slot::Reference(at, None) => self.tell(local, at.into(), &[super::DEREF]),
            Slot::Value(_) | Slot::Unset | Slot::Cell(_) => {}
        }
    }

    fn tell(&self, local: Local, value: BasicValueEnum<'ctx>, expression: &[u64]) {
        let (Some(unit), Some(variable)) = (&self.unit.debug, debug_variable(self, local)) else { return };
        let Some(block) = self.unit.builder.get_insert_block() else { return };
        let mut expression = expression.to_vec();
        // SAFETY: the value is known at the end of the block, where the builder stands; the variable is one of this function.
        unsafe {
            let expression = LLVMDIBuilderCreateExpression(unit.builder, expression.as_mut_ptr(), expression.len());
            LLVMDIBuilderInsertDbgValueRecordAtEnd(
                unit.builder,
                value.as_value_ref(),
                variable.node,
                expression,
                variable.location,
                block.as_mut_ptr(),
            );
        }
    }
}

/// The variable that a local is for a debugger.
fn debug_variable(body: &Body<'_, '_, '_>, local: Local) -> Option<Variable> {
    body.debug.as_ref().and_then(|debug| debug.variables[local])
}
