//! Patterns against types.

use crate::body::{BodyCx, LocalState};
use crate::context::Checked;
use crate::errors;
use crate::exhaustive;
use crate::expr::{Expect, PathValue};
use crate::known::Known;
use kiln_air::{self as air, BindMode, InstId, PatKind};
use kiln_hir::{Expr, ExprId, LocalId, LocalKind, MatchOrigin, Name, Pat, PatId};
use kiln_source::{Span, TextRange};
use kiln_types::{FieldDef, TypeId, TypeKey, ValueId, VariantKind};

/// Whose the matched place is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Owner {
    /// A value of nobody else: parts can be taken out of it.
    Value,
    /// Somebody else's: parts that are not copied are named where they are.
    Borrowed,
}

impl Owner {
    /// Whose a scrutinee is.
    pub fn of(cx: &BodyCx<'_, '_>, inst: InstId) -> Owner {
        if cx.is_place(inst) && cx.is_borrowed(inst) { Owner::Borrowed } else { Owner::Value }
    }
}

impl<'a> BodyCx<'_, 'a> {
    /// Whether a binding is written `inout`.
    fn is_part(&self, local: LocalId) -> bool {
        self.hir.locals[local].kind == LocalKind::Part
    }

    /// The first `inout` binding of a pattern.
    fn first_part(&self, pat: PatId) -> Option<LocalId> {
        match &self.hir[pat] {
            Pat::Bind(local) => self.is_part(*local).then_some(*local),
            Pat::Tuple { elems, .. } | Pat::TupleVariant { elems, .. } | Pat::Or(elems) => {
                elems.iter().find_map(|elem| self.first_part(*elem))
            }
            Pat::Struct { fields, .. } => fields.iter().find_map(|(_, pat)| self.first_part(*pat)),
            Pat::Error | Pat::Wild | Pat::Literal(_) | Pat::Range { .. } | Pat::Path(_) => None,
        }
    }

    /// Whether a pattern names parts to change them.
    pub fn changes_parts(&self, pat: PatId) -> bool {
        self.first_part(pat).is_some()
    }

    /// Refuses `inout` bindings where what is matched has no place.
    pub fn refuse_parts(&mut self, pat: PatId) {
        if let Some(local) = self.first_part(pat) {
            let error = errors::part_of_a_value(self.span(self.hir.locals[local].range));
            self.error(error);
        }
    }

    /// Checks a pattern against the type it matches and declares its bindings.
    pub fn pattern(&mut self, pat: PatId, ty: TypeId, owner: Owner) -> air::PatId {
        let made = self.pat(pat, ty, owner, &mut Vec::new());
        if let Some(local) = self.first_part(pat)
            && let Some(taken) = self.takes_apart(made)
        {
            let shown = self.show(taken);
            let error = errors::part_of_a_linear_value(self.span(self.hir.locals[local].range), &shown);
            self.error(error);
        }
        made
    }

    /// The linear type that a pattern consumes and binds parts of to change them, of which nothing would be left.
    fn takes_apart(&self, pat: air::PatId) -> Option<TypeId> {
        let ty = self.infer.shallow(self.air.pats[pat].ty, &self.sema.pool);
        match &self.air.pats[pat].kind {
            PatKind::Fields(_) | PatKind::Variant { .. } if self.sema.pool.is_linear_itself(ty) => {
                self.changes_a_part(pat).then_some(ty)
            }
            PatKind::Fields(fields) | PatKind::Variant { fields, .. } => {
                fields.iter().find_map(|field| self.takes_apart(field.1))
            }
            PatKind::Or(alternatives) => alternatives.iter().find_map(|part| self.takes_apart(*part)),
            PatKind::Bind { .. } | PatKind::Wild | PatKind::Const(_) | PatKind::Range { .. } => None,
        }
    }

    fn changes_a_part(&self, pat: air::PatId) -> bool {
        match &self.air.pats[pat].kind {
            PatKind::Bind { mode, .. } => *mode == BindMode::AliasMut,
            PatKind::Fields(fields) | PatKind::Variant { fields, .. } => {
                fields.iter().any(|field| self.changes_a_part(field.1))
            }
            PatKind::Or(alternatives) => alternatives.iter().any(|part| self.changes_a_part(*part)),
            PatKind::Wild | PatKind::Const(_) | PatKind::Range { .. } => false,
        }
    }

    /// `bound`: what this pattern has bound; a later alternative binds the same locals again.
    fn pat(&mut self, id: PatId, ty: TypeId, owner: Owner, bound: &mut Vec<LocalId>) -> air::PatId {
        let ty = self.infer.shallow(ty, &self.sema.pool);
        let range = self.hir.pat_ranges[id];
        let kind = match &self.hir[id] {
            Pat::Error => {
                let error = self.sema.reporter.check().expect_err("an error node was reported");
                self.fail(error);
                self.wrong_patterns += 1;
                Ok(PatKind::Wild)
            }
            Pat::Wild => Ok(PatKind::Wild),
            Pat::Bind(local) => Ok(self.bind(*local, ty, owner, bound)),
            Pat::Literal(expr) => self.literal_pat(*expr, ty),
            Pat::Range { from, to, inclusive } => self.range_pat(*from, *to, *inclusive, ty, range),
            Pat::Tuple { elems, rest } => self.tuple_pat(elems, *rest, ty, owner, bound, range),
            Pat::Path(path) => self.path_pat(*path, ty),
            Pat::TupleVariant { path, elems, rest } => self.variant_pat(*path, elems, *rest, ty, owner, bound, range),
            Pat::Struct { path, fields, rest } => self.struct_pat(*path, fields, *rest, ty, owner, bound, range),
            Pat::Or(alternatives) => {
                let lowered = alternatives.iter().map(|alternative| self.pat(*alternative, ty, owner, bound)).collect();
                Ok(PatKind::Or(lowered))
            }
        };
        let kind = kind.unwrap_or_else(|error| {
            self.fail(error);
            self.wrong_patterns += 1;
            self.declare_rest(id, bound);
            PatKind::Wild
        });
        self.air.pats.push(air::Pat { kind, ty, range })
    }

    /// Declares the bindings of a pattern whose value is not known.
    pub fn declare_wrong(&mut self, pat: PatId) {
        self.declare_rest(pat, &mut Vec::new());
    }

    /// Bindings of a wrong pattern exist all the same, so that their uses are not wrong as well.
    fn declare_rest(&mut self, id: PatId, bound: &mut Vec<LocalId>) {
        let parts: Vec<PatId> = match &self.hir[id] {
            Pat::Bind(local) if !bound.contains(local) => {
                self.locals[*local] = LocalState::Failed;
                return;
            }
            Pat::Tuple { elems, .. } | Pat::TupleVariant { elems, .. } => elems.to_vec(),
            Pat::Struct { fields, .. } => fields.iter().map(|(_, pat)| *pat).collect(),
            Pat::Or(parts) => parts.to_vec(),
            _ => return,
        };
        for part in parts {
            self.declare_rest(part, bound);
        }
    }

    fn bind(&mut self, local: LocalId, ty: TypeId, owner: Owner, bound: &mut Vec<LocalId>) -> PatKind {
        let mode = match owner {
            _ if self.is_part(local) => BindMode::AliasMut,
            _ if self.is_copied(ty) => BindMode::Copy,
            Owner::Value => BindMode::Move,
            // A variable of its own needs the value, which is refused where that can't be moved.
            Owner::Borrowed if self.hir.locals[local].mutable => BindMode::Move,
            Owner::Borrowed => BindMode::Alias,
        };
        if bound.contains(&local) {
            return self.bind_again(local, ty, mode);
        }
        bound.push(local);
        if ty == TypeId::ERROR {
            self.locals[local] = LocalState::Failed;
            return PatKind::Wild;
        }
        let mutable = self.hir.locals[local].mutable || mode == BindMode::AliasMut;
        let air = self.new_local(Some(local), ty, None, mutable);
        self.locals[local] = LocalState::Runtime(air);
        if matches!(mode, BindMode::Alias | BindMode::AliasMut) {
            self.aliases.push(air);
        }
        PatKind::Bind { local: air, mode }
    }

    /// The same name in a later alternative has the same type.
    fn bind_again(&mut self, local: LocalId, ty: TypeId, mode: BindMode) -> PatKind {
        let LocalState::Runtime(air) = self.locals[local] else { return PatKind::Wild };
        let first = self.air.locals[air].ty;
        if !self.unify(first, ty) {
            let (first, found) = (self.show(first), self.show(ty));
            let range = self.hir.locals[local].range;
            let name = self.hir.locals[local].name;
            let error = errors::binding_types_differ(self.span(range), self.name(name), &first, &found);
            self.error(error);
        }
        PatKind::Bind { local: air, mode }
    }

    fn pat_mismatch(&mut self, span: Span, what: &str, ty: TypeId) -> kiln_source::ErrorReported {
        if ty == TypeId::ERROR
            && let Err(error) = self.sema.reporter.check()
        {
            return error;
        }
        let shown = self.show(ty);
        self.error(errors::pattern_mismatch(span, what, &shown))
    }

    fn literal_pat(&mut self, expr: ExprId, ty: TypeId) -> Checked<PatKind> {
        let ty = self.settle(ty);
        Ok(PatKind::Const(self.literal_value(expr, ty)?))
    }

    /// The value of a literal (perhaps negated) or named constant in a pattern.
    fn literal_value(&mut self, expr: ExprId, ty: TypeId) -> Checked<ValueId> {
        let span = self.expr_span(expr);
        let (what, fits) = match &self.hir[expr] {
            Expr::Int(_) | Expr::BigInt(_) | Expr::Unary { .. } => ("an integer", self.sema.pool.is_int(ty)),
            Expr::Float(_) => return Err(self.error(errors::float_pattern(span))),
            Expr::Bool(_) => ("a bool", ty == TypeId::BOOL),
            Expr::Char(_) => ("a char", ty == TypeId::CHAR),
            Expr::Str(_) => ("text", ty == TypeId::STR),
            Expr::Error => return self.sema.reporter.check().map(|()| ValueId::ERROR),
            _ => ("a constant", true),
        };
        if !fits {
            return Err(self.pat_mismatch(span, what, ty));
        }
        if let Expr::Str(text) = self.hir[expr] {
            let text: Box<str> = self.name(text).into();
            return Ok(self.sema.pool.str(&text));
        }
        let known = self.eval(expr, Some(ty))?;
        match known {
            Known::Value(value) if self.sema.pool.type_of(value) == ty => Ok(value),
            Known::Value(ValueId::ERROR) => self.sema.reporter.check().map(|()| ValueId::ERROR),
            _ => Err(self.pat_mismatch(span, "a constant", ty)),
        }
    }

    fn range_pat(
        &mut self,
        from: Option<ExprId>,
        to: Option<ExprId>,
        inclusive: bool,
        ty: TypeId,
        range: TextRange,
    ) -> Checked<PatKind> {
        let ty = self.settle(ty);
        let span = self.span(range);
        if !self.sema.pool.is_int(ty) && ty != TypeId::CHAR {
            return Err(self.pat_mismatch(span, "a range", ty));
        }
        let from = from.map(|from| self.literal_value(from, ty)).transpose()?;
        let mut to = to.map(|to| self.literal_value(to, ty)).transpose()?;
        let bits = |cx: &Self, value: Option<ValueId>| value.and_then(|value| cx.sema.pool.scalar_bits(value));
        let signed = self.sema.pool.is_signed(ty);
        let less = |a: u128, b: u128| if signed { (a as i128) < (b as i128) } else { a < b };
        if let (false, Some(end)) = (inclusive, bits(self, to)) {
            if from.is_none() && end == 0 && !signed || bits(self, from).is_some_and(|from| !less(from, end)) {
                return Err(self.error(errors::empty_range_pattern(span)));
            }
            to = Some(self.sema.pool.scalar(ty, end.wrapping_sub(1)));
        }
        if let (Some(first), Some(last)) = (bits(self, from), bits(self, to))
            && less(last, first)
        {
            return Err(self.error(errors::empty_range_pattern(span)));
        }
        Ok(PatKind::Range { from, to })
    }

    fn tuple_pat(
        &mut self,
        elems: &'a [PatId],
        rest: Option<u32>,
        ty: TypeId,
        owner: Owner,
        bound: &mut Vec<LocalId>,
        range: TextRange,
    ) -> Checked<PatKind> {
        let parts: Box<[TypeId]> = match self.key(ty) {
            TypeKey::Tuple(parts) => parts.clone(),
            TypeKey::Unit if elems.is_empty() => return Ok(PatKind::Wild),
            _ => return Err(self.pat_mismatch(self.span(range), "a tuple", ty)),
        };
        self.check_part_count(elems.len(), rest, parts.len(), range, "the tuple")?;
        Ok(PatKind::Fields(self.part_pats(elems, rest, &parts, owner, bound)))
    }

    fn check_part_count(
        &mut self,
        found: usize,
        rest: Option<u32>,
        wanted: usize,
        range: TextRange,
        what: &str,
    ) -> Checked<()> {
        if found == wanted || (rest.is_some() && found <= wanted) {
            return Ok(());
        }
        Err(self.error(errors::pattern_part_count(self.span(range), what, wanted, found)))
    }

    /// Parts by position; those behind `..` count from the end.
    fn part_pats(
        &mut self,
        elems: &'a [PatId],
        rest: Option<u32>,
        types: &[TypeId],
        owner: Owner,
        bound: &mut Vec<LocalId>,
    ) -> Box<[(u32, air::PatId)]> {
        let skipped = types.len() - elems.len();
        let before = rest.map_or(elems.len(), |rest| rest as usize);
        let lower = |(at, elem): (usize, &PatId)| {
            let index = if at < before { at } else { at + skipped };
            (index as u32, self.pat(*elem, types[index], owner, bound))
        };
        elems.iter().enumerate().map(lower).collect()
    }

    /// What a path in a pattern names, given the type it is matched against.
    fn pattern_path(&mut self, path: ExprId, ty: TypeId) -> Checked<PathValue> {
        match self.resolve_path(path)? {
            PathValue::MemberOfGeneric { decl, captures, name } => {
                self.member_of_expected(decl, &captures, name, Expect::Type(ty))
            }
            other => Ok(other),
        }
    }

    fn path_pat(&mut self, path: ExprId, ty: TypeId) -> Checked<PatKind> {
        let span = self.expr_span(path);
        match self.pattern_path(path, ty)? {
            PathValue::Variant { ty: of, variant } => {
                self.check_same(of, ty, span)?;
                let def = self.variant_def(of, variant);
                if def.kind != VariantKind::Unit {
                    let is_struct = def.kind == VariantKind::Struct;
                    return Err(self.error(errors::variant_pattern_shape(
                        span,
                        self.name(def.name),
                        is_struct,
                        def.span,
                    )));
                }
                Ok(PatKind::Variant { variant, fields: Box::default() })
            }
            PathValue::Known(Known::Value(value)) if self.sema.pool.scalar_bits(value).is_some() => {
                let of = self.sema.pool.type_of(value);
                self.check_same(of, ty, span)?;
                Ok(PatKind::Const(value))
            }
            PathValue::Known(_) => Err(self.error(errors::constant_pattern(span))),
            _ => Err(self.pat_mismatch(span, "neither a constant nor a variant", ty)),
        }
    }

    fn variant_def(&self, ty: TypeId, variant: u32) -> kiln_types::VariantDef {
        self.sema.pool.enum_def(ty).expect("variants are found in complete enums").variants[variant as usize].clone()
    }

    fn check_same(&mut self, found: TypeId, wanted: TypeId, span: Span) -> Checked<()> {
        if self.unify(found, wanted) {
            return Ok(());
        }
        let shown = format!("a value of `{}`", self.show(found));
        Err(self.pat_mismatch(span, &shown, wanted))
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one pattern")]
    fn variant_pat(
        &mut self,
        path: ExprId,
        elems: &'a [PatId],
        rest: Option<u32>,
        ty: TypeId,
        owner: Owner,
        bound: &mut Vec<LocalId>,
        range: TextRange,
    ) -> Checked<PatKind> {
        let span = self.expr_span(path);
        let PathValue::Variant { ty: of, variant } = self.pattern_path(path, ty)? else {
            return Err(self.pat_mismatch(span, "no variant", ty));
        };
        self.check_same(of, ty, span)?;
        let def = self.variant_def(of, variant);
        if def.kind != VariantKind::Tuple {
            let is_struct = def.kind == VariantKind::Struct;
            return Err(self.error(errors::variant_is_no_tuple(
                self.span(range),
                self.name(def.name),
                is_struct,
                def.span,
            )));
        }
        let types: Vec<TypeId> = def.fields.iter().map(|field| field.ty).collect();
        self.check_part_count(elems.len(), rest, types.len(), range, "the variant")?;
        Ok(PatKind::Variant { variant, fields: self.part_pats(elems, rest, &types, owner, bound) })
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one pattern")]
    fn struct_pat(
        &mut self,
        path: ExprId,
        fields: &'a [(Name, PatId)],
        rest: bool,
        ty: TypeId,
        owner: Owner,
        bound: &mut Vec<LocalId>,
        range: TextRange,
    ) -> Checked<PatKind> {
        let span = self.expr_span(path);
        match self.pattern_path(path, ty)? {
            PathValue::Type(of) => {
                self.check_same(of, ty, span)?;
                self.sema.complete(of)?;
                let Some(def) = self.sema.pool.struct_def(of) else {
                    return Err(self.pat_mismatch(span, "no struct", ty));
                };
                let defs = def.fields.clone();
                Ok(PatKind::Fields(self.field_pats(of, &defs, fields, rest, owner, bound, range)?))
            }
            PathValue::Variant { ty: of, variant } => {
                self.check_same(of, ty, span)?;
                let def = self.variant_def(of, variant);
                if def.kind != VariantKind::Struct {
                    let is_tuple = def.kind == VariantKind::Tuple;
                    return Err(self.error(errors::variant_is_no_struct(
                        span,
                        self.name(def.name),
                        is_tuple,
                        def.span,
                    )));
                }
                let fields = self.field_pats(of, &def.fields, fields, rest, owner, bound, range)?;
                Ok(PatKind::Variant { variant, fields })
            }
            _ => Err(self.pat_mismatch(span, "no struct", ty)),
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one pattern")]
    fn field_pats(
        &mut self,
        ty: TypeId,
        defs: &[FieldDef],
        fields: &'a [(Name, PatId)],
        rest: bool,
        owner: Owner,
        bound: &mut Vec<LocalId>,
        range: TextRange,
    ) -> Checked<Box<[(u32, air::PatId)]>> {
        let mut lowered: Vec<(u32, air::PatId)> = Vec::with_capacity(fields.len());
        for (name, pat) in fields {
            let Some(index) = defs.iter().position(|def| def.name == name.symbol) else {
                let known: Vec<String> = defs.iter().map(|def| self.name(def.name).to_owned()).collect();
                let shown = self.show(ty);
                let error = errors::unknown_field(self.span(name.range), &shown, self.name(name.symbol), &known, false);
                return Err(self.error(error));
            };
            if lowered.iter().any(|(set, _)| *set == index as u32) {
                let error = errors::repeated_field(self.span(name.range), self.name(name.symbol));
                self.error(error);
            }
            // Reported; the pattern is checked all the same.
            let _ = self.demand_visible_field(ty, index as u32, *name);
            lowered.push((index as u32, self.pat(*pat, defs[index].ty, owner, bound)));
        }
        let missing: Vec<String> = defs
            .iter()
            .enumerate()
            .filter(|(index, _)| lowered.iter().all(|(set, _)| *set != *index as u32))
            .map(|(_, def)| self.name(def.name).to_owned())
            .collect();
        if !rest && !missing.is_empty() {
            let error = errors::pattern_misses_fields(self.span(range), &missing);
            self.error(error);
        }
        Ok(lowered.into())
    }

    /// A pattern that has to match whatever comes.
    pub fn check_irrefutable(&mut self, pat: air::PatId, ty: TypeId) {
        if ty == TypeId::ERROR || !is_refutable(&self.air, pat) {
            return;
        }
        let ty = self.settle(ty);
        let rows = [(pat, false)];
        let found = exhaustive::check(self.sema, &self.air, ty, &rows);
        if let Some(example) = found.missing {
            let span = self.span(self.air.pats[pat].range);
            self.error(errors::refutable_pattern(span, &example));
        }
    }

    /// A match has an arm for every value, and every arm has a value.
    pub fn check_exhaustive(&mut self, ty: TypeId, arms: &[air::Arm], origin: MatchOrigin, scrutinee: Span) {
        let ty = self.settle(ty);
        let rows: Vec<(air::PatId, bool)> = arms.iter().map(|arm| (arm.pat, arm.guard.is_some())).collect();
        let found = exhaustive::check(self.sema, &self.air, ty, &rows);
        if let Some(example) = found.missing {
            let shown = self.show(ty);
            self.error(errors::non_exhaustive_match(scrutinee, &shown, &example));
        }
        for pat in found.unreachable {
            // The second arm of `if let` is not written by anyone.
            let range = self.air.pats[pat].range;
            if origin == MatchOrigin::Match || !range.is_empty() {
                let warning = errors::unreachable_pattern(self.span(range));
                self.sema.reporter.report(warning);
            }
        }
    }
}

/// Whether a pattern looks as if it might not match; bindings and structs of bindings certainly do.
fn is_refutable(body: &air::Body, pat: air::PatId) -> bool {
    match &body.pats[pat].kind {
        PatKind::Wild | PatKind::Bind { .. } => false,
        PatKind::Fields(fields) => fields.iter().any(|(_, field)| is_refutable(body, *field)),
        _ => true,
    }
}
