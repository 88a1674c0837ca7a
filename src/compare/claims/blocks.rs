//! Where a claim is asked: the blocks that have both of its sides.

use std::collections::BTreeMap;

use crate::scores::{Cell, Factors};
use crate::spec::Claim;
use crate::stats::describe::mean;
use crate::text::percent;

/// One combination of the factors that the sides leave open.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    pub(super) task: String,
    pub(super) name: String,
    pub(super) level: Cell,
    pub(super) reference: Cell,
}

/// The blocks of a claim among cells of one metric, in order of the cells, and
/// the names of those that have one of the sides alone.
///
/// A side holds the cells with all its levels. Every factor that not both sides
/// name agrees between them.
pub(super) fn blocks(claim: &Claim, cells: &[Cell]) -> (Vec<Block>, Vec<String>) {
    let Some((_, side)) = claim.relation().filter(|_| claim.has_two_sides()) else {
        return (Vec::new(), Vec::new());
    };
    let factors = Factors::new(claim.compared());
    let key = |cell: &Cell| factors.block(cell).key();
    let there: Vec<&Cell> = cells.iter().filter(|cell| claim.at.hold(cell)).collect();
    let of = |cell: &&&Cell| side.hold(cell);
    let references: BTreeMap<Vec<String>, &Cell> =
        there.iter().filter(|cell| claim.than.hold(cell)).map(|cell| (key(cell), *cell)).collect();
    let levels: Vec<(Vec<String>, &Cell)> =
        there.iter().filter(of).map(|cell| (key(cell), *cell)).collect();
    let mut blocks = Vec::new();
    let mut alone = Vec::new();
    for (key, level) in &levels {
        match references.get(key) {
            Some(reference) => blocks.push(Block {
                task: level.task.clone(),
                name: name(&factors, level),
                level: (*level).clone(),
                reference: (*reference).clone(),
            }),
            None => alone.push(name(&factors, level)),
        }
    }
    let without = |key: &Vec<String>| !levels.iter().any(|(other, _)| other == key);
    let lonely = references.iter().filter(|(key, _)| without(key));
    alone.extend(lonely.map(|(_, cell)| name(&factors, cell)));
    (blocks, alone)
}

/// `findings / resnet18 / 10 %`.
fn name(factors: &Factors, cell: &Cell) -> String {
    let block = factors.block(cell);
    let fraction = block.label_fraction.map(percent);
    let mut parts = block.levels();
    parts.extend(fraction.as_deref());
    parts.join(" / ")
}

/// One block whose values are means over all, of seeds that a side has in each;
/// none where a side has fewer than two such seeds, or means alone are known.
pub(super) fn merged(blocks: &[Block]) -> Option<Block> {
    let [first, _, ..] = blocks else { return blocks.first().cloned() };
    let side = |of: fn(&Block) -> &Cell| -> Option<Cell> {
        let cells: Vec<&Cell> = blocks.iter().map(of).collect();
        if cells.iter().any(|cell| cell.summary.is_some()) {
            return None;
        }
        let values = |seed: &u64| -> Option<(u64, f64)> {
            let values: Option<Vec<f64>> = cells.iter().map(|c| c.value_of(*seed)).collect();
            Some((*seed, mean(&values?)))
        };
        let (seeds, values): (Vec<u64>, Vec<f64>) =
            cells.first()?.seeds.iter().filter_map(values).unzip();
        (seeds.len() >= 2).then(|| Cell { seeds, values, ..of(first).clone() })
    };
    Some(Block { level: side(|b| &b.level)?, reference: side(|b| &b.reference)?, ..first.clone() })
}
