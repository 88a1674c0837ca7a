//! How masks were read, predicted and compared.

use crate::spec::{
    Chosen, Decision, Resolution, SegmentationSpec, Source, Spacing, Study, Target, target_tasks,
};
use crate::text::listed;

/// The paragraph, where a task has masks. What all of them share is said once.
pub(super) fn paragraph(study: &Study) -> Option<String> {
    let tasks: Vec<(&String, SegmentationSpec)> = target_tasks(study)
        .filter(|name| study.tasks[*name].target == Target::Segmentation)
        .map(|name| (name, study.tasks[name].segmentation()))
        .collect();
    let (_, first) = tasks.first()?;
    let title = |name: &String| study.tasks[name].title.clone().unwrap_or_else(|| name.clone());
    let mut out = vec![decoders(study)];
    let each = |words: &dyn Fn(&String, &SegmentationSpec) -> String| -> String {
        let same = words(tasks[0].0, first);
        if tasks.iter().all(|(name, spec)| words(name, spec) == same) {
            return same;
        }
        let said =
            tasks.iter().map(|(name, spec)| format!("{}: {}", title(name), words(name, spec)));
        said.collect::<Vec<_>>().join("; ")
    };
    out.push(sentence(&each(&|name, spec| masks(study.tasks[name].source, spec))));
    out.push(sentence(&each(&|_, spec| resolution(spec))));
    out.push(sentence(&each(&|_, spec| decision(spec))));
    out.push(sentence(&each(&|_, spec| distances(spec))));
    out.push(
        "Predictions were compared with the masks at the resolution of the files, case by case, and \
         averaged over cases. HD95 is the larger of the 95th percentiles of both directions. A case \
         whose mask and prediction are both empty counts as 1 (distances 0), one of which a single \
         one is empty as 0 (distances: the diagonal of the image); none was left out."
            .into(),
    );
    Some(out.join(" "))
}

fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let head = rest.next().map(char::to_uppercase).into_iter().flatten();
    format!("{}.", head.chain(rest).collect::<String>())
}

fn decoders(study: &Study) -> String {
    let mut names: Vec<String> = Vec::new();
    for model in study.models.values() {
        let decoder = model.decoder.or(model.backbone.usual_decoder());
        let Some(decoder) = decoder else { continue };
        let name = format!("{} as encoder of a {}", model.backbone.title(), decoder.title());
        if !names.contains(&name) {
            names.push(name);
        }
    }
    format!("Masks were predicted with {}.", listed(&names))
}

fn masks(source: Source, spec: &SegmentationSpec) -> String {
    let read = match (source, spec.mask_values.is_empty()) {
        (Source::Phantom, _) => "masks are those of the generator".into(),
        (_, true) => {
            format!("grey values of a mask from {} on belong to its structure", spec.threshold)
        }
        (_, false) => "the values of one mask tell its structures".to_owned(),
    };
    match &spec.field_of_view {
        Some(_) => format!(
            "{read}, and pixels outside of the field of view count neither in the loss nor in any \
             metric"
        ),
        None => read,
    }
}

fn resolution(spec: &SegmentationSpec) -> String {
    match spec.resolution {
        Resolution::Input => {
            "images were scaled to the input of the network, masks by the nearest \
                              pixel, and predicted probabilities back to the size of the file"
                .into()
        }
        Resolution::Native => "images kept their pixels: training saw windows of the input's size \
                               at random places, and for evaluation a window slid over the whole \
                               image with half overlap and Gaussian weights"
            .into(),
    }
}

fn decision(spec: &SegmentationSpec) -> String {
    match spec.decision {
        Decision::Stated(value) => {
            format!("a pixel was said to belong to a structure from a probability of {value} on")
        }
        Decision::Chosen(Chosen::Validation) => {
            "the probability from which a pixel was said to belong to a structure was that with the \
             highest mean Dice on the validation cases of the run, of 0.05 to 0.95 in steps of 0.05"
                .into()
        }
    }
}

fn distances(spec: &SegmentationSpec) -> String {
    let (unit, tolerance) = match spec.spacing {
        Some(Spacing::Stated(_)) => ("millimetres", format!("{} mm", spec.tolerance)),
        Some(Spacing::OfFiles(_)) => (
            "millimetres (pixels as each DICOM file states them)",
            format!("{} mm", spec.tolerance),
        ),
        None => ("pixels of the files", format!("{} px", spec.tolerance)),
    };
    format!("distances are in {unit}, and the tolerance of NSD is {tolerance}")
}
