//! COCO: a JSON file per split with images, categories and annotations, whose
//! masks are polygons or runs. Each category is a structure; the masks of its
//! annotations are joined.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::Input;
use super::rows::{Row, Rows};
use crate::data::error::DataError;
use crate::data::mask::Spans;

#[derive(Deserialize)]
struct File {
    images: Vec<Image>,
    annotations: Vec<Annotation>,
    categories: Vec<Category>,
}

#[derive(Deserialize)]
struct Image {
    id: u64,
    file_name: String,
    width: u32,
    height: u32,
}

#[derive(Deserialize)]
struct Annotation {
    id: Option<u64>,
    image_id: u64,
    category_id: u64,
    segmentation: serde_json::Value,
}

#[derive(Deserialize)]
struct Category {
    id: u64,
    name: String,
}

pub(super) fn read(input: &Input<'_>) -> Result<Rows, DataError> {
    let lists = match (&input.list.table, input.lists()) {
        (Some(table), lists) if lists.is_empty() => vec![(None, table.as_path())],
        (_, lists) => lists.into_iter().map(|(split, path)| (Some(split), path)).collect(),
    };
    if lists.is_empty() {
        return Err(input.fail(
            "`list` names no annotations; write list.train, list.val and list.test, or list.table \
             for one file of all",
        ));
    }
    let mut rows: Option<Rows> = None;
    for (split, path) in lists {
        let fail = |reason: String| DataError::Manifest { path: path.to_path_buf(), reason };
        let bytes = std::fs::read(path).map_err(DataError::io("read list", path))?;
        let file: File = serde_json::from_slice(&bytes)
            .map_err(|error| fail(format!("is no file of COCO annotations: {error}")))?;
        let names: Vec<String> = file.categories.iter().map(|c| c.name.clone()).collect();
        let wanted = input.labels(&names)?;
        let structures: Vec<String> = wanted.iter().map(|(name, _)| name.clone()).collect();
        let rows = rows.get_or_insert_with(|| Rows::new(structures.clone(), None, split.is_some()));
        if rows.labels != structures {
            return Err(fail(format!(
                "has the categories {structures:?}, the first file has {:?}; name the structures in \
                 `labels`",
                rows.labels
            )));
        }
        rows.list(path);
        let mut cells = masks(&file, &wanted, path)?;
        for image in &file.images {
            let labels = cells.remove(&image.id).unwrap_or_default();
            let labels: Vec<String> = (0..wanted.len())
                .map(|at| match labels.get(&at) {
                    Some(parts) => parts.join("|"),
                    None => "none".into(),
                })
                .collect();
            rows.push(&Row { image: &image.file_name, labels: &labels, split, ..Row::default() });
        }
    }
    Ok(rows.unwrap_or_default())
}

type Cells = BTreeMap<u64, BTreeMap<usize, Vec<String>>>;

/// Mask cells by image and structure.
fn masks(file: &File, wanted: &[(String, usize)], path: &Path) -> Result<Cells, DataError> {
    let fail = |reason: String| DataError::Manifest { path: path.to_path_buf(), reason };
    let images: BTreeMap<u64, &Image> = file.images.iter().map(|i| (i.id, i)).collect();
    let mut cells = Cells::new();
    for (place, annotation) in file.annotations.iter().enumerate() {
        let name = match annotation.id {
            Some(id) => format!("annotation {id}"),
            None => format!("annotation number {}", place + 1),
        };
        let image = images.get(&annotation.image_id).ok_or_else(|| {
            fail(format!("{name} is of image {}, which is not listed", annotation.image_id))
        })?;
        let category = file.categories.iter().position(|c| c.id == annotation.category_id);
        let category = category.ok_or_else(|| {
            fail(format!("{name} is of category {}, which is not listed", annotation.category_id))
        })?;
        let Some(structure) = wanted.iter().position(|(_, at)| *at == category) else { continue };
        let parts = parts(&annotation.segmentation, image)
            .map_err(|reason| fail(format!("{name}: {reason}")))?;
        cells.entry(image.id).or_default().entry(structure).or_default().extend(parts);
    }
    Ok(cells)
}

/// The cells of a segmentation: a list of polygons, or runs.
fn parts(segmentation: &serde_json::Value, image: &Image) -> Result<Vec<String>, String> {
    if let Some(polygons) = segmentation.as_array() {
        return polygons.iter().map(polygon).collect();
    }
    let (Some(counts), Some(size)) = (segmentation.get("counts"), segmentation.get("size")) else {
        return Err("`segmentation` is neither a list of polygons nor runs with a size".into());
    };
    let size: Vec<u64> =
        size.as_array().into_iter().flatten().filter_map(serde_json::Value::as_u64).collect();
    if size != [u64::from(image.height), u64::from(image.width)] {
        return Err(format!(
            "its runs are of {size:?} (height, width), its image has {} x {} pixels",
            image.width, image.height
        ));
    }
    let counts = if let Some(text) = counts.as_str() {
        Spans::unpacked(text)?
    } else {
        let number = |v: &serde_json::Value| v.as_u64().ok_or("has a run that is no whole number");
        counts.as_array().ok_or("has no runs")?.iter().map(number).collect::<Result<_, _>>()?
    };
    let counts: Vec<String> = counts.iter().map(ToString::to_string).collect();
    Ok(vec![format!("counts:{}", counts.join(" "))])
}

fn polygon(points: &serde_json::Value) -> Result<String, String> {
    let numbers: Option<Vec<String>> = points
        .as_array()
        .and_then(|points| points.iter().map(|p| p.as_f64().map(|p| p.to_string())).collect());
    let numbers = numbers.ok_or("has a polygon that is no list of numbers")?;
    Ok(format!("polygon:{}", numbers.join(" ")))
}
