//! `[cluster]`: what a site wants to be asked for. Says nothing of results, and is
//! kept out of every record.

use serde::{Deserialize, Serialize};

/// What a site wants to be asked for; the same in a study file, in a file of the
/// user's and on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Site {
    /// `slurm`, `hyperqueue`, `print`, `kubernetes` or `skypilot`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launcher: Option<String>,
    /// Partition (queue) of a slot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    /// Account that is charged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Quality of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qos: Option<String>,
    /// Features that a node must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraint: Option<String>,
    /// Generic resources: `gpu:1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gres: Option<String>,
    /// Memory of a slot: `16G`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mem: Option<String>,
    /// Time of a slot: `4h`, `90m`, `04:00:00`, `1-12:00:00`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Time at the end of it that is kept for stopping and saving: `90s`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reserve: Option<String>,
    /// Number of slots.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slots: Option<u32>,
    /// Slots that work at one time, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_once: Option<u32>,
    /// Cores of a slot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpus: Option<u32>,
    /// Runs at a time in a slot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jobs: Option<u32>,
    /// Runs at a time on each GPU of a slot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs_per_gpu: Option<u32>,
    /// A slot is a whole node, with one runner for all of its cores and GPUs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub whole_nodes: bool,
    /// How often a slot asks to be put into the queue again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requeues: Option<u32>,
    /// `auto`, `cpu` or `cuda`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Folder of decoded images on the nodes; `$NAME` is a variable there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<String>,
    /// The program on the nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// Lines of shell before the slot works: `module load cuda`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub setup: Vec<String>,
    /// Further lines for the scheduler: `#SBATCH --mail-type=END`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<String>,
    /// Container image (Kubernetes, SkyPilot).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Local queue of Kueue (Kubernetes).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// Volume that holds the study folder: a claim (Kubernetes), a bucket (SkyPilot).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<String>,
}

impl Site {
    /// What this says, and the other where this says nothing. Lines of setup and
    /// further lines of the other come first.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        let lines = |own: Vec<String>, other: Vec<String>| [other, own].concat();
        Self {
            launcher: self.launcher.or(other.launcher),
            partition: self.partition.or(other.partition),
            account: self.account.or(other.account),
            qos: self.qos.or(other.qos),
            constraint: self.constraint.or(other.constraint),
            gres: self.gres.or(other.gres),
            mem: self.mem.or(other.mem),
            time: self.time.or(other.time),
            reserve: self.reserve.or(other.reserve),
            slots: self.slots.or(other.slots),
            at_once: self.at_once.or(other.at_once),
            cpus: self.cpus.or(other.cpus),
            jobs: self.jobs.or(other.jobs),
            runs_per_gpu: self.runs_per_gpu.or(other.runs_per_gpu),
            whole_nodes: self.whole_nodes || other.whole_nodes,
            requeues: self.requeues.or(other.requeues),
            device: self.device.or(other.device),
            cache: self.cache.or(other.cache),
            program: self.program.or(other.program),
            setup: lines(self.setup, other.setup),
            extra: lines(self.extra, other.extra),
            image: self.image.or(other.image),
            queue: self.queue.or(other.queue),
            volume: self.volume.or(other.volume),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_nearer_wins_and_lines_add_up() {
        let read = |text: &str| toml::from_str::<Site>(text).expect("a site");
        let user = read("partition = 'long'\naccount = 'lab'\nsetup = ['module load a']");
        let study = read("partition = 'gpu'\nsetup = ['module load b']\nwhole_nodes = true");
        let typed = Site { time: Some("4h".into()), ..Site::default() };
        let site = typed.over(study).over(user);
        assert_eq!(site.partition.as_deref(), Some("gpu"));
        assert_eq!((site.account.as_deref(), site.time.as_deref()), (Some("lab"), Some("4h")));
        assert_eq!(site.setup, ["module load a", "module load b"]);
        assert!(site.whole_nodes);
        assert!(toml::from_str::<Site>("partion = 'gpu'").is_err());
    }
}
