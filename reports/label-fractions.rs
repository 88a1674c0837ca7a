// %% [markdown]
// # How many labels does a network need?
//
// Labels of medical images are paid in the hours of radiologists. If a pretrained
// network reaches with a quarter of them what one from random weights reaches with
// all, three quarters of that time are free for something else. This notebook asks
// exactly that, in a study that is described in a cell, trained below it and read
// off at the end.
//
// Everything is generated (chest-like *phantom* images) and kept tiny, so that the
// notebook runs anywhere in a minute or two. Its numbers show how the question is
// asked; they say nothing about hospitals.

// %% tags=parameters
let seeds: u64 = 3;
let jobs: u16 = 2;
let device: &str = "cpu";

// %% [markdown]
// ## The plan
//
// A *source* task lends its weights, a *target* task is what we care about. Each
// combination of starting point, share of the labels and seed is a run; runs of one
// seed see the same labels in the same order, so that they are pairs.

// %%
let recipe = Recipe::new()
    .learning_rate(1e-3)
    .batch_size(16)
    .epochs(2)
    .image_size(32)
    .augmentation("none")
    .normalization("half");
let plan = Study::new("notebook-label-fractions")
    .title("Label efficiency on a phantom")
    .seeds(0..seeds)
    .label_fractions([0.25, 0.5, 1.0])
    .task("source", Task::phantom("fine", 32, [120, 30, 30]).target("multi-class").title("Phantom source"))
    .task("findings", Task::phantom("finding", 32, [80, 30, 80]).target("multi-label").title("Phantom chest findings"))
    .model("resnet18")
    .init("random", Init::random().title("Random"))
    .init("pretrained", Init::pretrain("fine").granularity("fine").title("Pretrained"))
    .pretraining("fine", Pretraining::on("source").epochs(2))
    .recipe(recipe)
    .baseline("random")
    .margin(0.02)
    .claim(Claim::better(
        "With all labels, pretrained weights are better",
        &[("init", "pretrained")],
        &[("init", "random")],
    ).at("label_fraction", 1.0));
let study = plan.save("notebook-label-fractions.toml")?;
study

// %% [markdown]
// ## Training
//
// The study runs in processes of its own. Stop this cell and the study stops, with
// every variable kept; run it again and it goes on where it was. What has run is
// never run twice.

// %%
let run = study.run_with(RunOptions::default().jobs(jobs).device(device))?;
run

// %% [markdown]
// ## The answer

// %%
let done = Study::open(&run.folder)?;
let comparison = done.compare("random")?;
comparison

// %%
//| label: fig-fractions
//| caption: AUC against the share of the training labels: means with intervals, and every single run.
figures::label_fraction(&comparison)?

// %% [markdown]
// ## What the labels are worth
//
// The table asks the question of the first paragraph: what share of the labels does
// one starting point need for the score that the other reaches with all of them, and
// does the difference change with the share (*interaction*)?

// %%
done.label_efficiency()?

// %%
done.claims()?

// %% [markdown]
// ## Was it trained at all?
//
// Before anybody believes such a table, the curves: two epochs are short, and a
// network whose loss is still falling has not shown what it can do.

// %%
figures::training_curves(&done)?

// %%
let last = done.histories()?.filter("kind", "target")?.filter("epoch", 2)?;
last.group(&["init", "label_fraction"])?.aggregate(&[("train_loss", "mean"), ("val_loss", "mean"), ("val_metric", "mean")])?

// %%
let all = comparison.tests().filter("label_fraction", 1.0)?;
bind("runs", run.done)?;
bind("difference", all.value("difference")?.digits(3))?;
bind("low", all.value("low")?.digits(3))?;
bind("high", all.value("high")?.digits(3))?;
bind("verdict", all.value("verdict")?)?;

// %% [markdown]
// {{ runs }} runs were trained. With all labels the pretrained network differs from
// the random one by {{ difference }} AUC (95 % interval {{ low }} to {{ high }};
// verdict: {{ verdict }}). [[fig-fractions]] shows how far single runs lie from their
// means, which is why one run of each would have answered nothing.
