//! The kinds of objects in a set that have names, and for each the action whose right lets a caller read them.

use super::{Action, catalogue};

/// A kind of object, and its reading action.
const READING: [(&str, &str); 5] = [
    ("track", "get_track_info"),
    ("clip", "get_clip_info"),
    ("scene", "get_scene_info"),
    ("device", "get_track_devices"),
    ("return", "get_return_track_info"),
];

/// The reading action whose right is needed to learn names of a kind of objects.
///
/// # Panics
///
/// For an unknown kind: catalogues and conditions are checked when they are loaded.
pub fn reading_right(kind: &str) -> &'static Action {
    let (_, right) = READING.into_iter().find(|(known, _)| *known == kind).expect("a kind of object");
    catalogue().find(right).expect("in the catalogue")
}

/// Whether objects of this kind have names.
pub fn is_kind(kind: &str) -> bool {
    READING.into_iter().any(|(known, _)| known == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_an_action_that_reads_it() {
        for (kind, _) in READING {
            let action = reading_right(kind);
            assert!(action.is_read() && action.shows.iter().any(|shown| shown == kind), "{kind}");
        }
    }
}
