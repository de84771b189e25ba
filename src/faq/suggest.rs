//! "Did you mean …?": the nearest of the names that would have been right.

/// The one of `names` that somebody most likely meant by `typed`; `None` when nothing is near.
pub(super) fn nearest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = fold(typed);
    // One wrong letter in three is a slip, more is another word.
    let limit = (wanted.len() / 3).clamp(1, 3);
    names
        .into_iter()
        .filter(|name| *name != typed)
        .filter_map(|name| {
            let candidate = fold(name);
            let distance = if candidate == wanted { 0 } else { distance(&wanted, &candidate, limit)? };
            Some((distance, name))
        })
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

/// `did you mean …?` with the nearest of `names`.
pub(super) fn did_you_mean<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(typed, names).map(|name| format!("did you mean `{name}`?"))
}

/// Case, hyphens and underscores are what people get wrong most.
fn fold(name: &str) -> Vec<char> {
    let letters = name.chars().flat_map(char::to_lowercase);
    letters.filter(|c| !matches!(c, '-' | '_' | ' ')).take(64).collect()
}

/// Letters to change, add, drop or swap to get from `a` to `b`; `None` when more than `limit`.
fn distance(a: &[char], b: &[char], limit: usize) -> Option<usize> {
    if limit < a.len().abs_diff(b.len()) {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let change = above[j] + usize::from(from != to);
            let mut best = change.min(above[j + 1] + 1).min(row[j] + 1);
            if 0 < i && 0 < j && *from == b[j - 1] && a[i - 1] == *to {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    Some(above[b.len()]).filter(|&distance| distance <= limit)
}
