//! Targets: several groups, blocks and methods.

use std::hint::black_box as keep;

use super::Target;
use super::bytes::Bytes;
use crate::stats::adjust::Adjustment;
use crate::stats::block_ranks::BlockRanks;
use crate::stats::levene::Centre;
use crate::stats::mean_ranking::UnitSums;
use crate::stats::pairwise::PairwiseP;
use crate::stats::quade::RangeTies;
use crate::stats::ranking::{Rules, Scheme};
use crate::stats::ranking_stability::Stability;
use crate::stats::{
    adjust, bartlett, cliques, conover, dunn, friedman, kruskal_wallis, levene, mean_ranking,
    nemenyi, one_way_anova, page_trend, pairwise, quade, ranking, ranking_stability, ranks,
    shaffer, two_way_anova,
};

const ADJUSTMENTS: [Adjustment; 8] = [
    Adjustment::Bonferroni,
    Adjustment::Holm,
    Adjustment::Hochberg,
    Adjustment::Hommel,
    Adjustment::BenjaminiHochberg,
    Adjustment::BenjaminiYekutieli,
    Adjustment::Sidak,
    Adjustment::HolmSidak,
];

fn scheme(b: &mut Bytes<'_>) -> Scheme {
    let adjustment = b.bool().then(|| b.pick(&ADJUSTMENTS));
    b.pick(&[
        Scheme::MeanThenRank,
        Scheme::MedianThenRank,
        Scheme::RankThenMean,
        Scheme::RankThenMedian,
        Scheme::TestThenRank(adjustment),
    ])
}

fn rules(b: &mut Bytes<'_>) -> Rules {
    Rules { smaller_is_better: b.bool(), missing: b.number(), alpha: b.level() }
}

fn stable(found: Option<&Stability>, level: f64) {
    if let Some(found) = found {
        keep((found.mean_tau(), found.rank_shares(), found.rank_intervals(level)));
    }
}

pub(super) const TARGETS: &[Target] = &[
    Target::new("adjust::adjust", 400, |b| {
        let p = b.numbers();
        keep(adjust::adjust(&p, b.pick(&ADJUSTMENTS)));
    }),
    Target::new(
        "pairwise::PairwiseP::from_pairs pairwise::PairwiseP::from_list \
         pairwise::PairwiseP::list pairwise::PairwiseP::adjusted pairwise::pairs",
        200,
        |b| {
            let (k, list) = (b.below(7), b.numbers());
            let p = b.number();
            for found in [PairwiseP::from_list(k, &list), PairwiseP::from_pairs(k, |_, _| p)] {
                keep((found.list(), found.adjusted(b.pick(&ADJUSTMENTS))));
            }
            let ragged = PairwiseP { p: b.rows() };
            keep((ragged.list(), ragged.adjusted(b.pick(&ADJUSTMENTS))));
            keep(pairwise::pairs(b.large()).take(20).count());
        },
    ),
    Target::new(
        "block_ranks::BlockRanks::new block_ranks::BlockRanks::blocks \
         block_ranks::BlockRanks::methods block_ranks::BlockRanks::average \
         block_ranks::BlockRanks::residual",
        200,
        |b| {
            if let Ok(found) = BlockRanks::new(&b.rows()) {
                keep((found.blocks(), found.methods(), found.average(), found.residual()));
            }
        },
    ),
    Target::new(
        "friedman::friedman friedman::Friedman::p_used friedman::Friedman::p_method \
         friedman::PMethod::words",
        40,
        |b| {
            let found = friedman::friedman(&b.rows());
            keep(found.any().map(|f| (f.p_used(), f.p_method().words())));
        },
    ),
    Target::new("conover::conover quade::quade", 200, |b| {
        let rows = b.rows();
        keep(conover::conover(&rows));
        keep(quade::quade(&rows, b.pick(&[RangeTies::Settled, RangeTies::AsComputed])));
    }),
    Target::new("page_trend::page_trend page_trend::PageTrend::p", 100, |b| {
        keep(page_trend::page_trend(&b.rows()).any().map(page_trend::PageTrend::p));
    }),
    Target::new("nemenyi::nemenyi nemenyi::critical_difference", 12, |b| {
        keep(nemenyi::nemenyi(&b.numbers_of(4), b.large()));
        keep(nemenyi::critical_difference(b.large(), b.large(), b.level()));
    }),
    Target::new("cliques::by_difference cliques::by_p", 200, |b| {
        let ranks = b.numbers();
        keep(cliques::by_difference(&ranks, b.number()));
        let square = (0..ranks.len()).map(|_| b.numbers_of(ranks.len())).collect();
        let p = if b.bool() { square } else { b.rows() };
        keep(cliques::by_p(&ranks, &p, b.level()));
    }),
    Target::new("shaffer::shaffer", 200, |b| {
        let k = b.below(7);
        let p = if b.bool() { b.numbers_of(k * k.saturating_sub(1) / 2) } else { b.numbers() };
        keep(shaffer::shaffer(&p, k));
    }),
    Target::new(
        "bartlett::bartlett levene::levene kruskal_wallis::kruskal_wallis dunn::dunn \
         one_way_anova::one_way_anova",
        300,
        |b| {
            let groups = b.rows();
            keep((bartlett::bartlett(&groups), one_way_anova::one_way_anova(&groups)));
            keep(levene::levene(&groups, b.pick(&[Centre::Mean, Centre::Median])));
            keep((kruskal_wallis::kruskal_wallis(&groups), dunn::dunn(&groups)));
        },
    ),
    Target::new("two_way_anova::two_way_anova", 300, |b| {
        let y = b.numbers();
        let levels = if b.one_in(8) { b.len() } else { y.len() };
        let (a, c): (Vec<u8>, Vec<u8>) = (0..levels).map(|_| (b.byte() % 3, b.byte() % 3)).unzip();
        keep(two_way_anova::two_way_anova(&a, &c, &y));
    }),
    Target::new(
        "ranking::ranking ranking_stability::stability ranking_stability::stability_on \
         ranking_stability::Stability::mean_tau ranking_stability::Stability::rank_shares \
         ranking_stability::Stability::rank_intervals",
        60,
        |b| {
            let (rows, rules, scheme, level) = (b.rows(), rules(b), scheme(b), b.level());
            keep(ranking::ranking(&rows, &rules, scheme));
            let drawn =
                ranking_stability::stability(&rows, &rules, scheme, b.resamples(), b.word());
            stable(drawn.any(), level);
            let lists: Vec<Vec<usize>> =
                (0..b.below(5)).map(|_| (0..rows.len()).map(|_| b.class()).collect()).collect();
            stable(ranking_stability::stability_on(&rows, &rules, scheme, &lists).any(), level);
        },
    ),
    Target::new(
        "mean_ranking::UnitSums::of mean_ranking::UnitSums::of_contributions \
         mean_ranking::UnitSums::len mean_ranking::UnitSums::is_empty mean_ranking::mean_ranking \
         mean_ranking::of_resamples mean_ranking::ranks_within",
        60,
        |b| {
            let (rows, smaller, level) = (b.rows(), b.bool(), b.level());
            let named = if b.one_in(8) { b.len() } else { rows.len() };
            let units: Vec<u32> = (0..named).map(|_| b.class() as u32).collect();
            let sums = UnitSums::of(&rows, &units);
            keep((sums.len(), sums.is_empty()));
            keep(mean_ranking::mean_ranking(&sums, smaller, b.resamples(), b.word(), level));
            let (scores, parts) = b.pair();
            let parts: Vec<&[f64]> = scores.iter().map(|_| parts.as_slice()).collect();
            let sums = UnitSums::of_contributions(&scores, &parts);
            keep(mean_ranking::mean_ranking(&sums, smaller, b.resamples(), b.word(), level));
            keep(mean_ranking::of_resamples(scores.clone(), &rows, smaller, level));
            keep(mean_ranking::ranks_within(&scores, smaller));
        },
    ),
    Target::new(
        "ranks::average_ranks ranks::tie_groups ranks::rank ranks::tie_sum ranks::differences \
         ranks::slack ranks::settle",
        400,
        |b| {
            let (x, y) = b.pair();
            keep((ranks::average_ranks(&x), ranks::rank(&x), ranks::differences(&x, &y)));
            keep(ranks::tie_sum(&ranks::tie_groups(&x)));
            keep(ranks::tie_sum(&[b.large(), b.large()]));
            keep((ranks::slack(b.number(), b.number()), ranks::settle(&x, &y)));
        },
    ),
];
