//! The levels ranked over tasks.

use super::arrange::{folded, paragraph, section};
use super::names::Names;
use super::notes::notes;
use super::panels::Panels;
use crate::compare::ranking::TaskRanking;
use crate::figures::{
    BlobPlotInput, CriticalDifferenceInput, Figure, Numbers, PerformanceProfileInput, PodiumInput,
    ProfileSeries, RankHeatMapInput, SignificanceMapInput, blob_plot, critical_difference,
    performance_profile, podium_plot, rank_heat_map, significance_map,
};
use crate::report::document::{Block, Section};
use crate::report::load::ReportInput;
use crate::report::text::{Text, prose};
use crate::spec::Study;
use crate::stats::rliable::{Scores, profile_band};
use crate::text::percent;

/// Levels of a performance profile.
const LEVELS: usize = 60;
const RESAMPLES: usize = 1000;

/// The section, where there are two tasks and three levels.
pub(super) fn ranking(input: &ReportInput, study: Option<&Study>) -> Option<Section> {
    let ranking = input.ranking.as_ref()?;
    let names = Names::of(&input.comparisons[0], study);
    let titles: Vec<String> = ranking.levels.iter().map(|level| names.level(level).1).collect();
    let drawn = Drawn { ranking, names: &names, titles };
    let mut blocks = vec![paragraph(prose![
        "The mean ",
        Text::plain(names.metric().title()),
        " of each level",
        names.at_largest(),
        " is ranked within each task, the ",
        names.metric().better.best().unwrap_or("first"),
        " first. Mean ranks are tested with tasks as the unit of replication",
        if ranking.blocks.iter().any(|block| block.seed.is_some()) {
            "; ranks of single runs show how much they change with the seed and are not tested."
        } else {
            "."
        },
    ])];
    // One figure of significance, one of how sure the ranks are.
    blocks.extend(drawn.critical());
    let blobs = drawn.blobs();
    let has_blobs = blobs.is_some();
    blocks.extend(blobs.or_else(|| drawn.heat_map()));
    blocks.extend(notes("ranking", &input.comparisons[0], ranking.notes.clone()));
    let views = [
        drawn.map(),
        has_blobs.then(|| drawn.heat_map()).flatten(),
        drawn.podium(),
        drawn.profile(),
    ];
    let views = section("ranking-views", "Further views", views.into_iter().flatten().collect());
    blocks.push(Block::Section(folded(views)));
    Some(section("ranking", "Ranking over tasks", blocks))
}

struct Drawn<'a> {
    ranking: &'a TaskRanking,
    names: &'a Names<'a>,
    titles: Vec<String>,
}

impl Drawn<'_> {
    fn block(
        &self,
        label: &str,
        figure: Option<Figure>,
        csv: String,
        caption: &str,
        tell: impl FnOnce(Numbers) -> Numbers,
    ) -> Option<Block> {
        let mut panels = Panels::new(label).telling(tell);
        panels.add(self.names.metric().title(), figure, csv);
        panels.block(caption)
    }

    /// What went into ranks over tasks.
    fn over_tasks(&self, numbers: Numbers) -> Numbers {
        let tasks = self.ranking.tasks.iter().map(|task| self.names.task(task));
        let tasks: Vec<String> = tasks.collect();
        numbers
            .of(format!("mean scores on {}", tasks.join(", ")))
            .n(format!("{} tasks", tasks.len()))
    }

    /// What went into ranks of single runs.
    fn over_blocks(&self, numbers: Numbers) -> Numbers {
        numbers.of(self.blocks_are()).n(format!("{} blocks", self.ranking.blocks.len()))
    }

    fn alpha(&self) -> f64 {
        self.names.main.options.alpha
    }

    fn critical(&self) -> Option<Block> {
        let input = CriticalDifferenceInput {
            names: self.titles.clone(),
            average_ranks: self.ranking.average_ranks.clone(),
            critical_difference: self.ranking.critical_difference.any().copied(),
            groups: self.ranking.groups.clone(),
            test: self.ranking.test_words(self.alpha()),
            test_number: self.ranking.test_number().map(|(what, value)| (what.into(), value)),
        };
        let plural = self.names.main.options.factors.plural();
        let caption = format!(
            "Mean ranks over tasks, best at the left. A bar joins {plural} whose mean ranks differ \
             by less than the critical difference (CD)."
        );
        let critical = format!("Nemenyi's critical difference at {}", self.alpha());
        let tell = |numbers: Numbers| {
            let numbers = numbers.how("average_rank", "mean rank over tasks, 1 for the best");
            let p = self.ranking.friedman.any().map_or("no p", |f| f.p_method().words());
            let friedman = format!("Friedman over tasks, all levels at once, {p}");
            self.over_tasks(
                numbers
                    .how("critical_difference", critical)
                    .how("friedman_p", friedman)
                    .how("kendall_w", "Kendall's W"),
            )
        };
        self.block("fig-critical", critical_difference(&input), input.csv(), &caption, tell)
    }

    fn map(&self) -> Option<Block> {
        let input = SignificanceMapInput {
            names: self.titles.clone(),
            ranks: self.ranking.average_ranks.clone(),
            p: self.ranking.p.clone(),
            alpha: self.alpha(),
            test: format!("Nemenyi over {} tasks", self.ranking.tasks.len()),
        };
        let caption = "Adjusted p-values of all pairs of mean ranks, in the order of the ranks. \
                       Filled: the row is better than the column.";
        let tell = |numbers: Numbers| {
            self.over_tasks(numbers.how("adjusted_p", "Nemenyi, two-sided, of the mean ranks"))
        };
        self.block("fig-significance", significance_map(&input), input.csv(), caption, tell)
    }

    /// What is ranked where single runs are shown.
    fn blocks_are(&self) -> String {
        let by_seed = self.ranking.blocks.iter().any(|block| block.seed.is_some());
        if by_seed { "runs of one seed on one task".into() } else { "tasks".into() }
    }

    fn heat_map(&self) -> Option<Block> {
        let blocks = format!("{} {}", self.ranking.blocks.len(), self.blocks_are());
        let caption = format!(
            "How often each level had each rank, over {blocks}; equal scores share the better rank."
        );
        let (names, counts) = (self.titles.clone(), self.ranking.rank_counts());
        let input = RankHeatMapInput { names, counts, blocks };
        let tell = |numbers: Numbers| {
            let numbers = numbers.how("rank", "blocks in which the level has this rank");
            self.over_blocks(numbers.how("mean_rank", "mean rank over the blocks"))
        };
        self.block("fig-ranks", rank_heat_map(&input), input.csv(), &caption, tell)
    }

    fn podium(&self) -> Option<Block> {
        let block = |block: &crate::compare::ranking::RankBlock| {
            let task = self.ranking.tasks.get(block.task).map(String::as_str).unwrap_or_default();
            let seed = block.seed.map_or(String::new(), |seed| format!(", seed {seed}"));
            (format!("{}{seed}", self.names.task(task)), block.scores.clone())
        };
        let input = PodiumInput {
            names: self.titles.clone(),
            blocks: self.ranking.blocks.iter().map(block).collect(),
            blocks_are: self.blocks_are(),
            metric: self.names.metric().axis(),
            smaller_is_better: self.ranking.smaller_is_better,
        };
        let caption = format!(
            "{} by place, over {}. A line joins the scores of one block from the first place, the \
             best, to the last; bars count how often each had each place.",
            self.names.metric().in_full(),
            self.blocks_are()
        );
        let tell = |numbers: Numbers| {
            let numbers = numbers.how("place", "blocks in which the level has this place");
            self.over_blocks(numbers.how("score", "score of the level in the block"))
        };
        self.block("fig-podium", podium_plot(&input), input.csv(), &caption, tell)
    }

    fn blobs(&self) -> Option<Block> {
        let stability = self.ranking.stability.any()?;
        let confidence = self.names.main.options.confidence;
        let intervals = stability.rank_intervals(confidence);
        let input = BlobPlotInput {
            names: self.titles.clone(),
            ranks: stability.ranking.ranks.clone(),
            shares: stability.rank_shares(),
            intervals: intervals.iter().map(|b| (b.low, b.high)).collect(),
            confidence,
            resamples: self.ranking.drawn.clone(),
        };
        let caption = format!(
            "Ranks by mean rank over {}, in {}. The area of a blob is the share of resamples, the \
             cross the median rank, the line its {} interval.",
            self.blocks_are(),
            self.ranking.drawn,
            percent(confidence)
        );
        let tell = |numbers: Numbers| {
            numbers
                .how("rank", "rank by mean rank over the blocks")
                .how("share", "share of resamples with this rank")
                .how("median_rank", "median rank over resamples")
                .how("interval", format!("{} of the resampled ranks", percent(confidence)))
                .of(self.ranking.drawn.clone())
                .n(format!("{} blocks", self.ranking.blocks.len()))
                .seed(self.names.main.options.seed)
        };
        self.block("fig-blobs", blob_plot(&input), input.csv(), &caption, tell)
    }

    fn profile(&self) -> Option<Block> {
        let blocks = &self.ranking.blocks;
        // Read upside down where lower is better: a profile is of what is good.
        let lower = self.ranking.smaller_is_better;
        let sign = if lower { -1.0 } else { 1.0 };
        let values = || blocks.iter().flat_map(|block| block.scores.iter().map(|s| sign * s));
        let (low, high) =
            values().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        // From just below the lowest score, where every run is above.
        let pad = (high - low) * 0.02;
        let step = (high - low + 2.0 * pad) / LEVELS as f64;
        let taus: Vec<f64> = (0..=LEVELS).map(|i| low - pad + step * i as f64).collect();
        let options = &self.names.main.options;
        let line = |(index, name): (usize, &String)| {
            let of_task = |task| {
                let of = blocks.iter().filter(|block| block.task == task);
                of.filter_map(|block| Some(sign * block.scores.get(index)?)).collect::<Vec<f64>>()
            };
            let scores = Scores::of_tasks((0..self.ranking.tasks.len()).map(of_task).collect());
            let found =
                profile_band(scores.any()?, &taus, RESAMPLES, options.seed, options.confidence);
            let bounds = found.band.iter().map(|b| b.any().map(|b| (b.low, b.high)));
            let mut line = ProfileSeries {
                name: name.clone(),
                levels: found.taus.iter().map(|tau| sign * tau).collect(),
                shares: found.shares,
                band: bounds.collect(),
            };
            if lower {
                line.levels.reverse();
                line.shares.reverse();
                line.band.reverse();
            }
            Some(line)
        };
        let input = PerformanceProfileInput {
            metric: self.names.metric().axis(),
            decimals: self.names.metric().decimals,
            smaller_is_better: lower,
            confidence: options.confidence,
            runs: format!("{} {}", blocks.len(), self.blocks_are()),
            series: self.titles.iter().enumerate().filter_map(line).collect(),
        };
        let caption = format!(
            "Performance profile: share of {} {} each {}. Bands are pointwise {} intervals over \
             resamples of the seeds within each task.",
            self.blocks_are(),
            if lower { "below" } else { "above" },
            self.names.metric().in_full(),
            percent(options.confidence)
        );
        let tell = |numbers| self.over_blocks(numbers);
        self.block("fig-profile", performance_profile(&input), input.csv(), &caption, tell)
    }
}
