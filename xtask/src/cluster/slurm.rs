//! A Slurm of two nodes on this machine, from Debian's packages, in one folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::{Scheduler, end};
use crate::debian::{output, unpack};

const LIBRARIES: &str = "usr/lib/x86_64-linux-gnu";

/// Controller and two nodes.
pub(super) struct Slurm {
    folder: PathBuf,
    controller: Option<Child>,
    nodes: [Option<Child>; 2],
}

impl Slurm {
    /// Unpacks the packages, writes a configuration, starts the daemons.
    pub(super) fn start(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder.join("unpacked"))?;
        for name in ["state", "n1", "n2", "log"] {
            fs::create_dir_all(folder.join(name))?;
        }
        unpack(folder, "slurm-wlm", "usr/sbin/slurmctld-wlm")?;
        let host = output(Command::new("hostname").arg("-s"))?;
        fs::write(folder.join("slurm.conf"), configuration(folder, host.trim()))?;
        let mut slurm = Self { folder: folder.into(), controller: None, nodes: [None, None] };
        slurm.start_controller()?;
        sleep(Duration::from_secs(2));
        slurm.start_node(0)?;
        slurm.start_node(1)?;
        let begun = Instant::now();
        while !slurm.say("sinfo", &["-h", "-o", "%T"]).unwrap_or_default().contains("idle") {
            ensure!(begun.elapsed() < Duration::from_mins(1), "Slurm did not start");
            sleep(Duration::from_millis(300));
        }
        Ok(slurm)
    }

    fn daemon(&self, name: &str, arguments: &[&str]) -> Result<Child> {
        let program = self.folder.join("unpacked/usr/sbin").join(name);
        let mut command = Command::new(&program);
        command.args(arguments).envs(self.environment()).stdin(Stdio::null());
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.join("log").join(format!("{name}.txt")))?;
        command.stdout(log.try_clone()?).stderr(log);
        command.spawn().with_context(|| format!("cannot start {}", program.display()))
    }

    fn start_controller(&mut self) -> Result<()> {
        let conf = self.folder.join("slurm.conf").display().to_string();
        // What it knew is in its folder: without -c it goes on with it.
        self.controller = Some(self.daemon("slurmctld-wlm", &["-D", "-f", &conf])?);
        Ok(())
    }

    fn start_node(&mut self, node: usize) -> Result<()> {
        let conf = self.folder.join("slurm.conf").display().to_string();
        let step = self.folder.join("unpacked/usr/sbin/slurmstepd-wlm").display().to_string();
        let name = format!("n{}", node + 1);
        let child = self.daemon("slurmd-wlm", &["-D", "-f", &conf, "-N", &name, "-d", &step])?;
        self.nodes[node] = Some(child);
        Ok(())
    }

    fn say(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let program = self.folder.join("unpacked/usr/bin").join(program);
        output(Command::new(program).args(arguments).envs(self.environment()))
    }

    /// The processes of jobs on a node: those below its daemon's steps.
    fn steps(node: &Child) -> Vec<u32> {
        let mut found = vec![node.id()];
        let mut at = 0;
        while let Some(parent) = found.get(at).copied() {
            let tasks = fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten();
            for task in tasks.flatten() {
                let children = fs::read_to_string(task.path().join("children"));
                let children = children.unwrap_or_default();
                found.extend(children.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
            }
            at += 1;
        }
        found
    }
}

impl Scheduler for Slurm {
    fn name(&self) -> &'static str {
        "slurm"
    }

    fn environment(&self) -> Vec<(String, String)> {
        let root = self.folder.join("unpacked");
        let path = std::env::var("PATH").unwrap_or_default();
        let libraries = root.join(LIBRARIES);
        vec![
            ("SLURM_CONF".into(), self.folder.join("slurm.conf").display().to_string()),
            ("PATH".into(), format!("{}:{path}", root.join("usr/bin").display())),
            ("LD_LIBRARY_PATH".into(), format!("{0}/slurm-wlm:{0}", libraries.display())),
        ]
    }

    fn hurry(&mut self) -> Result<()> {
        // What somebody who runs a cluster does: nodes that came back are taken again,
        // jobs whose launch failed too, and jobs of trouble that found no room go.
        for node in ["n1", "n2"] {
            let node = format!("NodeName={node}");
            let _ = self.say("scontrol", &["update", &node, "State=RESUME"]);
        }
        let urgent = ["--partition=urgent", "--state=PENDING", "--name=wrap"];
        if self.say("squeue", &["-h", "-p", "urgent", "-t", "R"]).is_ok_and(|jobs| jobs.is_empty())
        {
            let _ = self.say("scancel", &urgent);
        }
        let held = self.say("squeue", &["-h", "--array", "-t", "PD", "-o", "%i|%r"]);
        for line in held.unwrap_or_default().lines() {
            if let Some((job, reason)) = line.split_once('|')
                && reason.contains("held")
            {
                let _ = self.say("scontrol", &["release", job]);
            }
        }
        let format = ["-h", "--array", "-t", "PD", "-o", "%i %r"];
        let waiting = self.say("squeue", &format).unwrap_or_default();
        for job in waiting.lines().filter_map(|line| line.strip_suffix(" BeginTime")) {
            // What is queued again waits two minutes.
            let job = format!("JobId={job}");
            let _ = self.say("scontrol", &["update", &job, "StartTime=now"]);
        }
        Ok(())
    }

    fn is_busy(&mut self) -> Result<bool> {
        // While the controller is away nobody knows: then it is busy.
        Ok(self.say("squeue", &["-h"]).map_or(true, |jobs| !jobs.trim().is_empty()))
    }

    fn troubles(&self) -> usize {
        4
    }

    fn trouble(&mut self, kind: usize, random: u64) -> Result<String> {
        let node = (random % 2) as usize;
        match kind {
            // A node that dies takes everything on it along.
            0 => {
                let Some(mut daemon) = self.nodes[node].take() else { return Ok("no node".into()) };
                for process in Self::steps(&daemon).into_iter().rev() {
                    super::kill("KILL", process);
                }
                let _ = daemon.wait();
                sleep(Duration::from_secs(1));
                self.start_node(node)?;
                Ok(format!("node n{} died and came back", node + 1))
            }
            // A daemon that dies leaves the jobs of its node working.
            1 => {
                if let Some(mut daemon) = self.nodes[node].take() {
                    end(&mut daemon, "KILL");
                }
                self.start_node(node)?;
                Ok(format!("the daemon of n{} was killed and started again", node + 1))
            }
            2 => {
                if let Some(mut controller) = self.controller.take() {
                    end(&mut controller, "KILL");
                }
                sleep(Duration::from_secs(1));
                self.start_controller()?;
                Ok("the controller was killed and started again".into())
            }
            _ => {
                let job = ["-p", "urgent", "--exclusive", "--nodes=2", "-o", "/dev/null", "--wrap"];
                let sent = self.say("sbatch", &[&job[..], &["sleep 2"]].concat());
                Ok(match sent {
                    Ok(_) => "an urgent job took both nodes (preemption)".into(),
                    Err(_) => "an urgent job was refused: the controller is away".into(),
                })
            }
        }
    }

    fn stop(&mut self) -> Result<()> {
        let _ = self.say("scancel", &[&format!("--user={}", user())]);
        sleep(Duration::from_secs(2));
        for node in &mut self.nodes {
            if let Some(daemon) = node {
                let steps = Self::steps(daemon);
                end(daemon, "TERM");
                steps.into_iter().skip(1).for_each(|process| super::kill("KILL", process));
            }
            *node = None;
        }
        if let Some(mut controller) = self.controller.take() {
            end(&mut controller, "TERM");
        }
        Ok(())
    }
}

/// Who runs the daemons, and whose jobs they are.
fn user() -> String {
    output(Command::new("id").arg("-un")).map_or_else(|_| "root".into(), |name| name.trim().into())
}

fn configuration(folder: &Path, host: &str) -> String {
    let here = folder.display();
    let user = user();
    format!(
        "ClusterName=transfolio\nSlurmctldHost={host}(127.0.0.1)\nSlurmctldPort=17817\n\
         SlurmUser={user}\nSlurmdUser={user}\nAuthType=auth/none\nCredType=cred/none\n\
         PluginDir={here}/unpacked/{LIBRARIES}/slurm-wlm\nStateSaveLocation={here}/state\n\
         SlurmdSpoolDir={here}/%n\nSlurmctldPidFile={here}/slurmctld.pid\n\
         SlurmdPidFile={here}/slurmd-%n.pid\nSlurmctldLogFile={here}/log/slurmctld.log\n\
         SlurmdLogFile={here}/log/%n.log\nProctrackType=proctrack/linuxproc\n\
         TaskPlugin=task/none\nJobAcctGatherType=jobacct_gather/none\n\
         AccountingStorageType=accounting_storage/none\nJobCompType=jobcomp/none\n\
         MpiDefault=none\nMailProg=/bin/true\nReturnToService=2\nSlurmdTimeout=30\nKillWait=10\n\
         MinJobAge=30\nSchedulerType=sched/backfill\n\
         SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1\n\
         SelectType=select/cons_tres\nSelectTypeParameters=CR_Core\n\
         PreemptType=preempt/partition_prio\nPreemptMode=REQUEUE\nMaxArraySize=1001\n\
         NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port=17818 CPUs=1 RealMemory=500\n\
         NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port=17819 CPUs=1 RealMemory=500\n\
         PartitionName=work Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP PriorityTier=1\n\
         PartitionName=urgent Nodes=n1,n2 MaxTime=INFINITE State=UP PriorityTier=10 \
         PreemptMode=off\n"
    )
}
