//! Networks: one architecture per file, parameters named as in torchvision.
