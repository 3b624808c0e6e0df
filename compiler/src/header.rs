//! A C header of what a program exports: `--emit header`.
//!
//! Functions stand in the order of their declarations, after the structs and enums they mention, each behind those it is made of.
//! What C can't spell, such as a tuple behind a pointer, is `void` there. The text is C99 and C++, and the same on every machine.
//!
//! Example: `export "C" fn area(shape: ptr const Rect) -> f64` gives `double area(const Rect *shape);` behind `struct Rect`.

use crate::{Session, Stage};
use kiln_hir as hir;
use kiln_sema::Analysis;
use kiln_source::{DeclId, Interner};
use kiln_types::{EnumDef, FnType, Pool, StructDef, Target, TypeId, TypeKey};
use rustc_hash::{FxHashMap, FxHashSet};
use std::fmt::Write;

/// Makes the header if it was asked for.
pub(crate) fn emit(session: &mut Session<'_>, hir: &hir::Program, analysis: &Analysis) {
    session.emit(Stage::Header, |session| {
        let root = session.options.inputs.first().and_then(|root| root.file_stem());
        let stem = root.map_or_else(|| "program".to_owned(), |stem| stem.to_string_lossy().into_owned());
        let target = &session.options.target;
        Header { hir, analysis, pool: &analysis.pool, names: &session.interner, target, types: Types::default() }
            .write(&stem)
    });
}

/// The types that a header declares.
#[derive(Default)]
struct Types {
    /// Their names in C.
    named: FxHashMap<TypeId, String>,
    taken: FxHashSet<String>,
    /// Names of structs, in the order they were met.
    forward: Vec<String>,
    /// Definitions, each behind those it needs.
    definitions: Vec<String>,
    defined: FxHashSet<TypeId>,
    /// Structs behind pointers, which are to be defined too.
    pointed: Vec<TypeId>,
    has_wide_int: bool,
}

struct Header<'a> {
    hir: &'a hir::Program,
    analysis: &'a Analysis,
    pool: &'a Pool,
    names: &'a Interner,
    target: &'a Target,
    types: Types,
}

impl Header<'_> {
    fn write(mut self, stem: &str) -> String {
        let exports = &self.analysis.exports;
        for export in exports {
            self.types.taken.insert(self.names.name(self.hir.decls[export.decl].name.symbol).to_owned());
        }
        let mut functions = String::new();
        for export in exports {
            functions.push('\n');
            self.function(export, &mut functions);
        }
        while let Some(ty) = self.types.pointed.pop() {
            self.define(ty);
        }
        let guard = format!("{}_H", identifier(stem).to_uppercase());
        let mut text = format!(
            "/* What {} exports to C. Made by kiln: changes are lost when it is made again. */\n\n#ifndef {guard}\n#define {guard}\n\n",
            comment(stem)
        );
        text.push_str("#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n\n");
        text.push_str("#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
        if self.types.has_wide_int {
            text.push_str(
                "\n__extension__ typedef __int128 kiln_i128;\n__extension__ typedef unsigned __int128 kiln_u128;\n",
            );
        }
        if !self.types.forward.is_empty() {
            text.push('\n');
        }
        for name in &self.types.forward {
            let _ = writeln!(text, "typedef struct {name} {name};");
        }
        for definition in &self.types.definitions {
            text.push('\n');
            text.push_str(definition);
        }
        text.push_str(&functions);
        let _ = write!(text, "\n#ifdef __cplusplus\n}}\n#endif\n\n#endif /* {guard} */\n");
        text
    }

    /// The declaration of an exported function.
    fn function(&mut self, export: &kiln_sema::Export, out: &mut String) {
        let item = &self.hir.decls[export.decl];
        let sig = &self.analysis.program.info(export.func).sig;
        let function = item.as_fn().expect("functions are exported");
        let mut seen = FxHashSet::default();
        let mut params = Vec::with_capacity(sig.params.len());
        for (param, ty) in function.params.iter().zip(&sig.params) {
            let mut name = identifier(self.names.name(item.body.locals[param.local].name));
            while name == "_" || !seen.insert(name.clone()) {
                name = format!("_{}", params.len());
            }
            params.push(self.declaration(ty.ty, &name));
        }
        let params = if params.is_empty() { "void".to_owned() } else { params.join(", ") };
        let name = self.names.name(item.name.symbol);
        docs(item.docs.as_deref(), sig.ret == TypeId::NEVER, out);
        let declared = match sig.ret {
            TypeId::UNIT | TypeId::NEVER => format!("void {name}({params})"),
            ret => self.declaration(ret, &format!("{name}({params})")),
        };
        let _ = writeln!(out, "{declared};");
    }

    /// A declaration of `name` with a type, as C puts it around the name.
    fn declaration(&mut self, ty: TypeId, name: &str) -> String {
        let with = |ty: &str| if name.is_empty() { ty.to_owned() } else { format!("{ty} {name}") };
        match self.pool.key(ty) {
            TypeKey::Bool => with("bool"),
            TypeKey::Char => with("uint32_t"),
            TypeKey::Int { bits: 128, signed } => {
                self.types.has_wide_int = true;
                with(if *signed { "kiln_i128" } else { "kiln_u128" })
            }
            TypeKey::Int { bits, signed } => with(&format!("{}int{bits}_t", if *signed { "" } else { "u" })),
            TypeKey::Size { signed: true } => with("ptrdiff_t"),
            TypeKey::Size { signed: false } => with("size_t"),
            TypeKey::Float { bits: 32 } => with("float"),
            TypeKey::Float { .. } => with("double"),
            TypeKey::Array { elem, len } => self.declaration(*elem, &format!("{name}[{len}]")),
            TypeKey::Ptr { mutable, pointee } => self.pointer(*mutable, *pointee, name),
            TypeKey::Fn(of) if of.foreign => self.function_pointer(of, name),
            TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } | TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => {
                let named = self.define(ty);
                with(&named)
            }
            _ => with("void"),
        }
    }

    fn pointer(&mut self, mutable: bool, pointee: TypeId, name: &str) -> String {
        let constant = if mutable { "" } else { "const " };
        match self.pool.key(pointee) {
            // What an address leads to that is an address itself is constant behind its own star.
            TypeKey::Ptr { .. } | TypeKey::Fn(_) if self.is_c(pointee) => {
                self.declaration(pointee, &format!("{}*{name}", constant))
            }
            TypeKey::Array { .. } if self.is_c(pointee) => {
                let is_of_addresses =
                    matches!(self.pool.key(self.innermost(pointee)), TypeKey::Ptr { .. } | TypeKey::Fn(_));
                let declared = self.declaration(pointee, &format!("(*{name})"));
                if is_of_addresses { declared } else { format!("{constant}{declared}") }
            }
            TypeKey::Struct { .. } if self.is_c(pointee) => {
                let named = self.name_of(pointee);
                if !self.types.defined.contains(&pointee) {
                    self.types.pointed.push(pointee);
                }
                format!("{constant}{named} *{name}")
            }
            _ if self.is_c(pointee) => format!("{constant}{}", self.declaration(pointee, &format!("*{name}"))),
            _ => format!("{constant}void *{name}"),
        }
    }

    /// The type of the elements of arrays of arrays.
    fn innermost(&self, ty: TypeId) -> TypeId {
        match self.pool.key(ty) {
            TypeKey::Array { elem, .. } => self.innermost(*elem),
            _ => ty,
        }
    }

    fn function_pointer(&mut self, of: &FnType, name: &str) -> String {
        let params: Vec<String> = of.params.iter().map(|param| self.declaration(param.ty, "")).collect();
        let params = if params.is_empty() { "void".to_owned() } else { params.join(", ") };
        match of.ret {
            TypeId::UNIT | TypeId::NEVER => format!("void (*{name})({params})"),
            ret => self.declaration(ret, &format!("(*{name})({params})")),
        }
    }

    /// Whether C can declare the type.
    fn is_c(&self, ty: TypeId) -> bool {
        match self.pool.key(ty) {
            TypeKey::Bool | TypeKey::Char | TypeKey::Size { .. } | TypeKey::Float { .. } => true,
            TypeKey::Int { bits, .. } => *bits < 128 || self.target.pointer_bytes == 8,
            TypeKey::Ptr { pointee, .. } => !self.pool.is_unsized(*pointee),
            TypeKey::Fn(of) => of.foreign,
            TypeKey::Array { elem, len } => *len > 0 && self.is_c(*elem),
            TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => self.pool.struct_def(ty).is_some_and(|def| {
                !def.fields.is_empty() && def.destructor.is_none() && def.fields.iter().all(|field| self.is_c(field.ty))
            }),
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => {
                self.pool.enum_def(ty).is_some_and(|def| def.is_unit_only() && !def.variants.is_empty())
            }
            _ => false,
        }
    }

    /// The name of a struct or enum in C; a struct is known by it from the start.
    fn name_of(&mut self, ty: TypeId) -> String {
        if let Some(name) = self.types.named.get(&ty) {
            return name.clone();
        }
        let mut name = identifier(&self.pool.display(ty, self.names).to_string());
        let base = name.clone();
        let mut number = 2;
        while !self.types.taken.insert(name.clone()) {
            name = format!("{base}_{number}");
            number += 1;
        }
        self.types.named.insert(ty, name.clone());
        if self.pool.struct_def(ty).is_some() {
            self.types.forward.push(name.clone());
        }
        name
    }

    /// Defines a struct or enum, after the types of its fields. Gives its name.
    fn define(&mut self, ty: TypeId) -> String {
        let name = self.name_of(ty);
        if !self.types.defined.insert(ty) {
            return name;
        }
        let definition = match (self.pool.struct_def(ty), self.pool.enum_def(ty)) {
            (Some(def), _) => self.struct_definition(def, &name),
            (None, Some(def)) => self.enum_definition(def, &name),
            (None, None) => String::new(),
        };
        self.types.definitions.push(definition);
        name
    }

    fn struct_definition(&mut self, def: &StructDef, name: &str) -> String {
        let mut text = String::new();
        docs(self.docs_of(def.decl), false, &mut text);
        let _ = writeln!(text, "struct {name} {{");
        for field in &def.fields {
            let field_name = identifier(self.names.name(field.name));
            let _ = writeln!(text, "    {};", self.declaration(field.ty, &field_name));
        }
        text.push_str("};\n");
        text
    }

    /// The type of the numbers, and a name for each: a C compiler may give an `enum` another size.
    fn enum_definition(&mut self, def: &EnumDef, name: &str) -> String {
        let mut text = String::new();
        docs(self.docs_of(def.decl), false, &mut text);
        let _ = writeln!(text, "typedef {};", self.declaration(def.tag, name));
        let signed = self.pool.int_type(def.tag, self.target).is_some_and(|int| int.signed);
        for variant in &def.variants {
            let bits = variant.discriminant;
            let number = if signed { (bits as i128).to_string() } else { format!("{bits}u") };
            let _ = writeln!(text, "#define {name}_{} (({name}){number})", identifier(self.names.name(variant.name)));
        }
        text
    }

    fn docs_of(&self, decl: Option<DeclId>) -> Option<&str> {
        self.hir.decls[decl?].docs.as_deref()
    }
}

/// A doc comment of C.
fn docs(text: Option<&str>, never_returns: bool, out: &mut String) {
    let lines: Vec<&str> =
        text.into_iter().flat_map(str::lines).chain(never_returns.then_some("Does not return.")).collect();
    match lines[..] {
        [] => {}
        [line] => {
            let _ = writeln!(out, "/** {} */", comment(line));
        }
        _ => {
            out.push_str("/**\n");
            for line in lines {
                let _ = writeln!(out, "{}", format!(" * {}", comment(line)).trim_end());
            }
            out.push_str(" */\n");
        }
    }
}

/// Text that does not end a comment, or start one.
fn comment(text: &str) -> String {
    text.replace("*/", "* /").replace("/*", "/ *")
}

/// A name as C and C++ accept it: `Pair(i32, u8)` is `Pair_i32_u8`, `class` is `class_`.
fn identifier(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => text.push(c),
            _ if !text.ends_with('_') => text.push('_'),
            _ => {}
        }
    }
    let has_arguments = name.ends_with([')', '}']);
    let mut text = if has_arguments { text.trim_end_matches('_').to_owned() } else { text };
    if text.starts_with(|c: char| c.is_ascii_digit()) || text.is_empty() {
        text.insert(0, '_');
    }
    if RESERVED.split_whitespace().any(|word| word == text) {
        text.push('_');
    }
    text
}

/// Words that are no names in C or in C++, or that the header's includes define.
const RESERVED: &str = "alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t char8_t class \
    co_await co_return co_yield compl concept const const_cast consteval constexpr constinit continue decltype default delete do double \
    dynamic_cast else enum explicit export extern false float for friend goto if inline int long mutable namespace new noexcept not \
    not_eq nullptr offsetof operator or or_eq private protected ptrdiff_t public register reinterpret_cast requires restrict return \
    short signed size_t sizeof static static_assert static_cast struct switch template this thread_local throw true try typedef \
    typeid typename typeof union unsigned using virtual void volatile wchar_t while xor xor_eq NULL";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names_in_c() {
        assert_eq!(identifier("Pair(i32, u8)"), "Pair_i32_u8");
        assert_eq!(identifier("class"), "class_");
        assert_eq!(identifier("3d-point"), "_3d_point");
        assert_eq!(identifier("x_"), "x_");
    }

    #[test]
    fn comments_stay_comments() {
        let mut text = String::new();
        docs(Some("a */ b /* c\n\nend"), false, &mut text);
        assert_eq!(text, "/**\n * a * / b / * c\n *\n * end\n */\n");
    }
}
