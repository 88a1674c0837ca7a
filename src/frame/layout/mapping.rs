//! What users state of columns: `--map init=config.weights`, `[columns]`.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::synonyms::{known_name, known_names};

/// The word for "the columns are the levels".
const COLUMNS: &str = "columns";
/// Names that are no typing error of one another: closer ones are.
const TYPING_ERROR: usize = 2;

/// Which column holds what, as far as somebody states it.
///
/// `value` may be in several columns: each is a metric of its own. A factor whose levels
/// are columns themselves is mapped to `columns`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, Names>", into = "BTreeMap<String, Names>")]
pub struct Mapping(BTreeMap<String, Vec<String>>);

/// A name, or several.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Several(Vec<String>),
}

impl Mapping {
    /// Whether nothing is stated.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes up what is stated elsewhere: further columns of values, another column for
    /// a name that had none.
    ///
    /// # Errors
    /// Where one name is to be in two columns.
    pub fn add(&mut self, other: &Self) -> Result<(), String> {
        for (known, columns) in &other.0 {
            let here = self.0.entry(known.clone()).or_default();
            for column in columns {
                if !here.contains(column) {
                    here.push(column.clone());
                }
            }
            if here.len() > 1 && known != "value" {
                return Err(format!(
                    "{known} is mapped to {:?} and to {:?}; only value may be in several columns",
                    here[0], here[1]
                ));
            }
        }
        Ok(())
    }

    /// Takes up what is stated elsewhere, in the place of what is stated here of the
    /// same name: a command line over a file.
    pub fn replace_by(&mut self, other: &Self) {
        for (known, columns) in &other.0 {
            self.0.insert(known.clone(), columns.clone());
        }
    }

    /// Columns of values.
    pub(super) fn values(&self) -> &[String] {
        self.0.get("value").map_or(&[], Vec::as_slice)
    }

    /// Names in their columns, without values and without factors spread over columns.
    pub(super) fn named(&self, header: &[String]) -> impl Iterator<Item = (&str, &str)> {
        let spread = self.spread(header).map(String::from);
        self.0
            .iter()
            .filter(move |(known, _)| *known != "value" && Some(*known) != spread.as_ref())
            .filter_map(|(known, columns)| Some((known.as_str(), columns.first()?.as_str())))
    }

    /// The factor whose levels are columns. A column that is called `columns` is a
    /// column.
    pub(super) fn spread(&self, header: &[String]) -> Option<&str> {
        let is = |columns: &Vec<String>| columns.first().is_some_and(|name| name == COLUMNS);
        let (known, _) = self.0.iter().find(|(known, names)| *known != "value" && is(names))?;
        (!header.iter().any(|name| name == COLUMNS)).then_some(known.as_str())
    }

    fn insert(&mut self, known: &str, columns: Vec<String>) -> Result<(), String> {
        let key = key(known)?;
        if columns.is_empty() || columns.iter().any(String::is_empty) {
            return Err(format!("{known} is mapped to nothing, expected the name of a column"));
        }
        self.add(&Self(BTreeMap::from([(key, columns)])))
    }
}

/// The name that is meant: a known one for its synonyms, any other as it is.
fn key(name: &str) -> Result<String, String> {
    let name = name.trim();
    if name.is_empty() {
        return Err("an entry of columns has no name, expected KNOWN=COLUMN".into());
    }
    if let Some(known) = known_names().find(|known| *known == name).or_else(|| known_name(name)) {
        return Ok(known.into());
    }
    let near = known_names()
        .filter(|known| known.len() > 3)
        .find(|known| strsim::osa_distance(known, &name.to_lowercase()) <= TYPING_ERROR);
    match near {
        Some(near) => Err(format!("{name:?} is no known name of a column; is {near} meant?")),
        None => Ok(name.into()),
    }
}

impl FromStr for Mapping {
    type Err = String;

    /// A single entry, `KNOWN=COLUMN`; the column may have `=` in its name.
    fn from_str(text: &str) -> Result<Self, String> {
        let (known, column) = text.split_once('=').ok_or_else(|| {
            format!("{text:?} is not KNOWN=COLUMN, such as value=test/auc or init=config.weights")
        })?;
        let mut mapping = Self::default();
        mapping.insert(known, vec![column.trim().into()])?;
        Ok(mapping)
    }
}

impl TryFrom<BTreeMap<String, Names>> for Mapping {
    type Error = String;

    fn try_from(stated: BTreeMap<String, Names>) -> Result<Self, String> {
        let mut mapping = Self::default();
        for (known, names) in stated {
            let columns = match names {
                Names::One(name) => vec![name],
                Names::Several(names) => names,
            };
            mapping.insert(&known, columns.iter().map(|name| name.trim().into()).collect())?;
        }
        Ok(mapping)
    }
}

impl From<Mapping> for BTreeMap<String, Names> {
    fn from(mapping: Mapping) -> Self {
        let names = |mut columns: Vec<String>| match columns.len() {
            1 => Names::One(columns.remove(0)),
            _ => Names::Several(columns),
        };
        mapping.0.into_iter().map(|(known, columns)| (known, names(columns))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(entries: &[&str]) -> Result<Mapping, String> {
        let mut mapping = Mapping::default();
        for entry in entries {
            mapping.add(&entry.parse()?)?;
        }
        Ok(mapping)
    }

    #[test]
    fn a_command_line_and_a_file_state_the_same() {
        let stated =
            of(&["value=test/auc", "value=test/f1", "init=config.weights"]).expect("entries");
        let file = "value = [\"test/auc\", \"test/f1\"]\ninit = \"config.weights\"\n";
        let read: Mapping = toml::from_str(file).expect("a table");
        assert_eq!(read, stated);
        assert_eq!(stated.values(), ["test/auc", "test/f1"]);
        let written = toml::to_string(&stated).expect("written");
        assert_eq!(toml::from_str::<Mapping>(&written).expect("read"), stated);
        // Synonyms of names, and names of no standing.
        assert_eq!(of(&["backbone=Net"]), of(&["model=Net"]));
        assert!(of(&["optimizer=config.opt"]).is_ok());
        assert_eq!(of(&["init=a=b"]).expect("an entry").named(&[]).next(), Some(("init", "a=b")));
    }

    #[test]
    fn entries_that_say_nothing_or_two_things_are_refused() {
        for (entries, part) in [
            (&["value"][..], "KNOWN=COLUMN"),
            (&["init="], "nothing"),
            (&["=x"], "no name"),
            (&["vlaue=x"], "is value meant"),
            (&["modle=x"], "is model meant"),
            (&["init=a", "init=b"], "\"a\" and to \"b\""),
        ] {
            let error = of(entries).expect_err("an error");
            assert!(error.contains(part), "{error}");
        }
        assert!(toml::from_str::<Mapping>("value = []").is_err());
    }

    #[test]
    fn levels_may_be_columns_unless_a_column_is_called_so() {
        let mapping = of(&["model=columns"]).expect("an entry");
        assert_eq!(mapping.spread(&["a".into()]), Some("model"));
        assert_eq!(mapping.named(&["a".into()]).count(), 0);
        assert_eq!(mapping.spread(&["columns".into()]), None);
        assert_eq!(mapping.named(&["columns".into()]).next(), Some(("model", "columns")));
    }
}
