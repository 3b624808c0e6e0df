//! The clean-up after a function was made: unreachable blocks go, empty ones that only jump are threaded, straight
//! lines become one block, blocks get numbers in reverse post order (of two successors the first comes first).
//!
//! It decides nothing: conditions are not evaluated, instructions are neither removed nor changed.

use crate::emit::{Draft, block_id};
use crate::{Block, BlockId, Stmt, Terminator};
use kiln_source::{IdxVec, TextRange};

const NONE: u32 = u32::MAX;

/// The pass with its buffers, which are kept from one function to the next.
#[derive(Debug, Default)]
pub(crate) struct Simplifier {
    /// Where a jump to each block ends up; [`NONE`] before it was looked for.
    forward: Vec<u32>,
    /// How many edges lead to each block from reached ones; [`NONE`] before it was visited.
    edges: Vec<u32>,
    /// Blocks in post order.
    order: Vec<u32>,
    /// Blocks on the way down and how many of their successors are still to be visited.
    stack: Vec<(u32, u32)>,
    /// Blocks that continue another one.
    absorbed: Vec<bool>,
    /// New numbers.
    numbers: Vec<u32>,
}

impl Simplifier {
    /// Makes blocks of drafts. The buffers of drafts and instructions are left in a state fit only for clearing.
    pub fn run(
        &mut self,
        drafts: &mut IdxVec<BlockId, Draft>,
        stmts: &mut [Stmt],
        ranges: &[TextRange],
    ) -> IdxVec<BlockId, Block> {
        let count = drafts.len();
        for (buffer, empty) in [(&mut self.forward, NONE), (&mut self.edges, NONE), (&mut self.numbers, NONE)] {
            buffer.clear();
            buffer.resize(count, empty);
        }
        self.absorbed.clear();
        self.absorbed.resize(count, false);
        let root = self.visit(drafts);
        self.merge(drafts, root);
        self.collect(drafts, stmts, ranges)
    }

    /// The block where a jump to `block` ends up, past empty blocks that only jump on.
    fn resolve(&mut self, drafts: &IdxVec<BlockId, Draft>, block: BlockId) -> BlockId {
        let mut at = block.0;
        // Blocks on the way forward to themselves meanwhile, which ends an empty endless loop.
        loop {
            if self.forward[at as usize] != NONE {
                at = self.forward[at as usize];
                break;
            }
            self.forward[at as usize] = at;
            match &drafts[block_id(at)] {
                Draft { start, end, term: Terminator::Jump(next), .. } if start == end => at = next.0,
                _ => break,
            }
        }
        let mut walk = block.0;
        while walk != at {
            self.forward[walk as usize] = at;
            match &drafts[block_id(walk)].term {
                Terminator::Jump(next) if self.forward[next.0 as usize] == next.0 => walk = next.0,
                _ => break,
            }
        }
        block_id(at)
    }

    /// Visits all reached blocks depth first, with their terminators simplified; says where the function starts.
    fn visit(&mut self, drafts: &mut IdxVec<BlockId, Draft>) -> BlockId {
        let entry = block_id(0);
        let start = self.resolve(drafts, entry);
        self.order.clear();
        self.push(drafts, start);
        while let Some((block, left)) = self.stack.last_mut() {
            let block = block_id(*block);
            if *left == 0 {
                self.order.push(block.0);
                self.stack.pop();
                continue;
            }
            *left -= 1;
            let next = successor(&drafts[block].term, *left as usize);
            match &mut self.edges[next.0 as usize] {
                &mut NONE => {
                    self.push(drafts, next);
                    self.edges[next.0 as usize] = 1;
                }
                edges => *edges += 1,
            }
        }
        // A loop that begins the function gets an entry before it.
        if start != entry && self.edges[start.0 as usize] > 0 {
            drafts[entry].term = Terminator::Jump(start);
            self.edges[start.0 as usize] += 1;
            self.edges[entry.0 as usize] = 0;
            self.order.push(entry.0);
            return entry;
        }
        start
    }

    fn push(&mut self, drafts: &mut IdxVec<BlockId, Draft>, block: BlockId) {
        let mut term = std::mem::replace(&mut drafts[block].term, Terminator::Unreachable);
        let mut range = drafts[block].term_range;
        match &mut term {
            Terminator::Jump(to) => *to = self.resolve(drafts, *to),
            Terminator::Branch { then, else_, .. } => {
                *then = self.resolve(drafts, *then);
                *else_ = self.resolve(drafts, *else_);
                if then == else_ {
                    term = Terminator::Jump(*then);
                }
            }
            Terminator::Switch { cases, default, .. } => {
                *default = self.resolve(drafts, *default);
                for (_, to) in cases.iter_mut() {
                    *to = self.resolve(drafts, *to);
                }
                if cases.iter().all(|(_, to)| to == default) {
                    term = Terminator::Jump(*default);
                }
            }
            Terminator::Return | Terminator::Panic(..) | Terminator::Unreachable => {}
        }
        if let Terminator::Jump(to) = term {
            // Leaving takes no more room than jumping to where it is left.
            let to = &drafts[to];
            if to.start == to.end && matches!(to.term, Terminator::Return | Terminator::Unreachable) {
                (term, range) = (to.term.clone(), to.term_range);
            }
        }
        self.edges[block.0 as usize] = 0;
        self.stack.push((block.0, successor_count(&term)));
        (drafts[block].term, drafts[block].term_range) = (term, range);
    }

    /// Finds the blocks that only one block jumps to, and numbers the others.
    fn merge(&mut self, drafts: &IdxVec<BlockId, Draft>, root: BlockId) {
        for &block in &self.order {
            if let Terminator::Jump(next) = drafts[block_id(block)].term
                && self.edges[next.0 as usize] == 1
                && next != root
            {
                self.absorbed[next.0 as usize] = true;
            }
        }
        let mut number = 0;
        for &block in self.order.iter().rev() {
            if !self.absorbed[block as usize] {
                self.numbers[block as usize] = number;
                number += 1;
            }
        }
    }

    fn collect(
        &mut self,
        drafts: &mut IdxVec<BlockId, Draft>,
        stmts: &mut [Stmt],
        ranges: &[TextRange],
    ) -> IdxVec<BlockId, Block> {
        let mut blocks = IdxVec::with_capacity(self.order.len());
        for index in (0..self.order.len()).rev() {
            let head = block_id(self.order[index]);
            if self.absorbed[head.0 as usize] {
                continue;
            }
            let (mut last, mut len) = (head, (drafts[head].end - drafts[head].start) as usize);
            while let Some(next) = self.continuation(drafts, last) {
                last = next;
                len += (drafts[last].end - drafts[last].start) as usize;
            }
            let mut block = Block {
                stmts: Vec::with_capacity(len),
                ranges: Vec::with_capacity(len),
                term: std::mem::replace(&mut drafts[last].term, Terminator::Unreachable),
                term_range: drafts[last].term_range,
            };
            let mut part = Some(head);
            while let Some(at) = part {
                let (start, end) = (drafts[at].start as usize, drafts[at].end as usize);
                block.stmts.extend(stmts[start..end].iter_mut().map(take));
                block.ranges.extend_from_slice(&ranges[start..end]);
                part = self.continuation(drafts, at);
            }
            for_each_target(&mut block.term, |to| *to = block_id(self.numbers[to.0 as usize]));
            blocks.push(block);
        }
        blocks
    }

    /// The block that continues this one in a straight line.
    fn continuation(&self, drafts: &IdxVec<BlockId, Draft>, block: BlockId) -> Option<BlockId> {
        match drafts[block].term {
            Terminator::Jump(next) if self.absorbed[next.0 as usize] => Some(next),
            _ => None,
        }
    }
}

fn take(stmt: &mut Stmt) -> Stmt {
    std::mem::replace(stmt, Stmt::StorageDead(crate::Func::RESULT))
}

fn successor_count(term: &Terminator) -> u32 {
    match term {
        Terminator::Jump(_) => 1,
        Terminator::Branch { .. } => 2,
        Terminator::Switch { cases, .. } => cases.len() as u32 + 1,
        Terminator::Return | Terminator::Panic(..) | Terminator::Unreachable => 0,
    }
}

/// The successor with this number; a switch's default comes last.
fn successor(term: &Terminator, index: usize) -> BlockId {
    match term {
        Terminator::Jump(to) => *to,
        Terminator::Branch { then, else_, .. } => [*then, *else_][index],
        Terminator::Switch { cases, default, .. } => cases.get(index).map_or(*default, |case| case.1),
        Terminator::Return | Terminator::Panic(..) | Terminator::Unreachable => {
            unreachable!("blocks that end the function have no successors")
        }
    }
}

fn for_each_target(term: &mut Terminator, mut f: impl FnMut(&mut BlockId)) {
    match term {
        Terminator::Jump(to) => f(to),
        Terminator::Branch { then, else_, .. } => {
            f(then);
            f(else_);
        }
        Terminator::Switch { cases, default, .. } => {
            cases.iter_mut().for_each(|case| f(&mut case.1));
            f(default);
        }
        Terminator::Return | Terminator::Panic(..) | Terminator::Unreachable => {}
    }
}
