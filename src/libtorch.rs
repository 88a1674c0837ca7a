//! What libtorch exports and tch does not bind: autocast, and optimisers that
//! take all parameters in one call.
//!
//! Both are reached without C++. libtorch 2.11 has a plain C interface that
//! calls any operator by name; autocast's switches are functions of one-byte
//! arguments, called by their symbols. All `unsafe` of that stands in this file:
//! the signatures are those of the headers `torch/csrc/inductor/aoti_torch/c/shim.h`,
//! `torch/csrc/stable/c/shim.h` and `ATen/autocast_mode.h` of that release, and
//! another release does not link or fails the tests beside this file.

#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_void};
use std::marker::PhantomData;
use std::ptr;

use tch::{Device, TchError, Tensor};

type Handle = *mut c_void;

/// A value of the interface: 64 bits that hold a number or a handle.
type Value = u64;

unsafe extern "C" {
    fn aoti_torch_abi_version() -> u64;
    fn aoti_torch_new_tensor_handle(of: Handle, new: *mut Handle) -> i32;
    fn torch_new_list_reserve_size(size: usize, list: *mut Handle) -> i32;
    fn torch_list_push_back(list: Handle, value: Value) -> i32;
    fn torch_call_dispatcher(
        name: *const c_char,
        overload: *const c_char,
        stack: *mut Value,
        version: u64,
    ) -> i32;
    #[link_name = "_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE"]
    fn is_autocast_enabled(device: i8) -> bool;
    #[link_name = "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb"]
    fn set_autocast_enabled(device: i8, enabled: bool);
    #[link_name = "_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE"]
    fn set_autocast_dtype(device: i8, kind: i8);
    #[link_name = "_ZN2at8autocast11clear_cacheEv"]
    fn clear_autocast_cache();
    #[link_name = "_ZN2at13globalContextEv"]
    fn global_context() -> Handle;
    #[link_name = "_ZN2at7Context17setAllowTF32CuDNNEb"]
    fn set_allow_tf32_cudnn(context: Handle, allow: bool);
    #[link_name = "_ZN2at7Context18setAllowTF32CuBLASEb"]
    fn set_allow_tf32_cublas(context: Handle, allow: bool);
}

/// libtorch's number of the type bfloat16.
const BFLOAT16: i8 = 15;

/// libtorch's number of a device type.
fn device_type(device: Device) -> i8 {
    i8::from(matches!(device, Device::Cuda(_)))
}

/// While it lives, this thread's convolutions and matrix products on a device
/// take their arguments as bfloat16; weights are converted once, not at each of
/// their uses.
#[must_use = "autocast ends with this value"]
pub(crate) struct Autocast {
    device: i8,
    /// It is of the thread that made it.
    thread: PhantomData<*const ()>,
}

impl Autocast {
    /// Begins it. There is no other autocast in this program to be nested in.
    pub(crate) fn bf16(device: Device) -> Self {
        let device = device_type(device);
        // SAFETY: both set fields of this thread and take any of these values.
        unsafe {
            set_autocast_dtype(device, BFLOAT16);
            set_autocast_enabled(device, true);
        }
        Self { device, thread: PhantomData }
    }
}

impl Drop for Autocast {
    fn drop(&mut self) {
        // SAFETY: as above; the cache only holds tensors that it owns. It must
        // not outlive the pass: the weights change with the next step.
        unsafe {
            set_autocast_enabled(self.device, false);
            clear_autocast_cache();
        }
    }
}

/// What `compute` gives, in the kinds of its arguments also where autocast is on.
pub(crate) fn as_given<T>(device: Device, compute: impl FnOnce() -> T) -> T {
    /// Switches it on again, after a panic too.
    struct Again(i8);
    impl Drop for Again {
        fn drop(&mut self) {
            // SAFETY: as in [`Autocast`].
            unsafe { set_autocast_enabled(self.0, true) }
        }
    }
    let device = device_type(device);
    // SAFETY: reads a field of this thread.
    if !unsafe { is_autocast_enabled(device) } {
        return compute();
    }
    // SAFETY: as in [`Autocast`].
    unsafe { set_autocast_enabled(device, false) }
    let _again = Again(device);
    compute()
}

/// Whether convolutions and matrix products of f32 tensors on CUDA may round
/// their arguments to TF32. libtorch's own default differs between the two.
pub(crate) fn allow_tf32(allow: bool) {
    // SAFETY: the context is a static of libtorch, and both set a field of it.
    unsafe {
        let context = global_context();
        set_allow_tf32_cudnn(context, allow);
        set_allow_tf32_cublas(context, allow);
    }
}

/// Lists of an optimiser's tensors, one entry per parameter; all tensors of an
/// entry have one layout in memory, because the kernels walk them as arrays.
pub(crate) struct Lists<'a> {
    pub(crate) parameters: &'a [&'a Tensor],
    pub(crate) gradients: &'a [&'a Tensor],
    pub(crate) first: &'a [&'a Tensor],
    pub(crate) second: &'a [&'a Tensor],
}

/// One step of Adam, or of AdamW where the decay is `decoupled`. `step` is a
/// scalar on the device that counts steps from 1.
pub(crate) fn fused_adam(
    lists: &Lists<'_>,
    step: &Tensor,
    decoupled: bool,
    [learning_rate, beta1, beta2, weight_decay, epsilon]: [f64; 5],
) -> Result<(), TchError> {
    let steps = vec![step; lists.parameters.len()];
    let name = if decoupled { c"aten::_fused_adamw_" } else { c"aten::_fused_adam_" };
    let mut stack = [
        list(lists.parameters)?,
        list(lists.gradients)?,
        list(lists.first)?,
        list(lists.second)?,
        list(&[])?,
        list(&steps)?,
        number(learning_rate),
        number(beta1),
        number(beta2),
        number(weight_decay),
        number(epsilon),
        // amsgrad, maximize, grad_scale and found_inf: none.
        0,
        0,
        0,
        0,
    ];
    call(name, &mut stack)
}

/// One step of stochastic gradient descent; `first` are the velocities.
pub(crate) fn fused_sgd(
    lists: &Lists<'_>,
    [learning_rate, momentum, weight_decay]: [f64; 3],
) -> Result<(), TchError> {
    // Without momentum the kernel wants no velocities.
    let velocities = if momentum == 0.0 { &[] } else { lists.first };
    let mut stack = [
        list(lists.parameters)?,
        list(lists.gradients)?,
        list(velocities)?,
        number(weight_decay),
        number(momentum),
        number(learning_rate),
        // dampening, nesterov, maximize, is_first_step, grad_scale, found_inf:
        // none; velocities begin with zero, which makes the first step as any.
        number(0.0),
        0,
        0,
        0,
        0,
        0,
    ];
    call(c"aten::_fused_sgd_", &mut stack)
}

fn number(value: f64) -> Value {
    value.to_bits()
}

/// A list that an operator consumes, of new handles to the same tensors.
fn list(tensors: &[&Tensor]) -> Result<Value, TchError> {
    let mut list: Handle = ptr::null_mut();
    // SAFETY: the list is written before it is read, and only where the call
    // says that it succeeded.
    check(unsafe { torch_new_list_reserve_size(tensors.len(), &raw mut list) }, "make a list")?;
    for tensor in tensors {
        let mut handle: Handle = ptr::null_mut();
        // SAFETY: what tch holds is a pointer to a live `at::Tensor`, which is
        // what the interface calls a handle; the new one counts as a reference
        // of its own, which the list takes over.
        unsafe {
            let of = tensor.as_ptr().cast_mut().cast::<c_void>();
            check(aoti_torch_new_tensor_handle(of, &raw mut handle), "refer to a tensor")?;
            check(torch_list_push_back(list, handle as Value), "fill a list")?;
        }
    }
    Ok(list as Value)
}

/// Calls an operator that returns nothing; its arguments are consumed.
fn call(name: &CStr, stack: &mut [Value]) -> Result<(), TchError> {
    // SAFETY: `stack` holds the operator's arguments in the order and kinds of
    // its schema; no more are read and nothing is returned into it.
    let code = unsafe {
        torch_call_dispatcher(
            name.as_ptr(),
            c"".as_ptr(),
            stack.as_mut_ptr(),
            aoti_torch_abi_version(),
        )
    };
    check(code, &name.to_string_lossy())
}

/// The interface gives a code; its message went to standard error, which is
/// the log of a run.
fn check(code: i32, what: &str) -> Result<(), TchError> {
    if code == 0 {
        return Ok(());
    }
    Err(TchError::Torch(format!("{what} failed with code {code}; the log says why")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Kind;

    #[test]
    fn under_autocast_products_are_bfloat16_and_after_it_no_more() {
        let (a, b) = (
            Tensor::ones([4, 4], (Kind::Float, Device::Cpu)),
            Tensor::eye(4, (Kind::Float, Device::Cpu)),
        );
        let guard = Autocast::bf16(Device::Cpu);
        assert_eq!(a.matmul(&b).kind(), Kind::BFloat16);
        // Sums are not products.
        assert_eq!((&a + &b).kind(), Kind::Float);
        drop(guard);
        assert_eq!(a.matmul(&b).kind(), Kind::Float);
    }

    #[test]
    fn autocast_ends_with_a_panic_too() {
        let a = Tensor::ones([2, 2], (Kind::Float, Device::Cpu));
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _guard = Autocast::bf16(Device::Cpu);
            a.matmul(&Tensor::ones([3, 3], (Kind::Float, Device::Cpu)))
        }));
        assert!(panicked.is_err());
        assert_eq!(a.matmul(&a).kind(), Kind::Float);
    }

    #[test]
    fn a_part_can_be_left_as_given() {
        let a = Tensor::ones([2, 2], (Kind::Float, Device::Cpu));
        let _guard = Autocast::bf16(Device::Cpu);
        let (inside, last) = (as_given(Device::Cpu, || a.matmul(&a).kind()), a.matmul(&a).kind());
        assert_eq!((inside, last), (Kind::Float, Kind::BFloat16));
    }

    /// Weights under autocast are converted once; a changed weight must not
    /// meet its old copy.
    #[test]
    fn a_changed_weight_is_seen() {
        let mut weight = Tensor::ones([2, 2], (Kind::Float, Device::Cpu)).set_requires_grad(true);
        let product = |weight: &Tensor| {
            let _guard = Autocast::bf16(Device::Cpu);
            weight.matmul(weight).to_kind(Kind::Float).double_value(&[0, 0])
        };
        assert_eq!(product(&weight), 2.0);
        tch::no_grad(|| {
            let _ = weight.fill_(3.0);
        });
        assert_eq!(product(&weight), 18.0);
    }

    #[test]
    fn what_libtorch_refuses_is_an_error() {
        let (p, g) = (
            Tensor::ones([2], (Kind::Float, Device::Cpu)),
            Tensor::ones([2], (Kind::Float, Device::Cpu)),
        );
        let lists = Lists { parameters: &[&p], gradients: &[&g, &g], first: &[&p], second: &[] };
        let error = fused_sgd(&lists, [0.1, 0.9, 0.0]).expect_err("two gradients of one parameter");
        assert!(error.to_string().contains("_fused_sgd_"), "{error}");
    }
}
