//! Finds the lowest point of a smooth function: L-BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.5).

use std::collections::VecDeque;

/// Steps whose curvature is remembered.
const MEMORY: usize = 8;

/// Where `loss` is lowest, starting at `start`, after at most `steps` steps or when a step gains less than the share
/// `least` of the value.
///
/// `loss` returns its value at the point and overwrites the second argument with its gradient there.
pub(super) fn minimize(
    start: &[f32],
    mut loss: impl FnMut(&[f32], &mut [f32]) -> f64,
    steps: usize,
    least: f64,
) -> Vec<f32> {
    let mut point = start.to_vec();
    let mut gradient = vec![0.0; point.len()];
    let mut value = loss(&point, &mut gradient);
    let mut past: VecDeque<Curvature> = VecDeque::new();
    for _ in 0..steps {
        let mut direction = direction(&gradient, &past);
        let mut slope = dot(&direction, &gradient);
        if 0.0 <= slope {
            past.clear();
            direction = gradient.iter().map(|part| -part).collect();
            slope = -dot(&gradient, &gradient);
        }
        let mut length = if past.is_empty() { 1.0 / (1.0 + dot(&gradient, &gradient).sqrt()) } else { 1.0 };
        let mut next = vec![0.0; point.len()];
        let mut next_gradient = vec![0.0; point.len()];
        let next_value = loop {
            let stretch = narrow(length);
            for ((next, at), step) in next.iter_mut().zip(&point).zip(&direction) {
                *next = at + stretch * step;
            }
            let value_there = loss(&next, &mut next_gradient);
            if value_there <= value + 1e-4 * length * slope || length < 1e-8 {
                break value_there;
            }
            length *= 0.5;
        };
        if next_value.is_nan() || value <= next_value {
            break;
        }
        let step: Vec<f32> = next.iter().zip(&point).map(|(to, from)| to - from).collect();
        let change: Vec<f32> = next_gradient.iter().zip(&gradient).map(|(to, from)| to - from).collect();
        let curvature = dot(&step, &change);
        if 1e-12 < curvature {
            if past.len() == MEMORY {
                past.pop_front();
            }
            let scale = curvature / dot(&change, &change);
            past.push_back(Curvature { step, change, inverse: 1.0 / curvature, scale });
        }
        let gain = value - next_value;
        (point, gradient, value) = (next, next_gradient, next_value);
        if gain < least * value.abs() {
            break;
        }
    }
    point
}

/// What one step showed of the function's curvature.
struct Curvature {
    step: Vec<f32>,
    change: Vec<f32>,
    /// One over the product of the two.
    inverse: f64,
    /// The length of the first against that of the second.
    scale: f64,
}

/// Downhill, bent by the curvature of the steps before (the two-loop recursion).
fn direction(gradient: &[f32], past: &VecDeque<Curvature>) -> Vec<f32> {
    let mut direction: Vec<f32> = gradient.iter().map(|part| -part).collect();
    let mut shares = Vec::with_capacity(past.len());
    for one in past.iter().rev() {
        let share = one.inverse * dot(&one.step, &direction);
        add(&mut direction, &one.change, -share);
        shares.push(share);
    }
    if let Some(last) = past.back() {
        let scale = narrow(last.scale);
        for part in &mut direction {
            *part *= scale;
        }
    }
    for (one, share) in past.iter().zip(shares.iter().rev()) {
        let back = one.inverse * dot(&one.change, &direction);
        add(&mut direction, &one.step, share - back);
    }
    direction
}

/// Partial sums: enough for wide registers, and the same number on every machine.
const LANES: usize = 16;

fn dot(left: &[f32], right: &[f32]) -> f64 {
    let (lefts, left_rest) = left.as_chunks::<LANES>();
    let (rights, right_rest) = right.as_chunks::<LANES>();
    let mut total = 0.0;
    for (lefts, rights) in lefts.chunks(64).zip(rights.chunks(64)) {
        let mut lanes = [0.0f32; LANES];
        for (left, right) in lefts.iter().zip(rights) {
            for (lane, (left, right)) in lanes.iter_mut().zip(left.iter().zip(right)) {
                *lane += left * right;
            }
        }
        total += lanes.iter().map(|&lane| f64::from(lane)).sum::<f64>();
    }
    let rest = left_rest.iter().zip(right_rest).map(|(left, right)| f64::from(*left) * f64::from(*right));
    total + rest.sum::<f64>()
}

fn add(to: &mut [f32], what: &[f32], times: f64) {
    let times = narrow(times);
    for (to, what) in to.iter_mut().zip(what) {
        *to += times * what;
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a step needs no more than 24 bits")]
fn narrow(value: f64) -> f32 {
    value as f32
}
