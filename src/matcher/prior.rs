//! What was learnt on many firms: the ranker's weights, and how often it was right. Written by `tools/training/fit.py`.

use super::ranking;

/// Of an entry's features, in the order of [`ranking::of_entry`].
#[rustfmt::skip]
pub(super) const ENTRY: [f32; ranking::ENTRY] = [
    1.280, 0.953, -0.751, 5.125, 4.581, 4.104, -0.843, 0.309,
    6.115, -0.725, 12.257, -2.263, 8.339, 6.064, -5.510, -0.135,
    0.491, 2.584, -1.641, -2.580, 0.677, 3.735, -12.334, 21.158,
];

/// Of the features of "none of these", in the order of [`ranking::of_none`].
#[rustfmt::skip]
pub(super) const NONE: [f32; ranking::NONE] = [
    2.565, -1.138, -1.499, -0.552, -0.170, 0.844, 0.137, 1.441,
    1.343, 1.000, 0.449, 1.019, 0.577, -0.842, 3.540, 4.100,
    2.347, 1.593, 3.846, 0.509,
];

/// How often the best entry was wrong: groups of equal size, the surest first, each with the least confidence in it and
/// the share of wrong ones.
pub(super) type Outcomes = [(f32, f32); 30];

/// Where entries have one or two phrasings: firms of the corpus, public sets with one phrasing an entry.
#[rustfmt::skip]
pub(super) const FEW: Outcomes = [
    (0.981, 0.048), (0.947, 0.101), (0.909, 0.069), (0.865, 0.176), (0.820, 0.197),
    (0.767, 0.245), (0.711, 0.271), (0.654, 0.335), (0.606, 0.404), (0.550, 0.394),
    (0.503, 0.436), (0.462, 0.527), (0.426, 0.559), (0.392, 0.590), (0.356, 0.585),
    (0.327, 0.596), (0.297, 0.628), (0.271, 0.660), (0.248, 0.644), (0.225, 0.713),
    (0.202, 0.771), (0.182, 0.755), (0.162, 0.771), (0.147, 0.793), (0.128, 0.738),
    (0.110, 0.845), (0.089, 0.829), (0.067, 0.824), (0.040, 0.866), (0.000, 0.909),
];

/// Where entries have five phrasings and more: public sets.
#[rustfmt::skip]
pub(super) const MANY: Outcomes = [
    (1.000, 0.021), (1.000, 0.017), (0.999, 0.008), (0.998, 0.029), (0.997, 0.025),
    (0.996, 0.013), (0.993, 0.038), (0.990, 0.017), (0.985, 0.042), (0.979, 0.029),
    (0.972, 0.076), (0.962, 0.071), (0.948, 0.093), (0.933, 0.089), (0.913, 0.127),
    (0.885, 0.169), (0.847, 0.177), (0.809, 0.190), (0.762, 0.262), (0.703, 0.308),
    (0.645, 0.333), (0.576, 0.363), (0.512, 0.494), (0.453, 0.527), (0.388, 0.511),
    (0.324, 0.591), (0.244, 0.595), (0.173, 0.726), (0.089, 0.802), (0.001, 0.911),
];
