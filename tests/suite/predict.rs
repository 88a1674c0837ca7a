//! `transfolio predict` against the library's own forward pass, and what it
//! refuses.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use npyz::WriterBuilder;
use polars::prelude::{DataFrame, ParquetReader, SerReader};
use tch::{Device, Kind, Tensor, nn, no_grad};
use transfolio::models::build;
use transfolio::spec::Backbone;
use transfolio::zoo::save_safetensors;

use crate::program::run;
use crate::study::folder;

const IMAGES: [i64; 4] = [3, 3, 40, 48];

/// A ResNet-18 of five classes in a file; its store and network.
fn tiny(path: &Path) -> (nn::VarStore, transfolio::models::Network) {
    tch::manual_seed(7);
    let store = nn::VarStore::new(Device::Cpu);
    let network = build(&store.root(), Backbone::Resnet18, 5);
    save_safetensors(&store, None, path).expect("saved");
    (store, network)
}

fn write_npy<T: npyz::AutoSerialize + Copy>(path: &Path, shape: &[u64], values: &[T]) {
    let out = BufWriter::new(File::create(path).expect("a file"));
    let options = npyz::WriteOptions::new().default_dtype().shape(shape);
    let mut writer = options.writer(out).begin_nd().expect("a header");
    writer.extend(values.iter().copied()).expect("values");
    writer.finish().expect("written");
}

fn read_npy<T: npyz::Deserialize>(path: &Path) -> (Vec<u64>, Vec<T>) {
    let file = npyz::NpyFile::new(File::open(path).expect("a file")).expect("an array");
    (file.shape().to_vec(), file.into_vec().expect("values"))
}

fn floats(count: i64) -> Vec<f32> {
    (0..count).map(|i| (i * 37 % 101) as f32 / 50.0 - 1.0).collect()
}

fn parquet(path: &Path) -> DataFrame {
    ParquetReader::new(File::open(path).expect("a file")).finish().expect("a table")
}

fn predict<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["predict", "--device", "cpu", "--threads", "1"][..], more].concat()
}

#[test]
fn an_array_gives_what_the_network_gives() {
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    let (mut store, network) = tiny(&here.join("w.safetensors"));
    let values = floats(IMAGES.iter().product());
    let images = Tensor::from_slice(&values).view(IMAGES);
    write_npy(&here.join("x.npy"), &IMAGES.map(|d| d as u64), &values);
    // The file tells the network; two batches.
    run(here, &predict(&["--weights", "w.safetensors", "--input", "x.npy", "--batch", "2"]))
        .expect(2)
        .mentions(&["--output"]);
    for (what, columns) in [("logits", 5), ("features", 512), ("probabilities", 5)] {
        let args = ["--weights", "w.safetensors", "--input", "x.npy", "--output", "y.npy"];
        let more = [&args[..], &["--what", what, "--batch", "2"]].concat();
        run(here, &predict(&more)).expect(0).mentions(&["3 cases", "as given", "ResNet-18"]);
        let wanted = no_grad(|| match what {
            "logits" => network.forward_t(&images, false),
            "features" => network.features(&images, false),
            _ => network.forward_t(&images, false).softmax(-1, Kind::Float),
        });
        let (shape, got) = read_npy::<f32>(&here.join("y.npy"));
        assert_eq!(shape, [3, columns]);
        let gap = (Tensor::from_slice(&got).view([3, columns as i64]) - &wanted).abs().max();
        // The batches are of other sizes: sums may be in another order.
        assert!(gap.double_value(&[]) < 1e-5, "{what}: {gap:?}");
    }
    // In doubles, normalised on request.
    let args = ["--weights", "w.safetensors", "--input", "x.npy", "--output", "y.npy"];
    let more = [&args[..], &["--what", "logits", "--dtype", "f64", "--normalization", "half"]];
    run(here, &predict(&more.concat())).expect(0).mentions(&["normalised: half"]);
    store.set_kind(Kind::Double);
    let halved = (images.to_kind(Kind::Double) - 0.5) / 0.5;
    let wanted = no_grad(|| network.forward_t(&halved, false));
    let (_, got) = read_npy::<f64>(&here.join("y.npy"));
    let gap = (Tensor::from_slice(&got).view([3, 5]) - wanted).abs().max().double_value(&[]);
    assert!(gap < 1e-12, "{gap}");
}

#[test]
fn images_of_a_folder_a_list_and_an_array_are_the_same() {
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    let _kept = tiny(&here.join("w.safetensors"));
    fs::create_dir_all(here.join("images/more")).expect("a folder");
    fs::write(here.join("images/notes.md"), "no image").expect("written");
    let mut bytes = Vec::new();
    for (name, step) in [("a.png", 3), ("b.png", 5), ("more/c.png", 7)] {
        let image = image::RgbImage::from_fn(36, 36, |x, y| {
            image::Rgb([(x * step) as u8, (y * step) as u8, (x + y) as u8])
        });
        image.save(here.join("images").join(name)).expect("saved");
        bytes.extend(image.into_raw());
    }
    write_npy(&here.join("u.npy"), &[3, 36, 36, 3], &bytes);
    fs::write(here.join("list.txt"), "images/a.png\n\nimages/b.png\nimages/more/c.png\n")
        .expect("written");
    fs::write(here.join("m.csv"), "file,x\nimages/a.png,1\nimages/b.png,2\nimages/more/c.png,3\n")
        .expect("written");
    let size = ["--image-size", "32", "--resize", "34", "--what", "logits"];
    let scores = |input: &str, more: &[&str]| {
        let args = ["--weights", "w.safetensors", "--output", "y.parquet", "--input", input];
        run(here, &predict(&[&args[..], &size, more].concat())).expect(0);
        let table = parquet(&here.join("y.parquet"));
        let values: Vec<f32> = (0..5)
            .flat_map(|class| {
                let column = table.column(&format!("logit_{class}")).expect("a column");
                column.f32().expect("floats").into_no_null_iter().collect::<Vec<_>>()
            })
            .collect();
        let cases = table.column("case").expect("cases").str().expect("text");
        (cases.iter().flatten().map(String::from).collect::<Vec<_>>(), values)
    };
    let (cases, from_folder) = scores("images", &[]);
    assert_eq!(cases, ["a.png", "b.png", "more/c.png"]);
    assert_eq!(scores("list.txt", &[]).1, from_folder);
    assert_eq!(scores("m.csv", &["--image-column", "file"]).1, from_folder);
    assert_eq!(scores("u.npy", &[]).1, from_folder);
    // Names of the outputs name the columns.
    let args = ["--weights", "w.safetensors", "--input", "images/a.png", "--output", "n.parquet"];
    let more = ["--image-size", "32", "--classes", "a,b,c,d,e", "--target", "multi-label"];
    run(here, &predict(&[&args[..], &more].concat())).expect(0);
    assert!(parquet(&here.join("n.parquet")).column("score_e").is_ok());
}

/// What a run has predicted on its test cases, its kept weights predict again,
/// bit for bit: crop, normalisation and link are the same code.
#[test]
fn a_run_is_repeated_from_its_folder() {
    let dir = folder(STUDY);
    let here = dir.path();
    fs::write(here.join("m.csv"), manifest(here)).expect("written");
    run(here, &crate::study::args("s", &[])).expect(0);
    let mut columns = Vec::new();
    for entry in fs::read_dir(here.join("s/runs")).expect("runs") {
        let run_dir = entry.expect("a run").path();
        let old = scores(&parquet(&run_dir.join("predictions.parquet")));
        // The same batches: sums in another order have other last bits.
        fs::write(here.join("list.txt"), old.0.join("\n")).expect("written");
        let name = run_dir.to_string_lossy().into_owned();
        let args = ["--weights", &name, "--input", "list.txt", "--output", "y.parquet"];
        let said = run(here, &predict(&[&args[..], &["--batch", "4"]].concat()));
        said.expect(0).mentions(&["normalised: half"]);
        let new = scores(&parquet(&here.join("y.parquet")));
        assert!(old.0.len() >= 5);
        assert_eq!(old, new);
        columns.push(old.1.into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(" "));
    }
    columns.sort();
    assert_eq!(
        columns,
        ["score_old score_sick", "score_round score_square score_star", "score_sick"]
    );
}

/// Cases and the bits of all scores of a table.
fn scores(table: &DataFrame) -> (Vec<String>, Vec<(String, Vec<u32>)>) {
    let cases = table.column("case").expect("cases").str().expect("text");
    let of = |column: &polars::prelude::Column| {
        let values = column.f32().expect("floats").into_no_null_iter().map(f32::to_bits);
        (column.name().to_string(), values.collect())
    };
    let scores = table.columns().iter().filter(|column| column.name().starts_with("score_"));
    (cases.iter().flatten().map(String::from).collect(), scores.map(of).collect())
}

/// 24 images, every fourth in colour, with labels for each target.
fn manifest(here: &Path) -> String {
    let mut csv = String::from("image,sick,old,kind\n");
    for i in 0..24u32 {
        let name = format!("{i}.png");
        let grey = |x: u32, y: u32| (x * i + y * (i % 2) * 3) as u8;
        let image = image::RgbImage::from_fn(40, 40, |x, y| {
            let blue = if i % 4 == 0 { 7 } else { grey(x, y) };
            image::Rgb([grey(x, y), grey(x, y), blue])
        });
        image.save(here.join(&name)).expect("saved");
        let kind = ["round", "square", "star"][i as usize % 3];
        csv += &format!("{name},{},{},{kind}\n", i % 2, i / 2 % 2);
    }
    csv
}

const STUDY: &str = r#"
[study]
name = "kept"
seeds = [1]
keep_weights = true
[tasks.sick]
source = "manifest"
path = "m.csv"
labels = ["sick"]
target = "binary"
[tasks.kind]
source = "manifest"
path = "m.csv"
labels = ["kind"]
target = "multi-class"
[tasks.both]
source = "manifest"
path = "m.csv"
labels = ["old", "sick"]
target = "multi-label"
[models.resnet18]
backbone = "resnet18"
[inits.random]
random = true
[recipe]
batch_size = 8
eval_batch_size = 4
epochs = 1
image_size = 32
augmentation = "light"
normalization = "half"
"#;

#[test]
fn what_cannot_be_predicted_is_said() {
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    let _kept = tiny(&here.join("w.safetensors"));
    let mut values = floats(3 * 3 * 64 * 64);
    write_npy(&here.join("x.npy"), &[3, 3, 64, 64], &values);
    write_npy(&here.join("last.npy"), &[3, 64, 64, 3], &values);
    write_npy(&here.join("wide.npy"), &[1, 3, 64, 96], &floats(3 * 64 * 96));
    values[2 * 3 * 64 * 64 + 64 * 64 + 5] = f32::NAN;
    write_npy(&here.join("nan.npy"), &[3, 3, 64, 64], &values);
    fs::write(here.join("m.csv"), "file\na.png\n").expect("written");
    fs::write(here.join("bad.png"), "no image").expect("written");
    fs::create_dir(here.join("empty")).expect("a folder");
    let weights = ["--weights", "w.safetensors"];
    let swin = ["--arch", "swin_tiny", "--weights", "random:1", "--classes", "2"];
    for (code, model, input, more, parts) in [
        (3, &weights[..], "nan.npy", &[][..], &["case 2", "channel 1, row 0, column 5"][..]),
        (3, &weights, "last.npy", &[], &["[3, 64, 64, 3]", "transpose it to (0, 3, 1, 2)"]),
        (3, &weights, "m.csv", &[], &["image", "--image-column", "file"]),
        (3, &weights, "bad.png", &[], &["bad.png", "not an image"]),
        (3, &weights, "empty", &[], &["no images", "png"]),
        (3, &weights, "gone.npy", &[], &["gone.npy"]),
        (2, &weights, "x.npy", &["--classes", "4"], &["--classes has 4", "5 outputs"]),
        (2, &weights, "x.npy", &["--image-size", "32"], &["not resized"]),
        (2, &weights, "x.npy", &["--arch", "resnet"], &["unknown variant", "resnet18"]),
        (2, &weights, "x.npy", &["--zoo", "swav"], &["cannot be used with"]),
        (3, &["--zoo", "swav"], "x.npy", &[], &["zoo fetch swav"]),
        (2, &["--zoo", "local:mine"], "x.npy", &[], &["mine", "zoo export"]),
        (2, &swin, "wide.npy", &["--image-size", "64"], &["not resized"]),
        (4, &swin, "wide.npy", &[], &["[1, 3, 64, 96]", "[N, 3, 64, 64]"]),
        (2, &swin, "bad.png", &["--image-size", "100"], &["multiples of 32", "96 or 128"]),
        (2, &["--weights", "random:1"], "x.npy", &[], &["--arch"]),
        (2, &["--weights", "random:1", "--arch", "resnet18"], "x.npy", &[], &["--classes N"]),
    ] {
        let args = [model, &["--input", input, "--output", "y.npy"], more].concat();
        run(here, &predict(&args)).expect(code).mentions(parts);
        assert!(!here.join("y.npy").exists());
    }
    let args = ["--weights", "w.safetensors", "--input", "x.npy", "--output", "y.csv"];
    run(here, &predict(&args)).expect(2).mentions(&[".npy or .parquet"]);
    let args = [
        "--arch",
        "resnet34",
        "--weights",
        "w.safetensors",
        "--input",
        "x.npy",
        "--output",
        "y.npy",
    ];
    run(here, &predict(&args)).expect(3).mentions(&["does not fit resnet34", "resnet18"]);
}
