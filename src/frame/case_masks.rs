//! `case_masks.parquet`: one row per test case of a segmentation task.

use std::path::Path;

use polars::prelude::*;

use super::error::{FrameError, Operation};
use crate::records::{CaseMask, write_atomic};

/// Columns with height and width of a pixel, where files state them.
const PIXEL: [&str; 2] = ["pixel_height_mm", "pixel_width_mm"];

/// Writes the masks of single cases, in the order given.
pub fn write_case_masks(path: &Path, rows: &[CaseMask]) -> Result<(), FrameError> {
    let mut frame = to_frame(rows).op("build masks of cases of")?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).op("write masks of cases of")?;
    write_atomic(path, |out| std::io::Write::write_all(out, &bytes))?;
    Ok(())
}

/// Reads the masks of single cases; `None` where there is no such file, as for
/// targets whose answers are no masks.
///
/// # Errors
/// Where the file cannot be read or lacks a column or a value.
pub fn read_case_masks(path: &Path) -> Result<Option<Vec<CaseMask>>, FrameError> {
    let fail = |reason: String| FrameError::Read { path: path.to_path_buf(), reason };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fail(error.to_string())),
    };
    let reader = ParquetReader::new(file).read_parallel(ParallelStrategy::None);
    let frame = reader.finish().map_err(|error| fail(error.to_string()))?;
    let rows = of_frame(&frame).map_err(|error| fail(error.to_string()))?;
    rows.map(Some).ok_or_else(|| fail("a row lacks its case, its size or a mask".into()))
}

fn to_frame(rows: &[CaseMask]) -> PolarsResult<DataFrame> {
    let bytes = |name: &str, of: fn(&CaseMask) -> Option<&[u8]>| {
        Column::new(name.into(), rows.iter().map(of).collect::<Vec<_>>())
    };
    let number = |name: &str, of: fn(&CaseMask) -> u32| {
        Column::new(name.into(), rows.iter().map(of).collect::<Vec<_>>())
    };
    let columns = vec![
        Column::new("case".into(), rows.iter().map(|row| row.case.as_str()).collect::<Vec<_>>()),
        number("width", |row| row.size.0),
        number("height", |row| row.size.1),
        bytes("truth", |row| Some(&row.truth)),
        bytes("predicted", |row| Some(&row.predicted)),
        bytes("picture", |row| row.picture.as_deref()),
    ];
    let length = |name: &str, of: fn(&[f64; 2]) -> f64| {
        let lengths = rows.iter().map(|row| row.spacing.as_ref().map(of));
        Column::new(name.into(), lengths.collect::<Vec<_>>())
    };
    let mut columns = columns;
    // Files without them have the bytes that they always had.
    if rows.iter().any(|row| row.spacing.is_some()) {
        columns.push(length(PIXEL[0], |spacing| spacing[0]));
        columns.push(length(PIXEL[1], |spacing| spacing[1]));
    }
    DataFrame::new(rows.len(), columns)
}

/// None where a row lacks a value.
fn of_frame(frame: &DataFrame) -> PolarsResult<Option<Vec<CaseMask>>> {
    let bytes = |name: &str| frame.column(name)?.binary();
    let cases = frame.column("case")?.str()?;
    let (widths, heights) = (frame.column("width")?.u32()?, frame.column("height")?.u32()?);
    let (truths, predictions, pictures) = (bytes("truth")?, bytes("predicted")?, bytes("picture")?);
    let length = |name: &str| frame.column(name).ok().map(Column::f64).transpose();
    let [pixel_heights, pixel_widths] = PIXEL.map(length);
    let (pixel_heights, pixel_widths) = (pixel_heights?, pixel_widths?);
    let spacing = |row: usize| Some([pixel_heights?.get(row)?, pixel_widths?.get(row)?]);
    let row = |row: usize| {
        Some(CaseMask {
            spacing: spacing(row),
            case: cases.get(row)?.to_owned(),
            size: (widths.get(row)?, heights.get(row)?),
            truth: truths.get(row)?.to_vec(),
            predicted: predictions.get(row)?.to_vec(),
            picture: pictures.get(row).map(<[u8]>::to_vec),
        })
    };
    Ok((0..frame.height()).map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_in_their_order() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("case_masks.parquet");
        assert_eq!(read_case_masks(&path).expect("read"), None);
        let row = |case: &str, picture: Option<&[u8]>| CaseMask {
            spacing: picture.map(|_| [0.15, 0.2]),
            case: case.into(),
            size: (3, 2),
            truth: vec![0x81, 6],
            predicted: vec![0x80, 6],
            picture: picture.map(<[u8]>::to_vec),
        };
        for rows in [&[row("b", None), row("a", Some(b"png"))][..], &[row("a", None)], &[]] {
            write_case_masks(&path, rows).expect("written");
            assert_eq!(read_case_masks(&path).expect("read").as_deref(), Some(rows));
        }
        std::fs::write(&path, "no parquet").expect("written");
        let error = read_case_masks(&path).expect_err("an error").to_string();
        assert!(error.contains("case_masks.parquet"), "{error}");
    }
}
