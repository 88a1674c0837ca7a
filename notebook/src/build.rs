//! Tables made of one's own values, grouped, joined.

use std::collections::BTreeMap;

use serde_core::de::{DeserializeOwned, MapAccess, Visitor};
use serde_core::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value as Json};

use crate::error::{Error, Result};
use crate::names::Names;
use crate::numbers::Values;
use crate::query::Row;
use crate::statistic::Statistic;
use crate::table::{Cell, Column, ColumnType, Inner, Table};

/// One value of a column.
pub trait CellValue {
    /// What a column of such values holds.
    const KIND: ColumnType;
    /// The value; `Empty` where there is none.
    fn to_cell(&self) -> Cell;
}

macro_rules! cell_numbers {
    ($kind:ident: $($number:ty),*) => {$(
        impl CellValue for $number {
            const KIND: ColumnType = ColumnType::$kind;
            fn to_cell(&self) -> Cell {
                let value = *self as f64;
                if value.is_nan() { Cell::Empty } else { Cell::Number(value) }
            }
        }
    )*};
}

cell_numbers!(Number: f32, f64);
cell_numbers!(Integer: i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

macro_rules! cell_texts {
    ($($text:ty),*) => {$(
        impl CellValue for $text {
            const KIND: ColumnType = ColumnType::Text;
            fn to_cell(&self) -> Cell {
                Cell::Text(self.to_string())
            }
        }
    )*};
}

cell_texts!(&str, String, bool, char);

impl<T: CellValue> CellValue for Option<T> {
    const KIND: ColumnType = T::KIND;
    fn to_cell(&self) -> Cell {
        self.as_ref().map_or(Cell::Empty, T::to_cell)
    }
}

/// A column of values: `Vec`, slice, array, or a column of another table.
pub trait Series {
    /// What the column holds.
    fn kind(&self) -> ColumnType;
    /// Its values.
    fn cells(&self) -> Vec<Cell>;
}

impl<T: CellValue> Series for [T] {
    fn kind(&self) -> ColumnType {
        T::KIND
    }
    fn cells(&self) -> Vec<Cell> {
        self.iter().map(T::to_cell).collect()
    }
}

impl<T: CellValue> Series for Vec<T> {
    fn kind(&self) -> ColumnType {
        T::KIND
    }
    fn cells(&self) -> Vec<Cell> {
        self.as_slice().cells()
    }
}

impl<T: CellValue, const N: usize> Series for [T; N] {
    fn kind(&self) -> ColumnType {
        T::KIND
    }
    fn cells(&self) -> Vec<Cell> {
        self.as_slice().cells()
    }
}

impl Series for Values {
    fn kind(&self) -> ColumnType {
        ColumnType::Number
    }
    fn cells(&self) -> Vec<Cell> {
        self.values.as_slice().cells()
    }
}

impl<S: Series + ?Sized> Series for &S {
    fn kind(&self) -> ColumnType {
        (**self).kind()
    }
    fn cells(&self) -> Vec<Cell> {
        (**self).cells()
    }
}

impl Table {
    /// A table without columns, to which [`Table::with`] adds them.
    pub fn named(title: impl Into<String>) -> Self {
        Self::of(Inner { title: title.into(), ..Inner::default() })
    }

    /// With a column more, or another in the place of one of this name.
    pub fn with(&self, name: &str, values: impl Series) -> Result<Self> {
        let (cells, mut inner) = (values.cells(), self.inner.as_ref().clone());
        if inner.columns.is_empty() {
            inner.rows = vec![Vec::new(); cells.len()];
        }
        if cells.len() != inner.rows.len() {
            return Err(Error::request(format!(
                "column {name:?} has {} values, the table {} rows",
                cells.len(),
                inner.rows.len()
            )));
        }
        let column = Column { name: name.into(), kind: values.kind(), format: String::new() };
        match inner.columns.iter().position(|column| column.name == name) {
            Some(at) => {
                inner.columns[at] = column;
                inner.rows.iter_mut().zip(cells).for_each(|(row, cell)| row[at] = cell);
            }
            None => {
                inner.columns.push(column);
                inner.rows.iter_mut().zip(cells).for_each(|(row, cell)| row.push(cell));
            }
        }
        Ok(Self::of(inner))
    }

    /// With a column that is computed of each row:
    /// `table.map("error", |row| Ok(1.0 - row.number("auc")?))?`.
    pub fn map<T: CellValue>(&self, name: &str, of: impl Fn(Row<'_>) -> Result<T>) -> Result<Self> {
        let values = self.iter().map(of).collect::<Result<Vec<T>>>()?;
        self.with(name, values)
    }

    /// A table of structs that serde can write: a column per field.
    pub fn from_records<T: Serialize>(title: &str, records: &[T]) -> Result<Self> {
        let failed =
            |error: serde_json::Error| Error::request(format!("no table of this: {error}"));
        let mut names: Vec<String> = Vec::new();
        let mut all: Vec<Map<String, Json>> = Vec::new();
        for record in records {
            // By way of text: JSON values in memory forget the order of fields.
            let text = serde_json::to_string(record).map_err(failed)?;
            let fields: Fields = serde_json::from_str(&text).map_err(|_| {
                Error::request("a record is no struct, it has no fields")
                    .hint("give structs, or build the columns with Table::named(..).with(..)")
            })?;
            for (name, _) in &fields.0 {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
            all.push(fields.0.into_iter().collect());
        }
        let kind = |name: &String| {
            let values = || all.iter().filter_map(|fields| fields.get(name));
            let numbers = values().all(|value| value.is_number() || value.is_null());
            let whole = values().all(|value| value.is_i64() || value.is_u64() || value.is_null());
            match (numbers, whole) {
                (true, true) => ColumnType::Integer,
                (true, false) => ColumnType::Number,
                _ => ColumnType::Text,
            }
        };
        let columns = names
            .iter()
            .map(|name| Column { name: name.clone(), kind: kind(name), format: String::new() })
            .collect();
        let cell = |fields: &Map<String, Json>, name: &String| match fields.get(name) {
            None | Some(Json::Null) => Cell::Empty,
            Some(Json::Number(number)) => number.as_f64().map_or(Cell::Empty, Cell::Number),
            Some(Json::String(text)) => Cell::Text(text.clone()),
            Some(other) => Cell::Text(other.to_string()),
        };
        let rows = all.iter().map(|fields| names.iter().map(|n| cell(fields, n)).collect());
        Ok(Self::of_parts(title, columns, rows.collect()))
    }

    /// The rows as structs that serde can read, by the names of the columns.
    pub fn to_records<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        let json = |at: usize, cell: &Cell| match cell {
            Cell::Empty => Json::Null,
            Cell::Text(text) if text == "true" || text == "false" => (text == "true").into(),
            Cell::Text(text) => text.clone().into(),
            Cell::Number(value) if self.inner.columns[at].kind == ColumnType::Integer => {
                (*value as i64).into()
            }
            Cell::Number(value) => (*value).into(),
        };
        let record = |(at, row): (usize, &Vec<Cell>)| {
            let fields: Map<String, Json> = row
                .iter()
                .enumerate()
                .map(|(at, cell)| (self.inner.columns[at].name.clone(), json(at, cell)))
                .collect();
            serde_json::from_value(Json::Object(fields)).map_err(|error| {
                Error::request(format!("row {} is no such record: {error}", at + 1))
                    .hint("the fields have the names and kinds of the columns")
            })
        };
        self.inner.rows.iter().enumerate().map(record).collect()
    }

    /// The rows of both that agree in these columns, side by side. A column that
    /// both have beside them gets the second's title behind its name, or `second` where
    /// both have one title ([`Table::titled`]).
    pub fn join(&self, other: &Self, on: impl Names) -> Result<Self> {
        let on = on.names();
        let places =
            |table: &Self| on.iter().map(|name| table.index(name)).collect::<Result<Vec<_>>>();
        let (left, right) = (places(self)?, places(other)?);
        let key = |table: &Self, row: &[Cell], at: &[usize]| -> Vec<String> {
            at.iter().map(|at| table.written(*at, &row[*at])).collect()
        };
        let added: Vec<usize> =
            (0..other.inner.columns.len()).filter(|at| !right.contains(at)).collect();
        let mut columns = self.inner.columns.clone();
        for at in &added {
            let mut column = other.inner.columns[*at].clone();
            if columns.iter().any(|known| known.name == column.name) {
                // Two parts of one table have one title.
                let of = if other.title() == self.title() { "second" } else { other.title() };
                column.name = format!("{} ({of})", column.name);
            }
            columns.push(column);
        }
        let mut by_key: BTreeMap<Vec<String>, Vec<&Vec<Cell>>> = BTreeMap::new();
        for row in &other.inner.rows {
            by_key.entry(key(other, row, &right)).or_default().push(row);
        }
        let mut rows = Vec::new();
        for row in &self.inner.rows {
            for match_ in by_key.get(&key(self, row, &left)).into_iter().flatten() {
                let more = added.iter().map(|at| match_[*at].clone());
                rows.push(row.iter().cloned().chain(more).collect());
            }
        }
        Ok(Self::of_parts(self.title(), columns, rows))
    }

    /// The rows in groups of the same values in these columns:
    /// `table.group("init")?.mean("auc")?`, `table.group(["site", "seed"])?`.
    pub fn group(&self, by: impl Names) -> Result<Groups> {
        let at = by.names().iter().map(|name| self.index(name)).collect::<Result<Vec<_>>>()?;
        let mut groups: Vec<(Vec<Cell>, Vec<usize>)> = Vec::new();
        for (place, row) in self.inner.rows.iter().enumerate() {
            let key: Vec<Cell> = at.iter().map(|at| row[*at].clone()).collect();
            match groups.iter_mut().find(|(known, _)| *known == key) {
                Some((_, places)) => places.push(place),
                None => groups.push((key, vec![place])),
            }
        }
        Ok(Groups { table: self.clone(), by: at, groups })
    }
}

/// Fields of a record in the order of its struct.
struct Fields(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Fields;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a struct")
            }
            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        from.deserialize_map(InOrder)
    }
}

/// The rows of a table in groups, in the order of their first rows.
#[derive(Clone)]
pub struct Groups {
    table: Table,
    by: Vec<usize>,
    groups: Vec<(Vec<Cell>, Vec<usize>)>,
}

/// What can be asked of the numbers of a group.
const AGGREGATES: [&str; 7] = ["count", "mean", "sd", "median", "min", "max", "sum"];

impl Groups {
    /// Number of groups.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there is no group.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Each group as a table of its own, titled by what its rows share.
    pub fn tables(&self) -> Vec<Table> {
        self.iter().map(|(key, table)| table.titled(key)).collect()
    }

    /// Each group: what its rows share (`north`, `north, 3`) and the rows as a table.
    pub fn iter(&self) -> impl Iterator<Item = (String, Table)> {
        self.groups.iter().map(|(key, places)| {
            let rows = places.iter().map(|at| self.table.inner.rows[*at].clone()).collect();
            (self.named(key), self.table.with_rows(rows))
        })
    }

    fn named(&self, key: &[Cell]) -> String {
        let words = self.by.iter().zip(key).map(|(at, cell)| self.table.written(*at, cell));
        words.collect::<Vec<_>>().join(", ")
    }

    /// A test or an estimate of each group, one row per group with its numbers:
    /// `table.group("site")?.each(|part| paired_t(&part.column("a")?, &part.column("b")?))?`.
    pub fn each(&self, of: impl Fn(&Table) -> Result<Statistic>) -> Result<Table> {
        let mut columns = self.key_columns();
        let keys = columns.len();
        let mut rows = Vec::new();
        let mut notes = Vec::new();
        for ((key, _), (name, part)) in self.groups.iter().zip(self.iter()) {
            let found = of(&part).map_err(|error| error.during(&name))?;
            if let Some(note) = found.note() {
                notes.push(format!("{name}: {note}"));
            }
            let table = found.table();
            let mut row = key.clone();
            row.resize(columns.len(), Cell::Empty);
            for (column, cell) in table.columns().iter().zip(table.rows().iter().flatten()) {
                let known = columns[keys..].iter().position(|c| c.name == column.name);
                let at = known.map_or(columns.len(), |at| keys + at);
                if at == columns.len() {
                    columns.push(column.clone());
                    row.push(Cell::Empty);
                }
                row[at] = cell.clone();
            }
            rows.push(row);
        }
        rows.iter_mut().for_each(|row| row.resize(columns.len(), Cell::Empty));
        let made = Table::of_parts(self.table.title(), columns, rows);
        Ok(Table::of(Inner { notes, ..made.inner.as_ref().clone() }))
    }

    /// Rows of each group.
    pub fn count(&self) -> Table {
        let mut columns = self.key_columns();
        columns.push(Column {
            name: "count".into(),
            kind: ColumnType::Integer,
            format: String::new(),
        });
        let rows = self.groups.iter().map(|(key, places)| {
            key.iter().cloned().chain([Cell::Number(places.len() as f64)]).collect()
        });
        Table::of_parts(self.table.title(), columns, rows.collect())
    }

    /// The mean of a column in each group.
    pub fn mean(&self, column: &str) -> Result<Table> {
        self.aggregate(&[(column, "mean")])
    }

    /// Number, mean, standard deviation, least and largest value of a column.
    pub fn summary(&self, column: &str) -> Result<Table> {
        self.aggregate(&["count", "mean", "sd", "min", "max"].map(|of| (column, of)))
    }

    /// Several at once: `aggregate(&[("auc", "mean"), ("auc", "sd")])`; there are
    /// `count` (of values), `mean`, `sd` (or `std`), `median`, `min`, `max` and `sum`.
    pub fn aggregate(&self, of: &[(&str, &str)]) -> Result<Table> {
        let mut columns = self.key_columns();
        let mut rows: Vec<Vec<Cell>> = self.groups.iter().map(|(key, _)| key.clone()).collect();
        for (name, what) in of {
            let what = if *what == "std" { &"sd" } else { what };
            if !AGGREGATES.contains(what) {
                return Err(Error::request(format!("there is no aggregate {what:?}"))
                    .hint(format!("use one of {}", AGGREGATES.join(", "))));
            }
            let values = self.table.column(name)?;
            let at = self.table.index(name)?;
            let (kind, format) = match *what {
                "count" => (ColumnType::Integer, String::new()),
                _ => (ColumnType::Number, self.table.inner.columns[at].format.clone()),
            };
            columns.push(Column { name: format!("{name} {what}"), kind, format });
            for (row, (_, places)) in rows.iter_mut().zip(&self.groups) {
                let here: Vec<f64> =
                    places.iter().map(|at| values[*at]).filter(|value| !value.is_nan()).collect();
                row.push(aggregate(what, &here));
            }
        }
        Ok(Table::of_parts(self.table.title(), columns, rows))
    }

    fn key_columns(&self) -> Vec<Column> {
        self.by.iter().map(|at| self.table.inner.columns[*at].clone()).collect()
    }
}

fn aggregate(what: &str, values: &[f64]) -> Cell {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let value = match what {
        "count" => n,
        "sum" => values.iter().sum(),
        "mean" => mean,
        "sd" => (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt(),
        "min" => values.iter().copied().fold(f64::NAN, f64::min),
        "max" => values.iter().copied().fold(f64::NAN, f64::max),
        _ => {
            let mut sorted = values.to_vec();
            sorted.sort_by(f64::total_cmp);
            match sorted.len() {
                0 => f64::NAN,
                n if n % 2 == 1 => sorted[n / 2],
                n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
            }
        }
    };
    if value.is_finite() { Cell::Number(value) } else { Cell::Empty }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table::named("runs")
            .with("init", ["a", "b", "a", "b"])
            .and_then(|t| t.with("auc", vec![0.75, 0.8, 1.25, f64::NAN]))
            .expect("a table")
    }

    #[test]
    fn groups_have_their_numbers() {
        let groups = table().group(["init"]).expect("groups");
        let summary = groups.summary("auc").expect("a summary");
        assert_eq!(
            summary.to_csv(),
            "init,auc count,auc mean,auc sd,auc min,auc max\na,2,1,0.3535533905932738,0.75,1.25\nb,1,0.8,,0.8,0.8\n"
        );
        assert_eq!(groups.count().to_csv(), "init,count\na,2\nb,2\n");
        assert_eq!((groups.tables()[1].len(), groups.tables()[1].title()), (2, "b"));
        assert_eq!(groups.iter().map(|(key, t)| (key, t.len())).collect::<Vec<_>>()[0].0, "a");
        let twice = groups.aggregate(&[("auc", "std")]).expect("sd by its other name");
        assert_eq!(twice.columns()[1].name, "auc sd");
        let each = groups.each(|part| {
            let n = part.column("auc")?.present().len();
            Statistic::of_json(&serde_json::json!({
                "name": "n", "line": "n", "fields": { "n": n, "p": 0.5 },
            }))
        });
        assert_eq!(each.expect("a table").to_csv(), "init,n,p\na,2,0.5\nb,1,0.5\n");
        let wrong = groups.each(paired).expect_err("no such column").to_string();
        assert!(wrong.contains("a: there is no column") && wrong.contains("\"dose\""), "{wrong}");
        let error = groups.aggregate(&[("auc", "mode")]).expect_err("refused").to_string();
        assert!(error.contains("median"), "{error}");
        assert!(groups.mean("init").is_err() && table().group(["x"]).is_err());
    }

    fn paired(part: &Table) -> Result<Statistic> {
        part.column("dose").map(|_| unreachable!("there is none"))
    }

    #[test]
    fn parts_of_one_table_are_joined_under_names_that_differ_and_fields_keep_their_order() {
        let (a, b) = (table().filter("init", "a"), table().filter("init", "b"));
        let (a, b) = (a.expect("rows"), b.expect("rows").titled("b"));
        let at = |t: &Table| t.with("seed", [0, 1]).expect("a column");
        let own = at(&a).join(&at(&a), "seed").expect("joined");
        assert_eq!(own.columns()[3].name, "init (second)");
        assert_eq!(at(&a).join(&at(&b), ["seed"]).expect("joined").columns()[4].name, "auc (b)");
        let text = r#"[{"z":1,"a":"x"},{"z":2,"a":"y","b":null}]"#;
        let records: Vec<Fields> = serde_json::from_str(text).expect("records");
        let records: Vec<Written> = records.into_iter().map(Written).collect();
        let table = Table::from_records("t", &records).expect("a table");
        assert_eq!(table.to_csv(), "z,a,b\n1,x,\n2,y,\n");
    }

    /// Writes its fields in their order, as a struct does.
    struct Written(Fields);

    impl Serialize for Written {
        fn serialize<S: serde_core::Serializer>(
            &self,
            to: S,
        ) -> std::result::Result<S::Ok, S::Error> {
            use serde_core::ser::SerializeMap as _;
            let mut map = to.serialize_map(None)?;
            for (name, value) in &self.0.0 {
                map.serialize_entry(name, value)?;
            }
            map.end()
        }
    }

    #[test]
    fn joining_and_records_go_both_ways() {
        let names = Table::named("names")
            .with("init", ["a", "b", "b"])
            .and_then(|t| t.with("auc", [1, 2, 3]))
            .expect("a table");
        let joined = table().join(&names, ["init"]).expect("joined");
        assert_eq!(joined.shape(), (6, 3));
        assert_eq!(joined.columns()[2].name, "auc (names)");
        assert!(table().join(&names, ["seed"]).is_err());
        let records: Vec<BTreeMap<String, Json>> = table().to_records().expect("records");
        assert_eq!(records[0]["auc"], 0.75);
        let again = Table::from_records("runs", &records).expect("a table");
        assert_eq!(again.select(["init", "auc"]).expect("columns").to_csv(), table().to_csv());
        assert!(Table::from_records("x", &[1, 2]).is_err());
        let strict: Result<Vec<BTreeMap<String, f64>>> = table().to_records();
        assert!(strict.expect_err("text").to_string().contains("row 1"));
        let more = table().map("error", |row| Ok(1.0 - row.number("auc").unwrap_or(f64::NAN)));
        assert_eq!(more.and_then(|t| t.texts("error")).expect("texts")[3], "\u{2013}");
        assert!(table().with("x", [1]).is_err());
    }
}
