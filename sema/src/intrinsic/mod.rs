//! Intrinsics: the one table of `@names`, and what each is in AIR.

mod assert;
mod cast;
mod dbg;
mod freeze;
mod memory;
mod reflect;
mod variant;

pub(crate) use assert::Put;
pub(crate) use variant::Payload;

use crate::body::BodyCx;
use crate::context::Checked;
use crate::errors;
use crate::expr::Expect;
use kiln_air::{Inst, InstId, Panic};
use kiln_hir::{Arg, ExprId, Mode, Name};
use kiln_source::TextRange;
use kiln_types::{Arch, Os, TypeId};

/// What an intrinsic does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Intrinsic {
    Dbg,
    Panic,
    Assert,
    SizeOf,
    AlignOf,
    Cast,
    Wrap,
    BitCast,
    TargetArch,
    TargetOs,
    PointerWidth,
    Raw,
    RawMut,
    Slice,
    Text,
    PtrRead,
    PtrWrite,
    PtrOffset,
    PtrToInt,
    IntToPtr,
    PtrCast,
    Null,
    Alloc,
    Realloc,
    Free,
    CopyMemory,
    Syscall,
    TypeOf,
    TypeName,
    TypeKind,
    Fields,
    Variants,
    Elem,
    Len,
    HasField,
    HasMethod,
    Field,
    IsVariant,
    Payload,
    CallName,
    IsCopy,
    NeedsDrop,
    Freeze,
    StructType,
    EnumType,
    ArrayType,
    CompileError,
    CompileLog,
    /// A function of `std/intrinsics.kiln` of the same name.
    Library,
    RtWrite,
    RtExit,
    RtDebug,
}

/// A row of the table.
pub(crate) struct Row {
    /// The name behind `@`.
    pub name: &'static str,
    pub intrinsic: Intrinsic,
    /// How many arguments it takes: at least, at most.
    pub args: (usize, usize),
    /// Only inside `checked`.
    pub unchecked: bool,
    /// How it is called, for messages.
    pub signature: &'static str,
}

const fn row(
    name: &'static str,
    intrinsic: Intrinsic,
    args: (usize, usize),
    unchecked: bool,
    signature: &'static str,
) -> Row {
    Row { name, intrinsic, args, unchecked, signature }
}

/// Every intrinsic but `@import` and `@embed_file`, which name files and are resolved when the program is loaded.
pub(crate) const TABLE: &[Row] = &[
    row("dbg", Intrinsic::Dbg, (1, 1), false, "@dbg(value)"),
    row("panic", Intrinsic::Panic, (1, 1), false, "@panic(message)"),
    row("assert", Intrinsic::Assert, (1, 2), false, "@assert(condition) or @assert(condition, message)"),
    row("size_of", Intrinsic::SizeOf, (1, 1), false, "@size_of(T)"),
    row("align_of", Intrinsic::AlignOf, (1, 1), false, "@align_of(T)"),
    row("cast", Intrinsic::Cast, (1, 1), false, "@cast(value)"),
    row("wrap", Intrinsic::Wrap, (1, 1), false, "@wrap(value)"),
    row("bit_cast", Intrinsic::BitCast, (1, 1), false, "@bit_cast(value)"),
    row("target_arch", Intrinsic::TargetArch, (0, 0), false, "@target_arch()"),
    row("target_os", Intrinsic::TargetOs, (0, 0), false, "@target_os()"),
    row("pointer_width", Intrinsic::PointerWidth, (0, 0), false, "@pointer_width()"),
    row("raw", Intrinsic::Raw, (1, 1), true, "@raw(place)"),
    row("raw_mut", Intrinsic::RawMut, (1, 1), true, "@raw_mut(place)"),
    row("slice", Intrinsic::Slice, (2, 2), true, "@slice(pointer, length)"),
    row("text", Intrinsic::Text, (2, 2), true, "@text(pointer, length)"),
    row("ptr_read", Intrinsic::PtrRead, (1, 1), true, "@ptr_read(pointer)"),
    row("ptr_write", Intrinsic::PtrWrite, (2, 2), true, "@ptr_write(pointer, value)"),
    row("ptr_offset", Intrinsic::PtrOffset, (2, 2), true, "@ptr_offset(pointer, elements)"),
    row("ptr_to_int", Intrinsic::PtrToInt, (1, 1), true, "@ptr_to_int(pointer)"),
    row("int_to_ptr", Intrinsic::IntToPtr, (1, 1), true, "@int_to_ptr(address)"),
    row("ptr_cast", Intrinsic::PtrCast, (1, 1), true, "@ptr_cast(pointer)"),
    row("null", Intrinsic::Null, (0, 0), true, "@null()"),
    row("alloc", Intrinsic::Alloc, (2, 2), true, "@alloc(T, count)"),
    row("realloc", Intrinsic::Realloc, (3, 3), true, "@realloc(pointer, old_count, new_count)"),
    row("free", Intrinsic::Free, (2, 2), true, "@free(pointer, count)"),
    row("copy_memory", Intrinsic::CopyMemory, (3, 3), true, "@copy_memory(destination, source, count)"),
    row("syscall", Intrinsic::Syscall, (1, 7), true, "@syscall(number, …up to 6 arguments)"),
    row("type_of", Intrinsic::TypeOf, (1, 1), false, "@type_of(value)"),
    row("type_name", Intrinsic::TypeName, (1, 1), false, "@type_name(T)"),
    row("type_kind", Intrinsic::TypeKind, (1, 1), false, "@type_kind(T)"),
    row("fields", Intrinsic::Fields, (1, 1), false, "@fields(T)"),
    row("variants", Intrinsic::Variants, (1, 1), false, "@variants(T)"),
    row("elem", Intrinsic::Elem, (1, 1), false, "@elem(T)"),
    row("len", Intrinsic::Len, (1, 1), false, "@len(T)"),
    row("has_field", Intrinsic::HasField, (2, 2), false, "@has_field(T, name)"),
    row("has_method", Intrinsic::HasMethod, (2, 2), false, "@has_method(T, name)"),
    row("field", Intrinsic::Field, (2, 2), false, "@field(place, name)"),
    row("is_variant", Intrinsic::IsVariant, (2, 2), false, "@is_variant(value, variant)"),
    row("payload", Intrinsic::Payload, (3, 3), false, "@payload(place, variant, field)"),
    row("call_name", Intrinsic::CallName, (0, 0), false, "@call_name()"),
    row("is_copy", Intrinsic::IsCopy, (1, 1), false, "@is_copy(T)"),
    row("needs_drop", Intrinsic::NeedsDrop, (1, 1), false, "@needs_drop(T)"),
    row("freeze", Intrinsic::Freeze, (1, 1), false, "@freeze(place)"),
    row("struct_type", Intrinsic::StructType, (1, 1), false, "@struct_type(fields)"),
    row("enum_type", Intrinsic::EnumType, (1, 1), false, "@enum_type(variants)"),
    row("array_type", Intrinsic::ArrayType, (2, 2), false, "@array_type(T, length)"),
    row("compile_log", Intrinsic::CompileLog, (1, 16), false, "@compile_log(value, …)"),
    row("compile_error", Intrinsic::CompileError, (1, 1), false, "@compile_error(message)"),
    row("read_line", Intrinsic::Library, (0, 0), false, "@read_line()"),
    row("parse_i32", Intrinsic::Library, (1, 1), false, "@parse_i32(text)"),
    row("parse_i64", Intrinsic::Library, (1, 1), false, "@parse_i64(text)"),
    row("parse_u32", Intrinsic::Library, (1, 1), false, "@parse_u32(text)"),
    row("parse_u64", Intrinsic::Library, (1, 1), false, "@parse_u64(text)"),
    row("random_u32", Intrinsic::Library, (0, 0), false, "@random_u32()"),
    row("random_u64", Intrinsic::Library, (0, 0), false, "@random_u64()"),
    row("rt_write", Intrinsic::RtWrite, (3, 3), true, "@rt_write(stream, text, len)"),
    row("rt_exit", Intrinsic::RtExit, (1, 1), true, "@rt_exit(status)"),
    row("rt_debug", Intrinsic::RtDebug, (2, 2), true, "@rt_debug(text, value)"),
];

impl<'a> BodyCx<'_, 'a> {
    /// `@name(args)`
    pub fn intrinsic(&mut self, name: Name, args: &'a [Arg], expect: Expect, range: TextRange) -> InstId {
        let Some(row) = TABLE.iter().find(|row| row.name == self.name(name.symbol)) else {
            let names = TABLE.iter().map(|row| row.name).chain(["import", "embed_file"]);
            let error = errors::unknown_intrinsic(self.span(name.range), self.name(name.symbol), names);
            self.error(error);
            for arg in args {
                self.operand(arg.value, Expect::None);
            }
            return self.error_inst(range);
        };
        if args.len() < row.args.0 || args.len() > row.args.1 {
            let error = errors::intrinsic_arguments(self.span(range), row.name, row.args, args.len(), row.signature);
            return self.wrong(error, range);
        }
        if let Some(marked) = args.iter().find(|arg| arg.mode == Mode::Inout) {
            let error = errors::intrinsic_mark(self.expr_span(marked.value), row.name);
            self.error(error);
        }
        if row.unchecked && self.checked == 0 {
            let error = errors::needs_checked_intrinsic(self.span(range), row.name);
            self.error(error);
        }
        if row.intrinsic == Intrinsic::Library {
            return self.library_intrinsic(row.name, args, expect, range);
        }
        self.lower_intrinsic(row.intrinsic, args, expect, range)
    }

    fn lower_intrinsic(&mut self, intrinsic: Intrinsic, args: &'a [Arg], expect: Expect, range: TextRange) -> InstId {
        let arg = |index: usize| args[index].value;
        match intrinsic {
            Intrinsic::Dbg => self.dbg(arg(0), range),
            Intrinsic::RtDebug => self.rt_debug(arg(0), arg(1), range),
            Intrinsic::Panic => self.panic(arg(0), range),
            Intrinsic::Assert => self.assert(arg(0), args.get(1).map(|arg| arg.value), range),
            Intrinsic::SizeOf => self.size_of(arg(0), expect, range, |layout| layout.size),
            Intrinsic::AlignOf => self.size_of(arg(0), expect, range, |layout| u64::from(layout.align)),
            Intrinsic::Cast => self.cast(arg(0), expect, range),
            Intrinsic::Wrap => self.wrap(arg(0), expect, range),
            Intrinsic::BitCast => self.bit_cast(arg(0), expect, range),
            Intrinsic::TargetArch => self.target_arch(range),
            Intrinsic::TargetOs => self.target_os(range),
            Intrinsic::PointerWidth => {
                let bits = u128::from(self.sema.options.target.pointer_bits());
                self.comptime_int(bits, expect, range)
            }
            Intrinsic::TypeOf => self.type_of(arg(0), range),
            Intrinsic::TypeName => self.type_name(arg(0), range),
            Intrinsic::TypeKind => self.type_kind(arg(0), range),
            Intrinsic::Fields => self.fields(arg(0), range),
            Intrinsic::Variants => self.variants_of(arg(0), range),
            Intrinsic::Elem => self.elem_type(arg(0), range),
            Intrinsic::Len => self.len_of_type(arg(0), expect, range),
            Intrinsic::HasField => self.has_field(arg(0), arg(1), range),
            Intrinsic::HasMethod => self.has_method(arg(0), arg(1), range),
            Intrinsic::Field => self.field_by_name(arg(0), arg(1), range),
            Intrinsic::IsVariant => self.is_variant(arg(0), arg(1), range),
            Intrinsic::Payload => self.payload(arg(0), arg(1), arg(2), range),
            Intrinsic::CallName => self.call_name(range),
            Intrinsic::IsCopy => self.type_test(arg(0), |cx, ty| cx.is_copied(ty), range),
            Intrinsic::NeedsDrop => self.type_test(arg(0), |cx, ty| cx.sema.pool.needs_drop(ty), range),
            Intrinsic::Freeze => self.freeze(arg(0), range),
            Intrinsic::StructType => self.struct_type(arg(0), range),
            Intrinsic::EnumType => self.enum_type(arg(0), range),
            Intrinsic::ArrayType => self.array_type(arg(0), arg(1), range),
            Intrinsic::CompileLog => self.compile_log(args, range),
            Intrinsic::CompileError => self.compile_error(arg(0), range),
            Intrinsic::Raw | Intrinsic::RawMut => self.raw(arg(0), intrinsic == Intrinsic::RawMut, range),
            Intrinsic::Slice | Intrinsic::Text => {
                self.slice_pointer(arg(0), arg(1), intrinsic == Intrinsic::Text, range)
            }
            Intrinsic::PtrRead => self.ptr_read(arg(0), range),
            Intrinsic::PtrWrite => self.ptr_write(arg(0), arg(1), range),
            Intrinsic::PtrOffset => self.ptr_offset(arg(0), arg(1), range),
            Intrinsic::PtrToInt => self.ptr_to_int(arg(0), range),
            Intrinsic::IntToPtr => self.int_to_ptr(arg(0), expect, range),
            Intrinsic::PtrCast => self.ptr_cast(arg(0), expect, range),
            Intrinsic::Null => self.null(expect, range),
            Intrinsic::Alloc => self.alloc(arg(0), arg(1), range),
            Intrinsic::Realloc => self.realloc(arg(0), arg(1), arg(2), range),
            Intrinsic::Free => self.free(arg(0), arg(1), range),
            Intrinsic::CopyMemory => self.copy_memory(arg(0), arg(1), arg(2), range),
            Intrinsic::Syscall => self.syscall(args, range),
            Intrinsic::Library => unreachable!("called by name before"),
            Intrinsic::RtWrite => self.rt_write(arg(0), arg(1), arg(2), range),
            Intrinsic::RtExit => self.rt_exit(arg(0), range),
        }
    }

    fn library_intrinsic(&mut self, name: &str, args: &'a [Arg], expect: Expect, range: TextRange) -> InstId {
        match self.sema.intrinsic_decl(name) {
            Ok(decl) => self.call_fn(decl, &[], None, args, expect, range),
            Err(error) => {
                self.fail(error);
                self.error_inst(range)
            }
        }
    }

    /// A number known at comptime: it takes the integer type its context asks for.
    fn comptime_int(&mut self, value: u128, expect: Expect, range: TextRange) -> InstId {
        self.int_literal(value, false, expect, range)
    }

    fn size_of(
        &mut self,
        ty: ExprId,
        expect: Expect,
        range: TextRange,
        fact: fn(&kiln_types::Layout) -> u64,
    ) -> InstId {
        let span = self.expr_span(ty);
        let layout = self.sized_type(ty).and_then(|ty| {
            self.sema.ensure_layout(ty, span)?;
            Ok(self.sema.layouts.of(&self.sema.pool, ty))
        });
        match layout {
            Ok(layout) => self.comptime_int(u128::from(fact(&layout)), expect, range),
            Err(error) => {
                self.fail(error);
                self.error_inst(range)
            }
        }
    }

    /// `@panic("…")`
    fn panic(&mut self, message: ExprId, range: TextRange) -> InstId {
        let text = self.text_argument(message);
        self.push(Inst::Panic(Panic::User, Some(text)), TypeId::NEVER, range)
    }

    /// An argument that is text: a place of type `str`.
    fn text_argument(&mut self, expr: ExprId) -> InstId {
        let inst = self.operand(expr, Expect::Hint(TypeId::STR));
        self.fit_place(inst, TypeId::STR)
    }

    /// `@target_arch()`: a variant of the library's `Arch`.
    fn target_arch(&mut self, range: TextRange) -> InstId {
        let variant = match self.sema.options.target.arch {
            Arch::X86_64 => "X86_64",
            Arch::X86 => "X86",
            Arch::Aarch64 => "Aarch64",
            Arch::Arm => "Arm",
            Arch::Riscv64 => "Riscv64",
            Arch::Riscv32 => "Riscv32",
            Arch::Wasm32 => "Wasm32",
        };
        self.target_variant("Arch", variant, range)
    }

    /// `@target_os()`: a variant of the library's `Os`.
    fn target_os(&mut self, range: TextRange) -> InstId {
        let variant = match self.sema.options.target.os {
            Os::Linux => "Linux",
            Os::Macos => "Macos",
            Os::Windows => "Windows",
            Os::Freestanding => "Freestanding",
        };
        self.target_variant("Os", variant, range)
    }

    fn target_variant(&mut self, ty: &str, variant: &str, range: TextRange) -> InstId {
        let value = self.sema.target_value(ty, variant);
        match value {
            Ok(value) => {
                let ty = self.sema.pool.type_of(value);
                self.push(Inst::Const(value), ty, range)
            }
            Err(error) => {
                self.fail(error);
                self.error_inst(range)
            }
        }
    }

    /// `@type_of(e)`: the type of an expression, which is not evaluated.
    fn type_of(&mut self, expr: ExprId, range: TextRange) -> InstId {
        match self.type_of_value(expr) {
            Ok(ty) => self.push(Inst::Const(ty.as_value()), TypeId::TYPE, range),
            Err(_) => self.error_inst(range),
        }
    }

    /// The type of an expression that is checked, and not kept.
    pub fn type_of_value(&mut self, expr: ExprId) -> Checked<TypeId> {
        let inst = self.operand(expr, Expect::None);
        let ty = self.ty(inst);
        match self.settle(ty) {
            TypeId::ERROR => {
                Err(self.failed.unwrap_or_else(|| self.sema.reporter.check().expect_err("it was reported")))
            }
            ty => Ok(ty),
        }
    }

    /// `@compile_error("…")`: reaching it while compiling is the error.
    fn compile_error(&mut self, message: ExprId, range: TextRange) -> InstId {
        let text = match self.comptime_text(message) {
            Ok(text) => text,
            Err(error) => {
                self.fail(error);
                return self.error_inst(range);
            }
        };
        let error = errors::compile_error(self.span(range), &text);
        self.wrong(error, range)
    }
}
