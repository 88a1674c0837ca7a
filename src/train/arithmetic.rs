//! How a run computes: in which precision, with values in which order.

use tch::nn::{ModuleT, VarStore};
use tch::{Device, Kind, TchError, Tensor};

use super::device::DeviceError;
use super::layout::Layout;
use crate::libtorch::{self, Autocast};
use crate::records;
use crate::spec::{Backbone, MemoryFormat, Precision};

/// How a network is computed. Training, its evaluation and `predict` go through
/// here, so that weights give in one what they give in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arithmetic {
    precision: Precision,
    layout: Layout,
    device: Device,
}

impl Arithmetic {
    /// What a recipe asks for, on a device.
    pub(crate) fn new(
        (precision, format): (Precision, MemoryFormat),
        backbone: Backbone,
        device: Device,
    ) -> Result<Self, DeviceError> {
        check(precision, device)?;
        // libtorch itself would let convolutions on CUDA round and products not.
        libtorch::allow_tf32(precision == Precision::Tf32);
        Ok(Self { precision, layout: Layout::of(format, backbone, precision), device })
    }

    /// The device.
    pub(crate) fn device(self) -> Device {
        self.device
    }

    /// The order of values.
    pub(crate) fn layout(self) -> Layout {
        self.layout
    }

    /// The type of weights, of images and of what the network gives.
    pub(crate) fn kind(self) -> Kind {
        kind_of(self.precision)
    }

    /// Brings a filled network into the type and order of values.
    pub(crate) fn prepare(self, store: &mut VarStore) -> Result<(), TchError> {
        store.set_kind(self.kind());
        self.layout.of_network(store)
    }

    /// What a network gives, in its own [`kind`](Self::kind): the loss of
    /// rounded outputs would be rounded, too.
    pub(crate) fn outputs(
        self,
        network: &dyn ModuleT,
        images: &Tensor,
        train: bool,
    ) -> Result<Tensor, TchError> {
        self.within(|| network.forward_t(images, train)).f_to_kind(self.kind())
    }

    /// Computes in this precision.
    pub(crate) fn within<T>(self, compute: impl FnOnce() -> T) -> T {
        let _guard = (self.precision == Precision::Bf16).then(|| Autocast::bf16(self.device));
        compute()
    }

    /// For the record of a run.
    pub(crate) fn record(self) -> records::Arithmetic {
        records::Arithmetic {
            precision: self.precision.name().into(),
            memory_format: self.layout.name().into(),
            optimizer: records::Arithmetic::FUSED.into(),
        }
    }
}

/// The type of a precision's weights.
pub(crate) fn kind_of(precision: Precision) -> Kind {
    match precision {
        Precision::F32 | Precision::Tf32 | Precision::Bf16 => Kind::Float,
        Precision::F64 => Kind::Double,
    }
}

/// Whether a device computes in a precision. It may do so slowly: a note says so.
///
/// # Errors
/// Where it does not.
pub fn check(precision: Precision, device: Device) -> Result<Option<String>, DeviceError> {
    match (precision, device) {
        (Precision::Tf32, Device::Cuda(_)) => Ok(None),
        (Precision::Tf32, _) => Err(DeviceError::Precision {
            asked: precision.name(),
            device: super::device::label(device),
            has: "f32, bf16 and f64",
        }),
        (Precision::Bf16, Device::Cpu) if !processor_has_bf16() => Ok(Some(
            "precision \"bf16\": this processor has no bf16 arithmetic (avx512_bf16 or amx_bf16 on \
             x86-64, bf16 on ARM); libtorch imitates it, which is likely to be slower than f32"
                .into(),
        )),
        _ => Ok(None),
    }
}

/// Whether the processor multiplies bfloat16 itself.
pub fn processor_has_bf16() -> bool {
    // Processors with AMX have the AVX-512 instructions, too.
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx512bf16");
    #[cfg(target_arch = "aarch64")]
    return std::arch::is_aarch64_feature_detected!("bf16");
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    return false;
}

#[cfg(test)]
mod tests;
