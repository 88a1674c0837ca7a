//! What is predicted on, and how its values become the network's input.

use std::path::Path;

use tch::Tensor;

use super::array::Array;
use super::error::{Operation, PredictError};
use super::images::Images;
use crate::data::Reading;
use crate::train::pixels::Normalizer;

/// Cases, handed out batch by batch.
pub(super) enum Input {
    Images(Images),
    Array(Box<Array>),
}

/// How images are brought to the network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Side that images are scaled to.
    pub(super) resize: u32,
    /// Side of the square at their centre that the network sees.
    pub(super) crop: u32,
    /// How image files were read in training.
    pub(super) reading: Reading,
}

/// A batch before normalisation.
pub(super) enum Raw {
    /// `[N, C, H, W]`, 0..255.
    Bytes(Tensor),
    /// `[N, C, H, W]`, values as given.
    Values(Tensor),
}

impl Input {
    /// Tells from the content what a path is: a folder, a `.npy` array, a CSV
    /// manifest, a list (`.txt`) or one image.
    pub(super) fn open(path: &Path, image_column: &str) -> Result<Self, PredictError> {
        if path.is_dir() {
            return Images::of_folder(path).map(Self::Images);
        }
        if Array::is_one(path)? {
            return Array::open(path).map(|array| Self::Array(Box::new(array)));
        }
        let end = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
        Ok(Self::Images(match end.as_deref() {
            Some("csv" | "tsv") => Images::of_manifest(path, image_column)?,
            Some("txt" | "lst") => Images::of_list(path)?,
            _ => Images::of_file(path),
        }))
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Images(images) => images.len(),
            Self::Array(array) => array.len(),
        }
    }

    /// Name of a case: a path as written, or its place in the array.
    pub(super) fn case(&self, index: usize) -> String {
        match self {
            Self::Images(images) => images.name(index).into(),
            Self::Array(_) => index.to_string(),
        }
    }
}

impl Raw {
    /// What the network sees, `[N, 3, H, W]`: bytes are normalised as in
    /// training, other values where they are to be.
    pub(super) fn input(
        &self,
        normalizer: &Normalizer,
        values_too: bool,
    ) -> Result<Tensor, PredictError> {
        let (Self::Bytes(tensor) | Self::Values(tensor)) = self;
        let moved = normalizer.moved(tensor).op("move a batch to the device")?;
        match self {
            Self::Bytes(_) => normalizer.of_bytes(&moved),
            Self::Values(_) if values_too => normalizer.of_values(&moved),
            Self::Values(_) => {
                let size = moved.size();
                moved
                    .f_expand([size[0], 3, size[2], size[3]], false)
                    .and_then(|images| normalizer.laid(&images))
            }
        }
        .op("normalise a batch")
    }
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;
    use crate::spec::{Backbone, MemoryFormat, Normalization, Precision};
    use crate::train::arithmetic::Arithmetic;

    fn open(path: &Path) -> Result<Input, String> {
        Input::open(path, "image").map_err(|error| error.to_string())
    }

    #[test]
    fn an_input_is_told_by_what_it_is() {
        let dir = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &[u8]| {
            let path = dir.path().join(name);
            std::fs::write(&path, text).expect("written");
            path
        };
        let list = open(&write("list.txt", b"a.png\n\n b.png \n")).expect("a list");
        assert_eq!((list.len(), list.case(1)), (2, "b.png".into()));
        let table = open(&write("m.csv", b"image,x\nc.png,1\n")).expect("a manifest");
        assert_eq!((table.len(), table.case(0)), (1, "c.png".into()));
        // One file is not looked at before it is its turn.
        let one = open(&write("d.png", b"no image")).expect("one image");
        assert_eq!(one.len(), 1);
        let folder = open(dir.path()).expect("a folder of images");
        assert_eq!((folder.len(), folder.case(0)), (1, "d.png".into()));
    }

    #[test]
    fn what_holds_no_input_is_named() {
        let dir = tempfile::tempdir().expect("a folder");
        let told = open(dir.path()).err().expect("an error");
        assert!(told.contains("has no images"), "{told}");
        let empty = dir.path().join("list.txt");
        std::fs::write(&empty, "\n\n").expect("written");
        let told = open(&empty).err().expect("an error");
        assert!(told.contains("one image path per line"), "{told}");
        let told = open(&dir.path().join("gone.npy")).err().expect("an error");
        assert!(told.contains("gone.npy"), "{told}");
    }

    #[test]
    fn values_are_left_alone_unless_asked() {
        let asked = (Precision::F32, MemoryFormat::Contiguous);
        let arithmetic = Arithmetic::new(asked, Backbone::Resnet18, Device::Cpu);
        let normalizer = Normalizer::new(Normalization::Half, arithmetic.expect("of the CPU"));
        let grey = Tensor::from_slice(&[0.0f32, 1.0]).view([1, 1, 1, 2]);
        let input = |raw: &Raw, too| {
            let images = raw.input(&normalizer, too).expect("an input");
            assert_eq!(images.size(), [1, 3, 1, 2]);
            Vec::<f32>::try_from(images.view(-1)).expect("values")
        };
        let values = Raw::Values(grey.shallow_clone());
        assert_eq!(input(&values, false), [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
        assert_eq!(input(&values, true), [-1.0, 1.0, -1.0, 1.0, -1.0, 1.0]);
        // Bytes are images and always normalised.
        let bytes = Raw::Bytes((grey * 255.0).to_kind(Kind::Uint8));
        for too in [false, true] {
            let got = input(&bytes, too);
            assert!(got.iter().zip([-1.0, 1.0].iter().cycle()).all(|(a, b)| (a - b).abs() < 1e-6));
        }
    }
}
