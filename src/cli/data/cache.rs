//! `transfolio data cache`: what decoded images take, and room made.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::cli::{Exit, out};
use crate::data::{Kept, kept, remove};
use crate::text::{Column, Kind, Table, Value};

const DAY: Duration = Duration::from_hours(24);

/// Lists the files of a cache folder, or removes those that were not used for so many
/// days.
pub(super) fn run(folder: &Path, prune: Option<u32>) -> anyhow::Result<Exit> {
    let found = kept(folder)?;
    let now = SystemTime::now();
    let Some(days) = prune else {
        out::text(listing(&found, now).aligned())?;
        out::line(format_args!(
            "{} in {}; `--prune DAYS` removes what was not used for so long, and a study that needs \
             it decodes its images again",
            total(found.iter()),
            folder.display()
        ))?;
        return Ok(Exit::Done);
    };
    let idle: Vec<&Kept> = found.iter().filter(|file| file.is_idle(now, DAY * days)).collect();
    for file in &idle {
        remove(file)?;
    }
    let left = found.iter().filter(|file| !file.is_idle(now, DAY * days));
    out::line(format_args!(
        "removed {} of {}; {} left",
        total(idle.iter().copied()),
        folder.display(),
        total(left)
    ))?;
    Ok(Exit::Done)
}

fn listing(found: &[Kept], now: SystemTime) -> Table {
    let row = |file: &Kept| {
        let used = file.used.and_then(|used| now.duration_since(used).ok());
        let days =
            used.map_or("–".into(), |used| format!("{} d", used.as_secs() / DAY.as_secs()));
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        let short = name.chars().take(12).collect::<String>();
        match &file.what {
            Ok(data) => vec![
                data.name.clone(),
                format!("{}{}", data.images, if data.masks { " with masks" } else { "" }),
                format!("{} px, {}", data.size, if data.channels == 1 { "grey" } else { "colour" }),
                size(file.bytes),
                days,
                short,
            ],
            Err(reason) => {
                let unknown = "–".to_string();
                vec![reason.clone(), unknown.clone(), unknown, size(file.bytes), days, short]
            }
        }
    };
    let number = |title: &str| Column::titled(Kind::Number, title);
    let columns = vec![
        Column::name("Made for"),
        number("Images"),
        Column::words("Stored at"),
        number("Size"),
        number("Unused for"),
        Column::words("File"),
    ];
    let cells = |file: &Kept| -> Vec<Value> { row(file).into_iter().map(Value::text).collect() };
    Table { columns, rows: found.iter().map(cells).collect() }
}

fn total<'a>(files: impl Iterator<Item = &'a Kept>) -> String {
    let (count, bytes) =
        files.fold((0_usize, 0), |(count, bytes), file| (count + 1, bytes + file.bytes));
    format!("{count} {} ({})", if count == 1 { "file" } else { "files" }, size(bytes))
}

fn size(bytes: u64) -> String {
    let mb = bytes as f64 / 1e6;
    if mb < 1000.0 { format!("{mb:.1} MB") } else { format!("{:.1} GB", mb / 1000.0) }
}
