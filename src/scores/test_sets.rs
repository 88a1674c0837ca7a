//! Test sets of a task beside its own: the factor `test_set`.
//!
//! What is averaged over tasks is what their own test cases say. Results on further
//! sets are of the same networks once more: counted as further results they would
//! weigh a task by the number of sets that somebody had at hand.

use std::borrow::Cow;

use super::cell::{Block, Cell};
use super::factor::Factors;

/// The factor that tells test sets apart in results.
pub const TEST_SET: &str = "test_set";

/// Its level for a task's own test cases.
pub const INTERNAL: &str = "internal";

/// Whether some results are of further test sets, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestSets {
    apart: bool,
}

impl TestSets {
    /// Of some cells. Where test sets are compared with each other, or none is
    /// called internal, each counts like any other level.
    pub fn of<'a>(cells: impl IntoIterator<Item = &'a Cell>, factors: &Factors) -> Self {
        let (mut own, mut further) = (false, false);
        for level in cells.into_iter().filter_map(set) {
            *(if is_internal(level) { &mut own } else { &mut further }) = true;
        }
        Self { apart: own && further && !factors.has(TEST_SET) }
    }

    /// Whether there are further sets, which stand apart.
    pub fn stand_apart(self) -> bool {
        self.apart
    }

    /// Whether a cell is of a task's own test cases.
    pub fn is_own(self, cell: &Cell) -> bool {
        !self.apart || set(cell).is_none_or(is_internal)
    }

    /// The further set that a block is of.
    pub fn further(self, block: &Block) -> Option<&str> {
        block.level(TEST_SET).filter(|level| self.apart && !is_internal(level))
    }

    /// The cells of the tasks' own test cases.
    pub fn own(self, cells: &[Cell]) -> Cow<'_, [Cell]> {
        if !self.apart {
            return Cow::Borrowed(cells);
        }
        Cow::Owned(cells.iter().filter(|cell| self.is_own(cell)).cloned().collect())
    }
}

fn set(cell: &Cell) -> Option<&str> {
    let own = cell.others.iter().find(|(name, _)| name == TEST_SET);
    own.map(|(_, level)| level.as_str())
}

/// Results without a test set, beside others that have some, are of the task's own.
fn is_internal(level: &str) -> bool {
    level == INTERNAL || level.is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::factor::Factor;
    use super::*;

    fn cell(level: Option<&str>) -> Cell {
        let others = level.map(|level| (TEST_SET.into(), level.into())).into_iter().collect();
        Cell { others, ..Cell::default() }
    }

    #[test]
    fn further_sets_stand_apart_beside_internal_ones_unless_they_are_compared() {
        let inits = Factors::one(Factor::init());
        let sets = Factors::one(Factor::new(TEST_SET));
        for (levels, factors, apart, own) in [
            (&[Some("internal"), Some("b")][..], &inits, true, 1),
            (&[Some("internal"), Some("b")], &sets, false, 2),
            (&[Some("a"), Some("b")], &inits, false, 2),
            (&[Some("internal"), Some("internal")], &inits, false, 2),
            (&[None, Some("internal"), Some("b")], &inits, true, 2),
            (&[Some(""), Some("internal"), Some("b")], &inits, true, 2),
            (&[None], &inits, false, 1),
        ] {
            let cells: Vec<Cell> = levels.iter().map(|level| cell(*level)).collect();
            let found = TestSets::of(&cells, factors);
            assert_eq!((found.stand_apart(), found.own(&cells).len()), (apart, own), "{levels:?}");
        }
    }
}
