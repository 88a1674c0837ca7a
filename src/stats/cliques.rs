//! The groups that a critical-difference diagram joins by bars.
//!
//! *By critical difference*: methods sorted by average rank; the maximal runs of
//! at least two whose extreme ranks differ by less than `cd` (a difference equal
//! to `cd` is significant, Demsar 2006); equal ranks always belong together.
//! *By p-values*: the maximal cliques of at least two of the graph "p above
//! alpha", since pairwise tests need not respect the order of the ranks and a
//! bar over an interval would then join methods that differ. All pairs
//! significant: no groups.
//!
//! Groups list method indices by rank, then index; groups are sorted by their
//! members in that order. A pair without a p (NaN) is not shown to differ:
//! joined, and the outcome is degenerate. Ranks that are NaN, or a matrix of the
//! wrong shape: undefined. Cliques by Bron and Kerbosch (1973) with pivot; a
//! graph that needs more than [`MOST_STEPS`] steps is undefined. Cost O(k log k),
//! cliques at most O(k^2 MOST_STEPS).

use super::Outcome;

/// Steps of the clique search after which it is given up.
pub const MOST_STEPS: usize = 20_000;

/// Groups by a critical difference of average ranks.
pub fn by_difference(average_ranks: &[f64], cd: f64) -> Outcome<Vec<Vec<usize>>> {
    if cd.is_nan() || average_ranks.iter().any(|r| r.is_nan()) {
        return Outcome::undefined("a rank or the critical difference is not a number");
    }
    let order = by_rank(average_ranks);
    let joined = |first: usize, last: usize| {
        let (low, high) = (average_ranks[order[first]], average_ranks[order[last]]);
        low == high || high - low < cd
    };
    let mut groups = Vec::new();
    let mut reached = 0;
    for first in 0..order.len() {
        let last = (first..order.len()).take_while(|last| joined(first, *last)).last();
        let Some(last) = last.filter(|last| *last > first && *last > reached) else { continue };
        groups.push(order[first..=last].to_vec());
        reached = last;
    }
    Outcome::of(groups)
}

/// Groups by the p-values of all pairs.
pub fn by_p(average_ranks: &[f64], p: &[Vec<f64>], alpha: f64) -> Outcome<Vec<Vec<usize>>> {
    let k = average_ranks.len();
    if alpha.is_nan() || average_ranks.iter().any(|r| r.is_nan()) {
        return Outcome::undefined("a rank or alpha is not a number");
    }
    if p.len() != k || p.iter().any(|row| row.len() != k) {
        return Outcome::undefined(format!("{k} ranks need a {k} x {k} matrix of p-values"));
    }
    let order = by_rank(average_ranks);
    // From here on methods are positions in the order of the ranks.
    let edge = |i: usize, j: usize| {
        let (a, b) = (order[i].min(order[j]), order[i].max(order[j]));
        a != b && (p[a][b].is_nan() || p[a][b] > alpha)
    };
    let graph: Vec<Vec<bool>> = (0..k).map(|i| (0..k).map(|j| edge(i, j)).collect()).collect();
    let mut search = Search { graph: &graph, cliques: Vec::new(), steps: 0 };
    search.extend(&mut Vec::new(), (0..k).collect(), Vec::new());
    if search.steps > MOST_STEPS {
        return Outcome::undefined(format!("more than {MOST_STEPS} steps to find the groups"));
    }
    let mut cliques = search.cliques;
    cliques.sort();
    let named = |clique: Vec<usize>| clique.into_iter().map(|i| order[i]).collect();
    let groups = cliques.into_iter().map(named).collect();
    let missing = (0..k).any(|i| (i + 1..k).any(|j| p[i][j].is_nan()));
    if missing {
        return Outcome::degenerate(groups, "pairs without a p-value are joined");
    }
    Outcome::of(groups)
}

fn by_rank(ranks: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..ranks.len()).collect();
    // Stable: equal ranks stay in order of index.
    order.sort_by(|a, b| (ranks[*a] + 0.0).total_cmp(&(ranks[*b] + 0.0)));
    order
}

struct Search<'a> {
    graph: &'a [Vec<bool>],
    cliques: Vec<Vec<usize>>,
    steps: usize,
}

impl Search<'_> {
    /// Cliques that hold all of `clique`, some of `open` and none of `done`.
    fn extend(&mut self, clique: &mut Vec<usize>, mut open: Vec<usize>, mut done: Vec<usize>) {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return;
        }
        if open.is_empty() && done.is_empty() && clique.len() > 1 {
            let mut found = clique.clone();
            found.sort_unstable();
            self.cliques.push(found);
        }
        let graph = self.graph;
        let degree = |v: usize| open.iter().filter(|w| graph[v][**w]).count();
        let Some(pivot) = open.iter().chain(&done).copied().max_by_key(|v| degree(*v)) else {
            return;
        };
        let candidates: Vec<usize> = open.iter().copied().filter(|v| !graph[pivot][*v]).collect();
        for v in candidates {
            let near = |list: &[usize]| list.iter().copied().filter(|w| graph[v][*w]).collect();
            clique.push(v);
            self.extend(clique, near(&open), near(&done));
            clique.pop();
            open.retain(|w| *w != v);
            done.push(v);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// pitfall: one bar over all methods when all of them differ.
    #[test]
    fn nothing_is_joined_when_all_differ() {
        assert_eq!(by_difference(&[1.0, 3.0, 5.0], 1.5).value(), Some(&vec![]));
        let p = vec![vec![0.001; 3]; 3];
        assert_eq!(by_p(&[1.0, 2.0, 3.0], &p, 0.05).value(), Some(&vec![]));
    }

    /// pitfall: bars that join methods which a test told apart.
    #[test]
    fn a_significant_pair_between_its_neighbours_splits_the_bar() {
        // 0 and 2 do not differ, 1 differs from 0: no interval can say that.
        let p = [vec![1.0, 0.01, 0.5], vec![0.01, 1.0, 0.5], vec![0.5, 0.5, 1.0]];
        assert_eq!(by_p(&[1.0, 2.0, 3.0], &p, 0.05).value(), Some(&vec![vec![0, 2], vec![1, 2]]));
    }

    #[test]
    fn a_hard_graph_is_given_up() {
        // Disjoint anti-triangles: 3^14 maximal cliques.
        let p: Vec<Vec<f64>> = (0..42)
            .map(|i| (0..42).map(|j| if i / 3 == j / 3 { 0.0 } else { 1.0 }).collect())
            .collect();
        assert!(by_p(&vec![1.0; 42], &p, 0.05).any().is_none());
    }

    proptest! {
        #[test]
        fn groups_are_maximal_and_hold_no_significant_pair(
            ranks in prop::collection::vec(1.0..6.0f64, 6),
            list in prop::collection::vec(0.0..0.2f64, 15),
        ) {
            let p = crate::stats::pairwise::PairwiseP::from_list(6, &list).p;
            let result = by_p(&ranks, &p, 0.05);
            let groups = result.value().expect("groups");
            for group in groups {
                for (a, b) in group.iter().flat_map(|a| group.iter().map(move |b| (*a, *b))) {
                    prop_assert!(p[a][b] > 0.05);
                }
                let outside = (0..6).filter(|v| !group.contains(v));
                for v in outside {
                    prop_assert!(group.iter().any(|w| p[v][*w] <= 0.05));
                }
            }
            for (i, j) in crate::stats::pairwise::pairs(6).filter(|(i, j)| p[*i][*j] > 0.05) {
                prop_assert!(groups.iter().any(|g| g.contains(&i) && g.contains(&j)));
            }
        }

        #[test]
        fn nothing_panics(ranks in prop::collection::vec(any::<f64>(), 0..5), cd in any::<f64>(),
                          p in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..5), 0..5)) {
            let _ = (by_difference(&ranks, cd), by_p(&ranks, &p, cd));
        }
    }
}
