//! Words of a shell script, and the slot as one.

use std::fmt::Write;
use std::path::Path;

use super::submission::Asked;

/// A word that a shell takes as it is.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:=,@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

pub(super) fn path(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}

/// What a launcher puts into the script of a slot.
pub(super) struct Slot<'a> {
    /// Lines for the scheduler, after the first.
    pub(super) head: String,
    /// Shell for the number of the slot.
    pub(super) number: &'a str,
    /// Shell for the name that the scheduler has for this task alone.
    pub(super) own: &'a str,
    /// Seconds that the slot has, as shell; none where it does not end.
    pub(super) limit: Option<String>,
    /// Command that puts this task, and no other, into the queue again.
    pub(super) requeue: Option<&'a str>,
}

/// The script of a slot.
pub(super) fn slot(asked: &Asked, part: &Slot<'_>) -> String {
    let mut text = format!(
        "#!/bin/bash\n# A slot of the study {name:?}: takes runs until its time is short.\n# \
         Written by transfolio {version}.\n{head}\n",
        name = asked.study,
        version = env!("CARGO_PKG_VERSION"),
        head = part.head.trim_end(),
    );
    let _ = write!(
        text,
        r#"folder={folder}
ticket="$folder/cluster/{id}"
number="{number}"
own="{own}"
if [ ! -f "$ticket/submission.json" ]; then
  echo "transfolio: $(hostname) does not see $folder; a study folder has to lie where every" \
    "machine sees it" >&2
  exit 42
fi
"#,
        folder = path(&asked.folder),
        id = asked.id,
        number = part.number,
        own = part.own,
    );
    text += &setup(asked);
    let limit = part.limit.as_ref().map_or(String::new(), |limit| {
        format!(" --time-limit \"{limit}\" --spent \"$SECONDS\" --reserve {}", asked.reserve.0)
    });
    let _ = write!(
        text,
        r#"
asked=
trap 'asked=USR1; kill -USR1 "$runner" 2>/dev/null' USR1
trap 'asked=TERM; kill -TERM "$runner" 2>/dev/null' TERM INT
{program} slot "$folder" --submission {id} --number "$number" --job "$own"{limit}{options} &
runner=$!
# A signal ends the waiting, not the runner.
while :; do
  wait "$runner"
  code=$?
  kill -0 "$runner" 2>/dev/null || break
done
wait "$runner" 2>/dev/null
last=$?
if [ "$last" -ne 127 ]; then code=$last; fi
"#,
        program = program(asked),
        id = asked.id,
        options = options(asked),
    );
    if let Some(requeue) = part.requeue {
        let _ = write!(
            text,
            r#"# 75: try again. Who sent SIGTERM (a cancellation, a preemption) sees to the rest.
if [ "$code" -eq 75 ] && [ "$asked" != TERM ] && [ ! -e "$ticket/cancelled" ]; then
  echo "$own" >>"$ticket/requeued-$number"
  if [ "$(wc -l <"$ticket/requeued-$number")" -le {requeues} ]; then
    {requeue} && exit 0
  else
    echo "transfolio: put into the queue again {requeues} times; not once more" >&2
  fi
fi
"#,
            requeues = asked.requeues,
        );
    }
    text + "exit \"$code\"\n"
}

/// The script that comes last.
pub(super) fn report(asked: &Asked, head: &str) -> String {
    format!(
        "#!/bin/bash\n# After the slots of the study {name:?}: its table and its report.\n# \
         Written by transfolio {version}.\n{head}\n{setup}\nexec {program} collect {folder}\n",
        name = asked.study,
        version = env!("CARGO_PKG_VERSION"),
        head = head.trim_end(),
        setup = setup(asked).trim_end(),
        program = program(asked),
        folder = path(&asked.folder),
    )
}

pub(super) fn program(asked: &Asked) -> String {
    quoted(&asked.program)
}

fn setup(asked: &Asked) -> String {
    let mut text = String::new();
    for line in &asked.site.setup {
        text += line;
        text.push('\n');
    }
    if let Some(cache) = &asked.site.cache {
        // In double quotes: variables are those of the node.
        let cache = cache.replace('\\', r"\\").replace('"', "\\\"").replace('`', "\\`");
        let _ = writeln!(text, "export TRANSFOLIO_CACHE=\"{cache}\"");
    }
    text
}

/// Options of the runner in a slot.
pub(super) fn options(asked: &Asked) -> String {
    let mut text = String::new();
    let site = &asked.site;
    if let Some(device) = &site.device {
        let _ = write!(text, " --device {}", quoted(device));
    }
    if let Some(jobs) = asked.jobs {
        let _ = write!(text, " --jobs {jobs}");
    }
    if let Some(runs) = site.runs_per_gpu {
        let _ = write!(text, " --runs-per-gpu {runs}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_reach_a_program_as_they_are() {
        for word in ["plain", "two words", "it's", "$HOME `x` \"y\"", "", "ü;rm -rf x", "a\nb"] {
            let script = format!("printf %s {}", quoted(word));
            let said = std::process::Command::new("sh").args(["-c", &script]).output();
            assert_eq!(said.expect("a shell").stdout, word.as_bytes(), "{word:?}");
        }
        assert_eq!(quoted("/a/b-c.d"), "/a/b-c.d");
    }
}
