//! SkyPilot: one task that is launched as often as there are slots.

use std::fmt::Write;

use super::kubernetes::yaml;
use super::launcher::Written;
use super::shell;
use super::submission::Asked;

pub(super) fn files(asked: &Asked) -> Vec<Written> {
    vec![Written { name: "task.yaml", text: task(asked) }]
}

fn task(asked: &Asked) -> String {
    let site = &asked.site;
    let mut resources = format!("  cpus: {}+\n  use_spot: true\n", asked.cpus);
    if let Some(mem) = &site.mem {
        let _ = writeln!(resources, "  memory: {}+", mem.trim_end_matches(['G', 'B', 'i']));
    }
    if let Some(gres) = site.gres.as_ref().and_then(|gres| gres.strip_prefix("gpu:")) {
        // `gpu:a100:2` is `a100:2`; a number alone names no kind.
        let named = if gres.bytes().all(|byte| byte.is_ascii_digit()) {
            format!("{{A100:{gres}, L4:{gres}, T4:{gres}}}")
        } else {
            yaml(gres)
        };
        let _ = writeln!(resources, "  accelerators: {named}");
    }
    if let Some(image) = &site.image {
        let _ = writeln!(resources, "  image_id: {}", yaml(&format!("docker:{image}")));
    }
    let setup = if site.setup.is_empty() {
        String::new()
    } else {
        let lines: String = site.setup.iter().map(|line| format!("  {line}\n")).collect();
        format!("setup: |\n{lines}")
    };
    let limit = asked.time.map_or(String::new(), |time| {
        format!(" --time-limit {} --spent \"$SECONDS\" --reserve {}", time.0, asked.reserve.0)
    });
    format!(
        r#"# A slot of the study {name:?}; start {slots} of them:
#   for n in $(seq 0 {last}); do sky jobs launch -y -d --env NUMBER=$n task.yaml; done
# A machine that is taken away is replaced by SkyPilot; what it had saved goes on.
name: {job}
resources:
{resources}  job_recovery:
    max_restarts_on_errors: {requeues}
envs:
  NUMBER: "0"
file_mounts:
  {folder}:
    source: {volume}
    mode: MOUNT
{setup}run: |
  {program} slot {shell_folder} --submission {id} --number "$NUMBER" --job "$SKYPILOT_TASK_ID"{limit}{options}
"#,
        name = asked.study,
        slots = asked.slots,
        last = asked.slots.saturating_sub(1),
        job = yaml(&asked.study),
        requeues = asked.requeues,
        folder = yaml(&asked.folder.to_string_lossy()),
        volume = yaml(site.volume.as_deref().unwrap_or("s3://transfolio")),
        program = shell::program(asked),
        shell_folder = shell::path(&asked.folder),
        id = asked.id,
        options = shell::options(asked),
    )
}
