//! Finds the loops that are worth a fast one: of one block, counting a `usize` up by one, with nothing in it but integer
//! arithmetic on elements, most of which lie one after the other.

use crate::unit::Unit;
use kiln_cfg::{
    BinOp, BlockId, CastKind, Check, Func, Local, Operand, Overflow, Place, PlaceBase, Proj, Rvalue, Stmt, Terminator,
    UseKind, place_type,
};
use kiln_codegen::{Home, Plan};
use kiln_source::Idx;
use kiln_types::{Repr, ScalarKind, TypeId, TypeKey};
use smallvec::SmallVec;

/// A loop that is worth a fast one.
#[derive(Clone, Debug)]
pub(crate) struct FastLoop {
    /// The block that tests `index < end`.
    pub header: BlockId,
    /// The only other block; jumps to the header.
    pub body: BlockId,
    /// Counts up by one.
    pub index: Local,
    /// Does not change in the loop.
    pub end: Operand,
    /// What is summed up; only the statement that adds to it uses it.
    pub sums: SmallVec<[Local; 2]>,
    /// Locals that hold the length of something that does not change.
    pub lengths: SmallVec<[Local; 2]>,
    /// The element that each turn writes, behind all that it reads.
    pub written: Option<Place>,
    /// What is read, but for static data and for what is written.
    pub read: Vec<Place>,
}

/// Longer bodies hide the work of checks.
const MOST_STATEMENTS: usize = 64;

/// All loops of a function that are worth a fast one.
pub(crate) fn find(unit: &mut Unit<'_, '_>, func: &Func, plan: &Plan) -> Vec<FastLoop> {
    let mut entered = vec![0u32; func.blocks.len()];
    for &block in &plan.order {
        func.blocks[block].term.for_each_successor(|next| entered[next.index()] += 1);
    }
    let candidates = plan.order.iter().filter_map(|&header| shape(func, plan, header));
    let candidates = candidates.filter(|candidate| entered[candidate.body.index()] == 1);
    candidates
        .filter_map(|candidate| {
            Examination {
                unit,
                func,
                plan,
                candidate,
                checks: 0,
                elements: 0,
                has_wide_product: false,
                is_scattered: false,
            }
            .examine()
        })
        .collect()
}

/// A header that tests, and one block that jumps back to it.
fn shape(func: &Func, plan: &Plan, header: BlockId) -> Option<FastLoop> {
    let block = &func.blocks[header];
    let Terminator::Branch { cond: Operand::Copy(cond) | Operand::Move(cond), then: body, .. } = block.term else {
        return None;
    };
    let [before @ .., Stmt::Assign(place, Rvalue::Binary(BinOp::Lt, Operand::Copy(index), end))] = &block.stmts[..]
    else {
        return None;
    };
    let only_tests = before.iter().all(|stmt| matches!(stmt, Stmt::StorageLive(_) | Stmt::StorageDead(_)));
    let jumps_back = func.blocks[body].term == Terminator::Jump(header) && body != header;
    let is_test = place.as_local() == Some(cond) && !plan.usage[cond].crosses;
    let is_count = func.locals[*index].ty == TypeId::USIZE && is_variable(plan, *index);
    let is_short = func.blocks[body].stmts.len() <= MOST_STATEMENTS && before.len() <= MOST_STATEMENTS;
    (only_tests && jumps_back && is_test && is_count && is_short).then(|| FastLoop {
        header,
        body,
        index: *index,
        end: *end,
        sums: SmallVec::new(),
        lengths: SmallVec::new(),
        written: None,
        read: Vec::new(),
    })
}

/// A scalar variable that only assignments change.
fn is_variable(plan: &Plan, local: Local) -> bool {
    let usage = plan.usage[local];
    plan.homes[local] == Home::Memory && !usage.addressed && !usage.exposed
}

/// One candidate being looked at.
struct Examination<'a, 'u, 'ctx, 'p> {
    unit: &'u mut Unit<'ctx, 'p>,
    func: &'a Func,
    plan: &'a Plan,
    candidate: FastLoop,
    /// How many checks of arithmetic the fast loop saves.
    checks: usize,
    /// How many elements are read or written one after the other.
    elements: usize,
    has_wide_product: bool,
    /// Elements are read that do not lie one after the other.
    is_scattered: bool,
}

impl Examination<'_, '_, '_, '_> {
    fn examine(mut self) -> Option<FastLoop> {
        let stmts = &self.func.blocks[self.candidate.body].stmts;
        let [before @ .., step] = &stmts[..] else { return None };
        let Stmt::Assign(place, value) = step else { return None };
        (place.as_local() == Some(self.candidate.index) && self.is_step(value)).then_some(())?;
        for stmt in before {
            match stmt {
                Stmt::StorageLive(_) | Stmt::StorageDead(_) => {}
                Stmt::Check(Check::Bounds { index, len }) => {
                    let is_known = self.is_index(*index) || self.is_constant(*index);
                    (is_known && self.is_constant(*len)).then_some(())?;
                }
                Stmt::Assign(place, value) => self.assign(place, value)?,
                _ => return None,
            }
        }
        let has_result = !self.candidate.sums.is_empty() || self.candidate.written.is_some() && self.checks > 0;
        // Wide signed products are not summed up faster side by side, only written; scattered elements only summed up.
        let is_fast = match self.candidate.written {
            Some(_) => !self.is_scattered,
            None => !self.has_wide_product,
        };
        (has_result && is_fast && self.elements > 0 && self.is_constant(self.candidate.end)).then_some(self.candidate)
    }

    fn assign(&mut self, place: &Place, value: &Rvalue) -> Option<()> {
        match place.as_local() {
            None => self.write(place, value),
            Some(local) if local == self.candidate.index => None,
            Some(local) if is_variable(self.plan, local) => self.sum(local, value),
            Some(local) if self.is_temporary(local) => {
                if let Rvalue::Len(place) = value {
                    return self.length(local, place);
                }
                self.value(self.func.locals[local].ty, value)
            }
            Some(_) => None,
        }
    }

    /// Assigned once, in this block, and used only behind that.
    fn is_temporary(&self, local: Local) -> bool {
        let usage = self.plan.usage[local];
        self.plan.homes[local] == Home::Value && usage.assigned == 1 && !usage.crosses
    }

    fn is_index(&self, operand: Operand) -> bool {
        operand.local() == Some(self.candidate.index)
    }

    /// Whether an operand is the same in all turns, whatever is written to memory.
    fn is_constant(&self, operand: Operand) -> bool {
        match operand {
            Operand::Const(_) => true,
            Operand::Copy(local) if self.candidate.lengths.contains(&local) => true,
            Operand::Copy(local) => {
                let is_scalar = self.plan.homes[local] == Home::Value || is_variable(self.plan, local);
                is_scalar && !self.is_assigned(local)
            }
            Operand::Move(_) => false,
        }
    }

    fn is_assigned(&self, local: Local) -> bool {
        self.func.blocks[self.candidate.body].stmts.iter().any(|stmt| match stmt {
            Stmt::Assign(place, _) => place.as_local() == Some(local),
            _ => false,
        })
    }

    fn is_step(&self, value: &Rvalue) -> bool {
        let Rvalue::Binary(BinOp::Add(_), left, Operand::Const(one)) = *value else { return false };
        self.is_index(left) && kiln_codegen::scalar_bits(self.unit.pool, one) == Some(1)
    }

    /// `sum = sum + term`, or for signed ones `sum = sum - term`.
    fn sum(&mut self, local: Local, value: &Rvalue) -> Option<()> {
        let Rvalue::Binary(op, Operand::Copy(left), term) = *value else { return None };
        let (bits, signed) = self.int(self.func.locals[local].ty)?;
        let is_sum = match op {
            BinOp::Add(Overflow::Checked) => bits >= 32,
            BinOp::Sub(Overflow::Checked) => bits >= 32 && signed,
            _ => false,
        };
        let is_alone = left == local && !self.candidate.sums.contains(&local) && self.uses(local) == 1;
        (is_sum && is_alone && self.is_usable(term)).then(|| self.candidate.sums.push(local))
    }

    /// How many statements of the body use a local, or do what is not looked into here.
    fn uses(&self, local: Local) -> usize {
        let uses = |operand: &Operand| operand.local() == Some(local);
        let indexed = |place: &Place| {
            place.base == PlaceBase::Local(local)
                || place.proj.iter().any(|step| matches!(step, Proj::Index(index) if uses(index)))
        };
        let stmts = &self.func.blocks[self.candidate.body].stmts;
        let count = stmts.iter().filter(|stmt| match stmt {
            Stmt::Assign(place, value) => {
                !place.proj.is_empty() && indexed(place)
                    || match value {
                        Rvalue::Binary(_, left, right) => uses(left) || uses(right),
                        Rvalue::Operand(operand) | Rvalue::Unary(_, operand) | Rvalue::Cast(_, operand) => {
                            uses(operand)
                        }
                        Rvalue::Use(place, _) | Rvalue::Len(place) => indexed(place),
                        _ => true,
                    }
            }
            Stmt::Check(Check::Bounds { index, len }) => uses(index) || uses(len),
            _ => false,
        });
        count.count() + usize::from(uses(&self.candidate.end))
    }

    /// An operand other than a variable that changes in the loop; the index is an exception.
    fn is_usable(&self, operand: Operand) -> bool {
        match operand.local() {
            Some(local) => self.is_index(operand) || self.is_temporary(local) || self.is_constant(operand),
            None => true,
        }
    }

    /// Width and sign of an integer type.
    fn int(&mut self, ty: TypeId) -> Option<(u16, bool)> {
        match self.unit.layouts.of(self.unit.pool, ty).repr {
            Repr::Scalar(ScalarKind::Int { bits: bits @ ..=64, signed }) if self.unit.pool.is_int(ty) => {
                Some((bits, signed))
            }
            _ => None,
        }
    }

    /// A value that can be computed without effect, of type `ty`.
    fn value(&mut self, ty: TypeId, value: &Rvalue) -> Option<()> {
        match value {
            Rvalue::Use(place, UseKind::Copy) => self.read(place, ty),
            Rvalue::Operand(operand) => {
                self.int(ty)?;
                self.is_usable(*operand).then_some(())
            }
            Rvalue::Binary(op, left, right) => {
                let (bits, signed) = self.int(self.unit.operand_type(self.func, *left))?;
                let is_checked = match op {
                    // Of narrow ones no magnitude is collected.
                    BinOp::Add(Overflow::Checked) => (bits >= 32).then_some(true),
                    BinOp::Sub(Overflow::Checked) => (bits >= 32 && signed).then_some(true),
                    BinOp::Mul(Overflow::Checked) => {
                        self.has_wide_product |= bits == 64 && signed;
                        (bits >= 32).then_some(true)
                    }
                    BinOp::And | BinOp::Or | BinOp::Xor => Some(false),
                    _ => None,
                };
                self.checks += usize::from(is_checked?);
                (self.is_usable(*left) && self.is_usable(*right)).then_some(())
            }
            Rvalue::Cast(kind @ (CastKind::Checked | CastKind::Wrap), operand) => {
                let from = self.unit.operand_type(self.func, *operand);
                let ((_, from_signed), (_, to_signed)) = (self.int(from)?, self.int(ty)?);
                let is_known = *kind == CastKind::Wrap || to_signed || !from_signed;
                (is_known && self.is_usable(*operand)).then_some(())
            }
            _ => None,
        }
    }

    fn length(&mut self, local: Local, place: &Place) -> Option<()> {
        let PlaceBase::Local(base) = place.base else { return None };
        let is_pointer = *place.proj == [Proj::Deref] && self.is_view(place.base);
        let is_known = !self.is_assigned(base) && (place.proj.is_empty() || is_pointer);
        is_known.then(|| self.candidate.lengths.push(local))
    }

    /// A read of an integer.
    fn read(&mut self, place: &Place, ty: TypeId) -> Option<()> {
        let (bits, _) = self.int(ty)?;
        self.is_element(place)?;
        // Gathering wide elements takes longer than what is won.
        (bits <= 32 || !self.is_scattered).then_some(())?;
        let is_static = matches!(place.base, PlaceBase::Static(_));
        match &self.candidate.written {
            // What was written is another value than what the first pass sees.
            Some(written) if written == place => return None,
            _ if is_static || self.candidate.read.contains(place) => {}
            _ => self.candidate.read.push(place.clone()),
        }
        Some(())
    }

    /// A write of an integer with the index as the last step.
    fn write(&mut self, place: &Place, value: &Rvalue) -> Option<()> {
        let ty = place_type(place, &self.func.locals, self.unit.pool, &self.unit.program.statics)?.ty;
        self.value(ty, value)?;
        let is_next = matches!(place.proj.last(), Some(Proj::Index(index)) if self.is_index(*index));
        (is_next && self.candidate.written.is_none()).then_some(())?;
        self.is_element(place)?;
        self.candidate.read.retain(|read| read != place);
        self.candidate.written = Some(place.clone());
        Some(())
    }

    /// A place that is there in all turns, if the checks hold: its steps are constant, or the index.
    fn is_element(&mut self, place: &Place) -> Option<()> {
        if let PlaceBase::Local(base) = place.base {
            let is_there = matches!(self.plan.homes[base], Home::Memory | Home::Reference | Home::Value);
            (is_there && !self.is_assigned(base) && base != self.candidate.index).then_some(())?;
        }
        let (last, before) = place.proj.split_last()?;
        for (at, step) in before.iter().enumerate() {
            match step {
                Proj::Field(_) | Proj::Variant(_) => {}
                Proj::Index(index) if self.is_index(*index) => self.is_scattered = true,
                Proj::Index(index) => self.is_constant(*index).then_some(())?,
                Proj::Deref => (at == 0 && self.is_view(place.base)).then_some(())?,
            }
        }
        match last {
            Proj::Index(index) if self.is_index(*index) => self.elements += 1,
            Proj::Index(index) => self.is_constant(*index).then_some(())?,
            Proj::Field(_) => {}
            Proj::Variant(_) | Proj::Deref => return None,
        }
        Some(())
    }

    /// Whether a local is a pointer to a slice, in SSA form: its elements are there, as a check of the index showed.
    fn is_view(&self, base: PlaceBase) -> bool {
        let PlaceBase::Local(local) = base else { return false };
        let TypeKey::Ptr { pointee, .. } = self.unit.pool.key(self.func.locals[local].ty) else { return false };
        self.plan.homes[local] == Home::Value && self.unit.pool.is_unsized(*pointee)
    }
}
