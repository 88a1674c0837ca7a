//! Public test files, where a machine has them: `TRANSFOLIO_TEST_DICOM` names
//! a folder with the folders of `data/WG04` of robyoung/dicom-test-files,
//! unpacked.

use std::fs;
use std::path::PathBuf;

use super::super::pixels::{Stored, Values};
use super::super::*;

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("TRANSFOLIO_TEST_DICOM").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: TRANSFOLIO_TEST_DICOM names no folder of DICOM test files");
    }
    folder
}

fn stored(bytes: &[u8]) -> Result<Stored, String> {
    let file = file::File::open(bytes)?;
    pixels::stored(&file, &attributes::Attributes::of(&file)?)
}

/// The same radiographs in every packing, against those without one.
#[test]
fn what_is_packed_without_loss_is_the_same() {
    let Some(folder) = folder() else { return };
    let mut compared = 0;
    // The largest difference; of lossy ones, the largest mean in 1000ths.
    let lossy = 40;
    for (kind, most) in [
        ("RLE", 0),
        ("JPLL", 0),
        ("JLSL", 0),
        ("J2KR", 0),
        ("JLSN", 4),
        ("J2KI", lossy),
        ("JPLY", lossy),
    ] {
        for entry in fs::read_dir(folder.join(kind)).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some((short, _)) = name.split_once('_') else { continue };
            let Ok(reference) = fs::read(folder.join("REF").join(format!("{short}_UNC"))) else {
                continue;
            };
            let reference = stored(&reference).expect(&name);
            let got = stored(&fs::read(entry.path()).expect("read")).expect(&name);
            let (Values::Whole(a), Values::Whole(b)) = (&got.values, &reference.values) else {
                panic!("{name}: numbers of floating point");
            };
            assert_eq!(a.len(), b.len(), "{name}");
            if got.photometric != reference.photometric {
                eprintln!("{name}: {:?} {:?}", got.photometric, reference.photometric);
                continue;
            }
            let off = a.iter().zip(b).map(|(a, b)| (a - b).abs()).max().unwrap_or(0);
            let mean = a.iter().zip(b).map(|(a, b)| f64::from((a - b).abs())).sum::<f64>()
                / a.len() as f64;
            let range = b.iter().max().zip(b.iter().min()).map_or(1, |(high, low)| high - low);
            eprintln!("{name}: {off} {mean:.2} {range}");
            if most == lossy {
                assert!(mean * 1000.0 <= f64::from(range * lossy), "{name}: mean {mean}");
            } else {
                assert!(off <= most, "{name}: {off} off, mean {mean}");
            }
            compared += 1;
        }
    }
    eprintln!("{compared} files compared");
}

/// Every file of a folder is read or refused with a reason.
#[test]
fn a_folder_of_anything() {
    let Some(folder) = std::env::var_os("TRANSFOLIO_TEST_DICOM_ANY") else {
        eprintln!("skipped: TRANSFOLIO_TEST_DICOM_ANY names no folder of DICOM files");
        return;
    };
    let mut paths: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().collect();
    paths.sort_by_key(std::fs::DirEntry::file_name);
    for entry in paths {
        let bytes = fs::read(entry.path()).expect("read");
        let name = entry.file_name().to_string_lossy().into_owned();
        match crate::data::decode::decode(&bytes, &Rules::default()) {
            Ok(image) => {
                let sum: u64 = (image.pixels.iter().zip(1_u64..))
                    .map(|(pixel, place)| u64::from(*pixel) * (place % 1009))
                    .sum();
                let values = match stored(&bytes).map(|stored| stored.values) {
                    Ok(Values::Whole(values)) => values
                        .iter()
                        .zip(1_i64..)
                        .fold(0_i64, |a, (v, p)| a + i64::from(*v) * (p % 1009)),
                    _ => 0,
                };
                eprintln!(
                    "{name}\t{}x{}x{}\t{values}\t{sum}\t{:?}",
                    image.width,
                    image.height,
                    image.channels,
                    image.dicom.map(|d| d.shown)
                );
            }
            Err(error) => eprintln!("{name}\t{error}"),
        }
    }
}
