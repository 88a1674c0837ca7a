//! What a site wants to be asked for: typed, of the study file, of the user's file.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use crate::cluster::ClusterError;
use crate::data::node::FileSystem;
use crate::spec::Site;

/// What a site wants to be asked for. `[cluster]` of the study file and a file of
/// one's own (TRANSFOLIO_CLUSTER, else transfolio/cluster.toml in the configuration
/// folder) take the same names, with `_` for `-`; what is typed wins.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct SiteArgs {
    /// slurm, hyperqueue, print, kubernetes or skypilot [default: print]
    #[arg(long)]
    launcher: Option<String>,
    /// Partition (queue) of the slots
    #[arg(long)]
    partition: Option<String>,
    /// Account that is charged
    #[arg(long)]
    account: Option<String>,
    /// Quality of service
    #[arg(long)]
    qos: Option<String>,
    /// Features that a node must have
    #[arg(long)]
    constraint: Option<String>,
    /// Generic resources of a slot: gpu:1
    #[arg(long)]
    gres: Option<String>,
    /// Memory of a slot: 16G
    #[arg(long)]
    mem: Option<String>,
    /// Time of a slot: 4h, 90m, 04:00:00, 1-12:00:00
    #[arg(long)]
    time: Option<String>,
    /// Time at its end that is kept to stop and save in [default: 90s]
    #[arg(long)]
    reserve: Option<String>,
    /// Number of slots [default: by the forecast, 50 at most]
    #[arg(long)]
    slots: Option<u32>,
    /// Slots that work at one time, at most
    #[arg(long)]
    at_once: Option<u32>,
    /// Cores of a slot [default: those that its runs need]
    #[arg(long)]
    cpus: Option<u32>,
    /// Runs at a time in a slot [default: by its cores; 1 without]
    #[arg(long, short)]
    jobs: Option<u32>,
    /// Runs at a time on each GPU of a slot
    #[arg(long)]
    runs_per_gpu: Option<u32>,
    /// A slot is a whole node, with one runner for all its cores and GPUs
    #[arg(long)]
    whole_nodes: bool,
    /// How often a slot asks to be put into the queue again [default: 20]
    #[arg(long)]
    requeues: Option<u32>,
    /// Device of the runs: auto, cpu, cuda
    #[arg(long)]
    device: Option<String>,
    /// Folder of decoded images on the nodes; variables are those of the node:
    /// '$SLURM_TMPDIR/transfolio'
    #[arg(long)]
    cache: Option<String>,
    /// The program on the nodes [default: this one, at its path]
    #[arg(long)]
    program: Option<String>,
    /// Line of shell before the slot works: 'module load cuda' (repeatable)
    #[arg(long, value_name = "LINE")]
    setup: Vec<String>,
    /// Further line for the scheduler: '#SBATCH --mail-type=END' (repeatable)
    #[arg(long, value_name = "LINE")]
    extra: Vec<String>,
    /// Container image (kubernetes, skypilot)
    #[arg(long)]
    image: Option<String>,
    /// Local queue of Kueue (kubernetes)
    #[arg(long)]
    queue: Option<String>,
    /// Volume that holds the study folder: a claim (kubernetes), a bucket (skypilot)
    #[arg(long)]
    volume: Option<String>,
}

impl SiteArgs {
    /// What is typed, over the study's, over the user's.
    pub(super) fn site(&self, study: &Site) -> anyhow::Result<Site> {
        let user = match user_file() {
            Some(path) => read(&path)?,
            None => Site::default(),
        };
        Ok(self.clone().typed().over(study.clone()).over(user))
    }

    fn typed(self) -> Site {
        Site {
            launcher: self.launcher,
            partition: self.partition,
            account: self.account,
            qos: self.qos,
            constraint: self.constraint,
            gres: self.gres,
            mem: self.mem,
            time: self.time,
            reserve: self.reserve,
            slots: self.slots,
            at_once: self.at_once,
            cpus: self.cpus,
            jobs: self.jobs,
            runs_per_gpu: self.runs_per_gpu,
            whole_nodes: self.whole_nodes,
            requeues: self.requeues,
            device: self.device,
            cache: self.cache,
            program: self.program,
            setup: self.setup,
            extra: self.extra,
            image: self.image,
            queue: self.queue,
            volume: self.volume,
        }
    }
}

/// The user's file: the one that is named, which has to be there, or the usual one.
fn user_file() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    set("TRANSFOLIO_CLUSTER").or_else(|| {
        let base = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|dir| dir.join(".config")))?;
        Some(base.join("transfolio/cluster.toml")).filter(|path| path.is_file())
    })
}

fn read(path: &Path) -> anyhow::Result<Site> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| path.display().to_string())
}

/// Looks at what goes into scripts.
pub(super) fn check(site: &Site) -> Result<(), ClusterError> {
    let device = site.device.as_deref();
    let lines = [&site.setup, &site.extra].into_iter().flatten().map(|line| ("a line", line));
    let single = [
        ("--partition", &site.partition),
        ("--account", &site.account),
        ("--qos", &site.qos),
        ("--constraint", &site.constraint),
        ("--gres", &site.gres),
        ("--mem", &site.mem),
        ("--cache", &site.cache),
        ("--program", &site.program),
        ("--image", &site.image),
        ("--queue", &site.queue),
        ("--volume", &site.volume),
    ];
    let single = single.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    for (option, value) in single.chain(lines) {
        if value.trim().is_empty() || value.contains(['\n', '\r', '\0']) {
            return Err(ClusterError::NoOption { option, value: value.clone() });
        }
    }
    if let Some(device) = device
        && !["auto", "cpu", "cuda"].contains(&device)
        && device.strip_prefix("cuda:").is_none_or(|n| n.parse::<u32>().is_err())
    {
        return Err(ClusterError::NoOption { option: "--device", value: device.into() });
    }
    Ok(())
}

/// What should be said of a folder that all machines are to see.
pub(super) fn note(folder: &Path) -> Option<String> {
    let system = FileSystem::of(folder).filter(FileSystem::is_local)?;
    Some(format!(
        "{} lies on {system}, which other machines see only if this one exports it; a slot that \
         does not see it says so and ends",
        folder.display()
    ))
}
