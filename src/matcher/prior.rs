//! What was learnt on many firms: the ranker's weights, and how often it was right. Written by `tools/training/fit.py`.

use super::ranking;

/// Of an entry's features, in the order of [`ranking::of_entry`].
#[rustfmt::skip]
pub(super) const ENTRY: [f32; ranking::ENTRY] = [
    1.350, 1.175, -2.149, 3.735, 6.554, 0.862, -0.939, -0.909,
    5.958, 2.556, 10.759, -0.089, 6.082, 4.712, -4.976, -0.139,
    0.376, 3.435, -1.098, -6.193, -0.066, 5.696, -12.934, 2.534,
];

/// Of the features of "none of these", in the order of [`ranking::of_none`].
#[rustfmt::skip]
pub(super) const NONE: [f32; ranking::NONE] = [
    3.276, -1.170, -1.348, 2.366, -0.143, 0.013, 0.069, 1.413,
    -0.358, 2.960, 0.336, 1.658, 0.077, -0.163, 3.321, 3.225,
    2.570, 1.949, 2.900, -0.610,
];

/// How often the best entry was wrong: groups of equal size, the surest first, each with the least confidence in it and
/// the share of wrong ones.
pub(super) type Outcomes = [(f32, f32); 30];

/// Where entries have one or two phrasings: firms of the corpus, public sets with one phrasing an entry.
#[rustfmt::skip]
pub(super) const FEW: Outcomes = [
    (0.964, 0.061), (0.913, 0.087), (0.854, 0.138), (0.798, 0.201), (0.734, 0.252),
    (0.672, 0.316), (0.614, 0.348), (0.563, 0.450), (0.513, 0.418), (0.470, 0.544),
    (0.429, 0.539), (0.396, 0.563), (0.364, 0.573), (0.338, 0.605), (0.312, 0.658),
    (0.290, 0.707), (0.268, 0.665), (0.246, 0.718), (0.228, 0.749), (0.210, 0.756),
    (0.193, 0.779), (0.176, 0.798), (0.160, 0.817), (0.146, 0.860), (0.131, 0.830),
    (0.115, 0.847), (0.097, 0.887), (0.079, 0.892), (0.058, 0.919), (0.006, 0.932),
];

/// Where entries have five phrasings and more: public sets.
#[rustfmt::skip]
pub(super) const MANY: Outcomes = [
    (1.000, 0.021), (0.999, 0.021), (0.998, 0.013), (0.997, 0.017), (0.995, 0.025),
    (0.992, 0.025), (0.989, 0.050), (0.984, 0.029), (0.979, 0.046), (0.971, 0.046),
    (0.961, 0.042), (0.949, 0.059), (0.932, 0.076), (0.914, 0.118), (0.890, 0.101),
    (0.862, 0.152), (0.828, 0.169), (0.784, 0.215), (0.734, 0.257), (0.688, 0.342),
    (0.635, 0.354), (0.577, 0.367), (0.515, 0.468), (0.461, 0.439), (0.405, 0.540),
    (0.344, 0.633), (0.286, 0.700), (0.226, 0.688), (0.163, 0.802), (0.028, 0.890),
];
