//! Names that were probably meant.

/// Names that are compared: a suggestion is not worth more time.
const MAX_NAMES: usize = 2_000;

/// The name nearest to a misspelt one, if it is near: at most a third of the letters changed. The first where several are.
///
/// ```
/// use kiln_source::nearest;
/// assert_eq!(nearest("utli", ["main", "util"].into_iter()), Some("util"));
/// assert_eq!(nearest("abcdef", ["uvwxyz"].into_iter()), None);
/// ```
pub fn nearest<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let limit = wanted.chars().count().div_ceil(3);
    let near = names
        .take(MAX_NAMES)
        .filter(|name| name.len().abs_diff(wanted.len()) <= limit * 4)
        .map(|name| (distance(wanted, name), name))
        .min_by_key(|(distance, _)| *distance)?;
    (near.0 <= limit).then_some(near.1)
}

/// Letters to insert, remove, replace or swap with their neighbour to make `a` of `b`.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = change.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, expected) in
            [("", "", 0), ("util", "utli", 1), ("util", "utils", 1), ("kitten", "sitting", 3), ("", "ab", 2)]
        {
            assert_eq!(distance(a, b), expected, "{a} {b}");
            assert_eq!(distance(b, a), expected, "{b} {a}");
        }
    }
}
