//! Kubernetes: an indexed job, admitted by Kueue where a queue is named.

use std::fmt::Write;

use super::launcher::Written;
use super::shell;
use super::submission::Asked;

pub(super) fn files(asked: &Asked) -> Vec<Written> {
    vec![Written { name: "job.yaml", text: job(asked) }]
}

fn job(asked: &Asked) -> String {
    let site = &asked.site;
    let queue = site.queue.as_ref().map_or(String::new(), |queue| {
        format!("  labels:\n    kueue.x-k8s.io/queue-name: {}\n", yaml(queue))
    });
    // Kueue starts a job by taking this back.
    let suspend = if site.queue.is_some() { "  suspend: true\n" } else { "" };
    let deadline = asked
        .time
        .map_or(String::new(), |time| format!("      activeDeadlineSeconds: {}\n", time.0));
    let limit = asked.time.map_or(String::new(), |time| {
        format!(" --time-limit {} --spent \"$SECONDS\" --reserve {}", time.0, asked.reserve.0)
    });
    let mut limits = format!("              cpu: {}\n", yaml(&asked.cpus.to_string()));
    if let Some(mem) = &site.mem {
        // Slurm's G is Kubernetes' Gi.
        let mem = mem.trim_end_matches(['B', 'b', 'i']);
        let _ = writeln!(limits, "              memory: {}", yaml(&format!("{mem}i")));
    }
    if let Some(gpus) = site.gres.as_ref().filter(|gres| gres.starts_with("gpu")) {
        let count = gpus.rsplit(':').next().and_then(|n| n.parse::<u32>().ok()).unwrap_or(1);
        let _ = writeln!(limits, "              nvidia.com/gpu: \"{count}\"");
    }
    let setup = site.setup.iter().map(|line| format!("              {line}\n")).collect::<String>();
    format!(
        r#"# Slots of the study {name:?}: kubectl apply -f job.yaml
# Exit code 42 is never tried again, any other {requeues} times; the volume holds the
# study folder.
apiVersion: batch/v1
kind: Job
metadata:
  name: {job}
{queue}spec:
{suspend}  completionMode: Indexed
  completions: {slots}
  parallelism: {parallel}
  backoffLimitPerIndex: {requeues}
  podFailurePolicy:
    rules:
      - action: FailIndex
        onExitCodes:
          operator: In
          values: [42]
      - action: Ignore
        onPodConditions:
          - type: DisruptionTarget
  template:
    spec:
{deadline}      restartPolicy: Never
      terminationGracePeriodSeconds: {reserve}
      containers:
        - name: slot
          image: {image}
          command: ["/bin/bash", "-c"]
          args:
            - |
{setup}              exec {program} slot {folder} --submission {id} --number "$JOB_COMPLETION_INDEX" --job "$HOSTNAME"{limit}{options}
          resources:
            limits:
{limits}          volumeMounts:
            - name: study
              mountPath: {mount}
      volumes:
        - name: study
          persistentVolumeClaim:
            claimName: {volume}
"#,
        name = asked.study,
        job = yaml(&resource_name(&asked.study, &asked.id)),
        slots = asked.slots,
        parallel = site.at_once.unwrap_or(asked.slots).min(asked.slots),
        requeues = asked.requeues,
        reserve = asked.reserve.0 + 30,
        image = yaml(site.image.as_deref().unwrap_or("transfolio:latest")),
        program = shell::program(asked),
        folder = shell::path(&asked.folder),
        id = asked.id,
        options = shell::options(asked),
        mount = yaml(&asked.folder.to_string_lossy()),
        volume = yaml(site.volume.as_deref().unwrap_or("transfolio")),
    )
}

/// A name as Kubernetes takes it.
fn resource_name(study: &str, id: &str) -> String {
    let plain: String = study
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .take(40)
        .collect();
    format!("transfolio-{}-{id}", plain.trim_matches('-'))
}

/// A text in double quotes, as JSON has it, which YAML reads.
pub(super) fn yaml(text: &str) -> String {
    serde_json::Value::String(text.into()).to_string()
}
