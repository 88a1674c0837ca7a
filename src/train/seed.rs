//! Independent random streams of one run.
//!
//! Every use of randomness has a stream of its own, named by what it is for:
//! a run resumed at epoch 7 draws what an undisturbed run draws there.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::{Digest, Sha256};

/// What a stream is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stream {
    /// Initial weights.
    Weights,
    /// Order of the cases in an epoch.
    Order { epoch: u32 },
    /// Augmentation of one case in an epoch.
    Augment { epoch: u32, case: usize },
    /// libtorch's own generator (dropout) in an epoch.
    Torch { epoch: u32 },
}

fn key(seed: u64, stream: Stream) -> [u8; 32] {
    let (name, a, b) = match stream {
        Stream::Weights => ("weights", 0, 0),
        Stream::Order { epoch } => ("order", u64::from(epoch), 0),
        Stream::Augment { epoch, case } => ("augment", u64::from(epoch), case as u64),
        Stream::Torch { epoch } => ("torch", u64::from(epoch), 0),
    };
    let mut hasher = Sha256::new();
    hasher.update(name);
    hasher.update(seed.to_le_bytes());
    hasher.update(a.to_le_bytes());
    hasher.update(b.to_le_bytes());
    hasher.finalize().into()
}

/// A generator for one stream.
pub(crate) fn rng(seed: u64, stream: Stream) -> ChaCha8Rng {
    ChaCha8Rng::from_seed(key(seed, stream))
}

/// Seeds libtorch's generator for one stream.
pub(crate) fn seed_torch(seed: u64, stream: Stream) {
    let bytes = key(seed, stream);
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[..8]);
    // libtorch takes a signed seed; the top bit is dropped.
    tch::manual_seed((u64::from_le_bytes(word) >> 1) as i64);
}
