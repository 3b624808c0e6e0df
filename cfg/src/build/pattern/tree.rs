//! The decision graph: rows are split by one occurrence at a time, what remains for each outcome is solved alike.

use super::tables::{Choice, FAIL, NO_CHOICE, Node, NodeId, Occ, Problem, ROOT, Row, Step, has_bindings};
use crate::emit::with_stack;
use kiln_air::{PatId, PatKind};
use kiln_types::{TypeId, TypeKey, ValueId};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// Rows that may be copied whatever the size of the match, and for each of its patterns.
const MIN_WORK: usize = 4096;
const WORK_PER_PATTERN: usize = 64;
/// Columns and rows that are looked at to choose a column.
const MAX_COMPARED_COLUMNS: usize = 8;
const MAX_COMPARED_ROWS: usize = 32;
/// Ranges of at most this many numbers become cases of a switch.
const MAX_EXPANDED: u128 = 4;

/// The rows that one outcome of a test leaves.
#[derive(Clone, Default)]
struct Bucket {
    rows: Vec<Row>,
    /// The last row can't fail: those behind it are never reached.
    closed: bool,
}

impl Problem<'_> {
    /// The graph of the whole match; `None` if it would be too large, or would need a guard at several places.
    pub fn as_graph(&mut self) -> Option<NodeId> {
        let mut patterns = 0;
        let mut rows = Bucket::default();
        for index in 0..self.candidates.len() {
            let pat = self.candidates[index].pat;
            patterns += self.count(pat);
            let mut row = Row { arm: index as u32, choice: NO_CHOICE, cols: SmallVec::new() };
            self.normalize(pat, ROOT, &mut row.cols);
            self.push(&mut rows, row);
        }
        self.work_left = MIN_WORK + WORK_PER_PATTERN * patterns;
        let root = self.solve(&rows.rows)?;
        let mut guarded = vec![false; self.candidates.len()];
        for node in &self.tables.nodes {
            if let Node::Guard { arm, .. } = node
                && std::mem::replace(&mut guarded[*arm as usize], true)
            {
                return None;
            }
        }
        Some(root)
    }

    fn count(&self, pat: PatId) -> usize {
        1 + match &self.body.pats[pat].kind {
            PatKind::Fields(fields) | PatKind::Variant { fields, .. } => {
                fields.iter().map(|field| self.count(field.1)).sum::<usize>()
            }
            PatKind::Or(alternatives) => alternatives.iter().map(|alternative| self.count(*alternative)).sum(),
            _ => 0,
        }
    }

    fn push(&self, bucket: &mut Bucket, row: Row) {
        // Another alternative that asks for the same changes nothing.
        let repeated = bucket
            .rows
            .last()
            .is_some_and(|last| last.arm == row.arm && last.choice == row.choice && last.cols == row.cols);
        if !bucket.closed && !repeated {
            bucket.closed = row.cols.is_empty() && self.guard(row.arm).is_none();
            bucket.rows.push(row);
        }
    }

    /// Adds the columns of a pattern that can fail.
    fn normalize(&mut self, pat: PatId, occ: Occ, cols: &mut SmallVec<[(Occ, PatId); 4]>) {
        let body = self.body;
        let ty = body.pats[pat].ty;
        match &body.pats[pat].kind {
            PatKind::Wild | PatKind::Bind { .. } | PatKind::Range { from: None, to: None } => {}
            PatKind::Const(ValueId::UNIT) => {}
            PatKind::Fields(fields) => {
                for (field, part) in fields {
                    let part_occ = self.tables.part(occ, Step::Field(*field), body.pats[*part].ty);
                    with_stack(|| self.normalize(*part, part_occ, cols));
                }
            }
            PatKind::Variant { variant, fields } if self.variant_count(ty) == Some(1) => {
                self.normalize_payload(occ, *variant, fields, cols);
            }
            PatKind::Const(_) | PatKind::Range { .. } | PatKind::Variant { .. } | PatKind::Or(_) => {
                cols.push((occ, pat))
            }
        }
    }

    fn normalize_payload(
        &mut self,
        occ: Occ,
        variant: u32,
        fields: &[(u32, PatId)],
        cols: &mut SmallVec<[(Occ, PatId); 4]>,
    ) {
        for (field, part) in fields {
            let part_occ = self.tables.part(occ, Step::Payload(variant, *field), self.body.pats[*part].ty);
            with_stack(|| self.normalize(*part, part_occ, cols));
        }
    }

    fn solve(&mut self, rows: &[Row]) -> Option<NodeId> {
        let Some(first) = rows.first() else { return Some(FAIL) };
        if first.cols.is_empty() {
            let (arm, choice) = (first.arm, first.choice);
            let otherwise = match self.guard(arm) {
                Some(_) => with_stack(|| self.solve(&rows[1..]))?,
                None => FAIL,
            };
            return Some(self.chosen(arm, choice, otherwise));
        }
        self.work_left = self.work_left.checked_sub(rows.len())?;
        let key = encode(rows);
        if let Some(node) = self.tables.solved.get(&key) {
            return Some(*node);
        }
        let node = with_stack(|| self.split(rows))?;
        self.tables.solved.insert(key, node);
        Some(node)
    }

    /// The occurrence to test: one that the first row needs, of these the one most rows in front need, of these the
    /// leftmost.
    fn choose(&self, rows: &[Row]) -> Occ {
        let score = |occ: Occ| rows.iter().take(MAX_COMPARED_ROWS).take_while(|row| row.col(occ).is_some()).count();
        let candidates = &rows[0].cols[..rows[0].cols.len().min(MAX_COMPARED_COLUMNS)];
        let mut best = (candidates[0].0, 0);
        for (occ, _) in candidates {
            let score = if candidates.len() == 1 { 1 } else { score(*occ) };
            if score > best.1 {
                best = (*occ, score);
            }
        }
        best.0
    }

    fn split(&mut self, rows: &[Row]) -> Option<NodeId> {
        let occ = self.choose(rows);
        let is_or =
            |row: &Row| row.col(occ).is_some_and(|col| matches!(self.body.pats[row.cols[col].1].kind, PatKind::Or(_)));
        if rows.iter().any(is_or) {
            let rows = self.expand(rows, occ);
            return self.solve(&rows);
        }
        let col = rows[0].col(occ).expect("the first row needs the occurrence");
        let ty = self.tables.occurrences[occ.0 as usize].ty;
        match self.body.pats[rows[0].cols[col].1].kind {
            PatKind::Const(value) if self.pool.scalar_bits(value).is_none() || self.pool.is_float(ty) => {
                self.compare(rows, occ, value)
            }
            _ if rows.iter().any(|row| self.has_range(row, occ)) => self.split_ranges(rows, occ, ty),
            _ => self.split_values(rows, occ, ty),
        }
    }

    fn has_range(&self, row: &Row, occ: Occ) -> bool {
        row.col(occ).is_some_and(|col| matches!(self.body.pats[row.cols[col].1].kind, PatKind::Range { .. }))
    }

    /// Makes a row of each alternative that stands at the occurrence.
    fn expand(&mut self, rows: &[Row], occ: Occ) -> Vec<Row> {
        let body = self.body;
        let mut expanded = Bucket::default();
        for row in rows {
            let col = row.col(occ);
            let Some((col, PatKind::Or(alternatives))) = col.map(|col| (col, &body.pats[row.cols[col].1].kind)) else {
                self.push(&mut expanded, row.clone());
                continue;
            };
            let pat = row.cols[col].1;
            let binds = has_bindings(body, self.pool, pat);
            for (alternative, part) in (0..).zip(alternatives) {
                let before = row.choice;
                let choice = if binds { self.tables.choice(Choice { before, pat, alternative }) } else { before };
                let row = self.replace(row, col, choice, |this, cols| this.normalize(*part, occ, cols));
                self.push(&mut expanded, row);
            }
        }
        expanded.rows
    }

    /// The row with other columns in place of one.
    fn replace(
        &mut self,
        row: &Row,
        col: usize,
        choice: super::tables::ChoiceId,
        add: impl FnOnce(&mut Self, &mut SmallVec<[(Occ, PatId); 4]>),
    ) -> Row {
        let mut cols = SmallVec::from_slice(&row.cols[..col]);
        add(self, &mut cols);
        cols.extend_from_slice(&row.cols[col + 1..]);
        Row { arm: row.arm, choice, cols }
    }

    /// The row once its pattern at the column has the value it needs.
    fn specialize(&mut self, row: &Row, col: usize) -> Row {
        let body = self.body;
        let (occ, pat) = row.cols[col];
        self.replace(row, col, row.choice, |this, cols| {
            if let PatKind::Variant { variant, fields } = &body.pats[pat].kind {
                this.normalize_payload(occ, *variant, fields, cols);
            }
        })
    }

    /// One outcome for each value that rows ask for, one for all others.
    fn split_values(&mut self, rows: &[Row], occ: Occ, ty: TypeId) -> Option<NodeId> {
        let mut slots: FxHashMap<u128, usize> = FxHashMap::default();
        let mut buckets: Vec<(u128, Bucket)> = Vec::new();
        let mut others = Bucket::default();
        for row in rows {
            if others.closed {
                break;
            }
            let col = row.col(occ);
            match col.and_then(|col| Some((col, self.key(row.cols[col].1)?))) {
                Some((col, key)) => {
                    let slot = *slots.entry(key).or_insert_with(|| {
                        buckets.push((key, others.clone()));
                        buckets.len() - 1
                    });
                    let row = self.specialize(row, col);
                    self.push(&mut buckets[slot].1, row);
                }
                None => {
                    buckets.iter_mut().for_each(|(_, bucket)| self.push(bucket, row.clone()));
                    self.push(&mut others, row.clone());
                }
            }
        }
        let all = match self.pool.key(ty) {
            TypeKey::Bool => Some(2),
            _ => self.variant_count(ty),
        };
        let mut cases = Vec::with_capacity(buckets.len());
        for (key, bucket) in &buckets {
            cases.push((*key, self.solve(&bucket.rows)?));
        }
        let default = if all == Some(buckets.len()) { FAIL } else { self.solve(&others.rows)? };
        Some(self.switch(occ, cases, vec![(0, default)]))
    }

    fn switch(&mut self, occ: Occ, cases: Vec<(u128, NodeId)>, ranges: Vec<(u128, NodeId)>) -> NodeId {
        if let [(_, default)] = ranges[..]
            && cases.iter().all(|case| case.1 == default)
        {
            return default;
        }
        self.tables.node(Node::Switch { occ, cases: cases.into(), ranges: ranges.into() })
    }

    /// Cuts the numbers of the type where a range or constant of a row begins or ends; between two cuts all rows are of
    /// one mind.
    fn split_ranges(&mut self, rows: &[Row], occ: Occ, ty: TypeId) -> Option<NodeId> {
        let order = self.order(ty);
        let spans: Vec<Option<(u128, u128)>> = rows.iter().map(|row| self.span(row, occ, &order)).collect();
        let mut cuts = vec![order.min];
        for (first, last) in spans.iter().flatten() {
            cuts.push(*first);
            cuts.extend(last.checked_add(1).filter(|next| *next <= order.max));
        }
        cuts.sort_unstable();
        cuts.dedup();
        let mut buckets = vec![Bucket::default(); cuts.len()];
        for (row, span) in rows.iter().zip(&spans) {
            let (first, last) = span.unwrap_or((order.min, order.max));
            let from = cuts.partition_point(|cut| *cut < first);
            let to = cuts.partition_point(|cut| *cut <= last);
            let row = match row.col(occ) {
                Some(col) => self.specialize(row, col),
                None => row.clone(),
            };
            for bucket in buckets.get_mut(from..to).unwrap_or_default() {
                self.push(bucket, row.clone());
            }
        }
        let mut parts = Vec::with_capacity(cuts.len());
        for (index, bucket) in buckets.iter().enumerate() {
            self.work_left = self.work_left.checked_sub(bucket.rows.len())?;
            let last = cuts.get(index + 1).map_or(order.max, |next| next - 1);
            parts.push((cuts[index], last, self.solve(&bucket.rows)?));
        }
        Some(self.switch_ranges(occ, &order, &parts))
    }

    /// Small parts become cases, neighbours with one outcome one range. Numbers that can't be go with a neighbour.
    fn switch_ranges(&mut self, occ: Occ, order: &Order, parts: &[(u128, u128, NodeId)]) -> NodeId {
        let mut cases: Vec<(u128, NodeId)> = Vec::new();
        let mut ranges: Vec<(u128, NodeId)> = Vec::new();
        // Cases behind the last range.
        let mut behind = 0;
        for &(first, last, node) in parts {
            if node == FAIL && !self.may_fail {
                continue;
            }
            if last - first < MAX_EXPANDED {
                cases.extend((first..=last).map(|number| (number, node)));
                continue;
            }
            if ranges.last().is_none_or(|range| range.1 != node) {
                // Where a case lies is of no importance to a range: it may begin with one that leads to the same.
                let same = cases[behind..].iter().find(|case| case.1 == node);
                ranges.push((same.map_or(first, |case| case.0), node));
            }
            behind = cases.len();
        }
        match ranges.first_mut() {
            Some(first) => first.0 = order.min,
            None => ranges.push((order.min, FAIL)),
        }
        cases.retain(|(number, node)| {
            let range = ranges.partition_point(|range| range.0 <= *number) - 1;
            ranges[range].1 != *node
        });
        let bits = |(number, node): (u128, NodeId)| (order.bits(number), node);
        self.switch(occ, cases.into_iter().map(bits).collect(), ranges.into_iter().map(bits).collect())
    }

    /// First and last number a row needs at the occurrence; `None` if it needs none.
    fn span(&self, row: &Row, occ: Occ, order: &Order) -> Option<(u128, u128)> {
        let bits = |value: ValueId| self.pool.scalar_bits(value).map(|bits| order.number(bits));
        match self.body.pats[row.cols[row.col(occ)?].1].kind {
            PatKind::Const(value) => bits(value).map(|number| (number, number)),
            PatKind::Range { from, to } => {
                Some((from.and_then(bits).unwrap_or(order.min), to.and_then(bits).unwrap_or(order.max)))
            }
            _ => None,
        }
    }

    /// Equal to a constant that is no integer, or not.
    fn compare(&mut self, rows: &[Row], occ: Occ, value: ValueId) -> Option<NodeId> {
        let (mut equal, mut others) = (Bucket::default(), Bucket::default());
        for row in rows {
            let col = row.col(occ);
            match col.map(|col| (col, &self.body.pats[row.cols[col].1].kind)) {
                Some((col, PatKind::Const(constant))) => {
                    if *constant == value {
                        let row = self.specialize(row, col);
                        self.push(&mut equal, row);
                    } else {
                        self.push(&mut others, row.clone());
                    }
                }
                _ => {
                    self.push(&mut equal, row.clone());
                    self.push(&mut others, row.clone());
                }
            }
        }
        let (yes, no) = (self.solve(&equal.rows)?, self.solve(&others.rows)?);
        Some(self.tables.node(Node::Equal { occ, value, yes, no }))
    }

    /// The order of a scalar type's values.
    pub fn order(&self, ty: TypeId) -> Order {
        let (width, signed) = match *self.pool.key(ty) {
            TypeKey::Int { bits, signed } => (bits, signed),
            TypeKey::Size { signed } => (self.pointer_bits, signed),
            TypeKey::Char => return Order { flip: 0, min: 0, max: u128::from(u32::from(char::MAX)) },
            _ => (128, false),
        };
        if signed {
            let half = 1u128 << (width - 1);
            Order { flip: 1 << 127, min: (1 << 127) - half, max: (1 << 127) + (half - 1) }
        } else {
            Order { flip: 0, min: 0, max: u128::MAX >> (128 - width) }
        }
    }
}

/// Maps bits to numbers whose natural order is that of the type.
pub(super) struct Order {
    flip: u128,
    /// Number of the smallest value.
    pub min: u128,
    /// Number of the largest value.
    pub max: u128,
}

impl Order {
    /// The number of a value, given its bits as the pool has them.
    pub fn number(&self, bits: u128) -> u128 {
        bits ^ self.flip
    }

    /// The bits of a number.
    pub fn bits(&self, number: u128) -> u128 {
        number ^ self.flip
    }
}

/// Rows as numbers, to find equal ones.
fn encode(rows: &[Row]) -> Box<[u32]> {
    let mut key = Vec::with_capacity(rows.iter().map(|row| 3 + 2 * row.cols.len()).sum());
    for row in rows {
        key.extend([row.arm, row.choice.0, row.cols.len() as u32]);
        key.extend(row.cols.iter().flat_map(|(occ, pat)| [occ.0, pat.0]));
    }
    key.into()
}
