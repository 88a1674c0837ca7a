//! Tables in another shape: described, wide, with other names.

use crate::error::{Error, Result};
use crate::names::Names;
use crate::numbers::Values;
use crate::query::listed;
use crate::table::{Cell, Column, ColumnType, Inner, Table};

impl Table {
    /// With another title; [`Table::join`] puts it behind names that both sides have.
    pub fn titled(&self, title: impl Into<String>) -> Self {
        Self::of(Inner { title: title.into(), ..self.inner.as_ref().clone() })
    }

    /// With another name for a column: `table.rename("auc", "AUC")?`.
    pub fn rename(&self, column: &str, name: &str) -> Result<Self> {
        let (at, mut inner) = (self.index(column)?, self.inner.as_ref().clone());
        if inner.columns.iter().enumerate().any(|(other, c)| other != at && c.name == name) {
            return Err(Error::request(format!("there is a column {name:?} already"))
                .hint("choose another name, or leave that column out by select(..)"));
        }
        inner.columns[at].name = name.into();
        Ok(Self::of(inner))
    }

    /// The values of a column, each once, in the order in which they come; rows
    /// without a value are left out.
    pub fn unique(&self, column: &str) -> Result<Vec<String>> {
        let at = self.index(column)?;
        let mut found: Vec<String> = Vec::new();
        for row in self.inner.rows.iter().filter(|row| row[at] != Cell::Empty) {
            let text = self.written(at, &row[at]);
            if !found.contains(&text) {
                found.push(text);
            }
        }
        Ok(found)
    }

    /// Whether each row has this value in a column: labels for [`crate::stats::auc`] of
    /// a column of words, `table.is("outcome", "ill")?`. A value that no row has is an
    /// error that lists those that there are.
    pub fn is(&self, column: &str, value: &str) -> Result<Vec<bool>> {
        let texts = self.texts(column)?;
        if !texts.iter().any(|text| text == value) {
            return Err(Error::request(format!("no row has {value:?} in column {column:?}"))
                .hint(format!("it has {}", listed(&self.unique(column)?))));
        }
        Ok(texts.iter().map(|text| text == value).collect())
    }

    /// What the columns hold: of numbers how many, how many are missing, mean, standard
    /// deviation and quartiles; of words how many there are.
    pub fn describe(&self) -> Result<Self> {
        let head = [
            ("column", ColumnType::Text),
            ("n", ColumnType::Integer),
            ("missing", ColumnType::Integer),
            ("mean", ColumnType::Number),
            ("sd", ColumnType::Number),
            ("min", ColumnType::Number),
            ("q1", ColumnType::Number),
            ("median", ColumnType::Number),
            ("q3", ColumnType::Number),
            ("max", ColumnType::Number),
            ("values", ColumnType::Text),
        ];
        let head =
            head.map(|(name, kind)| Column { name: name.into(), kind, format: String::new() });
        let mut rows = Vec::new();
        for (at, column) in self.inner.columns.iter().enumerate() {
            let there = self.inner.rows.iter().filter(|row| row[at] != Cell::Empty).count();
            let counts = [there, self.len() - there].map(|n| Cell::Number(n as f64));
            let mut row = vec![Cell::Text(column.name.clone())];
            row.extend(counts);
            if column.kind == ColumnType::Text {
                row.extend(std::iter::repeat_n(Cell::Empty, 7));
                let names = self.unique(&column.name)?;
                row.push(Cell::Text(match names.len() {
                    0..=6 => names.join(", "),
                    n => format!("{n} different"),
                }));
            } else {
                let v = self.column(&column.name)?;
                let of = [v.mean(), v.sd(), v.min(), v.quantile(0.25), v.median()];
                let of = of.into_iter().chain([v.quantile(0.75), v.max()]);
                row.extend(of.map(|x| if x.is_finite() { Cell::Number(x) } else { Cell::Empty }));
                row.push(Cell::Empty);
            }
            rows.push(row);
        }
        let mut told = Self::of_parts(self.title(), head.to_vec(), rows);
        // Of a table of numbers alone, or of words alone, half would be empty.
        let words = self.inner.columns.iter().any(|column| column.kind == ColumnType::Text);
        let numbers = self.inner.columns.iter().any(|column| column.kind != ColumnType::Text);
        if !words {
            let all: Vec<&str> = head[..10].iter().map(|column| column.name.as_str()).collect();
            told = told.select(&all)?;
        } else if !numbers {
            told = told.select(["column", "n", "missing", "values"])?;
        }
        Ok(told)
    }

    /// The wide form: a row for each combination of `rows`, a column for each value of
    /// `columns`, and in them the values of a third column. What a paired test needs:
    ///
    /// ```no_run
    /// # use transfolio_notebook::prelude::*;
    /// # fn main() -> Result<()> {
    /// let wide = Table::read("trial.csv")?.wide(["site", "seed"], "treatment", "auc")?;
    /// paired_t(&wide.column("active")?, &wide.column("control")?)?
    /// # ; Ok(()) }
    /// ```
    ///
    /// Two values for one place are an error: they would have to be averaged first
    /// ([`Table::group`]).
    pub fn wide(&self, rows: impl Names, columns: &str, value: &str) -> Result<Self> {
        let keys = rows.names();
        let key_at = keys.iter().map(|name| self.index(name)).collect::<Result<Vec<_>>>()?;
        let (column_at, value_at) = (self.index(columns)?, self.index(value)?);
        let names = self.unique(columns)?;
        let mut head: Vec<Column> =
            key_at.iter().map(|at| self.inner.columns[*at].clone()).collect();
        for name in &names {
            if head.iter().any(|column| column.name == *name) {
                return Err(Error::request(format!("two columns would be called {name:?}"))
                    .hint("rename(..) the column first"));
            }
            head.push(Column { name: name.clone(), ..self.inner.columns[value_at].clone() });
        }
        let mut made: Vec<Vec<Cell>> = Vec::new();
        let mut places = std::collections::BTreeMap::new();
        for row in &self.inner.rows {
            let name = self.written(column_at, &row[column_at]);
            let Some(place) = names.iter().position(|known| *known == name) else { continue };
            let key: Vec<String> = key_at.iter().map(|at| self.written(*at, &row[*at])).collect();
            let at = *places.entry(key.clone()).or_insert_with(|| {
                let mut fresh: Vec<Cell> = key_at.iter().map(|at| row[*at].clone()).collect();
                fresh.resize(head.len(), Cell::Empty);
                made.push(fresh);
                made.len() - 1
            });
            let cell = &mut made[at][keys.len() + place];
            if *cell != Cell::Empty {
                let of: Vec<String> =
                    keys.iter().zip(&key).map(|(name, key)| format!("{name} {key}")).collect();
                return Err(Error::request(format!(
                    "there are two values of {value} for {columns} {name}, {}",
                    of.join(", ")
                ))
                .hint("name one more column that tells the rows apart, or average first: group(..)?.mean(..)?"));
            }
            cell.clone_from(&row[value_at]);
        }
        Ok(Self::of_parts(self.title(), head, made))
    }
}

impl Values {
    /// Mean of the values that are there; NaN without any, as for all of these.
    pub fn mean(&self) -> f64 {
        let there = self.present();
        there.iter().sum::<f64>() / there.len() as f64
    }

    /// Sum of the values that are there.
    pub fn sum(&self) -> f64 {
        self.present().iter().sum()
    }

    /// Standard deviation (n - 1); NaN of fewer than two values.
    pub fn sd(&self) -> f64 {
        let (there, mean) = (self.present(), self.mean());
        let squares: f64 = there.iter().map(|x| (x - mean).powi(2)).sum();
        if there.len() < 2 { f64::NAN } else { (squares / (there.len() - 1) as f64).sqrt() }
    }

    /// Median of the values that are there.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// Quantile of the values that are there, by linear interpolation as NumPy's and
    /// R's default (type 7); NaN where `share` is not within 0 and 1.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.present();
        sorted.sort_by(f64::total_cmp);
        if sorted.is_empty() || !(0.0..=1.0).contains(&share) {
            return f64::NAN;
        }
        let at = share * (sorted.len() - 1) as f64;
        let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
        if low == high { low } else { low + (high - low) * at.fract() }
    }

    /// Least value.
    pub fn min(&self) -> f64 {
        self.present().into_iter().fold(f64::NAN, f64::min)
    }

    /// Largest value.
    pub fn max(&self) -> f64 {
        self.present().into_iter().fold(f64::NAN, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial() -> Table {
        Table::named("trial")
            .with("arm", ["control", "active", "control", "active", "control"])
            .and_then(|t| t.with("site", ["n", "n", "s", "s", "w"]))
            .and_then(|t| t.with("auc", [0.5, 0.75, 0.25, f64::NAN, 1.0]))
            .expect("a table")
    }

    #[test]
    fn the_wide_form_has_a_column_for_each_level_and_holes_stay_holes() {
        let wide = trial().wide("site", "arm", "auc").expect("wide");
        assert_eq!(wide.to_csv(), "site,control,active\nn,0.5,0.75\ns,0.25,\nw,1,\n");
        assert_eq!(wide.column("active").expect("numbers").present(), [0.75]);
        let twice = trial().wide([] as [&str; 0], "arm", "auc").expect_err("refused");
        assert!(twice.to_string().contains("two values of auc for arm control"), "{twice}");
        let taken = trial().rename("site", "active").and_then(|t| t.wide("active", "arm", "auc"));
        assert!(taken.expect_err("refused").to_string().contains("rename"));
        assert!(trial().wide("site", "arm", "dose").is_err());
    }

    #[test]
    fn columns_are_described_by_what_they_hold() {
        let told = trial().describe().expect("described");
        assert_eq!(
            told.to_csv(),
            "column,n,missing,mean,sd,min,q1,median,q3,max,values\n\
             arm,5,0,,,,,,,,\"control, active\"\n\
             site,5,0,,,,,,,,\"n, s, w\"\n\
             auc,4,1,0.625,0.3227486121839514,0.25,0.4375,0.625,0.8125,1,\n"
        );
        let numbers = trial().select("auc").and_then(|t| t.describe()).expect("described");
        assert_eq!(numbers.shape(), (1, 10));
        let words = trial().select(["arm"]).and_then(|t| t.describe()).expect("described");
        assert_eq!(words.shape(), (1, 4));
    }

    #[test]
    fn columns_have_other_names_values_and_labels() {
        let renamed = trial().rename("auc", "AUC").expect("renamed").titled("t");
        assert_eq!((renamed.columns()[2].name.as_str(), renamed.title()), ("AUC", "t"));
        assert!(trial().rename("auc", "site").is_err() && trial().rename("x", "y").is_err());
        assert!(trial().rename("auc", "auc").is_ok());
        assert_eq!(trial().unique("site").expect("values"), ["n", "s", "w"]);
        assert_eq!(trial().is("site", "s").expect("labels"), [false, false, true, true, false]);
        let error = trial().is("site", "x").expect_err("refused").to_string();
        assert!(error.contains("n, s, w"), "{error}");
    }

    #[test]
    fn columns_have_their_numbers_and_none_where_there_is_none() {
        let auc = trial().column("auc").expect("numbers");
        assert_eq!((auc.mean(), auc.median(), auc.min(), auc.max()), (0.625, 0.625, 0.25, 1.0));
        assert_eq!((auc.sum(), auc.quantile(0.0), auc.quantile(1.0)), (2.5, 0.25, 1.0));
        assert!(auc.quantile(1.5).is_nan() && auc.quantile(f64::NAN).is_nan());
        let none = Table::named("x").with("a", [f64::NAN]).and_then(|t| t.column("a"));
        let none = none.expect("numbers");
        let all = [none.mean(), none.sd(), none.median(), none.min(), none.max()];
        assert!(all.iter().all(|x| x.is_nan()), "{all:?}");
    }
}
