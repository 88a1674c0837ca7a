//! Names of columns that mean a known one.
//!
//! Three ranks: the known name itself, a synonym, and either of them behind the mark of
//! a configuration (`config.seed`, `params.backbone`). The best rank wins; of two of the
//! same rank the first is taken, and a note says so.

use super::draft::Tidy;
use super::mapping::Mapping;
use super::metric_names::{is_numeric, measures};
use crate::frame::error::FrameError;
use crate::frame::runs::KNOWN;
use crate::table::names::plain;

/// Known names of tables of test cases.
const KNOWN_OF_CASES: [&str; 4] = ["case", "patient", "label", "score"];

/// All names that a column can be mapped to and mean something.
pub(super) fn known_names() -> impl Iterator<Item = &'static str> {
    KNOWN.into_iter().chain(KNOWN_OF_CASES)
}

const SYNONYMS: [(&str, &[&str]); 11] = [
    (
        "task",
        &[
            "dataset",
            "data_set",
            "dataset_name",
            "target_task",
            "target_dataset",
            "task_name",
            "downstream_task",
            "downstream_dataset",
        ],
    ),
    (
        "model",
        &[
            "backbone",
            "backbone_name",
            "architecture",
            "arch",
            "architecture_name",
            "model_arch",
            "model_architecture",
            "model_name",
            "network",
            "network_name",
            "net",
            "encoder",
            "encoder_name",
            "algorithm",
            "algorithm_name",
            "algo",
            "alg",
            "alg_name",
            "classifier",
        ],
    ),
    (
        "init",
        &[
            "initialization",
            "initialisation",
            "init_weights",
            "initial_weights",
            "init_method",
            "initialization_method",
            "initialisation_method",
            "pretrain",
            "pretraining",
            "pretrained",
            "pretrained_weights",
            "pretrained_on",
            "pretraining_method",
            "pretraining_dataset",
            "pretrain_method",
            "encoder_weights",
            "weights",
        ],
    ),
    (
        "seed",
        &[
            "random_seed",
            "rng_seed",
            "manual_seed",
            "random_state",
            "seed_everything",
            "global_seed",
            "torch_seed",
            "seed_id",
        ],
    ),
    ("metric", &["metric_name", "measure", "measure_name", "score_name"]),
    ("value", &["score", "result", "metric_value", "test_score", "test_result"]),
    ("class", &["class_name", "class_label", "structure", "label_name"]),
    ("mean", &["avg", "average", "mean_value", "mean_score"]),
    ("sd", &["std", "stdev", "std_dev", "stddev", "st_dev", "standard_deviation"]),
    ("se", &["sem", "stderr", "std_err", "std_error", "standard_error"]),
    (
        "n",
        &[
            "n_runs",
            "n_seeds",
            "runs",
            "num_runs",
            "num_seeds",
            "number_of_runs",
            "number_of_seeds",
            "n_repeats",
        ],
    ),
];

/// Marks of configurations before the name of a setting.
const SETTINGS: [&str; 8] =
    ["params", "param", "config", "cfg", "hparams", "hyperparameters", "args", "tags"];

/// The known name that a name means, by itself or as a synonym.
pub(super) fn known_name(name: &str) -> Option<&'static str> {
    let plain = simple(name);
    exact(&plain).or_else(|| synonym(name, &plain))
}

fn exact(plain: &str) -> Option<&'static str> {
    known_names().find(|known| *known == plain && *known != "score")
}

fn synonym(name: &str, simple: &str) -> Option<&'static str> {
    let listed = SYNONYMS.iter().find(|(_, names)| names.contains(&simple));
    listed.map(|(known, _)| *known).or_else(|| fraction(name).map(|_| "label_fraction"))
}

/// A name in lower case with `_` between words; dots of abbreviations left out, and
/// `pre-trained` written as one word.
fn simple(name: &str) -> String {
    let plain = plain(name).replace("pre_train", "pretrain");
    if plain.ends_with('.') { plain.replace('.', "") } else { plain }
}

/// How a name that means the label fraction counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counted {
    Share,
    Percent,
}

/// `fraction`, `train_fraction`, `labels (%)`, `percent_labels`: of what, and how it is
/// counted.
fn fraction(name: &str) -> Option<Counted> {
    let words = plain(&name.replace(['%', '(', ')', '[', ']'], " "));
    let words: Vec<&str> = words.split('_').filter(|word| !word.is_empty()).collect();
    let is = |word: &&&str, list: &[&str]| list.contains(word);
    let percent = name.contains('%')
        || words.iter().any(|word| ["percent", "pct", "percentage", "perc"].contains(word));
    let share = words.iter().any(|word| ["fraction", "frac", "share", "proportion"].contains(word));
    let of: Vec<&&str> = words
        .iter()
        .filter(|word| {
            !is(word, &["percent", "pct", "percentage", "perc", "of", "the"])
                && !is(word, &["fraction", "frac", "share", "proportion", "used", "available"])
        })
        .collect();
    let labels =
        ["label", "labels", "labelled", "labeled", "annotated", "annotation", "annotations"];
    let fits = of.iter().all(|word| {
        labels.contains(word) || ["train", "training", "data", "set", "samples"].contains(word)
    });
    match (percent, share) {
        (true, _) if fits && !of.is_empty() => Some(Counted::Percent),
        (true, true) if fits => Some(Counted::Percent),
        (false, true) if fits && (!of.is_empty() || words.len() == 1) => {
            (words != ["share"] && words != ["proportion"]).then_some(Counted::Share)
        }
        _ => None,
    }
}

/// A name without the mark of a configuration, where it has one.
pub(super) fn setting(name: &str) -> Option<&str> {
    let mut rest = name;
    while let Some((mark, inner)) = rest.split_once(['.', '/', ':']) {
        if !SETTINGS.contains(&mark.trim().to_lowercase().as_str()) || inner.is_empty() {
            break;
        }
        rest = inner;
    }
    (rest.len() < name.len()).then_some(rest)
}

/// The known name of a setting: the whole of it, or its last part where that can mean
/// nothing else (`config.model.backbone`; not `config.loss.weights`).
fn known_setting(name: &str) -> Option<&'static str> {
    let inner = setting(name)?;
    let strong = |known: &&str| ["task", "model", "init", "label_fraction", "seed"].contains(known);
    let whole = known_name(inner).filter(strong);
    whole.or_else(|| {
        let (_, last) = inner.rsplit_once(['.', '/'])?;
        known_name(last).filter(strong).filter(|_| !["weights", "net", "network"].contains(&last))
    })
}

impl Tidy {
    /// Renames what means a known column.
    pub(super) fn name_columns(&mut self, mapping: &Mapping) -> Result<(), FrameError> {
        let taken: Vec<String> = mapping.values().to_vec();
        let metrics = !measures(&self.sheet).is_empty() || !taken.is_empty();
        let long = self.column("metric").is_some() && taken.is_empty();
        for known in KNOWN {
            let skip = known == "value" && metrics && !long;
            if !skip {
                self.name_column(known, &taken);
            }
        }
        self.as_percent()
    }

    /// Renames the columns of a table of test cases that name levels: the other words of
    /// such tables are known where they are read.
    pub(super) fn name_levels(&mut self) {
        let header = self.sheet.header().to_vec();
        for known in ["task", "model", "init", "label_fraction", "seed"] {
            let has = header.iter().any(|name| {
                let own = name.trim().to_lowercase().replace([' ', '-'], "_");
                own == known || known == "label_fraction" && own == "fraction"
            });
            // Scores of a class may be called as they like.
            let names = |column: &usize| {
                synonym(&header[*column], &simple(&header[*column])) == Some(known)
                    && (known == "seed" || !is_numeric(&self.sheet, *column))
            };
            if let Some(column) = (0..header.len()).find(names).filter(|_| !has) {
                self.rename(column, known);
            }
        }
    }

    /// Renames the columns that somebody stated.
    pub(super) fn name_stated(&mut self, mapping: &Mapping) -> Result<(), FrameError> {
        let header = self.sheet.header().to_vec();
        for (known, column) in mapping.named(&header) {
            let at = self.stated_column(known, column)?;
            self.stated.push(known.to_string());
            if let Some(other) = self.sheet.column_like(known).filter(|other| *other != at) {
                let name = self.sheet.header()[other].clone();
                self.ignored.push(format!("{name} (for {known}, {column} is stated)"));
                self.drop_columns(&[other]);
            }
            let at = self.stated_column(known, column)?;
            self.rename(at, known);
        }
        Ok(())
    }

    /// The place of a column that somebody named, by its name or nearly so.
    pub(super) fn stated_column(&self, known: &str, column: &str) -> Result<usize, FrameError> {
        self.sheet.column_like(column).ok_or_else(|| {
            let header = self.sheet.header();
            let near = header
                .iter()
                .map(|name| (strsim::osa_distance(&plain(name), &plain(column)), name))
                .min()
                .filter(|(distance, _)| *distance <= 1 + column.chars().count() / 4)
                .map_or(String::new(), |(_, name)| format!("; --map {known}={name} may be meant"));
            FrameError::MissingColumn {
                path: self.sheet.path().into(),
                column: column.into(),
                found: header.join(", "),
                hint: near,
            }
        })
    }

    /// Gives one known name to the column that means it.
    fn name_column(&mut self, known: &'static str, taken: &[String]) {
        if self.stated.iter().any(|stated| stated == known) || self.sheet.column(known).is_some() {
            return;
        }
        let header = self.sheet.header().to_vec();
        let free = |name: &String| !taken.contains(name) && !KNOWN.contains(&name.as_str());
        let find = |means: &dyn Fn(&str) -> bool| -> Vec<usize> {
            let fits = |(at, name): (usize, &String)| (free(name) && means(name)).then_some(at);
            header.iter().enumerate().filter_map(fits).collect()
        };
        let ranks: [&dyn Fn(&str) -> bool; 3] = [
            &|name| simple(name) == known,
            &|name| synonym(name, &simple(name)) == Some(known),
            &|name| known_setting(name) == Some(known),
        ];
        // A mean without a spread may be one over structures; runs count means only.
        let summary = |tidy: &Self| ["sd", "se"].iter().any(|name| tidy.means(name));
        if ["mean", "n"].contains(&known) && find(ranks[0]).is_empty() && !summary(self) {
            return;
        }
        let Some(found) = ranks.iter().map(|means| find(*means)).find(|found| !found.is_empty())
        else {
            return;
        };
        if let [first, second, ..] = found[..] {
            self.notes.push(format!(
                "{known} is the column {:?}; {:?} may mean it too and stays as it is (--map \
                 {known}={} takes it)",
                header[first], header[second], header[second]
            ));
        }
        let name = &header[found[0]];
        if known == "label_fraction"
            && fraction(setting(name).unwrap_or(name)) == Some(Counted::Percent)
        {
            self.percent = true;
        }
        self.rename(found[0], known);
    }

    /// Whether some column has or means a known name.
    pub(super) fn means(&self, known: &str) -> bool {
        self.sheet.header().iter().any(|name| known_name(name) == Some(known))
    }

    /// Says in the cells of the label fraction what their name said: percent.
    fn as_percent(&mut self) -> Result<(), FrameError> {
        let Some(at) = self.column("label_fraction").filter(|_| self.percent) else {
            return Ok(());
        };
        let style = self.sheet.style();
        let bare = |cell: &str| !cell.contains('%') && style.parse(cell).is_ok();
        if !self.sheet.cells(at).any(bare) {
            return Ok(());
        }
        self.understood.push("label_fraction is in percent, as its name says".into());
        self.rewrite(at, |cell| bare(cell).then(|| format!("{cell}%")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::draft::tests::{cells, of};
    use super::*;

    #[test]
    fn names_mean_a_known_column_whatever_their_form() {
        for (name, known) in [
            ("Dataset", "task"),
            ("target-task", "task"),
            ("Backbone", "model"),
            ("Alg Name", "model"),
            ("ModelName", "model"),
            ("Pre-trained weights", "init"),
            ("Initialisation", "init"),
            ("RandomSeed", "seed"),
            ("random_state", "seed"),
            ("Std. Dev.", "sd"),
            ("S.D.", "sd"),
            ("STD", "sd"),
            ("SEM", "se"),
            ("Score name", "metric"),
            ("structure", "class"),
        ] {
            let found = known_name(name).or_else(|| known_name(&name.replace(". ", " ")));
            assert_eq!(found, Some(known), "{name}");
        }
        for name in ["optimizer", "learning_rate", "epoch", "fold", "method", "class weights"] {
            assert_eq!(known_name(name), None, "{name}");
        }
    }

    #[test]
    fn a_fraction_says_how_it_is_counted() {
        for name in ["fraction", "frac", "label_frac", "labelledFraction", "train fraction"] {
            assert_eq!(fraction(name), Some(Counted::Share), "{name}");
        }
        for name in [
            "Labels (%)",
            "% labels",
            "label_percent",
            "percent_labels",
            "Label Fraction (%)",
            "training data [%]",
            "pct_of_labels",
        ] {
            assert_eq!(fraction(name), Some(Counted::Percent), "{name}");
        }
        for name in ["labels", "percent", "test_fraction", "AUC (%)", "dropout_frac", "share", ""] {
            assert_eq!(fraction(name), None, "{name}");
        }
    }

    #[test]
    fn an_exact_name_wins_and_two_synonyms_are_told() {
        let tidy = of("model,backbone,init,value\na,b,c,1\n");
        assert_eq!(tidy.sheet.header(), ["model", "backbone", "init", "value"]);
        assert!(tidy.understood.is_empty() && tidy.notes.is_empty());
        let tidy = of("Backbone,Architecture,init,value\na,b,c,1\n");
        assert_eq!(tidy.sheet.header(), ["model", "Architecture", "init", "value"]);
        assert!(tidy.notes[0].contains("--map model=Architecture"), "{:?}", tidy.notes);
        assert!(tidy.understood[0].contains("Backbone"), "{:?}", tidy.understood);
        let tidy = of("config.seed,random_seed,params.init,Score\n0,1,x,1\n");
        assert_eq!(tidy.sheet.header(), ["config.seed", "seed", "init", "value"]);
        let tidy = of("cfg.model.backbone,cfg.loss.weights,value\na,0.5,1\n");
        assert_eq!(tidy.sheet.header(), ["model", "cfg.loss.weights", "value"]);
    }

    #[test]
    fn a_name_that_says_percent_makes_cells_that_say_it() {
        let tidy = of("init,Labels (%),value\na,1,0.5\na,10,0.6\na,100%,0.7\n");
        let column: Vec<String> = cells(&tidy).into_iter().map(|row| row[1].clone()).collect();
        assert_eq!(column, ["label_fraction", "1%", "10%", "100%"]);
        let tidy = of("init,fraction,value\na,1,0.5\na,0.1,0.6\n");
        assert_eq!(cells(&tidy)[1][1], "1");
    }

    #[test]
    fn a_mean_is_one_over_runs_only_beside_a_spread() {
        let tidy = of("init,avg,std,runs\na,0.5,0.1,3\nb,0.6,0.1,3\n");
        assert_eq!(tidy.sheet.header(), ["init", "mean", "sd", "n"]);
        let tidy = of("init,seed,value,runs\na,0,0.5,3\n");
        assert_eq!(tidy.sheet.header(), ["init", "seed", "value", "runs"]);
    }
}
