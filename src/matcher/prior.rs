//! What was learnt on many firms: the ranker's weights, and how often it was right. Written by `tools/training/fit.py`.

use super::ranking;

/// Of an entry's features, in the order of [`ranking::of_entry`].
#[rustfmt::skip]
pub(super) const ENTRY: [f32; ranking::ENTRY] = [
    1.196, 0.969, -2.245, 3.592, 6.015, 0.590, -1.070, -1.156,
    6.228, 3.184, 11.816, -0.299, 6.484, 4.705, -5.349, -0.121,
    0.451, 3.500, -0.992, -5.132, 0.035, 6.546, -13.389, 1.004,
];

/// Of the features of "none of these", in the order of [`ranking::of_none`].
#[rustfmt::skip]
pub(super) const NONE: [f32; ranking::NONE] = [
    3.477, -0.716, -1.540, 2.259, -0.078, -0.395, 0.343, 1.682,
    -0.361, 3.079, -1.040, 0.353, 1.546, 0.079, -0.241, 3.474,
    3.071, 1.689, 2.509, 3.164, 0.011,
];

/// How often the best entry was wrong: groups of equal size, the surest first, each with the least confidence in it and
/// the share of wrong ones.
pub(super) type Outcomes = [(f32, f32); 30];

/// Where entries have one or two phrasings: firms of the corpus, public sets with one phrasing an entry.
#[rustfmt::skip]
pub(super) const FEW: Outcomes = [
    (0.968, 0.053), (0.921, 0.102), (0.866, 0.146), (0.806, 0.191), (0.744, 0.242),
    (0.685, 0.282), (0.627, 0.372), (0.572, 0.380), (0.526, 0.514), (0.482, 0.493),
    (0.443, 0.512), (0.409, 0.535), (0.378, 0.565), (0.349, 0.586), (0.322, 0.641),
    (0.298, 0.650), (0.276, 0.728), (0.254, 0.696), (0.235, 0.735), (0.217, 0.775),
    (0.198, 0.764), (0.182, 0.817), (0.166, 0.843), (0.150, 0.794), (0.133, 0.826),
    (0.117, 0.856), (0.100, 0.879), (0.080, 0.881), (0.056, 0.932), (0.006, 0.938),
];

/// Where entries have five phrasings and more: public sets.
#[rustfmt::skip]
pub(super) const MANY: Outcomes = [
    (1.000, 0.021), (0.999, 0.025), (0.998, 0.013), (0.997, 0.013), (0.995, 0.013),
    (0.992, 0.055), (0.989, 0.038), (0.985, 0.029), (0.979, 0.029), (0.972, 0.046),
    (0.962, 0.059), (0.950, 0.042), (0.934, 0.072), (0.914, 0.122), (0.893, 0.101),
    (0.867, 0.122), (0.832, 0.203), (0.791, 0.219), (0.740, 0.211), (0.694, 0.338),
    (0.638, 0.367), (0.586, 0.422), (0.526, 0.409), (0.471, 0.481), (0.413, 0.570),
    (0.356, 0.633), (0.296, 0.730), (0.235, 0.679), (0.172, 0.831), (0.022, 0.928),
];
