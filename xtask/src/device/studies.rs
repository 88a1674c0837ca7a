//! Study files of the check: pictures that the program makes itself.

/// All networks that a study can name.
const NETWORKS: [&str; 22] = [
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "wide_resnet50_2",
    "resnet50x2",
    "resnet50x4",
    "densenet121",
    "mobilenet_v2",
    "swin_tiny",
    "swin_small",
    "swin_base",
    "convnext_tiny",
    "convnext_small",
    "convnext_base",
    "deit_tiny",
    "deit_small",
    "deit_base",
    "resnet8_cifar",
    "resnet20_cifar",
    "resnet20_cifar_option_a",
];

/// Pixels of images whose losses are compared: the least that windows and patches tile.
const SIDE: u32 = 64;

/// Every network once, classification and masks; three of them in the reduced form.
pub(super) fn networks(reduced: bool) -> String {
    let few = ["resnet18", "swin_tiny", "mobilenet_v2"];
    let names: &[&str] = if reduced { &few } else { &NETWORKS };
    let mut text = head("networks", SIDE, 4, "f32", "", 1);
    text += &task("findings", SIDE, [8, 4, 4]);
    text + &model_lines(names)
}

/// Networks for masks: another objective, decoder and augmentation.
pub(super) fn masks(reduced: bool) -> String {
    let names: &[&str] = if reduced { &["mobilenet_v2"] } else { &["resnet50", "swin_tiny"] };
    let mut text = head("masks", SIDE, 4, "f32", "", 1);
    text += &format!(
        "[tasks.anatomy]\nsource = \"phantom\"\ntarget = \"segmentation\"\n\
         phantom = {{ labels = \"anatomy\", size = {SIDE}, train = 8, val = 4, test = 4 }}\n"
    );
    text + &model_lines(names)
}

/// A study whose runs last some seconds.
pub(super) fn longer(reduced: bool, precision: &str) -> String {
    let (size, train, epochs) = if reduced { (32, 48, 4) } else { (128, 512, 10) };
    let mut text = head("longer", size, 16, precision, "", epochs);
    text += &task("findings", size, [train, 16, 32]);
    text + &model_lines(&["resnet18", "mobilenet_v2"])
}

/// One network, for its speed.
pub(super) fn speed(network: &str, size: u32, batch: u32, precision: &str) -> String {
    let more = format!("eval_batch_size = {batch}\naugmentation = \"light\"\n");
    let mut text = head("speed", size, batch, precision, &more, 1);
    text += &task("findings", size, [batch * 4, batch, batch]);
    text + &model_lines(&[network])
}

fn head(name: &str, size: u32, batch: u32, precision: &str, more: &str, epochs: u32) -> String {
    format!(
        "[study]\nname = \"{name}\"\nseeds = [1]\n[inits.random]\nrandom = true\n[recipe]\n\
         batch_size = {batch}\nepochs = {epochs}\nimage_size = {size}\n\
         precision = \"{precision}\"\n{more}"
    )
}

fn task(name: &str, size: u32, [train, val, test]: [u32; 3]) -> String {
    format!(
        "[tasks.{name}]\nsource = \"phantom\"\ntarget = \"multi-label\"\nphantom = {{ labels = \
         \"finding\", size = {size}, train = {train}, val = {val}, test = {test} }}\n"
    )
}

fn model_lines(names: &[&str]) -> String {
    let model = |name: &&str| {
        // Networks for CIFAR take its images alone.
        let recipe = if name.contains("cifar") { "recipe = { image_size = 32 }\n" } else { "" };
        format!("[models.{name}]\nbackbone = \"{name}\"\n{recipe}")
    };
    names.iter().map(model).collect()
}
