//! The data of one claim: its blocks, and the differences per seed.

use std::collections::BTreeMap;

use crate::compare::design::Sides;
use crate::scores::Cell;
use crate::spec::{Claim, Scope, Side};
use crate::stats::describe::{mean, variance};
use crate::stats::ranks::differences;
use crate::text::percent;

/// One combination of the factors that the sides leave open.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) task: String,
    pub(super) name: String,
    pub(super) level: Cell,
    pub(super) reference: Cell,
}

/// What a claim is tested on.
#[derive(Clone, Debug)]
pub(super) enum Evidence {
    /// Seeds that every block has on both sides, with the difference of each,
    /// averaged over the blocks.
    Seeds { seeds: Vec<u64>, differences: Vec<f64> },
    /// One block whose sides share no seeds, or are known by summaries alone.
    Independent(Sides),
    /// Several such blocks: difference and variance of each.
    Blocks { effects: Vec<f64>, variances: Vec<f64> },
}

/// The blocks of a claim among cells of one metric, in order of the cells.
pub(super) fn blocks(claim: &Claim, cells: &[Cell]) -> Vec<Block> {
    let Some((_, side)) = claim.relation() else { return Vec::new() };
    let there = |cell: &&Cell| holds_at(&claim.at, cell);
    let of = |side: &Side| -> Vec<&Cell> {
        cells.iter().filter(there).filter(|cell| is_on(side, cell)).collect()
    };
    // What a side does not name must agree between the sides.
    let key = |cell: &Cell| {
        let init = side.init.is_none() && claim.than.init.is_none();
        let model = side.model.is_none() && claim.than.model.is_none();
        let open = |name: &str, open: bool| if open { name.to_string() } else { String::new() };
        let fraction = cell.label_fraction.to_bits();
        (cell.task.clone(), open(&cell.model, model), open(&cell.init, init), fraction)
    };
    let references: BTreeMap<_, &Cell> =
        of(&claim.than).into_iter().map(|cell| (key(cell), cell)).collect();
    of(side)
        .into_iter()
        .filter_map(|level| {
            let reference = *references.get(&key(level))?;
            Some(Block {
                task: level.task.clone(),
                name: block_name(level, claim),
                level: level.clone(),
                reference: reference.clone(),
            })
        })
        .collect()
}

fn is_on(side: &Side, cell: &Cell) -> bool {
    side.init.as_ref().is_none_or(|init| *init == cell.init)
        && side.model.as_ref().is_none_or(|model| *model == cell.model)
}

fn holds_at(scope: &Scope, cell: &Cell) -> bool {
    let same = |wanted: &Option<String>, got: &String| wanted.as_ref().is_none_or(|w| w == got);
    same(&scope.task, &cell.task)
        && same(&scope.model, &cell.model)
        && same(&scope.init, &cell.init)
        && scope.label_fraction.is_none_or(|wanted| wanted == cell.label_fraction)
}

fn block_name(level: &Cell, claim: &Claim) -> String {
    let model = if claim.than.model.is_some() { "" } else { level.model.as_str() };
    let init = if claim.than.init.is_some() { "" } else { level.init.as_str() };
    let parts = [level.task.as_str(), model, init];
    let named: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{} / {}", named.join(" / "), percent(level.label_fraction))
}

/// The evidence of some blocks, or why there is none.
pub(super) fn evidence(blocks: &[Block]) -> Result<Evidence, String> {
    let Some(first) = blocks.first() else {
        return Err("no results have both sides of the claim".into());
    };
    let shared = shared_seeds(blocks);
    if shared.len() >= 2 {
        let differences = shared.iter().map(|seed| mean_difference(blocks, *seed)).collect();
        return Ok(Evidence::Seeds { seeds: shared, differences });
    }
    if blocks.len() == 1 {
        return Ok(Evidence::Independent(sides(first)));
    }
    let parts: Vec<(f64, f64)> = blocks.iter().filter_map(effect).collect();
    if parts.len() < blocks.len() {
        return Err("a block has fewer than two runs on a side".into());
    }
    let (effects, variances) = parts.into_iter().unzip();
    Ok(Evidence::Blocks { effects, variances })
}

fn shared_seeds(blocks: &[Block]) -> Vec<u64> {
    let Some(first) = blocks.first() else { return Vec::new() };
    let everywhere = |seed: &u64| {
        blocks
            .iter()
            .all(|b| b.level.value_of(*seed).is_some() && b.reference.value_of(*seed).is_some())
    };
    first.level.seeds.iter().copied().filter(everywhere).collect()
}

fn mean_difference(blocks: &[Block], seed: u64) -> f64 {
    let side = |of: fn(&Block) -> &Cell| -> Vec<f64> {
        blocks.iter().filter_map(|block| of(block).value_of(seed)).collect()
    };
    mean(&differences(&side(|b| &b.level), &side(|b| &b.reference)))
}

fn sides(block: &Block) -> Sides {
    let Block { level, reference, .. } = block;
    if level.summary.is_some() || reference.summary.is_some() {
        return Sides::Summaries { level: level.summarized(), reference: reference.summarized() };
    }
    Sides::Values { level: level.values.clone(), reference: reference.values.clone() }
}

/// Difference of means of a block with its variance.
pub(super) fn effect(block: &Block) -> Option<(f64, f64)> {
    let shared = shared_seeds(std::slice::from_ref(block));
    if shared.len() >= 2 {
        let one = std::slice::from_ref(block);
        let d: Vec<f64> = shared.iter().map(|seed| mean_difference(one, *seed)).collect();
        return Some((mean(&d), variance(&d) / d.len() as f64));
    }
    let (x, y) = (block.level.summarized(), block.reference.summarized());
    let of = |s: crate::stats::t_summary::Summary| s.sd * s.sd / s.n as f64;
    (x.n > 1 && y.n > 1).then(|| (x.mean - y.mean, of(x) + of(y)))
}
