//! Scores of several runs on several tasks.

use crate::stats::Outcome;

/// Finite scores, task by task; every task has a run, not necessarily as many.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    tasks: Vec<Vec<f64>>,
}

impl Scores {
    /// From one list of runs per task. No task, a task without runs, or a
    /// non-finite score: undefined.
    pub fn of_tasks(tasks: Vec<Vec<f64>>) -> Outcome<Self> {
        if tasks.is_empty() {
            return Outcome::undefined("there are no tasks");
        }
        if let Some(task) = tasks.iter().position(Vec::is_empty) {
            return Outcome::undefined(format!("task {} has no runs", task + 1));
        }
        if tasks.iter().flatten().any(|v| !v.is_finite()) {
            return Outcome::undefined("a score is not finite");
        }
        Outcome::of(Self { tasks })
    }

    /// From a matrix of runs by tasks; rows must be of one length.
    pub fn of_runs(runs: &[Vec<f64>]) -> Outcome<Self> {
        let tasks = runs.first().map_or(0, Vec::len);
        if runs.iter().any(|run| run.len() != tasks) {
            return Outcome::undefined("the runs differ in their number of tasks");
        }
        Self::of_tasks((0..tasks).map(|t| runs.iter().map(|run| run[t]).collect()).collect())
    }

    /// Runs of each task.
    pub fn tasks(&self) -> &[Vec<f64>] {
        &self.tasks
    }

    /// The same, as slices.
    pub(super) fn groups(&self) -> Vec<&[f64]> {
        self.tasks.iter().map(Vec::as_slice).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_is_read_task_by_task() {
        let scores = Scores::of_runs(&[vec![1.0, 2.0], vec![3.0, 4.0]]);
        assert_eq!(scores.value().expect("scores").tasks(), [vec![1.0, 3.0], vec![2.0, 4.0]]);
    }

    #[test]
    fn what_is_no_matrix_of_numbers_is_undefined() {
        assert!(Scores::of_runs(&[]).any().is_none());
        assert!(Scores::of_runs(&[vec![]]).any().is_none());
        assert!(Scores::of_runs(&[vec![1.0], vec![1.0, 2.0]]).any().is_none());
        assert!(Scores::of_runs(&[vec![f64::NAN]]).any().is_none());
        assert!(Scores::of_tasks(vec![vec![1.0], vec![]]).any().is_none());
    }
}
