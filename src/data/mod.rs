//! Images and labels: sources, splits, label fractions, the cache, augmentation.
