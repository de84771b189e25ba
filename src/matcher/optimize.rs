//! Finds the lowest point of a smooth function: L-BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.5).

use std::collections::VecDeque;

/// Steps whose curvature is remembered.
const MEMORY: usize = 10;

/// Where `loss` is lowest, starting at `start`, after at most `steps` steps.
///
/// `loss` returns its value at the point and overwrites the second argument with its gradient there.
pub(super) fn minimize(start: &[f64], loss: impl Fn(&[f64], &mut [f64]) -> f64, steps: usize) -> Vec<f64> {
    let mut point = start.to_vec();
    let mut gradient = vec![0.0; point.len()];
    let mut value = loss(&point, &mut gradient);
    let mut past: VecDeque<(Vec<f64>, Vec<f64>, f64)> = VecDeque::new();
    for _ in 0..steps {
        let mut direction = direction(&gradient, &past);
        let mut slope = dot(&direction, &gradient);
        if 0.0 <= slope {
            past.clear();
            direction = gradient.iter().map(|part| -part).collect();
            slope = -dot(&gradient, &gradient);
        }
        let mut length = if past.is_empty() { 1.0 / (1.0 + dot(&gradient, &gradient).sqrt()) } else { 1.0 };
        let (mut next, mut next_gradient, mut next_value);
        loop {
            next = point.iter().zip(&direction).map(|(at, step)| at + length * step).collect::<Vec<f64>>();
            next_gradient = vec![0.0; point.len()];
            next_value = loss(&next, &mut next_gradient);
            if next_value <= value + 1e-4 * length * slope || length < 1e-10 {
                break;
            }
            length *= 0.5;
        }
        if next_value.is_nan() || value <= next_value {
            break;
        }
        let step: Vec<f64> = next.iter().zip(&point).map(|(to, from)| to - from).collect();
        let change: Vec<f64> = next_gradient.iter().zip(&gradient).map(|(to, from)| to - from).collect();
        let curvature = dot(&step, &change);
        if 1e-12 < curvature {
            if past.len() == MEMORY {
                past.pop_front();
            }
            past.push_back((step, change, 1.0 / curvature));
        }
        let gain = value - next_value;
        (point, gradient, value) = (next, next_gradient, next_value);
        if gain < 1e-7 * (1.0 + value.abs()) {
            break;
        }
    }
    point
}

/// Downhill, bent by the curvature of the steps before (the two-loop recursion).
fn direction(gradient: &[f64], past: &VecDeque<(Vec<f64>, Vec<f64>, f64)>) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|part| -part).collect();
    let mut shares = Vec::with_capacity(past.len());
    for (step, change, inverse) in past.iter().rev() {
        let share = inverse * dot(step, &direction);
        add(&mut direction, change, -share);
        shares.push(share);
    }
    if let Some((_, change, inverse)) = past.back() {
        let scale = 1.0 / (inverse * dot(change, change));
        for part in &mut direction {
            *part *= scale;
        }
    }
    for ((step, change, inverse), share) in past.iter().zip(shares.iter().rev()) {
        let back = inverse * dot(change, &direction);
        add(&mut direction, step, share - back);
    }
    direction
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

fn add(to: &mut [f64], what: &[f64], times: f64) {
    to.iter_mut().zip(what).for_each(|(to, what)| *to += times * what);
}
