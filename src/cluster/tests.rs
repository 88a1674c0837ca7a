use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::spec::Site;

fn asked() -> Asked {
    Asked {
        id: "0a1b2c3d".into(),
        study: "it's small".into(),
        folder: "/scratch/my studies/s%1".into(),
        program: "/opt/transfolio".into(),
        slots: 4,
        jobs: Some(2),
        cpus: 2,
        time: Some(Span(4 * 3600)),
        reserve: Span(90),
        requeues: 5,
        site: Site {
            partition: Some("gpu".into()),
            account: Some("lab".into()),
            gres: Some("gpu:a100:1".into()),
            constraint: Some("volta|ampere".into()),
            mem: Some("16G".into()),
            device: Some("cuda".into()),
            at_once: Some(2),
            setup: vec!["module load cuda/12.4".into()],
            extra: vec!["#SBATCH --mail-type=END".into()],
            cache: Some("$SLURM_TMPDIR/transfolio".into()),
            image: Some("registry.example/transfolio:0.2".into()),
            queue: Some("lab-queue".into()),
            volume: Some("studies".into()),
            ..Site::default()
        },
    }
}

/// Compares with a golden file; `TRANSFOLIO_GOLDEN=write` writes it.
fn is_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/cluster").join(name);
    let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    if std::env::var_os("TRANSFOLIO_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, &text).expect("written");
    }
    let golden = fs::read_to_string(&path).expect("a golden file").replace("\r\n", "\n");
    assert!(golden == text, "{name} is now\n{text}");
}

#[test]
fn files_of_every_launcher_are_the_golden_ones() {
    for launcher in [
        Launcher::Slurm,
        Launcher::HyperQueue,
        Launcher::Print,
        Launcher::Kubernetes,
        Launcher::SkyPilot,
    ] {
        for Written { name, text } in launcher.files(&asked()) {
            is_golden(&format!("{}-{name}", launcher.name()), &text);
        }
        assert_eq!(launcher.name().parse::<Launcher>().expect("its name"), launcher);
    }
    let node = Asked {
        jobs: None,
        time: None,
        site: Site {
            whole_nodes: true,
            runs_per_gpu: Some(2),
            gres: Some("gpu:4".into()),
            ..Site::default()
        },
        ..asked()
    };
    let files = Launcher::Slurm.files(&node);
    is_golden("slurm-whole-node-slot.sh", &files[0].text);
    assert!("sge".parse::<Launcher>().expect_err("none").to_string().contains("expected slurm"));
}

/// Every script is one that a shell reads.
#[test]
fn scripts_are_shell() {
    for launcher in [Launcher::Slurm, Launcher::HyperQueue, Launcher::Print] {
        for Written { name, text } in launcher.files(&asked()) {
            if std::path::Path::new(&name).extension().is_none_or(|ending| ending != "sh") {
                continue;
            }
            let dir = tempfile::tempdir().expect("a folder");
            let path: PathBuf = dir.path().join(name);
            fs::write(&path, &text).expect("written");
            let said = std::process::Command::new("bash").arg("-n").arg(&path).output();
            let said = said.expect("a shell");
            assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        }
    }
}

#[test]
fn files_for_others_are_what_they_read() {
    let files = Launcher::HyperQueue.files(&asked());
    let job: toml::Table = files[2].text.parse().expect("TOML");
    let tasks = job["task"].as_array().expect("tasks");
    assert_eq!(tasks.len(), 5);
    assert_eq!(tasks[4]["deps"].as_array().expect("all slots").len(), 4);
    assert_eq!(tasks[0]["request"][0]["resources"]["gpus/nvidia"].as_integer(), Some(1));
}

#[test]
fn submissions_are_read_back_and_names_lead_nowhere_else() {
    let dir = tempfile::tempdir().expect("a folder");
    let dir = crate::records::StudyDir::new(dir.path());
    assert!(submission::all(&dir).expect("none").is_empty());
    let asked = Asked { folder: dir.root().to_path_buf(), ..asked() };
    let mut submission = Submission::new(&asked, "slurm");
    submission.job = Some("4711".into());
    submission.write(&dir).expect("written");
    assert_eq!(submission::all(&dir).expect("read"), [submission.clone()]);
    assert_eq!(submission::read(&dir, "../cluster/0a1b2c3d").expect("read"), submission);
    assert!(!submission.is_cancelled(&dir) && submission.said_by(&dir, 0).is_none());
    submission.cancel(&dir).expect("noted");
    assert!(submission.is_cancelled(&dir));
    assert!(submission::read(&dir, "none").is_err());
}
