//! Figures as SVG, PNG and the CSV behind them.

use std::path::Path;

use super::folder::{Exported, file_name};
use crate::report::document::FigureBlock;
use crate::report::error::ReportError;
use crate::report::typeset::{PictureRequest, WordRequest, check_helper, draw_with};

/// Pixels of a PNG to a unit of its SVG: a column of 8 cm at 600 dpi.
const SCALE: f32 = 2.0;

/// Writes them; and where the helper is there, gives the document for Word that shows
/// them.
pub(super) fn write(
    figures: &[&FigureBlock],
    folder: &Path,
    word: &WordRequest,
    out: &mut Exported,
) -> Result<Option<Vec<u8>>, ReportError> {
    let mut requests = Vec::new();
    let mut names = Vec::new();
    for figure in figures {
        let csv = folder.join(format!("{}.csv", file_name(&figure.label)));
        out.write(&csv, figure.csv.as_bytes())?;
        for (index, panel) in figure.panels.iter().enumerate() {
            let name = panel_name(figure, index);
            out.write(&folder.join(format!("{name}.svg")), panel.file.as_bytes())?;
            requests.push(PictureRequest { svg: panel.file.clone(), scale: SCALE });
            names.push(name);
        }
    }
    // Nobody asked for pictures that need a program which is not there: whoever
    // does is refused before anything is written.
    if check_helper().is_err() {
        return Ok(None);
    }
    let (pictures, document) = match draw_with(&requests, word) {
        Ok(drawn) => drawn,
        Err(reason) => {
            out.notes.push(format!(
                "the figures are there as SVG and CSV, not as PNG, and there is no paper.docx: {reason}"
            ));
            return Ok(None);
        }
    };
    for (name, picture) in names.iter().zip(pictures) {
        match picture {
            Ok(picture) => {
                if !picture.missing.is_empty() {
                    out.notes.push(format!(
                        "{name}.png lacks characters such as {}: no font on this machine has them; the SVG \
                         has",
                        picture.missing
                    ));
                }
                out.write(&folder.join(format!("{name}.png")), &picture.png)?;
            }
            Err(reason) => out.notes.push(format!("{name}.png was not written: {reason}")),
        }
    }
    match document {
        Ok(document) => Ok(Some(document)),
        Err(reason) => {
            out.notes.push(format!("paper.docx was not written: {reason}"));
            Ok(None)
        }
    }
}

/// `fig-bars-1`, without an ending.
pub(super) fn panel_name(figure: &FigureBlock, index: usize) -> String {
    format!("{}-{}", file_name(&figure.label), index + 1)
}
