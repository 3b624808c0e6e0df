//! Heap memory with pointers into it becomes static data of the same shape: a random graph of allocations, whose nodes point to any
//! nodes, is promoted, walked as static data beside the graph it was made from, read again by a program, and promoted once more.

#![allow(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod common;

use common::World;
use kiln_types::{RelocTarget, StaticId};
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A node: its value, and what it points to.
type Node = (i32, Option<Index>);

/// Allocations of one node or more.
fn graph() -> impl Strategy<Value = Vec<Vec<Node>>> {
    let node = (any::<i32>(), proptest::option::weighted(0.8, any::<Index>()));
    proptest::collection::vec(proptest::collection::vec(node, 1..4), 1..7)
}

/// Where each node is: its allocation, and its number there.
fn places(graph: &[Vec<Node>]) -> Vec<(usize, usize)> {
    graph.iter().enumerate().flat_map(|(row, nodes)| (0..nodes.len()).map(move |at| (row, at))).collect()
}

/// `fn make() -> (ptr mut i32, ptr mut i32)`: builds the graph and points to two of its nodes.
fn program(graph: &[Vec<Node>], roots: [usize; 2]) -> String {
    let all = places(graph);
    let mut text = String::from("fn make() -> (ptr mut i32, ptr mut i32) {\nbb0:\n");
    let mut next = 0;
    let mut local = || {
        next += 1;
        next
    };
    let node = "ptr mut (i32, ptr mut i32)";
    let mut addresses = Vec::new();
    for nodes in graph {
        let row = local();
        let _ = writeln!(text, "    _{row}: {node} = alloc({}_usize)", nodes.len());
        for (at, (value, _)) in nodes.iter().enumerate() {
            let (here, address) = (local(), local());
            let _ = writeln!(text, "    _{here}: {node} = ptr_offset(_{row}, {at}_isize)");
            let _ = writeln!(text, "    (*_{here}).0 = {value}_i32");
            let _ = writeln!(text, "    _{address}: ptr mut i32 = address_of (*_{here}).0");
            addresses.push((here, address));
        }
    }
    for ((here, _), (row, at)) in addresses.iter().zip(&all) {
        match graph[*row][*at].1 {
            Some(to) => {
                let _ = writeln!(text, "    (*_{here}).1 = _{}", addresses[to.index(all.len())].1);
            }
            None => {
                let _ = writeln!(text, "    (*_{here}).1 = 0x0 as ptr mut i32");
            }
        }
    }
    for (at, root) in roots.iter().enumerate() {
        let _ = writeln!(text, "    _0.{at} = _{}", addresses[*root].1);
    }
    text + "    return\n}"
}

/// Walks from the data and from the roots at once: each allocation is one piece of data, and the other way round.
fn same(world: &World, graph: &[Vec<Node>], data: StaticId, roots: [usize; 2]) -> Result<(), TestCaseError> {
    let pointer = u64::from(world.layouts.target().pointer_bytes);
    let all = places(graph);
    let mut known: BTreeMap<usize, StaticId> = BTreeMap::new();
    let mut open: Vec<(RelocTarget, usize)> = Vec::new();
    for (at, root) in roots.iter().enumerate() {
        let reloc = world.statics.get(data).relocs[at];
        prop_assert_eq!(reloc.offset, at as u64 * pointer);
        open.push((reloc.target, *root));
    }
    while let Some((target, node)) = open.pop() {
        let RelocTarget::Static { data, addend } = target else { panic!("{target:?}") };
        let (row, at) = all[node];
        prop_assert_eq!(addend, at as u64 * pointer * 2, "it points into the row");
        if let Some(before) = known.insert(row, data) {
            prop_assert_eq!(before, data, "one allocation is one piece of data");
            continue;
        }
        let row_data = world.statics.get(data);
        prop_assert_eq!(row_data.bytes.len() as u64, graph[row].len() as u64 * pointer * 2);
        let mut relocs = row_data.relocs.iter();
        for (at, (value, to)) in graph[row].iter().enumerate() {
            let offset = at * pointer as usize * 2;
            prop_assert_eq!(&row_data.bytes[offset..offset + 4], &value.to_le_bytes());
            if let Some(to) = to {
                let reloc = relocs.next().unwrap();
                prop_assert_eq!(reloc.offset, offset as u64 + pointer);
                open.push((reloc.target, to.index(all.len())));
            }
        }
        prop_assert!(relocs.next().is_none());
    }
    let mut pieces: Vec<StaticId> = known.into_values().collect();
    let count = pieces.len();
    pieces.sort();
    pieces.dedup();
    prop_assert_eq!(pieces.len(), count, "two allocations stay two");
    Ok(())
}

proptest! {
    #![proptest_config(common::cases(400))]

    #[test]
    fn graphs_survive_promotion(graph in graph(), roots in any::<[Index; 2]>(), is_narrow in any::<bool>()) {
        let mut world = World::empty(if is_narrow { "i686-unknown-linux-gnu" } else { "x86_64-unknown-linux-gnu" });
        let roots = roots.map(|root| root.index(places(&graph).len()));
        world.add(&program(&graph, roots));
        let mut machine = world.run("make", &[]).unwrap();
        let data = world.with(|_, env| machine.result_data(env)).unwrap();
        same(&world, &graph, data, roots)?;

        let count = world.statics.len();
        world.add(&format!(
            "fn again() -> (ptr mut i32, ptr mut i32) {{
             bb0:
                 _0 = use {data}
                 return
             }}
             fn first() -> i32 {{
             bb0:
                 _1: ptr mut i32 = use {data}.0
                 _0 = use (*_1)
                 return
             }}"
        ));
        let (row, at) = places(&graph)[roots[0]];
        prop_assert_eq!(world.int("first", &[]), i128::from(graph[row][at].0));
        let mut machine = world.run("again", &[]).unwrap();
        let again = world.with(|_, env| machine.result_data(env)).unwrap();
        prop_assert_eq!(again, data);
        prop_assert_eq!(world.statics.len(), count, "what is static data stays what it is");
    }
}
