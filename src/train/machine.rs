//! What computes here, by the name its maker gave it.

use std::fs;

/// Processor and cores, or the GPU: `AMD EPYC 9R14, 2 cores`. A device is told by its
/// label (`cpu`, `cuda:0`).
pub fn name(device: &str) -> String {
    match device.strip_prefix("cuda:") {
        Some(index) => index
            .parse()
            .ok()
            .and_then(gpu)
            .unwrap_or_else(|| format!("a GPU without a name ({device})")),
        None => processor(),
    }
}

fn processor() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let brand = sysinfo::System::new().ok().and_then(|mut system| {
        system.refresh_cpu_list(sysinfo::CpuRefreshKind::nothing());
        Some(system.cpus().first()?.brand().trim().to_string())
    });
    let brand = brand.filter(|brand| !brand.is_empty());
    let brand =
        brand.unwrap_or_else(|| format!("a processor without a name ({})", std::env::consts::ARCH));
    let plural = if cores == 1 { "" } else { "s" };
    format!("{brand}, {cores} core{plural}")
}

/// The driver numbers GPUs by their place on the bus, as CUDA does where nobody asks
/// for another order.
fn gpu(index: usize) -> Option<String> {
    let mut places: Vec<_> = fs::read_dir("/proc/driver/nvidia/gpus")
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    places.sort();
    let text = fs::read_to_string(places.get(index)?.join("information")).ok()?;
    let model = text.lines().find_map(|line| line.strip_prefix("Model:"))?;
    Some(model.trim().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_has_a_name_whatever_it_says_of_itself() {
        assert!(name("cpu").contains(" core"), "{}", name("cpu"));
        assert!(name("cuda:77").contains("cuda:77"), "{}", name("cuda:77"));
    }
}
