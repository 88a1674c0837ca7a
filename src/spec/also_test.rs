//! Test sets beside a task's own: data of other hospitals, on which the networks
//! of a task are tested and never trained.
//!
//! ```toml
//! [tasks.lungs]
//! also_test = ["shenzhen"]      # a task of this study
//! [tasks.shenzhen]
//! role = "test"                 # nothing is trained on it
//! ```
//! or, which says the same, `[tasks.lungs.also_test.shenzhen]` with the keys of
//! a task ([`nested`]).

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::study::Study;
use super::task::Task;
use super::validate::{Faults, unknown};
use crate::scores::INTERNAL;

/// What a task of a study is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Networks are trained and tested on it.
    #[default]
    Target,
    /// Networks of the tasks that name it in `also_test` are tested on it: on its
    /// test cases where the source tells them, else on all of its cases.
    Test,
    /// The same on all of its cases, whatever splits the source tells.
    TestAll,
}

impl Role {
    /// Whether nothing is trained on it.
    pub fn is_test_only(self) -> bool {
        self != Self::Target
    }
}

/// A further test set of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlsoTest {
    /// Key of the task that it is.
    pub name: String,
    /// That task's settings.
    pub task_spec: Task,
    /// Hash of its decoded images, labels and splits.
    pub data_hash: String,
}

/// Makes tasks of their own of the tables `[tasks.NAME.also_test.SET]`; whether
/// there were any. What such a table does not say of its labels is as the task
/// says it.
///
/// # Errors
/// The keys that lead to a table whose name is taken.
pub(super) fn nested(file: &mut Table) -> Result<bool, (Vec<String>, String)> {
    const INHERITED: [&str; 5] = ["target", "labels", "classes", "positive", "uncertain"];
    let Some(Value::Table(tasks)) = file.get_mut("tasks") else { return Ok(false) };
    let mut found: Vec<(String, Table)> = Vec::new();
    for (name, task) in tasks.iter_mut() {
        let Value::Table(task) = task else { continue };
        let Some(Value::Table(sets)) = task.get("also_test") else { continue };
        let sets = sets.clone();
        let names = sets.keys().map(|set| Value::String(set.clone())).collect();
        task.insert("also_test".into(), Value::Array(names));
        for (set, own) in sets {
            let keys = vec!["tasks".into(), name.clone(), "also_test".into(), set.clone()];
            let Value::Table(mut own) = own else {
                return Err((keys, "is not a table with the keys of a task".into()));
            };
            if !own.contains_key("card") {
                for key in INHERITED {
                    if let (None, Some(value)) = (own.get(key), task.get(key)) {
                        own.insert(key.into(), value.clone());
                    }
                }
            }
            own.entry("role").or_insert_with(|| "test".into());
            match found.iter().find(|(taken, _)| *taken == set) {
                Some((_, same)) if *same == own => {}
                Some(_) => {
                    return Err((keys, format!("has the name of another set, {set:?}")));
                }
                None => found.push((set, own)),
            }
        }
    }
    let any = !found.is_empty();
    for (set, own) in found {
        if tasks.contains_key(&set) {
            let keys = vec!["tasks".into(), set.clone()];
            let way = "name it in `also_test = [...]`, or give the set another name";
            return Err((keys, format!("has the name of a set to test on; {way}")));
        }
        tasks.insert(set, Value::Table(own));
    }
    Ok(any)
}

/// Faults of all that tasks say of further test sets.
pub(super) fn validate(study: &Study, faults: &mut Faults) {
    for (name, task) in &study.tasks {
        let at = ["tasks", name, "also_test"];
        if task.role.is_test_only() {
            faults.require(task.also_test.is_empty(), &at, || {
                format!(
                    "tasks.{name} is tested on and trains nothing that could be tested elsewhere"
                )
            });
            alone(name, study, faults);
        }
        for (index, set) in task.also_test.iter().enumerate() {
            let Some(other) = study.tasks.get(set) else {
                unknown(&at, "task", set, study.tasks.keys(), faults);
                continue;
            };
            faults.require(set != name, &at, || {
                format!("tasks.{name}.also_test names the task itself, which is tested in any case")
            });
            faults.require(!task.also_test[..index].contains(set), &at, || {
                format!("tasks.{name}.also_test names `{set}` twice")
            });
            if other.target != task.target {
                let (own, got) = (task.target.name(), other.target.name());
                faults.add(
                    &at,
                    format!(
                        "tasks.{name} is {own}, and `{set}`, on which it is to be tested, {got}"
                    ),
                    Some("both need the same target"),
                );
            }
            file_name(set, faults);
        }
    }
}

/// A test set that nothing is tested on, or that something is trained on.
fn alone(name: &str, study: &Study, faults: &mut Faults) {
    let named = study.tasks.values().any(|task| task.also_test.iter().any(|set| set == name));
    if !named {
        faults.add(
            &["tasks", name, "role"],
            format!("tasks.{name} is for tests, and no task is tested on it"),
            Some("write also_test = [...] in the task whose networks are"),
        );
    }
    for (pretraining, source) in &study.pretraining {
        faults.require(source.task != name, &["pretraining", pretraining, "task"], || {
            format!(
                "pretraining.{pretraining} trains on tasks.{name}, whose role is to be tested on"
            )
        });
    }
}

/// It names files of a run.
fn file_name(set: &str, faults: &mut Faults) {
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    faults.require(!set.is_empty() && set != INTERNAL && set.chars().all(plain), &["tasks", set], || {
        format!(
            "tasks.{set:?} is tested on by another task and names files: letters, digits, `-` and \
             `_`, and not {INTERNAL:?}"
        )
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (bool, Table) {
        let mut file: Table = toml::from_str(text).expect("TOML");
        let any = nested(&mut file).expect("a file");
        (any, file)
    }

    #[test]
    fn a_table_within_a_task_is_a_task_for_tests() {
        let (any, file) = of("[tasks.a]\ntarget = \"binary\"\nlabels = [\"tb\"]\n\
             [tasks.a.also_test.b]\nsource = \"manifest\"\npath = \"b.csv\"\n\
             [tasks.a.also_test.c]\nsource = \"npz\"\nlabels = []\nrole = \"test-all\"\n");
        assert!(any);
        let (any, same) = of(
            "[tasks.a]\ntarget = \"binary\"\nlabels = [\"tb\"]\nalso_test = [\"b\", \"c\"]\n\
             [tasks.b]\nsource = \"manifest\"\npath = \"b.csv\"\ntarget = \"binary\"\nlabels = [\"tb\"]\n\
             role = \"test\"\n\
             [tasks.c]\nsource = \"npz\"\nlabels = []\nrole = \"test-all\"\ntarget = \"binary\"\n",
        );
        assert!(!any);
        assert_eq!(file, same);
    }

    #[test]
    fn a_name_that_is_taken_is_refused_and_one_set_can_serve_two_tasks() {
        let mut file: Table = toml::from_str(
            "[tasks.a.also_test.b]\nsource = \"npz\"\n[tasks.b]\nsource = \"npz\"\n",
        )
        .expect("TOML");
        let (keys, message) = nested(&mut file).expect_err("an error");
        assert_eq!(
            (keys, message.contains("another name")),
            (vec!["tasks".into(), "b".into()], true)
        );
        let twice = "[tasks.a.also_test.s]\nsource = \"npz\"\n[tasks.b.also_test.s]\nsource = ";
        assert_eq!(of(&format!("{twice}\"npz\"\n")).1["tasks"].as_table().expect("tasks").len(), 3);
        let mut file: Table = toml::from_str(&format!("{twice}\"folder\"\n")).expect("TOML");
        assert!(nested(&mut file).is_err());
    }
}
