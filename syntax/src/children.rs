//! What each node of the tree directly consists of.

use crate::ast::{
    Block, BlockId, Cond, EnumBody, Expr, ExprId, FnSig, Item, ItemId, ItemKind, Pat, PatId, Stmt, StmtKind,
    StructBody, VariantKind,
};

/// A part of a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Child {
    /// An expression or type.
    Expr(ExprId),
    /// A pattern.
    Pat(PatId),
    /// A block.
    Block(BlockId),
    /// An item.
    Item(ItemId),
}

impl From<ExprId> for Child {
    fn from(id: ExprId) -> Self {
        Child::Expr(id)
    }
}

impl From<PatId> for Child {
    fn from(id: PatId) -> Self {
        Child::Pat(id)
    }
}

impl From<BlockId> for Child {
    fn from(id: BlockId) -> Self {
        Child::Block(id)
    }
}

impl From<ItemId> for Child {
    fn from(id: ItemId) -> Self {
        Child::Item(id)
    }
}

/// Calls `visit` with each part of an expression, in the order they were written.
pub fn children_of_expr(expr: &Expr, visit: &mut dyn FnMut(Child)) {
    let mut all = |ids: &[ExprId]| ids.iter().for_each(|&id| visit(Child::Expr(id)));
    match expr {
        Expr::Error | Expr::Literal(_) | Expr::Name(_) | Expr::SelfValue | Expr::SelfType | Expr::Unit => {}
        Expr::Prim(_) | Expr::Never | Expr::Continue { .. } => {}
        Expr::Tuple(elems) | Expr::Array(elems) | Expr::TupleType(elems) => all(elems),
        Expr::Member { base: inner, .. } | Expr::Field { base: inner, .. } => all(&[*inner]),
        Expr::Paren(inner) | Expr::Try(inner) | Expr::Comptime(inner) | Expr::SliceType(inner) => all(&[*inner]),
        Expr::Unary { operand: inner, .. } | Expr::PtrType { pointee: inner, .. } => all(&[*inner]),
        Expr::Repeat { value: first, len: second } | Expr::ArrayType { elem: first, len: second } => {
            all(&[*first, *second]);
        }
        Expr::Binary { lhs: first, rhs: second, .. } | Expr::Index { base: first, index: second } => {
            all(&[*first, *second]);
        }
        Expr::Return(value) | Expr::Break { value, .. } => all(value.as_slice()),
        Expr::Range { start, end, .. } => {
            all(start.as_slice());
            all(end.as_slice());
        }
        Expr::StructLit { ty, fields, base } => {
            all(&[*ty]);
            fields.iter().for_each(|field| all(field.value.as_slice()));
            all(base.as_slice());
        }
        Expr::Call { callee, args } => {
            all(&[*callee]);
            args.iter().for_each(|arg| all(&[arg.value]));
        }
        Expr::MethodCall { receiver, args, .. } => {
            all(&[*receiver]);
            args.iter().for_each(|arg| all(&[arg.value]));
        }
        Expr::Intrinsic { args, .. } => args.iter().for_each(|arg| all(&[arg.value])),
        Expr::FnType { params, ret, .. } => {
            params.iter().for_each(|param| all(&[param.ty]));
            all(ret.as_slice());
        }
        Expr::Block(block) | Expr::Checked(block) | Expr::Loop { body: block, .. } => visit(Child::Block(*block)),
        Expr::If { cond, then, otherwise } => {
            children_of_cond(*cond, visit);
            visit(Child::Block(*then));
            otherwise.iter().for_each(|&id| visit(Child::Expr(id)));
        }
        Expr::While { cond, body, .. } => {
            children_of_cond(*cond, visit);
            visit(Child::Block(*body));
        }
        Expr::For { pat, iter, body, .. } => {
            visit(Child::Pat(*pat));
            visit(Child::Expr(*iter));
            visit(Child::Block(*body));
        }
        Expr::Match { scrutinee, arms } => {
            visit(Child::Expr(*scrutinee));
            for arm in arms {
                visit(Child::Pat(arm.pat));
                arm.guard.iter().for_each(|&id| visit(Child::Expr(id)));
                visit(Child::Expr(arm.body));
            }
        }
        Expr::StructType(body) => children_of_struct(body, visit),
        Expr::EnumType(body) => children_of_enum(body, visit),
    }
}

fn children_of_cond(cond: Cond, visit: &mut dyn FnMut(Child)) {
    match cond {
        Cond::Expr(id) => visit(Child::Expr(id)),
        Cond::Let(pat, value) => {
            visit(Child::Pat(pat));
            visit(Child::Expr(value));
        }
    }
}

fn children_of_struct(body: &StructBody, visit: &mut dyn FnMut(Child)) {
    body.fields.iter().for_each(|field| visit(Child::Expr(field.ty)));
    body.methods.iter().for_each(|&id| visit(Child::Item(id)));
}

fn children_of_enum(body: &EnumBody, visit: &mut dyn FnMut(Child)) {
    for variant in &body.variants {
        match &variant.kind {
            VariantKind::Unit => {}
            VariantKind::Tuple(types) => types.iter().for_each(|&id| visit(Child::Expr(id))),
            VariantKind::Struct(fields) => fields.iter().for_each(|field| visit(Child::Expr(field.ty))),
        }
        variant.discriminant.iter().for_each(|&id| visit(Child::Expr(id)));
    }
    body.methods.iter().for_each(|&id| visit(Child::Item(id)));
}

/// Calls `visit` with each part of a pattern, in the order they were written.
pub fn children_of_pat(pat: &Pat, visit: &mut dyn FnMut(Child)) {
    match pat {
        Pat::Error | Pat::Wildcard | Pat::Rest | Pat::Binding { .. } => {}
        Pat::Literal(value) | Pat::Path(value) => visit(Child::Expr(*value)),
        Pat::Range { start, end, .. } => start.iter().chain(end).for_each(|&id| visit(Child::Expr(id))),
        Pat::Paren(inner) => visit(Child::Pat(*inner)),
        Pat::Tuple(elems) | Pat::Or(elems) => elems.iter().for_each(|&id| visit(Child::Pat(id))),
        Pat::TupleVariant { path, elems } => {
            visit(Child::Expr(*path));
            elems.iter().for_each(|&id| visit(Child::Pat(id)));
        }
        Pat::Struct { path, fields, .. } => {
            visit(Child::Expr(*path));
            fields.iter().filter_map(|field| field.pat).for_each(|id| visit(Child::Pat(id)));
        }
    }
}

/// Calls `visit` with each part of a block's statements, in the order they were written.
pub fn children_of_block(block: &Block, visit: &mut dyn FnMut(Child)) {
    block.stmts.iter().for_each(|stmt| children_of_stmt(stmt, visit));
    block.tail.iter().for_each(|&id| visit(Child::Expr(id)));
}

/// Calls `visit` with each part of a statement, in the order they were written.
pub fn children_of_stmt(stmt: &Stmt, visit: &mut dyn FnMut(Child)) {
    match stmt.kind {
        StmtKind::Error => {}
        StmtKind::Let { pat, ty, value, otherwise, .. } => {
            visit(Child::Pat(pat));
            ty.iter().for_each(|&id| visit(Child::Expr(id)));
            visit(Child::Expr(value));
            otherwise.iter().for_each(|&id| visit(Child::Block(id)));
        }
        StmtKind::Assign { place, value, .. } => {
            visit(Child::Expr(place));
            visit(Child::Expr(value));
        }
        StmtKind::Expr { expr, .. } => visit(Child::Expr(expr)),
        StmtKind::Item(id) => visit(Child::Item(id)),
    }
}

/// Calls `visit` with each part of an item, in the order they were written.
pub fn children_of_item(item: &Item, visit: &mut dyn FnMut(Child)) {
    match &item.kind {
        ItemKind::Error => {}
        ItemKind::Fn(function) => {
            children_of_sig(&function.sig, visit);
            visit(Child::Block(function.body));
        }
        ItemKind::ExternFn(function) => children_of_sig(&function.sig, visit),
        ItemKind::Struct(item) => children_of_struct(&item.body, visit),
        ItemKind::Enum(item) => children_of_enum(&item.body, visit),
        ItemKind::Const(item) => {
            item.ty.iter().for_each(|&id| visit(Child::Expr(id)));
            visit(Child::Expr(item.value));
        }
        ItemKind::Drop(item) => visit(Child::Block(item.body)),
        ItemKind::Test(item) => visit(Child::Block(item.body)),
    }
}

fn children_of_sig(sig: &FnSig, visit: &mut dyn FnMut(Child)) {
    sig.params.iter().for_each(|param| visit(Child::Expr(param.ty)));
    sig.ret.iter().for_each(|&id| visit(Child::Expr(id)));
}
