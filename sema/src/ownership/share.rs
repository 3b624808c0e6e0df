//! Ways out that drop the same values in the same order share the code: a function with many owners and many `return`s stays
//! as long as it is written, not as long as one times the other.
//!
//! ```text
//! bb2: … drop c, drop b, drop a, return          bb2: … drop c, goto bb9
//! bb5: … drop b, drop a, return                  bb5: … goto bb9
//! bb7: … drop b, drop a, return                  bb7: … goto bb9
//!                                                bb9: drop b, drop a, return
//! ```

use kiln_cfg::{Arg, Block, BlockId, Callee, Func, Local, Stmt, Terminator};
use kiln_source::{Idx, TextRange};
use kiln_types::FuncId;
use rustc_hash::FxHashMap;

/// Fewer calls than this in all are left where they are.
const WORTHWHILE: usize = 24;
/// An end shorter than this is not shared.
const SHORTEST: u32 = 2;

/// A call of glue for a local.
type Step = (FuncId, Local);

/// An end of blocks: the step, and what comes after it.
#[derive(Debug)]
struct Node {
    step: Step,
    range: TextRange,
    /// The node of the next step; the root is `0`, the return.
    next: usize,
    /// Steps up to the return.
    length: u32,
    /// How many blocks end so.
    blocks: u32,
    /// Its block, if one begins with it.
    block: Option<BlockId>,
    /// Someone goes through here.
    visited: bool,
}

/// Shares the ends of blocks that return. `is_glue`: whether the compiler made a function.
pub(crate) fn share(func: &mut Func, is_glue: &dyn Fn(FuncId) -> bool) {
    let is_step = |stmt: &Stmt| step(stmt).is_some_and(|step| is_glue(step.0));
    let ends: Vec<(BlockId, usize)> = func
        .blocks
        .iter_enumerated()
        .filter(|(_, block)| block.term == Terminator::Return)
        .map(|(id, block)| (id, block.stmts.iter().rev().take_while(|stmt| is_step(stmt)).count()))
        .filter(|end| end.1 >= SHORTEST as usize)
        .collect();
    if ends.len() < 2 || ends.iter().map(|end| end.1).sum::<usize>() < WORTHWHILE {
        return;
    }
    let mut nodes = tree(func, &ends);
    let cuts: Vec<(BlockId, usize, usize)> = ends
        .into_iter()
        .filter_map(|(id, count)| {
            let node = deepest_shared(func, &nodes, id, count)?;
            Some((id, node, nodes.list[node].length as usize))
        })
        .collect();
    let starts = starts(&mut nodes, &cuts);
    let term_range = cuts.first().map_or(TextRange::default(), |cut| func.blocks[cut.0].term_range);
    for start in &starts {
        nodes.list[*start].block = Some(BlockId::from_usize(func.blocks.len()));
        func.blocks.push(Block { stmts: Vec::new(), ranges: Vec::new(), term: Terminator::Return, term_range });
    }
    for start in starts {
        fill(func, &nodes, start);
    }
    for (id, node, length) in cuts {
        let block = &mut func.blocks[id];
        let kept = block.stmts.len() - length;
        block.stmts.truncate(kept);
        block.ranges.truncate(kept);
        block.term = Terminator::Jump(nodes.list[node].block.expect("blocks are cut where a shared one starts"));
    }
}

/// The callee and the place, if an instruction is a call for one whole local.
fn step(stmt: &Stmt) -> Option<Step> {
    match stmt {
        Stmt::Call(call) => match (&call.dst, call.callee, &*call.args) {
            (None, Callee::Func(func), [Arg::Place(place)]) => Some((func, place.as_local()?)),
            _ => None,
        },
        _ => None,
    }
}

/// All ends, from the return backwards.
struct Tree {
    list: Vec<Node>,
    /// By what comes after and the step.
    index: FxHashMap<(usize, Step), usize>,
}

fn tree(func: &Func, ends: &[(BlockId, usize)]) -> Tree {
    let root = Node {
        step: (FuncId(0), Local(0)),
        range: TextRange::default(),
        next: 0,
        length: 0,
        blocks: 0,
        block: None,
        visited: true,
    };
    let mut tree = Tree { list: vec![root], index: FxHashMap::default() };
    for (id, count) in ends {
        let block = &func.blocks[*id];
        let mut at = 0;
        for index in (block.stmts.len() - count..block.stmts.len()).rev() {
            let step = step(&block.stmts[index]).expect("the end consists of steps");
            let list = &mut tree.list;
            at = *tree.index.entry((at, step)).or_insert_with(|| {
                let length = list[at].length + 1;
                let range = block.ranges[index];
                list.push(Node { step, range, next: at, length, blocks: 0, block: None, visited: false });
                list.len() - 1
            });
            tree.list[at].blocks += 1;
        }
    }
    tree
}

/// Where the longest end starts that another block has, too.
fn deepest_shared(func: &Func, tree: &Tree, id: BlockId, count: usize) -> Option<usize> {
    let block = &func.blocks[id];
    let mut at = 0;
    for stmt in block.stmts.iter().rev().take(count) {
        let next = tree.index[&(at, step(stmt)?)];
        if tree.list[next].blocks < 2 {
            break;
        }
        at = next;
    }
    (tree.list[at].length >= SHORTEST).then_some(at)
}

/// The nodes at which a block has to start: where blocks are cut, and where shared ends meet. Longer ends come first, so that
/// blocks stay in reverse post order.
fn starts(tree: &mut Tree, cuts: &[(BlockId, usize, usize)]) -> Vec<usize> {
    let mut starts: Vec<usize> = Vec::new();
    for (_, node, _) in cuts {
        let mut at = *node;
        starts.push(at);
        while !std::mem::replace(&mut tree.list[at].visited, true) {
            at = tree.list[at].next;
        }
        // Somebody went on from here before: the ways meet.
        if at != 0 {
            starts.push(at);
        }
    }
    starts.sort_unstable_by_key(|node| (std::cmp::Reverse(tree.list[*node].length), *node));
    starts.dedup();
    starts
}

/// Writes the block that starts at a node, up to the next one that has a block.
fn fill(func: &mut Func, tree: &Tree, start: usize) {
    let id = tree.list[start].block.expect("it was given one");
    let mut at = start;
    loop {
        let node = &tree.list[at];
        let (glue, local) = node.step;
        let args = Box::new([Arg::Place(kiln_cfg::Place::local(local))]);
        let call = kiln_cfg::Call { dst: None, callee: Callee::Func(glue), args };
        func.blocks[id].stmts.push(Stmt::Call(Box::new(call)));
        func.blocks[id].ranges.push(node.range);
        at = node.next;
        if at == 0 {
            return;
        }
        if let Some(next) = tree.list[at].block {
            func.blocks[id].term = Terminator::Jump(next);
            return;
        }
    }
}
