//! What was learnt on many firms: the ranker's weights, and how often it was right. Written by `tools/training/fit.py`.

use super::ranking;

/// Of an entry's features, in the order of [`ranking::of_entry`].
#[rustfmt::skip]
pub(super) const ENTRY: [f32; ranking::ENTRY] = [
    1.326, 1.133, -2.173, 3.712, 6.564, 0.505, -0.883, -0.970,
    5.951, 3.110, 10.740, -0.085, 6.108, 4.421, -4.751, -0.134,
    0.431, 3.559, -1.061, -6.065, -0.555, 5.733, -12.613, 2.446,
];

/// Of the features of "none of these", in the order of [`ranking::of_none`].
#[rustfmt::skip]
pub(super) const NONE: [f32; ranking::NONE] = [
    3.323, -1.356, -1.165, 2.259, -0.167, 0.036, 0.019, 1.449,
    -0.397, 3.554, 0.360, 1.634, 0.123, -0.186, 3.438, 3.160,
    2.708, 1.927, 2.815, -0.385,
];

/// How often the best entry was wrong: groups of equal size, the surest first, each with the least confidence in it and
/// the share of wrong ones.
pub(super) type Outcomes = [(f32, f32); 30];

/// Where entries have one or two phrasings: firms of the corpus, public sets with one phrasing an entry.
#[rustfmt::skip]
pub(super) const FEW: Outcomes = [
    (0.964, 0.051), (0.915, 0.121), (0.858, 0.117), (0.797, 0.180), (0.734, 0.267),
    (0.675, 0.299), (0.619, 0.372), (0.566, 0.425), (0.517, 0.431), (0.472, 0.544),
    (0.430, 0.582), (0.396, 0.524), (0.365, 0.601), (0.338, 0.620), (0.312, 0.618),
    (0.289, 0.679), (0.267, 0.715), (0.248, 0.684), (0.228, 0.762), (0.210, 0.739),
    (0.194, 0.771), (0.178, 0.803), (0.161, 0.811), (0.147, 0.830), (0.131, 0.834),
    (0.115, 0.856), (0.098, 0.892), (0.080, 0.911), (0.058, 0.902), (0.007, 0.928),
];

/// Where entries have five phrasings and more: public sets.
#[rustfmt::skip]
pub(super) const MANY: Outcomes = [
    (1.000, 0.021), (0.999, 0.025), (0.998, 0.008), (0.997, 0.025), (0.995, 0.017),
    (0.993, 0.025), (0.989, 0.034), (0.985, 0.025), (0.979, 0.055), (0.972, 0.063),
    (0.961, 0.038), (0.948, 0.063), (0.933, 0.080), (0.915, 0.143), (0.890, 0.097),
    (0.860, 0.152), (0.820, 0.169), (0.779, 0.198), (0.731, 0.215), (0.682, 0.363),
    (0.627, 0.325), (0.569, 0.422), (0.513, 0.443), (0.456, 0.456), (0.400, 0.603),
    (0.340, 0.620), (0.287, 0.671), (0.231, 0.751), (0.164, 0.789), (0.029, 0.903),
];
