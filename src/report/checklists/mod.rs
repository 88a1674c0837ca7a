//! Checklists of reporting guidelines, item by item: what the program knows, and
//! what the authors have to say.
//!
//! Numbers of items are the official ones. What an item asks is told in words of our
//! own: the texts are not ours, and authors fill in the official form. A topic
//! (`topic`) is what several guidelines ask for; `known` answers it from the input.

mod claim;
mod known;
mod list;
mod measured;
mod stard_ai;
mod topic;
mod trained;
mod tripod_ai;
mod write;

pub use list::{Checklist, ChecklistName};
pub use write::{FilledChecklist, fill};
