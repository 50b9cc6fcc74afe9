//! Access tags: the kind of an action, as roles name it (`@mix`, `@edit` …).

/// One tag. The order is that of the bits in `Tags`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// Reads the set; also required for subscriptions.
    Read,
    /// Changes what Live's window shows or has selected, not the set.
    View,
    /// Controls playback and what belongs to it: position, loop, tempo, metronome.
    Transport,
    /// Stops clips or playback. Stops have reserved slots and overtake other requests.
    Stop,
    /// Launches or stops clips and scenes.
    Launch,
    /// Changes the mixer: volumes, pans, sends, mute, solo.
    Mix,
    /// Arms tracks and records.
    Record,
    /// Changes the content of the set: tracks, scenes, clips, notes; also undoes changes.
    Edit,
    /// Gives objects names.
    Names,
    /// Changes devices and their parameters.
    Device,
    /// Sends MIDI messages, or maps controllers.
    Midi,
    /// Acts on the computer, beyond the set, such as by a message box.
    System,
    /// Returns or takes paths of files, which name people and disks.
    Sensitive,
    /// Deletes or overwrites; Live's undo is the only way back.
    Destructive,
    /// Takes much of Live's time, as the browser does.
    Costly,
    /// Reads the audit trail.
    Review,
    /// Decides about requests of other callers.
    Approve,
    /// Administers users, tokens, certificates, policy and trail.
    Admin,
}

impl Tag {
    /// Every tag with its name in roles, without `@`.
    pub const ALL: [(Tag, &'static str); 18] = [
        (Tag::Read, "read"),
        (Tag::View, "view"),
        (Tag::Transport, "transport"),
        (Tag::Stop, "stop"),
        (Tag::Launch, "launch"),
        (Tag::Mix, "mix"),
        (Tag::Record, "record"),
        (Tag::Edit, "edit"),
        (Tag::Names, "names"),
        (Tag::Device, "device"),
        (Tag::Midi, "midi"),
        (Tag::System, "system"),
        (Tag::Sensitive, "sensitive"),
        (Tag::Destructive, "destructive"),
        (Tag::Costly, "costly"),
        (Tag::Review, "review"),
        (Tag::Approve, "approve"),
        (Tag::Admin, "admin"),
    ];

    pub(crate) fn from_name(name: &str) -> Option<Tag> {
        Tag::ALL.into_iter().find(|(_, other)| *other == name).map(|(tag, _)| tag)
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A set of tags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tags(u32);

impl Tags {
    /// Tags that no broad rule grants: a rule must name the tag or the action.
    pub const GUARDED: Tags = Tags(
        Tag::Sensitive.bit()
            | Tag::Destructive.bit()
            | Tag::Costly.bit()
            | Tag::System.bit()
            | Tag::Review.bit()
            | Tag::Approve.bit()
            | Tag::Admin.bit(),
    );
    /// Tags of actions that take long or cannot be undone; they have a rate limit of their own.
    pub const HEAVY: Tags = Tags(Tag::Sensitive.bit() | Tag::Destructive.bit() | Tag::Costly.bit() | Tag::Admin.bit());

    pub fn contains(self, tag: Tag) -> bool {
        self.0 & tag.bit() != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn intersection(self, other: Tags) -> Tags {
        Tags(self.0 & other.0)
    }

    /// The tags of `self` that are not in `other`.
    pub fn without(self, other: Tags) -> Tags {
        Tags(self.0 & !other.0)
    }
}

impl FromIterator<Tag> for Tags {
    fn from_iter<I: IntoIterator<Item = Tag>>(tags: I) -> Tags {
        Tags(tags.into_iter().fold(0, |bits, tag| bits | tag.bit()))
    }
}
