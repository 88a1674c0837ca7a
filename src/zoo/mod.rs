//! Pretrained weights: checkpoint readers that execute nothing.
