"""The types of the livegate client. Written by python/stubs.py."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from os import PathLike
from types import TracebackType
from typing import Any, Literal, overload

from typing_extensions import TypedDict, Unpack


class Terms(TypedDict, total=False):
    """What every request takes beside its parameters; see docs/requests.md."""

    timeout: float | None
    expect: Mapping[str, Any] | None
    deadline_ms: int | None
    once: str | None
    coalesce: bool | None
    dry_run: bool | None

class Actions:
    """Every action of the catalogue, with its parameters by name."""

    def add_device(self, *, track_index: int, device_name: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Adds one of Live's own devices to a track by its name; load_device_from_browser loads plug-ins and presets too.
        The device is added at the end of the chain, or as near to it as its kind allows: MIDI effects come before the
        instrument. Refused if Live has no such device, if the track cannot hold it, or if the track has an instrument already.
        Uses Track.insert_device if available (12.3) and the track has no instrument, else Browser.load_item.
        track_index: at least 0
        Returns track_index, device_index, device_name, message.
        """
    def add_master_device(self, *, device_name: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Does for the master track what add_device does for other tracks. Uses Track.insert_device if available (12.3) and the track has no instrument, else Browser.load_item.
        Returns device_index, device_name, message.
        """
    def add_notes(
        self,
        *,
        track_index: int,
        scene_index: int,
        notes: Sequence[Mapping[str, Any]],
        overwrite: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Adds notes to a MIDI clip.
        Refused if they would cut short or replace existing notes of their pitch, unless `overwrite` is true. If the new notes
        overlap each other, later ones replace earlier ones. Notes may start before beat 0, and have what get_notes_extended
        reads: a note_id is ignored. note_count and note_ids are those that are in the clip afterwards.
        Uses Clip.add_new_notes.
        track_index: at least 0
        scene_index: at least 0
        overwrite: default false
        Returns track_index, scene_index, clip_index, note_count, note_ids, message.
        """
    def add_return_device(self, *, return_index: int, device_name: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Does for a return track what add_device does for other tracks. Uses Track.insert_device if available (12.3) and the track has no instrument, else Browser.load_item.
        return_index: at least 0
        Returns return_index, device_index, device_name, message.
        """
    def approval_grants(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """The grants in force that the caller could have given: approvals of the same request for some minutes. They end with a freeze, another policy, another set, a restart, and the revocation of either side.
        Returns grants.
        """
    def approval_list(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """The pending requests that the caller may decide about, oldest first: the caller, the action and the objects. The topic approvals reports how many wait.
        Returns approvals.
        """
    def approval_revoke(self, *, grant: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """End a grant. Errors: invalid_params for a grant that is not in force.
        Returns grant.
        """
    def approve(self, *, ticket: str, for_s: int | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Approve a pending request. It runs at once with its own caller's rights, if the objects that the person was shown have not changed. With for_s, the same request of the same token is approved for so many seconds: the same parameters on the same objects, and nothing that destroys, costs or is sensitive. Errors: invalid_params for a ticket that the caller may not decide about; forbidden for the caller's own request.
        for_s: seconds, at least 1, at most 600
        Returns ticket, state, caller, action, proof.
        """
    def arm_track(
        self,
        *,
        track_index: int,
        armed: bool | None = None,
        exclusive: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Arms a track for recording, or disarms it; other tracks do not change, unless exclusive disarms them.
        Refused for groups, and for tracks without an existing input. Uses Track.arm.
        track_index: at least 0
        armed: default true
        exclusive: default false
        Returns track_index, armed, message.
        """
    def audit_consistency(self, *, older_size: int, size: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """The proof (RFC 6962) that the trail at an older checkpoint is a prefix of the trail at a newer one: hashes in base64. Errors: invalid_params if there was no checkpoint of that size.
        older_size: rows, at least 0, at most 9007199254740991
        size: rows, at least 0, at most 9007199254740991
        Returns proof.
        """
    def audit_diff(
        self,
        *,
        all: bool | None = None,
        skip: int | None = None,
        limit: int | None = None,
        caller: str | None = None,
        role: str | None = None,
        action_name: str | None = None,
        tag: str | None = None,
        track: str | None = None,
        verdict: Literal['allow', 'refuse'] | None = None,
        outcome: str | None = None,
        code: str | None = None,
        address: str | None = None,
        kind: str | None = None,
        text: str | None = None,
        since: str | None = None,
        until: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """The changes of the set among the rows that match the filters of audit_list: for each member of each object the value before the first change and after the last, how often each caller changed it, and the last change. With all, also values that changed back. sets_loaded: when another set was loaded. unheard: from when on only the first tracks were observed for changes made in Live itself, {time, tracks, listened}. copies_put_back: when a copy of the trail was restored. removed_until: the time up to which retention has pruned matching rows. Errors: invalid_params; expired if it takes too long; overloaded while the index is being built.
        all: default false
        skip: at least 0, at most 1000000, default 0
        limit: at least 1, at most 1000, default 500
        Returns changed, sets_loaded, unheard, copies_put_back, removed_until.
        """
    def audit_export(
        self,
        *,
        format: Literal['jsonl', 'csv', 'ocsf'] | None = None,
        after_seq: int | None = None,
        limit: int | None = None,
        caller: str | None = None,
        role: str | None = None,
        action_name: str | None = None,
        tag: str | None = None,
        track: str | None = None,
        verdict: Literal['allow', 'refuse'] | None = None,
        outcome: str | None = None,
        code: str | None = None,
        address: str | None = None,
        kind: str | None = None,
        text: str | None = None,
        since: str | None = None,
        until: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Rows of the trail after a sequence number, oldest first, each as a line for other programs: JSON, CSV (header is its first line), or OCSF. Filters as for audit_list. An empty list is the end. Errors: invalid_params; expired if it takes too long; overloaded while the index is being built.
        format: default "jsonl"
        after_seq: at least 0, at most 9007199254740991, default 0
        limit: at least 1, at most 1000, default 100
        Returns lines, header, last_seq.
        """
    def audit_list(
        self,
        *,
        after_seq: int | None = None,
        limit: int | None = None,
        before_seq: int | None = None,
        caller: str | None = None,
        role: str | None = None,
        action_name: str | None = None,
        tag: str | None = None,
        track: str | None = None,
        verdict: Literal['allow', 'refuse'] | None = None,
        outcome: str | None = None,
        code: str | None = None,
        address: str | None = None,
        kind: str | None = None,
        text: str | None = None,
        since: str | None = None,
        until: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Rows of the trail after a sequence number, oldest first; with before_seq, rows before it, newest first. All given filters must match. action_name: a name or a pattern with * and ?, which also finds changes made in Live itself with the same effect; track: a name, a pattern or an index; caller: a name, or (in Live) for changes made in Live itself; verdict: refuse also finds requests that the script refused; address: with or without its port; kind: decision, or an event's kind; text: words that must all occur, with * at the end of a word for any ending; since and until: an age such as 2h or 7d, or a day or time in UTC. An empty list is the end. Errors: invalid_params; expired if it takes too long; overloaded while the index is being built.
        after_seq: at least 0, at most 9007199254740991, default 0
        limit: at least 1, at most 1000, default 100
        before_seq: at least 0, at most 9007199254740991
        Returns rows, last_seq.
        """
    def audit_prune(self, *, before: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Remove the oldest rows of the trail permanently, up to the last checkpoint before a time; the trail records that. before: an age such as 90d, or a day or time in UTC. Rows that later rows refer to are retained. rows: the number of removed rows, acts: the number of steps. Errors: invalid_params, also for a time in the future; internal if the trail does not match its signatures, or cannot be written.
        Returns rows, acts.
        """
    def audit_show(self, *, seq: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """One row of the trail as it was written: a decision with its session, its policy and its outcomes, or an event; for an outcome, its decision. Errors: invalid_params if there is no such row.
        seq: at least 1, at most 9007199254740991
        Returns seq, table, row, bytes, session, policy, outcomes.
        """
    def audit_stats(
        self,
        *,
        caller: str | None = None,
        role: str | None = None,
        action_name: str | None = None,
        tag: str | None = None,
        track: str | None = None,
        verdict: Literal['allow', 'refuse'] | None = None,
        outcome: str | None = None,
        code: str | None = None,
        address: str | None = None,
        kind: str | None = None,
        text: str | None = None,
        since: str | None = None,
        until: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """The numbers of requests, refusals and failures per caller, action and hour, among the rows that match the filters of audit_list. Errors: invalid_params; expired if it takes too long; overloaded while the index is being built.
        Returns requests, refused, failed, events, callers, actions, hours, refusals.
        """
    def authenticate(self, *, token: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sign in with a token; the first line where sign-in is required. Errors: unauthenticated.
        Returns protocol, caller, role, expires, checkpoint, checkpoint_key.
        """
    def batch(
        self,
        *,
        commands: Sequence[Mapping[str, Any]],
        on_error: Literal['stop', 'continue'] | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Run commands one after the other as one undo step. Each is checked like a line of its own, may have `expect`, and needs the right to it; `results` has an answer for each. With on_error `stop`, commands after a failure do not run. While a batch runs, no other command changes the set, for at most half a second.
        on_error: default "stop"
        Returns results, undo_steps.
        """
    def browse_devices(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists the devices that can be added, by type: instruments, audio and MIDI effects, drums, Max for Live.
        device_types are the names of the types, and count is their number. Each of `types` has its `devices` (name and uri), their `count`, and whether it was `truncated` at 1000. Presets are listed
        by get_browser_items. Uses Application.browser and BrowserItem.children.
        Returns count, device_types, types, device_count.
        """
    def browse_plugins(
        self,
        *,
        plugin_type: Literal['vst', 'vst3', 'au', 'max'] | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Lists the plug-ins of one format, or the Max for Live devices, each with name, uri and folder; at most 1000.
        The list is empty if the browser has no folder of the format. Uses Browser.plugins or Browser.max_for_live.
        plugin_type: default "vst"
        Returns plugin_type, count, plugins, truncated, message.
        """
    def ca_rotate(self, *, force: bool | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Replace the CA. The old CA signs the new one for 30 days, so that clients of the old one accept it. Errors: precondition_failed if it is not this installation's CA, or if it was replaced within the last 30 days, unless force is true.
        force: default false
        Returns certificates, renewal, pin, before.
        """
    def cancel(self, *, ids: Sequence[Any] | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Cancel waiting requests of this connection: those with these ids, or all. A request that has begun is not stopped. Each cancelled request is answered `cancelled`.
        Returns cancelled, under_way.
        """
    def capture_midi(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Creates clips from the notes played recently on armed or monitored MIDI tracks without recording.
        The clips go into the session or the arrangement, whichever is shown; the first capture in a new set also sets its
        tempo. Refused if nothing was played. Uses Song.capture_midi.
        Returns message.
        """
    def certificate_renew(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Renew the gateway's certificate now; open connections continue. Errors: precondition_failed if this installation's CA did not issue it.
        Returns until, names.
        """
    def certificate_show(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """The certificates that the gateway presents, the leaf first; when the leaf is renewed; the pin of the CA, and that of the former CA while clients of it are accepted.
        Returns certificates, renewal, pin, before.
        """
    def clear_automation_envelope(
        self,
        *,
        track_index: int,
        clip_index: int,
        param_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Removes the automation envelope of a session clip for a parameter; without one, changed is false.
        Uses Clip.clear_envelope.
        track_index: at least 0
        clip_index: at least 0
        device_index: at least 0
        param_index: at least 0
        Returns device_name, parameter_name, message, changed.
        """
    def client_certificate_issue(
        self,
        *,
        user: str,
        public_key: str,
        label: str | None = None,
        ttl_s: int | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Issue a certificate for a client's public key (PEM, SubjectPublicKeyInfo). A client that presents it and holds the key is signed in as the user, if tls.client_certificates accepts certificates. ttl_s: seconds until it expires, from 1 to 90 days. Errors: invalid_params for an unknown or disabled user or a registered key; precondition_failed without a CA of this installation, or for an invalid key.
        ttl_s: seconds, at least 1, at most 7776000, default 7776000
        Returns certificate, key, user, expires.
        """
    def client_certificate_list(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """All client certificates that have not expired, by their keys.
        Returns certificates.
        """
    def client_certificate_revoke(self, *, key: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Revoke a client certificate by its key and close its connections within a second. Errors: invalid_params for an unknown key.
        Returns key, message.
        """
    def consolidate_clip(
        self,
        *,
        track_index: int,
        start_time: float,
        end_time: float,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Would join the arrangement clips between two times into one; Live's API cannot consolidate clips.
        track_index: at least 0
        start_time: beats
        end_time: beats
        Returns start_time, end_time, message.
        """
    def continue_playing(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Continues playback from the current position. Uses Song.continue_playing.
        Returns message, is_playing.
        """
    def copy_clip(
        self,
        *,
        track_index: int,
        clip_index: int,
        target_track_index: int,
        target_clip_index: int,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Copies a clip into an empty slot of a track of its kind. Uses ClipSlot.duplicate_clip_to.
        track_index: at least 0
        clip_index: at least 0
        target_track_index: at least 0
        target_clip_index: at least 0
        Returns track_index, clip_index, target_track_index, target_clip_index.
        """
    def create_audio_clip_in_lane(
        self,
        *,
        track_index: int,
        lane_index: int,
        file_path: str,
        start_time: float | None = None,
        length: float | None = None,
        overwrite: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Creates a clip of an audio file in a take lane of an audio track.
        Refused if the lane has clips after start_time, unless `overwrite` is true: the file's length is unknown before, and the
        new clip covers or cuts them. file_path is absolute, on the machine that runs Live. The clip is as long as the file;
        `length` shortens it, and is refused if the file is shorter. Refused on a frozen track and while the track records.
        Uses TakeLane.create_audio_clip.
        track_index: at least 0
        lane_index: at least 0
        start_time: beats, at least 0, at most 1576800, default 0.0
        length: beats, more than 0
        overwrite: default false
        Returns track_index, lane_index, start_time, length, message.
        """
    def create_audio_track(
        self,
        *,
        name: str | None = None,
        index: int | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Adds an audio track at the end, or before the track at the index, and selects it; without a name Live gives it one.
        Uses Song.create_audio_track.
        index: at least 0
        Returns track_index, name, message.
        """
    def create_automation_envelope(
        self,
        *,
        track_index: int,
        clip_index: int,
        param_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Creates an envelope in a session clip for a parameter of a device on its track, level at the present value.
        Refused if the envelope exists. Uses Clip.create_automation_envelope.
        track_index: at least 0
        clip_index: at least 0
        device_index: at least 0
        param_index: at least 0
        Returns device_name, parameter_name, message.
        """
    def create_group_track(self, *, name: str | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Would add an empty group; Live's API cannot: it has no Song.create_group_track.
        Returns track_index, name, message.
        """
    def create_locator(
        self,
        *,
        time_in_beats: float,
        name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets a locator and names it, by default "Locator".
        Refused while the set plays or records, and if a locator exists at that time. Live sets locators only at the play
        position, which is moved there for a moment and restored. Live 11 numbers locators itself: there `name` is refused.
        Uses Song.set_or_delete_cue and CuePoint.name.
        time_in_beats: beats, at least 0
        Returns locator_index, name, time, message.
        """
    def create_midi_clip(
        self,
        *,
        track_index: int,
        scene_index: int,
        length: float | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Creates an empty MIDI clip in an empty slot of a MIDI track. Uses ClipSlot.create_clip.
        track_index: at least 0
        scene_index: at least 0
        length: beats, more than 0, default 4.0
        Returns track_index, scene_index, clip_index, message, length.
        """
    def create_midi_clip_in_lane(
        self,
        *,
        track_index: int,
        lane_index: int,
        length: float | None = None,
        start_time: float | None = None,
        overwrite: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Creates an empty MIDI clip in a take lane of a MIDI track.
        Refused if it would cover or cut existing clips, unless `overwrite` is true. Refused on a frozen track and while the
        track records. Uses TakeLane.create_midi_clip.
        track_index: at least 0
        lane_index: at least 0
        length: beats, more than 0, default 4.0
        start_time: beats, at least 0, at most 1576800, default 0.0
        overwrite: default false
        Returns track_index, lane_index, start_time, length, message.
        """
    def create_midi_track(
        self,
        *,
        name: str | None = None,
        index: int | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Adds a MIDI track at the end, or before the track at the index, and selects it; without a name Live gives it one.
        Uses Song.create_midi_track.
        index: at least 0
        Returns track_index, name, message.
        """
    def create_return_track(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Adds a return track at the end, and a send to it on every track; Live allows at most twelve.
        Uses Song.create_return_track.
        Returns return_index, name, message.
        """
    def create_scene(
        self,
        *,
        name: str | None = None,
        index: int | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Adds an empty scene at the end, or before the scene at the index. Uses Song.create_scene.
        index: at least 0
        Returns scene_index, name, message.
        """
    def create_take_lane(
        self,
        *,
        track_index: int,
        name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Adds a take lane to a track; without a name Live gives it one. Refused on groups. Uses Track.create_take_lane.
        track_index: at least 0
        Returns track_index, lane_index, name, message.
        """
    def delete_clip(self, *, track_index: int, scene_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Deletes the clip in a slot. Uses ClipSlot.delete_clip.
        track_index: at least 0
        scene_index: at least 0
        Returns track_index, scene_index, clip_index, message.
        """
    def delete_device(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Deletes a device of a track, a rack with its contents; the devices after it move up.
        Uses Track.delete_device and Chain.delete_device.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, message.
        """
    def delete_locator(self, *, locator_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Deletes a locator, by its index in the order of times. Refused while the set plays or records.
        Live deletes locators only at the play position, which is moved there for a moment and restored. Uses
        Song.set_or_delete_cue.
        locator_index: at least 0
        Returns locator_index, message.
        """
    def delete_master_device(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what delete_device does for other tracks. Uses Track.delete_device and Chain.delete_device.
        device_index: at least 0
        Returns device_index, device_name, message.
        """
    def delete_master_rack_variation(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what delete_rack_variation does for other tracks. Uses RackDevice.delete_selected_variation.
        device_index: at least 0
        Returns device_index, variation_count, selected_variation_index.
        """
    def delete_rack_variation(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Deletes the selected macro variation of a rack. Uses RackDevice.delete_selected_variation.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, variation_count, selected_variation_index.
        """
    def delete_return_device(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what delete_device does for other tracks. Uses Track.delete_device and Chain.delete_device.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, device_name, message.
        """
    def delete_return_rack_variation(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what delete_rack_variation does for other tracks. Uses RackDevice.delete_selected_variation.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, variation_count, selected_variation_index.
        """
    def delete_return_track(self, *, return_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Deletes a return track with its devices, and the send to it on every track. Uses Song.delete_return_track.
        return_index: at least 0
        Returns return_index, message.
        """
    def delete_scene(self, *, scene_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Deletes a scene and its clips on all tracks; the scenes below move up. Uses Song.delete_scene.
        scene_index: at least 0
        Returns message.
        """
    def delete_take_lane(self, *, track_index: int, lane_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Would delete a take lane with its clips; Live's API cannot: it has no Track.delete_take_lane.
        track_index: at least 0
        lane_index: at least 0
        Returns message.
        """
    def delete_track(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Deletes a track with its clips and devices, a group with all its tracks; tracks to the right move left.
        Live keeps the last track. Uses Song.delete_track.
        track_index: at least 0
        Returns message.
        """
    def deny(self, *, ticket: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Deny a pending request. The same request is refused for ten minutes, and for twice as long after each further denial. Errors: as approve.
        Returns ticket, state, caller, action, proof.
        """
    def deselect_all_notes(self, *, track_index: int, clip_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Deselects all notes of a MIDI clip. Uses Clip.deselect_all_notes.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, selected, message.
        """
    def duplicate_clip(self, *, track_index: int, scene_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Copies a clip into the next free slot below it; if there is none, Live adds a scene.
        Uses Track.duplicate_clip_slot.
        track_index: at least 0
        scene_index: at least 0
        Returns track_index, scene_index, clip_index, message, new_index, source_clip_index, destination_clip_index.
        """
    def duplicate_clip_loop(self, *, track_index: int, clip_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Makes the loop of a MIDI clip twice as long, with its notes repeated. Uses Clip.duplicate_loop.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, loop_end.
        """
    def duplicate_scene(self, *, scene_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Inserts a copy of a scene and of its clips below it, and selects the copy. Uses Song.duplicate_scene.
        scene_index: at least 0
        Returns new_index, name, message.
        """
    def duplicate_to_arrangement(
        self,
        *,
        track_index: int,
        clip_index: int,
        time: float | None = None,
        overwrite: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Copies a session clip into the arrangement of its track, by default to the play position.
        Refused if it would cover or cut existing clips, unless `overwrite` is true. Refused on a frozen track.
        Uses Track.duplicate_clip_to_arrangement.
        track_index: at least 0
        clip_index: at least 0
        time: beats, at least 0, at most 1576800
        overwrite: default false
        Returns track_index, clip_index, start_time, end_time, message.
        """
    def duplicate_track(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Copies a track with its clips and devices, a group with all its tracks; inserts the copy after it and selects it.
        Tracks to the right move right. Uses Song.duplicate_track.
        track_index: at least 0
        Returns track_index, new_index, name, message.
        """
    def filter_clips(self, *, notes: Sequence[str], **terms: Unpack[Terms]) -> dict[str, Any]:
        """Deactivates each session clip whose name ends with notes that are not all among these, and activates the others.
        The name `Pad_C-E-G` has the notes C, E and G. Clips whose names have no notes stay as they are. Uses Clip.muted.
        Returns activated, deactivated.
        """
    def fire_slot(self, *, track_index: int, clip_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Presses a slot's button: launches its clip, or stops the track where there is none.
        Refused for an empty slot of an armed track, which would record. Uses ClipSlot.fire.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, is_triggered.
        """
    def fire_slot_or_record(self, *, track_index: int, clip_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Presses a slot's button as fire_slot, and records into an empty slot of an armed track. Uses ClipSlot.fire.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, is_triggered.
        """
    def flatten_track(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Would turn a frozen track into plain audio; Live's API cannot: it has no Track.flatten.
        track_index: at least 0
        Returns track_index, message.
        """
    def focus_track(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Selects a track, as clicking its title does. Uses Song.View.selected_track.
        track_index: at least 0
        Returns track_index, message.
        """
    def force_link_beat_time(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Makes every machine in the Link session jump to Live's beat, audibly. Uses Song.force_link_beat_time.
        Returns message.
        """
    def freeze(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Stop all changes in Live at once, queued commands included, except those of exempt roles. Reads and stops continue. A freeze survives a restart. Errors: invalid_params for an unknown role.
        Returns frozen, except.
        """
    def freeze_track(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Would freeze a track; Live's API cannot: it has no Track.freeze.
        track_index: at least 0
        Returns track_index, frozen.
        """
    def get_all_master_param_display_values(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what get_all_param_display_values does for other tracks. Uses DeviceParameter.str_for_value.
        device_index: at least 0
        Returns device_index, device_name, count, parameters.
        """
    def get_all_param_display_values(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Lists the values of all parameters of a device as Live displays them. Uses DeviceParameter.str_for_value.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, count, parameters.
        """
    def get_all_return_param_display_values(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what get_all_param_display_values does for other tracks. Uses DeviceParameter.str_for_value.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, device_name, count, parameters.
        """
    def get_application_version(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the version of Live, as a string such as 12.3.6 and in its three parts, each under two names.
        build_id and variant are empty where Live does not report them. Uses Application.get_major_version, get_minor_version and get_bugfix_version.
        Returns major, minor, bugfix, version, major_version, minor_version, bugfix_version, build_id, variant.
        """
    def get_approval(self, *, ticket: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """The state of a request of the caller that needs approval: waiting, approved, denied, expired, void or done; answer is the answer to the request once it ran. Errors: invalid_params for a ticket that is not the caller's.
        Returns ticket, state, caller, role, action, params, targets, expires, row, by, reason, answer.
        """
    def get_arrangement_clips(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists the clips in a track's arrangement from left to right; a group has none.
        start_time and end_time are in beats; length is that of the loop, which a clip may repeat, in seconds if the clip is
        unwarped audio. Uses Track.arrangement_clips.
        track_index: at least 0
        Returns track_index, count, clips.
        """
    def get_arrangement_overdub(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports whether recording adds to the MIDI clips of the arrangement. Uses Song.arrangement_overdub.
        Returns arrangement_overdub.
        """
    def get_automation_envelope_values(
        self,
        *,
        track_index: int,
        clip_index: int,
        param_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Reads the envelope of a session clip for a parameter, from where the clip can play to the end of its loop.
        values has the time and the value at every quarter beat, at most 1024 of them. events has the breakpoints, at most
        1024, on Live 12; it is empty on Live 11, whose API lacks them. Uses AutomationEnvelope.value_at_time and
        Envelope.events_in_range.
        track_index: at least 0
        clip_index: at least 0
        device_index: at least 0
        param_index: at least 0
        Returns device_name, parameter_name, message, has_envelope, values, events.
        """
    def get_available_tools(self, *, schemas: bool | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """The actions that the caller may call, and those of them that may need a person's approval (ask); with schemas, also their catalogue entries.
        schemas: default false
        Returns tools, ask, schemas.
        """
    def get_browser_items(self, *, category: str | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists the items in one category of the browser, those near the top first; at most 1000.
        Each has its name, uri, folder and kind (folder, device or file). `devices` means all categories of devices; an
        unknown category is refused with a list of the existing ones. Uses Application.browser.
        category: default "devices"
        Returns category, available_categories, count, items, truncated, message.
        """
    def get_build_id(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the build of Live. Uses Application.get_build_id.
        Returns build_id.
        """
    def get_can_jump_to_next_cue(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports whether there is a locator after the play position. Uses Song.can_jump_to_next_cue.
        Returns can_jump_to_next_cue.
        """
    def get_can_jump_to_prev_cue(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports whether there is a locator before the play position. Uses Song.can_jump_to_prev_cue.
        Returns can_jump_to_prev_cue.
        """
    def get_chain_devices(
        self,
        *,
        track_index: int,
        chain_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Lists the devices in a chain of a rack, as get_track_devices does for a track. Uses Chain.devices.
        track_index: at least 0
        device_index: at least 0
        chain_index: at least 0
        Returns track_index, device_index, device_name, chain_index, count, devices.
        """
    def get_clip_annotation(self, *, track_index: int, clip_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Would report the info text of a clip; Live's API has no access to it.
        track_index: at least 0
        clip_index: at least 0
        Returns annotation.
        """
    def get_clip_automation_envelope(
        self,
        *,
        track_index: int,
        clip_index: int,
        param_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Reports whether a session clip has an envelope for a parameter of a device on its track.
        Uses Clip.automation_envelope.
        track_index: at least 0
        clip_index: at least 0
        device_index: at least 0
        param_index: at least 0
        Returns device_name, parameter_name, message, has_envelope.
        """
    def get_clip_color(self, *, track_index: int, clip_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the color of a clip: its index in Live's palette, and 0xRRGGBB as a number.
        Uses Clip.color_index and Clip.color.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, color_index, color.
        """
    def get_clip_fade_in(self, *, track_index: int, clip_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Would report the fade-in of an audio clip; Live's API has no access to it.
        track_index: at least 0
        clip_index: at least 0
        Returns fade_in_time.
        """
    def get_clip_fade_out(self, *, track_index: int, clip_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Would report the fade-out of an audio clip; Live's API has no access to it.
        track_index: at least 0
        clip_index: at least 0
        Returns fade_out_time.
        """
    def get_clip_file_path(self, *, track_index: int, clip_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the path of an audio clip's file on the computer that runs Live. Uses Clip.file_path.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, file_path.
        """
    def get_clip_follow_action(self, *, track_index: int, clip_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Would report the follow actions of a clip; Live's API has no access to them.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, follow_action_A, follow_action_B.
        """
    def get_clip_info(self, *, track_index: int, scene_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports a clip's name, color, length, loop, kind and state.
        Times are in beats, or in seconds for an unwarped audio clip. Uses Clip.name, Clip.loop_start and others.
        track_index: at least 0
        scene_index: at least 0
        Returns track_index, scene_index, name, color, length, loop_start, loop_end, is_midi_clip, is_audio_clip, is_playing, is_triggered, muted.
        """
    def get_clip_notes(
        self,
        *,
        track_index: int,
        clip_index: int,
        offset: int | None = None,
        limit: int | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Lists the notes of a MIDI clip in the order of their starts; start_time is start, and muted is mute.
        Includes probability, velocity_deviation and release_velocity, so that add_notes writes them again as they were. More than 10000 are listed in pages: `limit` notes starting at `offset`. `next` is the offset of the next page, which
        exists if it is less than `total`, the number of all notes. Uses Clip.get_all_notes_extended.
        track_index: at least 0
        clip_index: at least 0
        offset: at least 0
        limit: at least 1, at most 10000
        Returns track_index, clip_index, count, total, next, notes.
        """
    def get_clip_properties(
        self,
        *,
        track_index: int,
        clip_index: int,
        properties: Sequence[str] | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Reads members of a clip by name, by default all of them; a member that the clip does not have is null. Uses Clip.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, values.
        """
    def get_clip_ram_mode(self, *, track_index: int, clip_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports whether an audio clip plays from memory instead of from disk. Uses Clip.ram_mode.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, ram_mode.
        """
    def get_clip_start_time(self, *, track_index: int, clip_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the beat of the song at which a session clip was started last. Uses Clip.start_time.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, start_time.
        """
    def get_clip_warp_mode(self, *, track_index: int, clip_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports whether an audio clip is warped, and its warp mode.
        0 Beats, 1 Tones, 2 Texture, 3 Re-Pitch, 4 Complex, 5 REX, 6 Complex Pro. Uses Clip.warp_mode and Clip.warping.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, warp_mode, warp_mode_name, warping.
        """
    def get_clips_in_take_lane(self, *, track_index: int, lane_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists the clips in a take lane from left to right, as get_arrangement_clips does; is_midi is is_midi_clip.
        Uses TakeLane.arrangement_clips.
        track_index: at least 0
        lane_index: at least 0
        Returns track_index, lane_index, count, clips.
        """
    def get_crossfader_assignment(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the crossfader assignment of a track: 0 is A, 1 is none, 2 is B.
        Uses MixerDevice.crossfade_assign.
        track_index: at least 0
        Returns track_index, crossfader_assignment, assignment_name.
        """
    def get_crossfader_position(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the position of the crossfader: -1 is all A, 1 is all B. Uses MixerDevice.crossfader of the master track.
        Returns position.
        """
    def get_current_time(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the play position in beats from the start of the arrangement. Uses Song.current_song_time.
        Returns current_song_time, is_playing.
        """
    def get_cv_tools_devices(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists the devices of a track that come from the pack CV Tools: those made in Max with CV in their names.
        A renamed device is not recognised. Uses Device.class_name and Device.name.
        track_index: at least 0
        Returns track_index, track_name, count, cv_devices.
        """
    def get_device_chains(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Lists the chains of a rack: name, mute, solo, and how many devices are in each. Uses RackDevice.chains.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, count, chains.
        """
    def get_device_class_name(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Reports Live's internal name for the class of a device, and the displayed one.
        Uses Device.class_name and Device.class_display_name.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, class_name, class_display_name.
        """
    def get_device_members(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Lists the properties and methods of a device in Live's API, by name. Uses dir.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, properties, methods.
        """
    def get_device_param_display_value(
        self,
        *,
        track_index: int,
        param_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Reports a parameter's value as Live displays it, such as "-6.0 dB". Uses DeviceParameter.str_for_value.
        track_index: at least 0
        device_index: at least 0
        param_index: at least 0
        Returns track_index, device_index, device_name, index, name, raw_value, display_value.
        """
    def get_device_parameter_by_name(
        self,
        *,
        track_index: int,
        param_name: str,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Reports one parameter of a device by its name, as get_device_parameters does.
        Without an exact match, case is ignored if the match is unique. Uses DeviceParameter.name.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, index, name, value, min, max, is_quantized, is_enabled, value_items.
        """
    def get_device_parameters(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Lists the parameters of a device: name, value and range in the parameter's own units, and whether it can be set.
        A parameter with is_quantized has steps of 1, named by value_items. Uses Device.parameters.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, count, parameters.
        """
    def get_device_presets(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Lists the presets of a plug-in, and which is selected. Other devices have none in Live's API.
        Uses PluginDevice.presets and PluginDevice.selected_preset_index.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, count, presets, selected_preset_index, message.
        """
    def get_device_properties(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        properties: Sequence[str] | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Reads members of a device by name, by default all of them; those of racks are null for others.
        num_parameters counts the parameters. Uses Device and RackDevice.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, values.
        """
    def get_device_type(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Reports the type of a device: 0 undefined, 1 instrument, 2 audio effect, 4 MIDI effect. Uses Device.type.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, type, type_name.
        """
    def get_groove_amount(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the global groove amount, which scales all grooves; 1 is 100 percent. Uses Song.groove_amount.
        Returns groove_amount.
        """
    def get_groove_pool_grooves(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists the grooves of the set with their amounts: timing, quantization and random 0 to 1, velocity -1 to 1.
        `base` is the grid: 0 1/4, 1 1/8, 2 1/8 triplets, 3 1/16, 4 1/16 triplets, 5 1/32. Uses GroovePool.grooves.
        Returns count, grooves.
        """
    def get_locators(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists the locators in the order of their times: locator_index (and index), name, and time in beats. Uses Song.cue_points.
        Returns count, locators.
        """
    def get_loop_enabled(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports whether the arrangement loop is on, and its start and length in beats. Uses Song.loop.
        Returns loop_enabled, loop_start, loop_length.
        """
    def get_m4l_devices(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists the Max for Live devices of a track, as get_track_devices does, but for `type`, which is a word.
        type_number is the number. Devices inside racks are left out. Uses Device.class_name.
        track_index: at least 0
        Returns track_index, track_name, count, devices.
        """
    def get_m4l_param_by_name(
        self,
        *,
        track_index: int,
        param_name: str,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Reports one parameter of a Max for Live device by its name.
        Without an exact match, case is ignored if the match is unique. get_device_parameter_by_name does the same for all
        devices. Uses DeviceParameter.name.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, param_index, name, value, min, max, is_enabled.
        """
    def get_master_chain_devices(
        self,
        *,
        chain_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what get_chain_devices does for other tracks. Uses Chain.devices.
        device_index: at least 0
        chain_index: at least 0
        Returns device_index, device_name, chain_index, count, devices.
        """
    def get_master_chain_summary(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Summarises the device chain of the master track, as get_track_chain_summary does for others.
        Uses Song.master_track and Device.parameters.
        Returns track_name, count, devices.
        """
    def get_master_device_chains(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what get_device_chains does for other tracks. Uses RackDevice.chains.
        device_index: at least 0
        Returns device_index, device_name, count, chains.
        """
    def get_master_device_class_name(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what get_device_class_name does for other tracks. Uses Device.class_name and Device.class_display_name.
        device_index: at least 0
        Returns device_index, device_name, class_name, class_display_name.
        """
    def get_master_device_param_display_value(
        self,
        *,
        param_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what get_device_param_display_value does for other tracks. Uses DeviceParameter.str_for_value.
        device_index: at least 0
        param_index: at least 0
        Returns device_index, device_name, index, name, raw_value, display_value.
        """
    def get_master_device_param_info(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        param_index: int | None = None,
        param_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Reports all fields of one parameter of a device of the master track; value_items names its steps, if any.
        Its index or its name is required. The automation_state is 0 without automation, 1 while it plays, 2 while it is overridden. Uses Device.parameters.
        device_index: at least 0
        param_index: at least 0
        Returns device_index, device_name, index, name, value, min, max, is_quantized, is_enabled, value_items, raw_value, original_name, display_value, automation_state.
        """
    def get_master_device_parameter_by_name(
        self,
        *,
        param_name: str,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what get_device_parameter_by_name does for other tracks. Uses DeviceParameter.name.
        device_index: at least 0
        Returns device_index, device_name, index, name, value, min, max, is_quantized, is_enabled, value_items.
        """
    def get_master_device_params(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Lists the parameters of a device of the master track, as get_track_device_params does for other tracks.
        Uses Device.parameters and DeviceParameter.str_for_value.
        device_index: at least 0
        Returns device_index, device_name, count, parameters.
        """
    def get_master_device_presets(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what get_device_presets does for other tracks. Uses PluginDevice.presets and PluginDevice.selected_preset_index.
        device_index: at least 0
        Returns device_index, device_name, count, presets, selected_preset_index, message.
        """
    def get_master_device_properties(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        properties: Sequence[str] | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what get_device_properties does for other tracks. Uses Device and RackDevice.
        device_index: at least 0
        Returns device_index, values.
        """
    def get_master_device_type(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what get_device_type does for other tracks. Uses Device.type.
        device_index: at least 0
        Returns device_index, device_name, type, type_name.
        """
    def get_master_devices(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists the devices of the master track, as get_track_devices does for other tracks. Uses Track.devices.
        Returns count, devices.
        """
    def get_master_rack_contents(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what get_rack_contents does for other tracks. Uses RackDevice.chains and Chain.devices.
        device_index: at least 0
        Returns device_index, device_name, count, chains, rack_name.
        """
    def get_master_track_info(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the master track's name, color, volume (0.85 is 0 dB), pan and number of devices. Uses Song.master_track.
        Returns name, color, volume, pan, num_devices.
        """
    def get_metronome_volume(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the volume of the metronome: Live's cue volume, which previews share. Uses MixerDevice.cue_volume.
        Returns volume.
        """
    def get_notes_extended(
        self,
        *,
        track_index: int,
        clip_index: int,
        start_time: float | None = None,
        time_span: float | None = None,
        start_pitch: int | None = None,
        pitch_span: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Lists the notes of a MIDI clip that start within a range of time and pitch, the end of each excluded.
        Has the fields and pages of get_clip_notes. Uses Clip.get_notes_extended.
        track_index: at least 0
        clip_index: at least 0
        start_time: beats, default 0.0
        time_span: beats, at least 0, default 999.0
        start_pitch: at least 0, at most 127, default 0
        pitch_span: at least 1, at most 128, default 128
        offset: at least 0
        limit: at least 1, at most 10000
        Returns track_index, clip_index, count, total, next, notes.
        """
    def get_process_usage(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the average and the peak load of Live's audio process, in percent. Uses Application.average_process_usage.
        Returns average, peak.
        """
    def get_project_root_folder(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the folder in which the set is saved; refused if it was never saved. Uses Song.file_path.
        Returns project_root_folder.
        """
    def get_rack_contents(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Lists the chains of a rack with their devices and those of nested racks, down to four levels.
        Each device has its `parameters`, as get_track_device_params lists them. Deeper racks are listed without their chains.
        Uses RackDevice.chains and Chain.devices.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, count, chains, rack_name.
        """
    def get_return_chain_devices(
        self,
        *,
        return_index: int,
        chain_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what get_chain_devices does for other tracks. Uses Chain.devices.
        return_index: at least 0
        device_index: at least 0
        chain_index: at least 0
        Returns return_index, device_index, device_name, chain_index, count, devices.
        """
    def get_return_device_chains(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what get_device_chains does for other tracks. Uses RackDevice.chains.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, device_name, count, chains.
        """
    def get_return_device_class_name(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what get_device_class_name does for other tracks. Uses Device.class_name and Device.class_display_name.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, device_name, class_name, class_display_name.
        """
    def get_return_device_param_display_value(
        self,
        *,
        return_index: int,
        param_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what get_device_param_display_value does for other tracks. Uses DeviceParameter.str_for_value.
        return_index: at least 0
        device_index: at least 0
        param_index: at least 0
        Returns return_index, device_index, device_name, index, name, raw_value, display_value.
        """
    def get_return_device_parameter_by_name(
        self,
        *,
        return_index: int,
        param_name: str,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what get_device_parameter_by_name does for other tracks. Uses DeviceParameter.name.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, device_name, index, name, value, min, max, is_quantized, is_enabled, value_items.
        """
    def get_return_device_params(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Lists the parameters of a device of a return track, as get_device_parameters does for other tracks.
        Uses Device.parameters.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, device_name, count, parameters.
        """
    def get_return_device_presets(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what get_device_presets does for other tracks. Uses PluginDevice.presets and PluginDevice.selected_preset_index.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, device_name, count, presets, selected_preset_index, message.
        """
    def get_return_device_properties(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        properties: Sequence[str] | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what get_device_properties does for other tracks. Uses Device and RackDevice.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, values.
        """
    def get_return_device_type(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what get_device_type does for other tracks. Uses Device.type.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, device_name, type, type_name.
        """
    def get_return_devices(self, *, return_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists the devices of a return track, as get_track_devices does for other tracks. Uses Track.devices.
        return_index: at least 0
        Returns track_name, count, devices, return_index.
        """
    def get_return_rack_contents(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what get_rack_contents does for other tracks. Uses RackDevice.chains and Chain.devices.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, device_name, count, chains, rack_name.
        """
    def get_return_track_count(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the number of return tracks. Uses Song.return_tracks.
        Returns count.
        """
    def get_return_track_index_by_name(self, *, name: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Finds a return track by its exact name: the first match, and the number of matches. Uses Track.name.
        Returns return_index, name, count.
        """
    def get_return_track_info(self, *, return_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports a return track's name, color, mixer, state, and how many devices it has. Uses Song.return_tracks.
        return_index: at least 0
        Returns return_index, index, name, color, volume, pan, mute, solo, num_devices.
        """
    def get_return_track_sends(self, *, return_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists a return track's sends: index, name, value, whether it is enabled, and the return track that it feeds.
        Uses MixerDevice.sends.
        return_index: at least 0
        Returns return_index, count, sends.
        """
    def get_sample_length(self, *, track_index: int, clip_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the length of an audio clip's file in samples; -1 if the file is missing.
        Uses Clip.sample_length and Clip.sample_rate.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, sample_length, sample_rate.
        """
    def get_sample_playback_mode(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Reports the playback mode of a Simpler: 0 classic, 1 one-shot, 2 slicing. Uses SimplerDevice.playback_mode.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, playback_mode, playback_mode_name.
        """
    def get_scene_color(self, *, scene_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the color of a scene: 0xRRGGBB as a number and its index in Live's palette, -1 if it has none.
        Uses Scene.color and Scene.color_index.
        scene_index: at least 0
        Returns scene_index, color, color_index.
        """
    def get_scene_index_by_name(self, *, name: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Finds a scene by its exact name: the first match, and the number of matches. Uses Scene.name.
        Returns scene_index, name, count.
        """
    def get_scene_info(self, *, scene_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports a scene's name, color, tempo and signature; -1 for a tempo or signature that it does not set. Uses Scene.
        scene_index: at least 0
        Returns scene_index, name, color, tempo, time_signature_numerator, time_signature_denominator, is_triggered, is_empty.
        """
    def get_scene_is_empty(self, *, scene_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports whether a scene has no clips. Uses Scene.is_empty.
        scene_index: at least 0
        Returns scene_index, is_empty.
        """
    def get_scene_names(
        self,
        *,
        first_scene: int | None = None,
        end_scene: int | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Lists the names of scenes from first_scene up to, but not including, end_scene; by default to the last.
        Uses Scene.name.
        first_scene: at least 0, default 0
        end_scene: at least 0
        Returns count, names.
        """
    def get_scene_properties(
        self,
        *,
        scene_index: int,
        properties: Sequence[str] | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Reads members of a scene by name, by default all of them. Uses Scene.
        scene_index: at least 0
        Returns scene_index, values.
        """
    def get_scene_tempo(self, *, scene_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the tempo that a scene sets when launched, -1 if it sets none. Uses Scene.tempo and Scene.tempo_enabled.
        scene_index: at least 0
        Returns scene_index, has_tempo, tempo.
        """
    def get_selection(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the indexes of the selected track, of the selected scene, and of the device selected on that track.
        -1: a return track or the master track is selected, or no device of the track's own chain. Uses Song.View and
        Track.View.selected_device.
        Returns track_index, scene_index, device_index.
        """
    def get_session_automation_record(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports whether parameter changes are recorded as automation. Uses Song.session_automation_record.
        Returns session_automation_record.
        """
    def get_session_info(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports tempo, transport, loop, signature, and the numbers of tracks and scenes. Uses Song.
        Returns tempo, is_playing, current_song_time, loop_start, loop_end, loop_length, metronome, record_mode, nudge_down, nudge_up, num_tracks, num_scenes, time_signature_numerator, time_signature_denominator.
        """
    def get_session_record(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports whether the session's overdub switch is on. Uses Song.session_record.
        Returns session_record.
        """
    def get_signature_denominator(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the note value of a beat: 4 for quarters. Uses Song.signature_denominator.
        Returns signature_denominator.
        """
    def get_signature_numerator(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the number of beats in a bar. Uses Song.signature_numerator.
        Returns signature_numerator.
        """
    def get_slot_properties(
        self,
        *,
        track_index: int,
        clip_index: int,
        properties: Sequence[str] | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Reads members of a clip slot by name, by default all of them, whether or not it has a clip. Uses ClipSlot.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, values.
        """
    def get_snapshot(
        self,
        *,
        track_index: int | None = None,
        track_name: str | None = None,
        return_index: int | None = None,
        master: bool | None = None,
        clip_index: int | None = None,
        clip_name: str | None = None,
        device_index: int | None = None,
        device_name: str | None = None,
        device_path: Sequence[int] | None = None,
        depth: int | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Describes the whole set, or one track, clip or device of it, named by index or by exact name, in one answer.
        Depth 0 is the object itself; each further level adds its contents. A set contains tracks, return_tracks, master_track,
        scenes, locators and grooves; a track routing, sends, clips (by row), arrangement_clips, take_lanes and devices; a clip
        notes, a take lane its clips; a device parameters and chains; a chain devices. A clip has the name of its groove, or null;
        an audio clip gain, pitch and warping. track_name may also name a return track or the master track, as return_index and
        master do; device_path leads to a device inside racks, as in [0, 1, 0]: device, chain, device.
        A long snapshot takes several ticks; consistent is false if tracks or scenes were added, moved or deleted meanwhile.
        At most 3 MiB. Uses the readable members of Song and of everything in it.
        track_index: at least 0
        return_index: at least 0
        master: default false
        clip_index: at least 0
        device_index: at least 0
        depth: levels, at least 0, at most 6, default 1
        Returns kind, depth, consistent, ticks, snapshot.
        """
    def get_song_properties(
        self,
        *,
        properties: Sequence[str] | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Reads members of the set by name, by default all of them; a member that this Live does not have is null.
        Enumerations are numbers, as in Live. Uses Song.
        Returns values.
        """
    def get_take_lane_name(self, *, track_index: int, lane_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the name of a take lane. Uses TakeLane.name.
        track_index: at least 0
        lane_index: at least 0
        Returns track_index, lane_index, name.
        """
    def get_take_lanes(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists the take lanes of a track with their names and how many clips each has. Uses Track.take_lanes.
        track_index: at least 0
        Returns track_index, count, take_lanes.
        """
    def get_track_annotation(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Would report the info text of a track; Live's API cannot: it has no Track.annotation.
        track_index: at least 0
        Returns annotation.
        """
    def get_track_available_input_routing_types(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists the possible inputs of a track, and the channels of the present one. Groups have no input.
        Uses Track.available_input_routing_types and Track.available_input_routing_channels.
        track_index: at least 0
        Returns track_index, count, routing_types, routing_channels.
        """
    def get_track_available_output_routing_types(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists the possible outputs of a track, and the channels of the present one.
        Uses Track.available_output_routing_types and Track.available_output_routing_channels.
        track_index: at least 0
        Returns track_index, count, routing_types, routing_channels.
        """
    def get_track_chain_summary(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists the devices of a track, as get_track_devices does, each with its `parameters`, as get_track_device_params does.
        Uses Track.devices and Device.parameters.
        track_index: at least 0
        Returns track_name, count, devices, track_index.
        """
    def get_track_color(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the color of a track: its index in Live's palette, -1 if it has none, and 0xRRGGBB as a number.
        Uses Track.color_index and Track.color.
        track_index: at least 0
        Returns track_index, color_index, color.
        """
    def get_track_data(
        self,
        *,
        columns: Sequence[str],
        first_track: int | None = None,
        end_track: int | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Reads members of many tracks and of what is in them, as one list: track by track, column by column.
        A column is track.NAME, clip.NAME or clip_slot.NAME (a value for each slot, null where there is no clip) or
        device.NAME (a value for each device of the track's own chain), with a NAME that get_track_properties,
        get_clip_properties, get_slot_properties or get_device_properties reads; or arrangement_clip.NAME, as of a clip.
        Tracks from first_track up to, but not including, end_track; by default to the last. At most 65536 values.
        first_track: at least 0, default 0
        end_track: at least 0
        Returns count, values.
        """
    def get_track_delay(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Would report a track's delay; Live's API cannot: it has no Track.delay.
        track_index: at least 0
        Returns delay.
        """
    def get_track_device_params(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Lists the parameters of a device, as get_device_parameters does, each also with raw_value and display_value.
        Uses Device.parameters and DeviceParameter.str_for_value.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, count, parameters.
        """
    def get_track_devices(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists the devices of a track: name, class, type, whether each is on and active, and how many chains it has.
        Devices inside racks are listed by get_rack_contents. Uses Track.devices.
        track_index: at least 0
        Returns track_name, count, devices, track_index.
        """
    def get_track_index_by_name(self, *, name: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Finds a track by its name: the first match, and the number of matches.
        Without an exact match, a track matches whose name contains the text in any case; the answer has its whole name. Ignores
        return tracks and the master track. Uses Track.name.
        Returns track_index, name, count.
        """
    def get_track_info(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports a track's name, mixer, state, and how many devices and session clips it has.
        The color is 0xRRGGBB as a number; is_foldable is true for groups. Uses Track and Track.mixer_device.
        track_index: at least 0
        Returns track_index, name, color, volume, pan, mute, solo, arm, is_foldable, has_midi_input, has_audio_input, num_devices, num_clips.
        """
    def get_track_input_routing_type(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the input of a track. Groups have no input.
        Uses Track.input_routing_type and Track.input_routing_channel.
        track_index: at least 0
        Returns track_index, routing_type, routing_channel.
        """
    def get_track_is_foldable(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports whether a track can be folded; only groups can. Uses Track.is_foldable.
        track_index: at least 0
        Returns track_index, is_foldable.
        """
    def get_track_is_frozen(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports whether a track is frozen, and whether it can be. Uses Track.is_frozen and Track.can_be_frozen.
        track_index: at least 0
        Returns track_index, is_frozen, can_be_frozen.
        """
    def get_track_is_grouped(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports whether a track is in a group, the index of that group (-1 for none), and whether it is a group itself.
        Uses Track.is_grouped, Track.group_track and Track.is_foldable.
        track_index: at least 0
        Returns track_index, is_grouped, is_group_track, group_track_index.
        """
    def get_track_output_routing(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the output of a track. Uses Track.output_routing_type and Track.output_routing_channel.
        track_index: at least 0
        Returns track_index, track_name, output_routing_type, output_routing_channel.
        """
    def get_track_properties(
        self,
        *,
        track_index: int,
        properties: Sequence[str] | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Reads members of a track by name, by default all of them; a member that the track does not have is null.
        volume and panning are the mixer's, num_devices counts the devices. Uses Track and MixerDevice.
        track_index: at least 0
        Returns track_index, values.
        """
    def get_track_sends(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists a track's sends: index, name, value and the name of the return track that each one feeds.
        Uses MixerDevice.sends.
        track_index: at least 0
        Returns track_index, count, sends.
        """
    def get_variant(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the edition of Live: Suite, Standard, Intro, Lite, Trial or Beta. Uses Application.get_variant.
        Returns variant.
        """
    def get_warp_markers(self, *, track_index: int, clip_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lists the warp markers of an audio clip: sample_time in seconds of the file, and beat_time.
        The last one is Live's own, 1/32 beat after the last visible one: it holds the tempo from there on. Uses
        Clip.warp_markers.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, count, markers.
        """
    def group_tracks(self, *, start_index: int, end_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Would group the tracks from one index to another; Live's API cannot: it has no Song.group_tracks.
        start_index: at least 0
        end_index: at least 0
        Returns start_index, end_index, message.
        """
    def health_check(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Reports the time since the script's last tick, the queue depth, the connections, the longest tick, and versions.
        tool_count, ableton_version and queue_size are the number of actions, live_version and queue_depth.
        Returns last_tick_age_ms, queue_depth, connections, tick_ms_max, version, protocol, live_version, tool_count, ableton_version, queue_size, message.
        """
    def hide_master_plugin_window(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what hide_plugin_window does for other tracks. Uses Device.View.is_collapsed.
        device_index: at least 0
        Returns device_index, device_name, message.
        """
    def hide_plugin_window(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Folds a device in Live's device view; Live's API cannot close a plug-in's own window. The selection stays.
        Uses Device.View.is_collapsed.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, message.
        """
    def hide_return_plugin_window(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what hide_plugin_window does for other tracks. Uses Device.View.is_collapsed.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, device_name, message.
        """
    def insert_automation_step(
        self,
        *,
        track_index: int,
        clip_index: int,
        param_index: int,
        time: float,
        value: float,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        length: float | None = None,
        overwrite: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Holds a parameter at a value for some beats of the clip, starting at a time in the clip.
        The value is in the parameter's own units. Refused if it would replace automation, unless `overwrite` is true. Refused
        outside the clip, and without an envelope, which create_automation_envelope creates.
        Uses AutomationEnvelope.insert_step.
        track_index: at least 0
        clip_index: at least 0
        device_index: at least 0
        param_index: at least 0
        time: beats
        length: beats, more than 0, default 0.25
        overwrite: default false
        Returns device_name, parameter_name, message, time, length, value.
        """
    def is_max_device(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Reports whether a device was made in Max for Live. Uses Device.class_name.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, is_m4l, class_name, class_display_name.
        """
    def jump_by_amount(self, *, amount_in_beats: float, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Moves the play position by an amount, negative for backward, at most to the beginning of the set.
        Playback continues from there. Uses Song.current_song_time.
        amount_in_beats: beats
        Returns jumped_by, old_time, new_time.
        """
    def jump_to_locator(self, *, locator: int | str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Jumps to a locator, by its index in the order of times or by its exact name; of several, to the first.
        At once, or at the next launch quantization if the set plays. Uses CuePoint.jump.
        Returns locator_index, time.
        """
    def jump_to_next_cue(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Jumps to the next locator: at once, or at the next launch quantization if the set plays.
        Refused if there is none. Uses Song.jump_to_next_cue.
        Returns time, message.
        """
    def jump_to_prev_cue(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Jumps to the previous locator: at once, or at the next launch quantization if the set plays.
        Refused if there is none. Uses Song.jump_to_prev_cue.
        Returns time, message.
        """
    def jump_to_time(self, *, time_in_beats: float, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Moves the play position at once, without launch quantization; playback continues from there.
        Uses Song.current_song_time.
        time_in_beats: beats, at least 0
        Returns time, current_song_time.
        """
    def launch_clip(self, *, track_index: int, scene_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Launches a clip; it starts at the next launch quantization, and the clip that plays on the track stops then.
        If the set does not play, this starts the transport, and with it the other tracks. Uses ClipSlot.fire.
        track_index: at least 0
        scene_index: at least 0
        Returns track_index, scene_index, clip_index, message, is_triggered, is_playing.
        """
    def launch_scene(self, *, scene_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Launches a scene; its clips start at the next launch quantization. Uses Scene.fire.
        scene_index: at least 0
        Returns scene_index, is_triggered, message.
        """
    def launch_selected_scene(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Launches the selected scene and, where Live is set to do so, selects the next one. Uses Scene.fire_as_selected.
        Returns scene_index, is_triggered.
        """
    def load_device_from_browser(
        self,
        *,
        track_index: int,
        device_name: str,
        overwrite: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Loads a device, plug-in, preset or Max for Live device from Live's browser onto a track, by its name.
        The name must be exact except for case. Refused if the first 20000 items of the browser do not include it, if the track
        cannot hold it, or if it is an instrument and the track has one already. The browser does not say which plug-ins are
        instruments: on a track with an instrument a plug-in is refused unless `overwrite` is true, and may then replace it.
        Answers once the device has arrived, or with live_error after 3 seconds; restores the selection of tracks.
        Uses Browser.load_item.
        track_index: at least 0
        overwrite: default false
        Returns track_index, device_index, device_name, message.
        """
    def load_master_device_from_browser(
        self,
        *,
        device_name: str,
        overwrite: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what load_device_from_browser does for other tracks. Uses Browser.load_item.
        overwrite: default false
        Returns device_index, device_name, message.
        """
    def load_return_device_from_browser(
        self,
        *,
        return_index: int,
        device_name: str,
        overwrite: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what load_device_from_browser does for other tracks. Uses Browser.load_item.
        return_index: at least 0
        overwrite: default false
        Returns return_index, device_index, device_name, message.
        """
    def login(self, *, user: str, password: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sign in with a user's password; answers a token that is valid for 15 minutes, and a refresh token with which to get the next one. Errors: unauthenticated, overloaded.
        Returns protocol, caller, role, expires, token, refresh_token, refresh_expires.
        """
    def map_midi_cc(
        self,
        *,
        track_index: int,
        param_index: int,
        channel: int,
        cc_number: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Maps a controller of the MIDI input chosen for LiveGate to a parameter, until the set is closed.
        A later mapping of the controller replaces an earlier one. Uses Live.MidiMap.map_midi_cc.
        track_index: at least 0
        device_index: at least 0
        param_index: at least 0
        channel: at least 0, at most 15
        cc_number: at least 0, at most 127
        Returns track_index, device_index, param_index, mapped.
        """
    def metrics(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Counts and durations since the gateway's start, as Prometheus text, without callers, names and parameters.
        Returns metrics.
        """
    def mute_return_track(
        self,
        *,
        return_index: int,
        mute: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Mutes or unmutes a return track. Uses Track.mute.
        return_index: at least 0
        mute: default true
        Returns return_index, mute.
        """
    def mute_track(self, *, track_index: int, mute: bool | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Mutes or unmutes a track. Uses Track.mute.
        track_index: at least 0
        mute: default true
        Returns track_index, mute, message.
        """
    def nudge_down(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Presses the button that slows playback down, and releases it in the next tick, some 17 to 100 ms later.
        It has no effect unless the set plays. Uses Song.nudge_down.
        Returns message, nudge_down.
        """
    def nudge_up(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Presses the button that speeds playback up, and releases it in the next tick, some 17 to 100 ms later.
        It has no effect unless the set plays. Uses Song.nudge_up.
        Returns message, nudge_up.
        """
    def pair(self, *, secret: str, public_key: str | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Claim the owner's offer with the secret of its link, over TLS: answers a token, its caller and role, and the pin of the gateway's CA. public_key (PEM) gets a certificate, if the offer includes one. Errors: unauthenticated.
        Returns caller, role, token, jti, expires, pin, certificate.
        """
    def pair_begin(self, *, message: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Begin to claim an offer by its code: the first message of OPAQUE (RFC 9807) in hex, bound to the TLS connection by its exporter EXPORTER-livegate-pairing. Answers the second message. Errors: unauthenticated.
        Returns message.
        """
    def pair_finish(self, *, message: str, public_key: str | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Prove knowledge of the code: the third message of OPAQUE in hex, on the same connection. The answer is that of pair. public_key (PEM) gets a certificate, if the offer includes one. Errors: unauthenticated.
        Returns caller, role, token, jti, expires, pin, certificate.
        """
    def pair_offer(
        self,
        *,
        role: str | None = None,
        user: str | None = None,
        name: str | None = None,
        ttl_s: int | None = None,
        host: str | None = None,
        certificate: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Offer one device a token, for a few minutes: a link for a QR code, and a code to type. The device becomes a user of its own called name, with a role, or a further device of an existing user. host: the address that the device connects to. certificate: the device gets a client certificate too. An offer replaces an earlier one, and ends with the connection that made it. Errors: invalid_params for an unknown role or user, a name in use, or a gateway without TLS; precondition_failed if the gateway's certificates do not allow it.
        ttl_s: seconds, at least 1, at most 7776000, default 2592000
        certificate: default false
        Returns offer, link, code, pin, address, user, role, label, expires, tries_left.
        """
    def pair_osc_confirm(self, *, offer: str, address: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Confirm the address that sent an offer's digits, as pair_wait names it: its messages are accepted from then on. Errors: invalid_params for an offer that is not open, whose digits have not come, or came from another address.
        Returns user, address.
        """
    def pair_osc_offer(
        self,
        *,
        role: str | None = None,
        user: str | None = None,
        name: str | None = None,
        ttl_s: int | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Offer to pair one sender of OSC, for a few minutes: eight digits, which it sends once as /livegate/pair. The caller who made the offer then confirms the address that they came from (pair_wait, pair_osc_confirm). The sender is a user of its own called name, with a role, or a further device of a user who is there. Its messages are accepted for ttl_s at most, and not after half an hour of silence or on another network. The digits are good for nothing else. A newer offer ends the one before, and it ends with the connection on which it was made. Errors: invalid_params for an unknown role or user, a name in use, or where OSC is not listened to.
        ttl_s: seconds, at least 1, at most 43200, default 43200
        Returns offer, code, user, role, label, expires, tries_left.
        """
    def pair_wait(self, *, offer: str, tries_left: int | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Wait until an offer is claimed or has ended, until an attempt with its code changes tries_left, or until shortly before the deadline; answers its state: open, paired or over, and for an OSC offer confirm, with the address that sent the digits. Errors: invalid_params for an offer that is not the newest.
        tries_left: at least 0, at most 1000
        Returns state, tries_left, jti, address, reason.
        """
    def pair_withdraw(self, *, offer: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Withdraw an offer. Errors: invalid_params for an offer that is not open.
        Returns message.
        """
    def ping(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Answers "pong", which shows that Live's main thread runs commands.
        Returns message, script.
        """
    def policy_check(self, *, roles: str, cases: str | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Check a roles file that is not in force: roles is its text, and cases the text of its tests. It is read as when the gateway loads it, beside the shipped roles. failures: a sentence for each test that fails; warnings: rules that have ended, and users without a role. Errors: invalid_params with the place of the mistake.
        Returns roles, sha256, passed, failures, warnings.
        """
    def policy_diff(self, *, roles: str, before: str | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """What each role gains and loses by a roles file: each role and action whose verdict or conditions differ, with the verdicts before and after. roles: the text of the file; before: the text of another one; the policy in force by default. Errors: invalid_params with the place of the mistake.
        Returns changes, before, sha256.
        """
    def policy_explain(
        self,
        *,
        request: Mapping[str, Any],
        user: str | None = None,
        role: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """The policy's verdict on a request of a user or a role, and the rule that decides: allow, ask, deny, or depends on the guard that it shows. It decides as for a real request at this moment. request: an action and its parameters; of a batch each command is explained, and the whole is allowed if each is. user: also local, agent or console, the callers on this machine. Errors: invalid_params for an unknown user, role or action.
        Returns role, verdict, rule, guard, bounds, commands, frozen_by.
        """
    def policy_matrix(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """The verdict on each action for each role: allow, ask or depends; denied actions are left out.
        Returns matrix.
        """
    def policy_reload(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Load the roles again. Their tests run first, then they take effect all at once; open connections continue. Errors: precondition_failed if they do not load or fail their tests; the policy in force stays.
        Returns sha256, before, changed, warnings.
        """
    def policy_test(
        self,
        *,
        roles: str | None = None,
        cases: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Run test cases. roles: the text of the roles file; the policy in force by default. cases: the text of the cases; by default those beside the roles file in force, or those of the shipped roles. passed: how many hold; failures: a sentence for each other one. Errors: invalid_params with the place of the mistake.
        Returns sha256, passed, failures.
        """
    def quantize_clip(
        self,
        *,
        track_index: int,
        clip_index: int,
        quantize_to: float,
        overwrite: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Quantizes all notes of a MIDI clip, or the warp markers of an audio clip, to the nearest grid lines.
        Refused if notes of one pitch would meet on a line and replace each other, unless `overwrite` is true.
        The grid is 1, 0.5, 1/3, 0.25, 1/6 or 0.125 beats, with the set's swing. Uses Clip.quantize.
        track_index: at least 0
        clip_index: at least 0
        quantize_to: beats, more than 0
        overwrite: default false
        Returns track_index, clip_index, quantize_to, message.
        """
    def quantize_clip_pitch(
        self,
        *,
        track_index: int,
        clip_index: int,
        pitch: int,
        quantize_to: float | None = None,
        overwrite: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Quantizes the notes of one pitch in a MIDI clip to the nearest grid lines; other notes do not change.
        Refused if some of them would meet on a line and replace each other, unless `overwrite` is true.
        The grid is 1, 0.5, 1/3, 0.25, 1/6 or 0.125 beats, with the set's swing. Uses Clip.quantize_pitch.
        track_index: at least 0
        clip_index: at least 0
        pitch: at least 0, at most 127
        quantize_to: beats, more than 0, default 0.25
        overwrite: default false
        Returns track_index, clip_index, quantize_to, message, pitch.
        """
    def randomize_device(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the parameters of a device to random values: the same as randomize_device_parameters.
        Uses DeviceParameter.value.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, randomized_parameters.
        """
    def randomize_device_parameters(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets all parameters of a device to random values within their ranges, as one undo step.
        Skips parameters that cannot be set, and the on-off switch. The answer counts those that changed. Uses
        DeviceParameter.value.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, randomized_count, message.
        """
    def randomize_master_device(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what randomize_device does for other tracks. Uses DeviceParameter.value.
        device_index: at least 0
        Returns device_index, device_name, randomized_parameters.
        """
    def randomize_master_rack_macros(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what randomize_rack_macros does for other tracks. Uses RackDevice.randomize_macros.
        device_index: at least 0
        Returns device_index, variation_count, selected_variation_index.
        """
    def randomize_rack_macros(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the mapped macros of a rack at random. Uses RackDevice.randomize_macros.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, variation_count, selected_variation_index.
        """
    def randomize_return_device(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what randomize_device does for other tracks. Uses DeviceParameter.value.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, device_name, randomized_parameters.
        """
    def randomize_return_rack_macros(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what randomize_rack_macros does for other tracks. Uses RackDevice.randomize_macros.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, variation_count, selected_variation_index.
        """
    def re_enable_automation(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Re-enables the automation of all parameters that were changed by hand; does nothing if there are none.
        Uses Song.re_enable_automation.
        Returns message.
        """
    def recall_last_master_rack_variation(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what recall_last_rack_variation does for other tracks. Uses RackDevice.recall_last_used_variation.
        device_index: at least 0
        Returns device_index, variation_count, selected_variation_index.
        """
    def recall_last_rack_variation(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets a rack's macros to the variation that was recalled last. Uses RackDevice.recall_last_used_variation.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, variation_count, selected_variation_index.
        """
    def recall_last_return_rack_variation(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what recall_last_rack_variation does for other tracks. Uses RackDevice.recall_last_used_variation.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, variation_count, selected_variation_index.
        """
    def recall_master_rack_variation(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what recall_rack_variation does for other tracks. Uses RackDevice.recall_selected_variation.
        device_index: at least 0
        Returns device_index, variation_count, selected_variation_index.
        """
    def recall_rack_variation(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets a rack's macros to the selected variation. Uses RackDevice.recall_selected_variation.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, variation_count, selected_variation_index.
        """
    def recall_return_rack_variation(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what recall_rack_variation does for other tracks. Uses RackDevice.recall_selected_variation.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, variation_count, selected_variation_index.
        """
    def redo(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Redoes the last undone change; without one, changed is false. Uses Song.redo.
        Returns message, changed.
        """
    def refresh(self, *, refresh_token: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Continue a sign-in by password: signs in, and answers the next token and refresh token. A refresh token can be used once; using it again revokes all tokens of that sign-in. Errors: unauthenticated.
        Returns protocol, caller, role, expires, token, refresh_token, refresh_expires.
        """
    def remove_automation_step(
        self,
        *,
        track_index: int,
        clip_index: int,
        param_index: int,
        time: float,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Removes the automation step at a time in the clip: the value before it continues until the step's end.
        Refused if the curve has no step there. Uses Envelope.events_in_range, Envelope.insert_step and
        Envelope.delete_events_in_range.
        track_index: at least 0
        clip_index: at least 0
        device_index: at least 0
        param_index: at least 0
        time: beats
        Returns device_name, parameter_name, message, time, length, value.
        """
    def remove_notes(
        self,
        *,
        track_index: int,
        clip_index: int,
        pitch_from: int | None = None,
        pitch_to: int | None = None,
        time_from: float | None = None,
        time_to: float | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Removes the notes within a range of pitch, both ends included, that start within a range of time, its end excluded.
        Uses Clip.remove_notes_extended.
        track_index: at least 0
        clip_index: at least 0
        pitch_from: at least 0, at most 127, default 0
        pitch_to: at least 0, at most 127, default 127
        time_from: beats, default 0.0
        time_to: beats, default 999.0
        Returns track_index, clip_index, removed, message.
        """
    def remove_notes_by_id(
        self,
        *,
        track_index: int,
        clip_index: int,
        note_ids: Sequence[int],
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Removes notes by their numbers, which get_notes_extended reports as note_id. Uses Clip.remove_notes_by_id.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, removed.
        """
    def rename_locator(self, *, locator_index: int, name: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Names a locator, by its index in the order of times. In Live 11 names are read-only. Uses CuePoint.name.
        locator_index: at least 0
        Returns locator_index, name.
        """
    def rename_master_track(self, *, name: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Names the master track; an empty name lets Live choose one. Uses Track.name.
        Returns name.
        """
    def rename_return_track(self, *, return_index: int, name: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Names a return track; an empty name lets Live choose one. Uses Track.name.
        return_index: at least 0
        Returns return_index, name.
        """
    def rename_scene(self, *, scene_index: int, name: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Names a scene; an empty name removes the name. Uses Scene.name.
        scene_index: at least 0
        Returns scene_index, name, message.
        """
    def rename_track(self, *, track_index: int, name: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Names a track; an empty name lets Live choose one. Uses Track.name.
        track_index: at least 0
        Returns name, message.
        """
    def replace_selected_notes(
        self,
        *,
        track_index: int,
        clip_index: int,
        notes: Sequence[Mapping[str, Any]],
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Replaces the selected notes of a MIDI clip with others, and selects those instead.
        If no note is selected, they are added. Uses Clip.remove_notes_by_id, Clip.add_new_notes and Clip.select_notes_by_id.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, note_count, note_ids, removed, message.
        """
    def role_list(self, *, role: str | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """The roles; with role, the actions that it may call, now or under some condition. Errors: invalid_params for an unknown role.
        Returns roles, sha256, role, actions.
        """
    def scroll_view(
        self,
        *,
        direction: Literal[0, 1, 2, 3],
        view_name: Literal['', 'Session', 'Arranger', 'Browser', 'Detail/DeviceChain'] | None = None,
        modifier_pressed: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Scrolls a view by a step, as the arrow keys do: 0 up, 1 down, 2 left, 3 right. In some views that moves the selection.
        Without a name it is the view in the main window. The modifier is that of the keyboard, with which a step may be
        another. Uses Application.View.scroll_view.
        view_name: default ""
        modifier_pressed: default false
        Returns direction, message.
        """
    def scroll_view_to_time(self, *, time_in_beats: float, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Would scroll the Arrangement to a time; Live's API can only scroll by steps, and does not report the position.
        Needs Application.View.scroll_to_time.
        time_in_beats: beats, at least 0
        Returns time, message.
        """
    def select_all_notes(self, *, track_index: int, clip_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Selects all notes of a MIDI clip. Uses Clip.select_all_notes.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, selected, message.
        """
    def select_clip_slot(self, *, track_index: int, clip_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Selects a track and a scene, and with them the slot where they meet. Uses Song.View.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index.
        """
    def select_device(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Selects a device of a track's own chain, and its track. Uses Song.View.select_device.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index.
        """
    def select_master_device(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what select_device does for other tracks. Uses Song.View.select_device.
        device_index: at least 0
        Returns device_index.
        """
    def select_master_rack_variation(
        self,
        *,
        variation_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what select_rack_variation does for other tracks. Uses RackDevice.selected_variation_index.
        device_index: at least 0
        variation_index: at least 0
        Returns device_index, variation_count, selected_variation_index.
        """
    def select_rack_variation(
        self,
        *,
        track_index: int,
        variation_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Selects a macro variation of a rack, without recalling it. Uses RackDevice.selected_variation_index.
        track_index: at least 0
        device_index: at least 0
        variation_index: at least 0
        Returns track_index, device_index, variation_count, selected_variation_index.
        """
    def select_return_device(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what select_device does for other tracks. Uses Song.View.select_device.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index.
        """
    def select_return_rack_variation(
        self,
        *,
        return_index: int,
        variation_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what select_rack_variation does for other tracks. Uses RackDevice.selected_variation_index.
        return_index: at least 0
        device_index: at least 0
        variation_index: at least 0
        Returns return_index, device_index, variation_count, selected_variation_index.
        """
    def select_scene(self, *, scene_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Selects a scene. Uses Song.View.selected_scene.
        scene_index: at least 0
        Returns scene_index.
        """
    def send_midi_cc(
        self,
        *,
        track_index: int,
        cc_number: int,
        cc_value: int,
        channel: int | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Would send a control change to a track; Live's API cannot send MIDI to tracks.
        Device parameters and clip envelopes can be set instead. Would need Track.send_midi.
        track_index: at least 0
        cc_number: at least 0, at most 127
        cc_value: at least 0, at most 127
        channel: at least 0, at most 15, default 0
        Returns cc_number, cc_value, channel, message.
        """
    def send_program_change(
        self,
        *,
        track_index: int,
        program_number: int,
        channel: int | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Would send a program change to a track; Live's API cannot send MIDI to tracks.
        Would need Track.send_midi.
        track_index: at least 0
        program_number: at least 0, at most 127
        channel: at least 0, at most 15, default 0
        Returns program_number, channel, message.
        """
    def set_ableton_link(self, *, enabled: bool, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Switches Ableton Link on or off, which shares the tempo with others on the network. Uses Song.is_ableton_link_enabled.
        Returns is_ableton_link_enabled.
        """
    def set_arrangement_overdub(self, *, enabled: bool | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Lets recording add to the MIDI clips of the arrangement, or replace them. Uses Song.arrangement_overdub.
        enabled: default true
        Returns arrangement_overdub.
        """
    def set_back_to_arranger(self, *, enabled: bool | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """With `enabled` false stops the session's clips, so that all tracks play the arrangement again.
        The button is lit (true) while session clips replace the arrangement on some tracks. Only Live can light it: true is
        refused unless it is lit. Without an effect, changed is false. Uses Song.back_to_arranger.
        enabled: default true
        Returns message, back_to_arranger, changed.
        """
    def set_chain_mute(
        self,
        *,
        track_index: int,
        chain_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        mute: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Mutes or unmutes a chain of a rack. Uses Chain.mute.
        track_index: at least 0
        device_index: at least 0
        chain_index: at least 0
        mute: default true
        Returns track_index, device_index, device_name, chain_index, mute.
        """
    def set_chain_solo(
        self,
        *,
        track_index: int,
        chain_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        solo: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Solos a chain of a rack or ends its solo; the solos of other chains do not change. Uses Chain.solo.
        track_index: at least 0
        device_index: at least 0
        chain_index: at least 0
        solo: default true
        Returns track_index, device_index, device_name, chain_index, solo.
        """
    def set_clip_annotation(
        self,
        *,
        track_index: int,
        clip_index: int,
        annotation_text: str,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Would set the info text of a clip; Live's API has no access to it.
        track_index: at least 0
        clip_index: at least 0
        Returns annotation.
        """
    def set_clip_color(
        self,
        *,
        track_index: int,
        clip_index: int,
        color_index: int,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the color of a clip: an index in Live's palette of 70 colors; 0 to 13 are its top row.
        Uses Clip.color_index.
        track_index: at least 0
        clip_index: at least 0
        color_index: at least 0, at most 69
        Returns track_index, clip_index, color_index, color.
        """
    def set_clip_end_marker(
        self,
        *,
        track_index: int,
        clip_index: int,
        end_marker: float,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Moves the end marker of a clip, where it ends without a loop; it must be after the start marker.
        In beats, or in seconds for an unwarped audio clip. Uses Clip.end_marker, without a loop Clip.loop_end.
        track_index: at least 0
        clip_index: at least 0
        end_marker: beats
        Returns track_index, clip_index, end_marker.
        """
    def set_clip_fade_in(
        self,
        *,
        track_index: int,
        clip_index: int,
        fade_time: float,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Would set the fade-in of an audio clip; Live's API has no access to it.
        track_index: at least 0
        clip_index: at least 0
        fade_time: at least 0
        Returns fade_in_time.
        """
    def set_clip_fade_out(
        self,
        *,
        track_index: int,
        clip_index: int,
        fade_time: float,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Would set the fade-out of an audio clip; Live's API has no access to it.
        track_index: at least 0
        clip_index: at least 0
        fade_time: at least 0
        Returns fade_out_time.
        """
    def set_clip_follow_action(
        self,
        *,
        track_index: int,
        clip_index: int,
        action_A: int,
        action_B: int,
        chance_A: float | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Would set the follow actions of a clip, and the chance of the first; Live's API has no access to them.
        track_index: at least 0
        clip_index: at least 0
        action_A: at least 0, at most 9
        action_B: at least 0, at most 9
        chance_A: at least 0, at most 1, default 1.0
        Returns track_index, clip_index, follow_action_A, follow_action_B.
        """
    def set_clip_gain(
        self,
        *,
        track_index: int,
        clip_index: int,
        gain: float,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the gain of an audio clip: 0 to 1 on Live's scale, where 0.4 is 0 dB and 1 is 24 dB. Uses Clip.gain.
        track_index: at least 0
        clip_index: at least 0
        gain: at least 0, at most 1
        Returns track_index, clip_index, gain, gain_display.
        """
    def set_clip_groove(
        self,
        *,
        track_index: int,
        clip_index: int,
        groove_index: int,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Assigns a groove of the pool to a clip. Live's API can exchange it, but not remove it. Uses Clip.groove.
        track_index: at least 0
        clip_index: at least 0
        groove_index: at least 0
        Returns track_index, clip_index, groove_index, name, message.
        """
    def set_clip_groove_amount(
        self,
        *,
        track_index: int,
        clip_index: int,
        amount: float,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the timing amount of a clip's groove, for all clips that share the groove.
        Uses Groove.timing_amount.
        track_index: at least 0
        clip_index: at least 0
        amount: at least 0, at most 1
        Returns track_index, clip_index, groove_amount, groove.
        """
    def set_clip_launch_mode(
        self,
        *,
        track_index: int,
        clip_index: int,
        launch_mode: int,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets how a clip is launched: 0 trigger, 1 gate, 2 toggle, 3 repeat. Uses Clip.launch_mode.
        track_index: at least 0
        clip_index: at least 0
        launch_mode: at least 0, at most 3
        Returns track_index, clip_index, launch_mode.
        """
    def set_clip_launch_quantization(
        self,
        *,
        track_index: int,
        clip_index: int,
        launch_quantization: int,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets a clip's launch quantization: 0 as the set's, 1 none, 2 eight bars, then ever shorter.
        Uses Clip.launch_quantization.
        track_index: at least 0
        clip_index: at least 0
        launch_quantization: at least 0, at most 14
        Returns track_index, clip_index, launch_quantization.
        """
    def set_clip_legato(
        self,
        *,
        track_index: int,
        clip_index: int,
        legato: bool,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets whether a launched clip takes over the position of the clip that played before. Uses Clip.legato.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, legato.
        """
    def set_clip_loop_end(
        self,
        *,
        track_index: int,
        clip_index: int,
        loop_end: float,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Moves the end of a clip's loop; it must be after the start of the loop.
        In beats, or in seconds for an unwarped audio clip. Without a loop this moves the end marker. Uses
        Clip.loop_end.
        track_index: at least 0
        clip_index: at least 0
        loop_end: beats
        Returns track_index, clip_index, loop_end.
        """
    def set_clip_loop_start(
        self,
        *,
        track_index: int,
        clip_index: int,
        loop_start: float,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Moves the start of a clip's loop; it must be before the end of the loop.
        In beats, or in seconds for an unwarped audio clip. Without a loop this moves the start marker. Uses
        Clip.loop_start.
        track_index: at least 0
        clip_index: at least 0
        loop_start: beats
        Returns track_index, clip_index, loop_start.
        """
    def set_clip_looping(
        self,
        *,
        track_index: int,
        clip_index: int,
        looping: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Switches the loop of a clip on or off; an audio clip must be warped to loop. Uses Clip.looping.
        track_index: at least 0
        clip_index: at least 0
        looping: default true
        Returns track_index, clip_index, looping.
        """
    def set_clip_muted(
        self,
        *,
        track_index: int,
        clip_index: int,
        muted: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Deactivates a clip, so that it plays silence when launched, or activates it. Uses Clip.muted.
        track_index: at least 0
        clip_index: at least 0
        muted: default true
        Returns track_index, clip_index, muted.
        """
    def set_clip_name(
        self,
        *,
        track_index: int,
        scene_index: int,
        name: str,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Names a clip. Uses Clip.name.
        track_index: at least 0
        scene_index: at least 0
        Returns track_index, scene_index, clip_index, message, name.
        """
    def set_clip_pitch_coarse(
        self,
        *,
        track_index: int,
        clip_index: int,
        semitones: int,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Transposes an audio clip by semitones. Uses Clip.pitch_coarse.
        track_index: at least 0
        clip_index: at least 0
        semitones: at least -48, at most 48
        Returns track_index, clip_index, pitch_coarse.
        """
    def set_clip_pitch_fine(
        self,
        *,
        track_index: int,
        clip_index: int,
        cents: float,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Detunes an audio clip by cents (hundredths of a semitone). Uses Clip.pitch_fine.
        track_index: at least 0
        clip_index: at least 0
        cents: at least -50, at most 49
        Returns track_index, clip_index, pitch_fine.
        """
    def set_clip_position(
        self,
        *,
        track_index: int,
        clip_index: int,
        position: float,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Moves a clip's loop, or its start and end without a loop, and keeps the length. Uses Clip.position.
        track_index: at least 0
        clip_index: at least 0
        position: beats
        Returns track_index, clip_index, position.
        """
    def set_clip_ram_mode(
        self,
        *,
        track_index: int,
        clip_index: int,
        ram_mode: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Lets an audio clip play from memory, or from disk. Uses Clip.ram_mode.
        track_index: at least 0
        clip_index: at least 0
        ram_mode: default true
        Returns track_index, clip_index, ram_mode.
        """
    def set_clip_rgb(
        self,
        *,
        track_index: int,
        clip_index: int,
        color: int,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the color of a clip to the one of Live's palette that is nearest to 0xRRGGBB. Uses Clip.color.
        track_index: at least 0
        clip_index: at least 0
        color: at least 0, at most 16777215
        Returns color, color_index, track_index, clip_index.
        """
    def set_clip_signature_numerator(
        self,
        *,
        track_index: int,
        clip_index: int,
        numerator: int,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the number of beats in a bar of the clip. This changes the clip's ruler, not its playback.
        Uses Clip.signature_numerator.
        track_index: at least 0
        clip_index: at least 0
        numerator: at least 1, at most 99
        Returns track_index, clip_index, signature_numerator, signature_denominator.
        """
    def set_clip_start_marker(
        self,
        *,
        track_index: int,
        clip_index: int,
        start_marker: float,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Moves the start marker of a clip, where it starts to play; it must be before the end marker.
        In beats, or in seconds for an unwarped audio clip. Uses Clip.start_marker, without a loop Clip.loop_start.
        track_index: at least 0
        clip_index: at least 0
        start_marker: beats
        Returns track_index, clip_index, start_marker.
        """
    def set_clip_start_time(
        self,
        *,
        track_index: int,
        clip_index: int,
        start_time: float,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Would move the start time of a clip; Live's API cannot: Clip.start_time is read-only.
        set_clip_start_marker moves the position in the clip where it starts to play.
        track_index: at least 0
        clip_index: at least 0
        start_time: beats
        Returns start_time.
        """
    def set_clip_trigger_quantization(self, *, quantization: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the global launch quantization: 0 none, 1 eight bars, 2 four bars, 3 two bars, 4 one bar, then ever shorter.
        Uses Song.clip_trigger_quantization.
        quantization: at least 0, at most 13
        Returns clip_trigger_quantization.
        """
    def set_clip_velocity_amount(
        self,
        *,
        track_index: int,
        clip_index: int,
        velocity_amount: float,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets how much the velocity of a launching note matters for a clip's volume. Uses Clip.velocity_amount.
        track_index: at least 0
        clip_index: at least 0
        velocity_amount: at least 0, at most 1
        Returns track_index, clip_index, velocity_amount.
        """
    def set_clip_warp_mode(
        self,
        *,
        track_index: int,
        clip_index: int,
        warp_mode: int,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the warp mode of an audio clip; refused if its file does not support the mode.
        0 Beats, 1 Tones, 2 Texture, 3 Re-Pitch, 4 Complex, 5 REX, 6 Complex Pro. Uses Clip.warp_mode and
        Clip.available_warp_modes.
        track_index: at least 0
        clip_index: at least 0
        warp_mode: at least 0, at most 6
        Returns track_index, clip_index, warp_mode, warp_mode_name.
        """
    def set_clip_warping(
        self,
        *,
        track_index: int,
        clip_index: int,
        warping: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Switches the warping of an audio clip: a warped clip follows the tempo of the set, others play as recorded.
        An unwarped clip cannot loop, and its loop and markers are in seconds instead of beats. Uses Clip.warping.
        track_index: at least 0
        clip_index: at least 0
        warping: default true
        Returns track_index, clip_index, warping.
        """
    def set_crossfader_assignment(
        self,
        *,
        track_index: int,
        assignment: Literal[0, 1, 2],
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Assigns a track to a side of the crossfader: 0 is A, 1 is none, 2 is B.
        Uses MixerDevice.crossfade_assign.
        track_index: at least 0
        Returns track_index, crossfader_assignment, assignment_name.
        """
    def set_device_on_off(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        enabled: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Switches a device on or off; is_active reports whether it is active then. Refused while a macro controls its switch.
        Uses the first of Device.parameters, and Device.is_active.
        track_index: at least 0
        device_index: at least 0
        enabled: default true
        Returns track_index, device_index, device_name, enabled, is_active.
        """
    def set_device_param(
        self,
        *,
        track_index: int,
        param_index: int,
        value: float,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets a parameter of a device, in the parameter's own units; a quantized one takes whole numbers.
        Refused outside its min and max, and while a macro or Max controls it. Uses DeviceParameter.value.
        track_index: at least 0
        device_index: at least 0
        param_index: at least 0
        value: the parameter's own, within its min and max
        Returns track_index, device_index, device_name, param_index, param_name, value, message.
        """
    def set_device_param_by_name(
        self,
        *,
        track_index: int,
        param_name: str,
        value: float | str,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets a parameter of a device, made in Max or not, by its name: the same as set_device_parameter_by_name.
        Uses DeviceParameter.value.
        track_index: at least 0
        device_index: at least 0
        value: the parameter's own, within its min and max
        Returns track_index, device_index, device_name, param_index, param_name, value, message, display_value.
        """
    def set_device_parameter_by_name(
        self,
        *,
        track_index: int,
        param_name: str,
        value: float | str,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets a parameter of a device by its name, as set_device_param does.
        A text is the value as Live displays it, such as "-12 dB" or "4:1". Without an exact match, case is ignored if the match is unique. Uses DeviceParameter.value.
        track_index: at least 0
        device_index: at least 0
        value: the parameter's own, within its min and max
        Returns track_index, device_index, device_name, param_index, param_name, value, message, display_value, name.
        """
    def set_device_parameters(
        self,
        *,
        track_index: int,
        values: Sequence[float],
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the first parameters of a device, in their order, as set_device_param does each. Uses DeviceParameter.value.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, count.
        """
    def set_device_preset(
        self,
        *,
        track_index: int,
        preset_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Selects a preset of a plug-in, which replaces its settings. Other devices have none in Live's API.
        Uses PluginDevice.selected_preset_index.
        track_index: at least 0
        device_index: at least 0
        preset_index: at least 0
        Returns track_index, device_index, device_name, preset_index, preset_name, message.
        """
    def set_follow_action_time(
        self,
        *,
        track_index: int,
        clip_index: int,
        time_in_bars: float,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Would set the follow action time of a clip; Live's API has no access to it.
        track_index: at least 0
        clip_index: at least 0
        time_in_bars: bars, more than 0
        Returns follow_action_time.
        """
    def set_groove_amount(self, *, amount: float, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the global groove amount, which scales all grooves; 1 is 100 percent. Uses Song.groove_amount.
        amount: at least 0, at most 1.3
        Returns groove_amount.
        """
    def set_loop_enabled(self, *, enabled: bool | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Switches the arrangement loop on or off. Uses Song.loop.
        enabled: default true
        Returns loop_enabled, loop_start, loop_length.
        """
    def set_loop_length(self, *, length: float | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the length of the arrangement loop. Uses Song.loop_length.
        length: beats, more than 0, default 4.0
        Returns loop_length.
        """
    def set_loop_start(self, *, position: float, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Moves the start of the arrangement loop and keeps its length. Uses Song.loop_start.
        position: beats, at least 0
        Returns loop_start.
        """
    def set_master_chain_mute(
        self,
        *,
        chain_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        mute: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what set_chain_mute does for other tracks. Uses Chain.mute.
        device_index: at least 0
        chain_index: at least 0
        mute: default true
        Returns device_index, device_name, chain_index, mute.
        """
    def set_master_chain_solo(
        self,
        *,
        chain_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        solo: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what set_chain_solo does for other tracks. Uses Chain.solo.
        device_index: at least 0
        chain_index: at least 0
        solo: default true
        Returns device_index, device_name, chain_index, solo.
        """
    def set_master_color(self, *, color_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the color of the master track: an index in Live's palette of 70 colors. Uses Track.color_index.
        color_index: at least 0, at most 69
        Returns color_index, color.
        """
    def set_master_device_on_off(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        enabled: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what set_device_on_off does for other tracks. Uses the first of Device.parameters, and Device.is_active.
        device_index: at least 0
        enabled: default true
        Returns device_index, device_name, enabled, is_active.
        """
    def set_master_device_param(
        self,
        *,
        param_index: int,
        value: float,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        clamp: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets a parameter of a device of the master track, as set_track_device_param does on other tracks.
        Uses DeviceParameter.value.
        device_index: at least 0
        param_index: at least 0
        value: the parameter's own, within its min and max
        clamp: default false
        Returns device_index, device_name, param_index, param_name, value, message.
        """
    def set_master_device_param_by_name(
        self,
        *,
        param_name: str,
        value: float | str,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        clamp: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets a parameter of a device of the master track by its name, as set_track_device_param_by_name does on other tracks.
        Uses DeviceParameter.value.
        device_index: at least 0
        value: the parameter's own, within its min and max
        clamp: default false
        Returns device_index, device_name, param_index, param_name, value, message, display_value.
        """
    def set_master_device_parameters(
        self,
        *,
        values: Sequence[float],
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what set_device_parameters does for other tracks. Uses DeviceParameter.value.
        device_index: at least 0
        Returns device_index, device_name, count.
        """
    def set_master_device_preset(
        self,
        *,
        preset_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what set_device_preset does for other tracks. Uses PluginDevice.selected_preset_index.
        device_index: at least 0
        preset_index: at least 0
        Returns device_index, device_name, preset_index, preset_name, message.
        """
    def set_master_pan(self, *, pan: float, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the pan of the master track. Uses MixerDevice.panning.
        pan: -1 = left, 1 = right, at least -1, at most 1
        Returns pan.
        """
    def set_master_volume(self, *, volume: float, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the volume of the master track. Uses MixerDevice.volume.
        volume: Live fader position, 0.85 = 0 dB, at least 0, at most 1
        Returns volume.
        """
    def set_metronome(self, *, enabled: bool | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Switches the metronome on or off. Uses Song.metronome.
        enabled: default true
        Returns metronome.
        """
    def set_metronome_volume(self, *, volume: float, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the volume of the metronome: Live's cue volume, which previews share. Uses MixerDevice.cue_volume.
        volume: Live fader position, 0.85 = 0 dB, at least 0, at most 1
        Returns volume.
        """
    def set_midi_recording_quantization(self, *, quantization: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets how recorded notes are quantized: 0 not at all, 1 to quarters, 2 to eighths, then ever shorter.
        Uses Song.midi_recording_quantization.
        quantization: at least 0, at most 8
        Returns midi_recording_quantization.
        """
    def set_nudge_down(self, *, active: bool, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Presses the button that slows playback down, or releases it; nudge_down does both. Uses Song.nudge_down.
        Returns nudge_down.
        """
    def set_nudge_up(self, *, active: bool, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Presses the button that speeds playback up, or releases it; nudge_up does both. Uses Song.nudge_up.
        Returns nudge_up.
        """
    def set_punch_in(self, *, enabled: bool | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Switches punch-in: recording starts at the start of the arrangement loop. Uses Song.punch_in.
        enabled: default true
        Returns punch_in.
        """
    def set_punch_out(self, *, enabled: bool | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Switches punch-out: recording ends at the end of the arrangement loop. Uses Song.punch_out.
        enabled: default true
        Returns punch_out.
        """
    def set_record_mode(self, *, mode: Literal[0, 1], **terms: Unpack[Terms]) -> dict[str, Any]:
        """Switches recording into the arrangement on (1) or off (0). Uses Song.record_mode.
        Returns record_mode.
        """
    def set_return_chain_mute(
        self,
        *,
        return_index: int,
        chain_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        mute: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what set_chain_mute does for other tracks. Uses Chain.mute.
        return_index: at least 0
        device_index: at least 0
        chain_index: at least 0
        mute: default true
        Returns return_index, device_index, device_name, chain_index, mute.
        """
    def set_return_chain_solo(
        self,
        *,
        return_index: int,
        chain_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        solo: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what set_chain_solo does for other tracks. Uses Chain.solo.
        return_index: at least 0
        device_index: at least 0
        chain_index: at least 0
        solo: default true
        Returns return_index, device_index, device_name, chain_index, solo.
        """
    def set_return_device_on_off(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        enabled: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what set_device_on_off does for other tracks. Uses the first of Device.parameters, and Device.is_active.
        return_index: at least 0
        device_index: at least 0
        enabled: default true
        Returns return_index, device_index, device_name, enabled, is_active.
        """
    def set_return_device_param(
        self,
        *,
        return_index: int,
        param_index: int,
        value: float,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets a parameter of a device of a return track, as set_device_param does on other tracks.
        Uses DeviceParameter.value.
        return_index: at least 0
        device_index: at least 0
        param_index: at least 0
        value: the parameter's own, within its min and max
        Returns return_index, device_index, device_name, param_index, param_name, value, message.
        """
    def set_return_device_param_by_name(
        self,
        *,
        return_index: int,
        param_name: str,
        value: float | str,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets a parameter of a device of a return track by its name, as set_device_parameter_by_name does on other tracks.
        Uses DeviceParameter.value.
        return_index: at least 0
        device_index: at least 0
        value: the parameter's own, within its min and max
        Returns return_index, device_index, device_name, param_index, param_name, value, message, display_value.
        """
    def set_return_device_parameters(
        self,
        *,
        return_index: int,
        values: Sequence[float],
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what set_device_parameters does for other tracks. Uses DeviceParameter.value.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, device_name, count.
        """
    def set_return_device_preset(
        self,
        *,
        return_index: int,
        preset_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what set_device_preset does for other tracks. Uses PluginDevice.selected_preset_index.
        return_index: at least 0
        device_index: at least 0
        preset_index: at least 0
        Returns return_index, device_index, device_name, preset_index, preset_name, message.
        """
    def set_return_track_color(
        self,
        *,
        return_index: int,
        color_index: int,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the color of a return track: an index in Live's palette of 70 colors. Uses Track.color_index.
        return_index: at least 0
        color_index: at least 0, at most 69
        Returns return_index, color_index, color.
        """
    def set_return_track_pan(self, *, return_index: int, pan: float, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the pan of a return track. Uses MixerDevice.panning.
        return_index: at least 0
        pan: -1 = left, 1 = right, at least -1, at most 1
        Returns return_index, pan.
        """
    def set_return_track_send(
        self,
        *,
        return_index: int,
        send_index: int,
        value: float,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the level of a return track's send to a return track: 0 to 1 on Live's scale.
        Refused while the send is disabled, as Live does by default against feedback. Uses MixerDevice.sends.
        return_index: at least 0
        send_index: at least 0
        value: 0 = nothing, 1 = all of it
        Returns return_index, send_index, value.
        """
    def set_return_track_volume(self, *, return_index: int, volume: float, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the volume of a return track. Uses MixerDevice.volume.
        return_index: at least 0
        volume: Live fader position, 0.85 = 0 dB, at least 0, at most 1
        Returns return_index, volume.
        """
    def set_root_note(self, *, root_note: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the root note of the set's scale: 0 is C, 11 is B. Uses Song.root_note.
        root_note: at least 0, at most 11
        Returns root_note.
        """
    def set_sample_playback_mode(
        self,
        *,
        track_index: int,
        mode: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the playback mode of a Simpler: 0 classic, 1 one-shot, 2 slicing. Uses SimplerDevice.playback_mode.
        track_index: at least 0
        device_index: at least 0
        mode: at least 0, at most 2
        Returns track_index, device_index, device_name, playback_mode, playback_mode_name.
        """
    def set_scale_name(self, *, scale_name: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the set's scale by Live's name for it, such as "Major". Uses Song.scale_name.
        Returns scale_name.
        """
    def set_scene_color(self, *, scene_index: int, color_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the color of a scene: an index in Live's palette of 70 colors. Uses Scene.color_index.
        scene_index: at least 0
        color_index: at least 0, at most 69
        Returns scene_index, color, color_index.
        """
    def set_scene_rgb(self, *, scene_index: int, color: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the color of a scene to the one of Live's palette that is nearest to 0xRRGGBB. Uses Scene.color.
        scene_index: at least 0
        color: at least 0, at most 16777215
        Returns color, color_index, scene_index.
        """
    def set_scene_signature(
        self,
        *,
        scene_index: int,
        numerator: int | None = None,
        denominator: Literal[1, 2, 4, 8, 16] | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the time signature that a scene sets when launched, or the one part of it that is given.
        Uses Scene.time_signature_numerator and Scene.time_signature_denominator.
        scene_index: at least 0
        numerator: at least 1, at most 99
        Returns scene_index, numerator, denominator.
        """
    def set_scene_signature_enabled(
        self,
        *,
        scene_index: int,
        enabled: bool,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Switches on or off that a scene sets the time signature when launched. Uses Scene.time_signature_enabled.
        scene_index: at least 0
        Returns scene_index, time_signature_enabled.
        """
    def set_scene_tempo(self, *, scene_index: int, tempo: float, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the tempo that a scene sets when launched. Uses Scene.tempo.
        scene_index: at least 0
        tempo: beats per minute, at least 20, at most 999
        Returns scene_index, tempo.
        """
    def set_scene_tempo_enabled(self, *, scene_index: int, enabled: bool, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Switches on or off that a scene sets the tempo when launched. Uses Scene.tempo_enabled.
        scene_index: at least 0
        Returns scene_index, tempo_enabled.
        """
    def set_session_automation_record(self, *, enabled: bool | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Switches whether parameter changes are recorded as automation. Uses Song.session_automation_record.
        enabled: default true
        Returns session_automation_record.
        """
    def set_session_record(self, *, enabled: bool | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Switches overdubbing into the playing clips of armed tracks, which starts the transport. Uses Song.session_record.
        enabled: default true
        Returns session_record.
        """
    def set_signature_denominator(
        self,
        *,
        denominator: Literal[1, 2, 4, 8, 16],
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the note value of a beat at the current position. Uses Song.signature_denominator.
        Returns signature_denominator.
        """
    def set_signature_numerator(self, *, numerator: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the number of beats in a bar at the current position. Uses Song.signature_numerator.
        numerator: at least 1, at most 99
        Returns signature_numerator.
        """
    def set_slot_stop_button(
        self,
        *,
        track_index: int,
        clip_index: int,
        has_stop_button: bool,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Gives a slot its stop button, or takes it away. Uses ClipSlot.has_stop_button.
        track_index: at least 0
        clip_index: at least 0
        Returns track_index, clip_index, has_stop_button.
        """
    def set_start_time(self, *, time_in_beats: float, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the position where playback starts. Uses Song.start_time.
        time_in_beats: beats, at least 0
        Returns start_time.
        """
    def set_take_lane_name(
        self,
        *,
        track_index: int,
        lane_index: int,
        name: str,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Names a take lane; an empty name lets Live choose one. Uses TakeLane.name.
        track_index: at least 0
        lane_index: at least 0
        Returns track_index, lane_index, name.
        """
    def set_tempo(self, *, bpm: float, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the tempo; refused while something else, such as a tempo follower, controls it. Uses Song.tempo.
        bpm: beats per minute, at least 20, at most 999
        Returns bpm, message.
        """
    def set_time_signature(
        self,
        *,
        numerator: int,
        denominator: Literal[1, 2, 4, 8, 16],
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the time signature at the current position. Uses Song.signature_numerator and signature_denominator.
        numerator: at least 1, at most 99
        Returns numerator, denominator, message.
        """
    def set_track_annotation(
        self,
        *,
        track_index: int,
        annotation_text: str,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Would set the info text of a track; Live's API cannot: it has no Track.annotation.
        track_index: at least 0
        Returns annotation.
        """
    def set_track_color(self, *, track_index: int, color_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the color of a track: an index in Live's palette of 70 colors; 0 to 13 are its top row.
        Uses Track.color_index.
        track_index: at least 0
        color_index: at least 0, at most 69
        Returns track_index, color_index, color, message.
        """
    def set_track_current_monitoring_state(
        self,
        *,
        track_index: int,
        state: Literal[0, 1, 2],
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the monitoring of a track's input: 0 always (In), 1 while armed (Auto), 2 never (Off). Groups have no input.
        Uses Track.current_monitoring_state.
        track_index: at least 0
        Returns track_index, monitoring_state.
        """
    def set_track_delay(self, *, track_index: int, delay_samples: float, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Would set a track's delay; Live's API cannot: it has no Track.delay.
        track_index: at least 0
        delay_samples: as the LOM property takes it
        Returns delay.
        """
    def set_track_device_param(
        self,
        *,
        track_index: int,
        param_index: int,
        value: float,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        clamp: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets a parameter of a device, as set_device_param does; with `clamp`, a value out of range is brought into it, and `clamped` reports it.
        Uses DeviceParameter.value.
        track_index: at least 0
        device_index: at least 0
        param_index: at least 0
        value: the parameter's own, within its min and max
        clamp: default false
        Returns track_index, device_index, device_name, param_index, param_name, value, message.
        """
    def set_track_device_param_by_name(
        self,
        *,
        track_index: int,
        param_name: str,
        value: float | str,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        clamp: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets a parameter of a device by its name, as set_device_parameter_by_name does; with `clamp`, a value out of range is brought into it, and `clamped` reports it.
        Uses DeviceParameter.value.
        track_index: at least 0
        device_index: at least 0
        value: the parameter's own, within its min and max
        clamp: default false
        Returns track_index, device_index, device_name, param_index, param_name, value, message, display_value.
        """
    def set_track_fold_state(
        self,
        *,
        track_index: int,
        folded: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Folds a group, which hides its tracks, or unfolds it; refused for other tracks. Uses Track.fold_state.
        track_index: at least 0
        folded: default true
        Returns track_index, fold_state.
        """
    def set_track_input_routing(
        self,
        *,
        track_index: int,
        routing_type_name: str,
        routing_channel: str | int | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the input of a track by the displayed names: the type, and the channel if given, by its name or its place in the list.
        get_track_available_input_routing_types lists them. Without a channel Live chooses one. Groups have no input. Uses
        Track.input_routing_type and Track.input_routing_channel.
        track_index: at least 0
        Returns track_index, routing_type, routing_channel, message.
        """
    def set_track_input_sub_routing(
        self,
        *,
        track_index: int,
        sub_routing: str,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the channel of a track's input, such as "Post FX"; its input type must have the channel.
        Uses Track.input_routing_channel.
        track_index: at least 0
        Returns track_index, requested_sub_routing, routing_type, routing_channel, message.
        """
    def set_track_output_routing(
        self,
        *,
        track_index: int,
        routing_type_name: str,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the output of a track by the displayed name of its type; Live chooses the channel.
        get_track_available_output_routing_types lists the names. Uses Track.output_routing_type.
        track_index: at least 0
        Returns track_index, routing_type, routing_channel, message.
        """
    def set_track_output_sub_routing(
        self,
        *,
        track_index: int,
        sub_routing: str,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the channel of a track's output, such as "1/2"; its output type must have the channel.
        Uses Track.output_routing_channel.
        track_index: at least 0
        Returns track_index, requested_sub_routing, routing_type, routing_channel, message.
        """
    def set_track_pan(self, *, track_index: int, pan: float, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the pan of a track. Uses MixerDevice.panning.
        track_index: at least 0
        pan: -1 = left, 1 = right, at least -1, at most 1
        Returns track_index, pan, message.
        """
    def set_track_rgb(self, *, track_index: int, color: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the color of a track to the one of Live's palette that is nearest to 0xRRGGBB. Uses Track.color.
        track_index: at least 0
        color: at least 0, at most 16777215
        Returns color, color_index, track_index.
        """
    def set_track_send(
        self,
        *,
        track_index: int,
        send_index: int,
        value: float,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Sets the level of a track's send to a return track: 0 to 1 on Live's scale. Uses MixerDevice.sends.
        track_index: at least 0
        send_index: at least 0
        value: 0 = nothing, 1 = all of it
        Returns track_index, send_index, value, message.
        """
    def set_track_volume(self, *, track_index: int, volume: float, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets the volume of a track. Uses MixerDevice.volume.
        track_index: at least 0
        volume: Live fader position, 0.85 = 0 dB, at least 0, at most 1
        Returns track_index, volume, message.
        """
    def show_arrangement_view(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Shows the Arrangement in Live's main window, in place of the Session. Uses Application.View.show_view.
        Returns message.
        """
    def show_clip_view(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Shows the clip view in Live's detail area, with the clip selected last. Uses Application.View.show_view.
        Returns message.
        """
    def show_master_plugin_window(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what show_plugin_window does for other tracks. Uses Device.View.is_collapsed and Song.View.select_device.
        device_index: at least 0
        Returns device_index, device_name, message.
        """
    def show_message_box(self, *, message: str, title: str | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Shows a message with an OK button in Live, the title above the text, and answers once the button is pressed.
        The box is modal: until the user presses the button, Live runs no command of any client.
        Uses Application.show_on_the_fly_message.
        title: default "Message"
        Returns button_pressed, message.
        """
    def show_plugin_window(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Unfolds a device in Live's device view and selects it; Live's API cannot open a plug-in's own window.
        Uses Device.View.is_collapsed and Song.View.select_device.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, device_name, message.
        """
    def show_return_plugin_window(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what show_plugin_window does for other tracks. Uses Device.View.is_collapsed and Song.View.select_device.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, device_name, message.
        """
    def show_status_message(self, *, message: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Shows a message in Live's status bar, in quotes and with "message:" before it, so that it imitates none of livegate's.
        Returns message.
        """
    def solo_return_track(
        self,
        *,
        return_index: int,
        solo: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Solos a return track, which silences all tracks without solo, or ends its solo; other solos do not change.
        Uses Track.solo.
        return_index: at least 0
        solo: default true
        Returns return_index, solo.
        """
    def solo_track(
        self,
        *,
        track_index: int,
        solo: bool | None = None,
        exclusive: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Solos a track, which silences all tracks without solo, or ends its solo; exclusive ends all other solos.
        Uses Track.solo.
        track_index: at least 0
        solo: default true
        exclusive: default false
        Returns track_index, solo, message.
        """
    def start_playback(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Starts playback from the start marker. Uses Song.start_playing.
        Returns message, is_playing.
        """
    def start_recording(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Switches recording into the arrangement on; armed tracks record while the set plays. Uses Song.record_mode.
        Returns message, record_mode.
        """
    def status(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """The state of gateway, bridge and trail.
        Returns version, uptime_s, connections, bridge, trail, sign_in.
        """
    def step_selected_scene(
        self,
        *,
        steps: int | None = None,
        wrap: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Selects the scene so many steps below the selected one, or above it; stops at the last one, or wraps to the first.
        Uses Song.View.selected_scene.
        steps: down or to the right; negative: up or to the left, at least -1024, at most 1024, default 1
        wrap: default false
        Returns scene_index.
        """
    def step_selected_track(
        self,
        *,
        steps: int | None = None,
        wrap: bool | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Selects the track so many steps to the right of the selected one, or to the left; stops at the last one, or wraps.
        Counts the visible tracks, without those in folded groups; from a return or master track, it begins behind the last.
        Uses Song.View.selected_track and Song.visible_tracks.
        steps: down or to the right; negative: up or to the left, at least -1024, at most 1024, default 1
        wrap: default false
        Returns track_index.
        """
    def stop_all_clips(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Stops all clips at the next launch quantization; the transport continues. Uses Song.stop_all_clips.
        Returns message.
        """
    def stop_clip(self, *, track_index: int, scene_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Stops a clip that plays or is triggered, at the next launch quantization; otherwise does nothing.
        Live stops the whole track: a triggered clip that would follow does not start either. Refused for a triggered clip
        while another one plays on the track, which would stop. Uses ClipSlot.stop.
        track_index: at least 0
        scene_index: at least 0
        Returns track_index, scene_index, clip_index, message, is_triggered, is_playing.
        """
    def stop_playback(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Stops playback; does nothing if the set does not play. Uses Song.stop_playing.
        Returns message, is_playing.
        """
    def stop_recording(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Ends recording, both into the arrangement and into session clips.
        A session clip that records ends at the next launch quantization and plays on; session_record_status is 2 until then,
        and 0 when nothing records. Uses Song.record_mode, Song.session_record, Song.trigger_session_record.
        Returns message, record_mode, session_record_status.
        """
    def stop_track_clips(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Stops the clips of a track at the next launch quantization. Uses Track.stop_all_clips.
        track_index: at least 0
        Returns track_index, message.
        """
    def store_master_rack_variation(
        self,
        *,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for the master track what store_rack_variation does for other tracks. Uses RackDevice.store_variation.
        device_index: at least 0
        Returns device_index, variation_count, selected_variation_index.
        """
    def store_rack_variation(
        self,
        *,
        track_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Stores the macros of a rack as a new variation. Uses RackDevice.store_variation.
        track_index: at least 0
        device_index: at least 0
        Returns track_index, device_index, variation_count, selected_variation_index.
        """
    def store_return_rack_variation(
        self,
        *,
        return_index: int,
        device_index: int | None = None,
        device_path: Sequence[int] | None = None,
        device_name: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Does for a return track what store_rack_variation does for other tracks. Uses RackDevice.store_variation.
        return_index: at least 0
        device_index: at least 0
        Returns return_index, device_index, variation_count, selected_variation_index.
        """
    def subscribe(self, *, topics: Sequence[Any], **terms: Unpack[Terms]) -> dict[str, Any]:
        """Receive events on this connection: a line {event, value, seq} with the present value, then one for each change. A topic is an event with the indexes of its object: tempo, transport, selection, tracks, scenes, return_tracks, set_load, track_name, track_volume, track_pan, track_mute, track_solo, track_arm, track_sends, track_devices (track_index), track_send (track_index, send_index), return_volume, return_devices, return_name, return_pan, return_mute, return_solo, return_sends, return_color (return_index), master_volume, master_devices, master_name, master_pan, master_color, track_clips (track_index, and clip_index, the first of 64 rows), clip_state, clip_name (track_index, clip_index), scene_state (scene_index), device_parameter, parameter_text (track_index, device_index, param_index), rack_chains (track_index, device_index), chain_devices (track_index, device_index, chain_index), return_meters (return_index), master_meters, beat, song_position, playing_slot, meters, track_level, track_color, arrangement_clips, track_properties (track_index), playing_position, clip_color, clip_notes, clip_properties, slot_properties (track_index, clip_index), scene_properties (scene_index), device_properties (track_index, device_index), song_properties. The five of devices exist for return tracks (return_device_parameter and so on, with return_index) and for the master track (master_device_parameter and so on, without an index of a track), too; a device inside racks is named by device_path, as in [0, 1, 0], instead of device_index. It needs the right to read the object. A slow reader misses values, which leaves a gap in seq, but always gets the last one. An object that does not exist has the value null.
        Returns subscribed.
        """
    def tap_tempo(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Taps the tempo once; several taps set the tempo. Uses Song.tap_tempo.
        Returns message, tempo.
        """
    def thaw(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """End a freeze.
        Returns frozen, changed.
        """
    def toggle_locator(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sets a locator at the play position, or deletes the one that is there. Uses Song.set_or_delete_cue.
        Returns count, message.
        """
    def token_issue(
        self,
        *,
        user: str,
        ttl_s: int | None = None,
        label: str | None = None,
        only: Sequence[str] | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Issue a token for a user. ttl_s: seconds until it expires, from 1 to 90 days. only: its scope, a subset of the user's rights, as patterns of roles (@read, set_clip_*, an action's name); it never allows giving others rights. Errors: invalid_params for an unknown or disabled user, or a pattern that allows nothing.
        ttl_s: seconds, at least 1, at most 7776000, default 2592000
        Returns token, jti, user, expires.
        """
    def token_list(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """All tokens that have not expired, and the open sign-ins by password, each by its family; without their text.
        Returns tokens, sign_ins.
        """
    def token_revoke(self, *, jti: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Revoke a token by its jti, or a sign-in by password by its family (as jti), and close its connections within a second. Errors: invalid_params for an unknown token.
        Returns jti, message.
        """
    def token_rotate_keys(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Sign new tokens with a new key. The old key verifies until the last token that it signed has expired.
        Returns kid, message.
        """
    def trigger_session_record(self, *, length: float | None = None, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Records a new clip on each armed track, in the selected scene or the next with an empty slot.
        If clips are recording already, ends that and plays them. session_record_status is 0 for off, 1 for on and 2 while it
        waits for the launch quantization. Refused if no track is armed. With `length` each recording ends after so many beats. Uses Song.trigger_session_record.
        length: beats, more than 0
        Returns message, session_record_status.
        """
    def undo(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Undoes the last change of the set, by any client or by the user; without one, changed is false. Uses Song.undo.
        Returns message, changed.
        """
    def unfilter_clips(
        self,
        *,
        first_track: int | None = None,
        end_track: int | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Activates every session clip of the tracks from first_track up to, without, end_track. Uses Clip.muted.
        first_track: at least 0, default 0
        end_track: at least 0
        Returns activated, deactivated.
        """
    def unfreeze_track(self, *, track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Would unfreeze a track; Live's API cannot: it has no Track.unfreeze.
        track_index: at least 0
        Returns track_index, frozen.
        """
    def ungroup_track(self, *, group_track_index: int, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Would dissolve a group and keep its tracks; Live's API cannot: it has no Song.ungroup_track.
        group_track_index: at least 0
        Returns group_track_index, message.
        """
    def unsubscribe(self, *, topics: Sequence[Any], **terms: Unpack[Terms]) -> dict[str, Any]:
        """End the subscriptions to these topics.
        Returns subscribed.
        """
    def user_add(
        self,
        *,
        user: str,
        role: str,
        password: str | None = None,
        **terms: Unpack[Terms],
    ) -> dict[str, Any]:
        """Add a user; the password is optional. Errors: invalid_params for a name in use or an unknown role.
        Returns user, role.
        """
    def user_disable(self, *, user: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Disable a user and close the user's connections within a second. Errors: invalid_params for an unknown user.
        Returns user, message.
        """
    def user_enable(self, *, user: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Enable a disabled user; tokens that were not revoked meanwhile are valid again. Errors: invalid_params for an unknown user.
        Returns user, message.
        """
    def user_list(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """All users with role and state.
        Returns users.
        """
    def user_remove(self, *, user: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Remove a user permanently: password, tokens and keys are deleted, open connections close within a second, and the name is never reused. Errors: invalid_params for an unknown user.
        Returns user, message.
        """
    def user_set_password(self, *, user: str, password: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Give a user another password, of at least 8 characters. Errors: invalid_params for an unknown user or a short password.
        Returns user, message.
        """
    def user_set_role(self, *, user: str, role: str, **terms: Unpack[Terms]) -> dict[str, Any]:
        """Give a user another role; it takes effect at once, on open connections too. Errors: invalid_params for an unknown user or role.
        Returns user, role.
        """
    def whoami(self, **terms: Unpack[Terms]) -> dict[str, Any]:
        """The caller of this connection, its role, the scope of its token if it has one, and when its sign-in expires.
        Returns caller, role, only, expires, checkpoint, checkpoint_key.
        """

__version__: str

@overload
def connect(
    address: str | None = None,
    *,
    reconnect: None = None,
    token: str | None = None,
    token_file: str | PathLike[str] | None = None,
    ca: str | PathLike[str] | None = None,
    pin: str | None = None,
    server_name: str | None = None,
    client_cert: str | PathLike[str] | None = None,
    client_key: str | PathLike[str] | None = None,
    state_dir: str | PathLike[str] | None = None,
    timeout: float | None = None,
) -> Connection: ...
@overload
def connect(
    address: str | None = None,
    *,
    reconnect: float,
    token: str | None = None,
    token_file: str | PathLike[str] | None = None,
    ca: str | PathLike[str] | None = None,
    pin: str | None = None,
    server_name: str | None = None,
    client_cert: str | PathLike[str] | None = None,
    client_key: str | PathLike[str] | None = None,
    state_dir: str | PathLike[str] | None = None,
    timeout: float | None = None,
) -> Reconnecting: ...

class Connection(Actions):
    def call(self, action: str, /, **arguments: Any) -> dict[str, Any]: ...
    def call_many(
        self, requests: Iterable[Mapping[str, Any]], *, timeout: float | None = None
    ) -> list[dict[str, Any] | Refused]: ...
    def events(self, *, timeout: float | None = None) -> Iterator[dict[str, Any]]: ...
    def close(self) -> None: ...
    def __enter__(self) -> Connection: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

class Reconnecting(Actions):
    def __init__(self, connect: Callable[[], Connection], reconnect: float) -> None: ...
    def call(self, action: str, /, **arguments: Any) -> dict[str, Any]: ...
    def call_many(
        self, requests: Iterable[Mapping[str, Any]], *, timeout: float | None = None
    ) -> list[dict[str, Any] | Refused]: ...
    def events(self, *, timeout: float | None = None) -> Iterator[dict[str, Any]]: ...
    def close(self) -> None: ...
    def __enter__(self) -> Reconnecting: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

class Action:
    __name__: str
    def __call__(self, **arguments: Any) -> dict[str, Any]: ...

class Events(Iterator[dict[str, Any]]):
    def __next__(self) -> dict[str, Any]: ...

class Refused(Exception):
    code: str
    category: str
    retry_after_ms: int | None
    outcome_unknown: bool
    answer: dict[str, Any]

class ConnectionLost(ConnectionError):
    outcome_unknown: bool

class GatewayWarning(UserWarning): ...
