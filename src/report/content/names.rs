//! What levels and panels are called, and in which order colours go.

use crate::compare::{CellSummary, Comparison};
use crate::figures::LevelCells;
use crate::scores::{Block, Cell, Factor, Metric};
use crate::spec::Study;

/// Titles of the compared levels, the same in every figure.
pub(super) struct Names<'a> {
    study: Option<&'a Study>,
    /// The comparison.
    pub(super) main: &'a Comparison,
    levels: Vec<String>,
    titles: Vec<String>,
}

impl<'a> Names<'a> {
    pub(super) fn of(main: &'a Comparison, study: Option<&'a Study>) -> Self {
        let factors = &main.options.factors;
        let (mut levels, mut titles) = (Vec::new(), Vec::new());
        for summary in &main.cells {
            let level = factors.level(&summary.cell);
            if !levels.contains(&level) {
                let title = |factor| level_title(factor, &factor.level(&summary.cell), study);
                titles.push(factors.iter().map(title).collect::<Vec<_>>().join(" / "));
                levels.push(level);
            }
        }
        Self { study, main, levels, titles }
    }

    /// The compared level of a cell.
    pub(super) fn level_of(&self, cell: &Cell) -> String {
        self.main.options.factors.level(cell)
    }

    /// Index of a level's colour, and its title.
    pub(super) fn level(&self, name: &str) -> (usize, String) {
        let at = self.levels.iter().position(|level| level == name);
        let title = at.and_then(|at| self.titles.get(at)).cloned();
        (at.unwrap_or(self.levels.len()), title.unwrap_or_else(|| name.into()))
    }

    pub(super) fn task(&self, name: &str) -> String {
        level_title(&Factor::new(Factor::TASK), name, self.study)
    }

    /// The factors that are not compared, without the task.
    pub(super) fn other(&self, block: &Block) -> String {
        self.titles_of(block, |factor| factor.name() != Factor::TASK)
    }

    /// `Chest findings · ResNet-18`.
    pub(super) fn panel(&self, block: &Block) -> String {
        self.titles_of(block, |_| true)
    }

    fn titles_of(&self, block: &Block, wanted: impl Fn(&Factor) -> bool) -> String {
        let factors = block.factors.iter().filter(|(factor, _)| wanted(factor));
        let titles = factors.map(|(factor, level)| level_title(factor, level, self.study));
        titles.collect::<Vec<_>>().join(" · ")
    }

    /// `Chest findings with ResNet-18`, in sentences; without the factors that do
    /// not vary, and empty where nothing is left.
    pub(super) fn place(&self, block: &Block) -> String {
        let others = if self.has_others() { self.other(block) } else { String::new() };
        let others = others.replace(" · ", ", ");
        let task = self.task(block.task());
        match (task.is_empty(), others.is_empty()) {
            (_, true) => task,
            (true, false) => others,
            (false, false) => format!("{task} with {others}"),
        }
    }

    /// The same with the label fraction, where fractions vary.
    pub(super) fn place_at(&self, block: &Block) -> String {
        match block.label_fraction {
            Some(fraction) if self.has_fractions() => {
                format!("{} at {}", self.place(block), crate::text::percent(fraction))
            }
            _ => self.place(block),
        }
    }

    /// Whether there are several tasks, which are not compared.
    pub(super) fn has_tasks(&self) -> bool {
        self.differ(|summary| self.block(summary).task().to_string())
    }

    /// Whether the factors that are not compared have several levels.
    pub(super) fn has_others(&self) -> bool {
        self.differ(|summary| self.block(summary).others().join("\u{1f}"))
    }

    fn differ(&self, of: impl Fn(&CellSummary) -> String) -> bool {
        let first = self.main.cells.first().map(&of);
        self.main.cells.iter().any(|summary| Some(of(summary)) != first)
    }

    /// Every factor of a cell that is not compared, at all fractions.
    fn block(&self, summary: &CellSummary) -> Block {
        self.main.options.factors.block(&summary.cell).whole()
    }

    /// What the cells of each panel share, in order of appearance.
    pub(super) fn facets(&self) -> Vec<Block> {
        let mut facets: Vec<Block> = Vec::new();
        for block in self.main.cells.iter().map(|summary| self.block(summary)) {
            if !facets.contains(&block) {
                facets.push(block);
            }
        }
        facets
    }

    /// Cells of a panel.
    pub(super) fn cells(&self, facet: &Block) -> Vec<&'a CellSummary> {
        self.main.cells.iter().filter(|summary| self.block(summary) == *facet).collect()
    }

    /// The same level by level: every level, in the order of their colours.
    pub(super) fn by_level(&self, cells: &[&'a CellSummary]) -> Vec<LevelCells<'a>> {
        let of = |level: &String| {
            let own = cells.iter().filter(|summary| self.level_of(&summary.cell) == *level);
            own.copied().collect()
        };
        let levels = self.levels.iter().zip(&self.titles);
        levels
            .map(|(level, title)| LevelCells {
                level: level.clone(),
                title: title.clone(),
                cells: of(level),
            })
            .collect()
    }

    /// Cells of a panel at its largest label fraction; at all where fractions are
    /// compared.
    pub(super) fn full(&self, facet: &Block) -> Vec<&'a CellSummary> {
        let cells = self.cells(facet);
        if self.main.options.factors.has(Factor::LABEL_FRACTION) {
            return cells;
        }
        let largest = cells.iter().map(|c| c.cell.label_fraction).fold(f64::NAN, f64::max);
        cells.into_iter().filter(|c| c.cell.label_fraction == largest).collect()
    }

    /// Which cells [`Self::full`] has, in words; empty where it has all.
    pub(super) fn at_largest(&self) -> &'static str {
        let every = self.main.options.factors.has(Factor::LABEL_FRACTION);
        if every || !self.has_fractions() { "" } else { " at the largest share of labels" }
    }

    /// The study, where there is one.
    pub(super) fn study(&self) -> Option<&'a Study> {
        self.study
    }

    /// Whether there are several label fractions, which are not compared.
    pub(super) fn has_fractions(&self) -> bool {
        self.differ(|summary| {
            let block = self.main.options.factors.block(&summary.cell);
            block.label_fraction.map_or_else(String::new, |fraction| fraction.to_string())
        })
    }

    /// The metric.
    pub(super) fn metric(&self) -> &'a Metric {
        &self.main.options.metric
    }
}

/// A level as the study titles it.
pub(super) fn level_title(factor: &Factor, name: &str, study: Option<&Study>) -> String {
    let title = study.and_then(|study| match factor.name() {
        Factor::TASK => study.tasks.get(name)?.title.clone(),
        Factor::INIT => study.inits.get(name)?.title.clone(),
        Factor::MODEL => {
            let model = study.models.get(name)?;
            Some(model.title.clone().unwrap_or_else(|| model.backbone.title().into()))
        }
        _ => None,
    });
    title.unwrap_or_else(|| name.into())
}
