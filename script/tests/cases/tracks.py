"""Cases of tracks, their mixers and routing: a group of two, a frozen track, and two returns."""

from livesim import SetPlan
from livesim.model.track import AUDIO, GROUP, MIDI
from tests.cases import Case

KIT, KICK, SNARE, BASS, VOCALS = range(5)
PLAN = SetPlan(
    tracks=(("Kit", GROUP), ("Kick", MIDI), ("Snare", AUDIO), ("Bass", MIDI), ("Vocals", AUDIO)),
    groups={KIT: (KICK, SNARE)},
    frozen=(BASS,),
    scenes=2,
    clips={(KICK, 0): 4.0, (SNARE, 1): 4.0},
)


def names(song):
    return [track.name for track in song.tracks]



def vocals(song):
    return song.tracks[VOCALS]


def mixer(song):
    return vocals(song).mixer_device


def main_mixer(song):
    return song.master_track.mixer_device


def delay(song):
    return song.return_tracks[1]


def input_of_vocals(song):
    return vocals(song).input_routing_type.display_name, vocals(song).input_routing_channel.display_name


def output_of_vocals(song):
    return vocals(song).output_routing_type.display_name, vocals(song).output_routing_channel.display_name


CASES = {
    "create_midi_track": Case(
        {"name": "Lead"}, read=names, after=["Kit", "Kick", "Snare", "Bass", "Vocals", "Lead"]
    ),
    "create_audio_track": Case(read=names, after=["Kit", "Kick", "Snare", "Bass", "Vocals", "6-Audio"]),
    "create_return_track": Case(
        read=lambda song: [len(track.mixer_device.sends) for track in song.tracks[:2]] + [len(song.return_tracks)],
        after=[3, 3, 3],
    ),
    "delete_return_track": Case(
        {"return_index": 0}, read=lambda song: [track.name for track in song.return_tracks], after=["B-Delay"]
    ),
    "delete_track": Case({"track_index": KIT}, read=names, after=["Bass", "Vocals"]),
    "duplicate_track": Case(
        {"track_index": KIT}, read=names, after=["Kit", "Kick", "Snare", "Kit", "Kick", "Snare", "Bass", "Vocals"]
    ),
    "rename_track": Case(
        {"track_index": VOCALS, "name": "Choir"}, read=lambda song: vocals(song).name, after="Choir"
    ),
    "set_track_volume": Case(
        {"track_index": VOCALS, "volume": 0.5}, read=lambda song: mixer(song).volume.value, after=0.5
    ),
    "set_track_pan": Case(
        {"track_index": VOCALS, "pan": -0.5}, read=lambda song: mixer(song).panning.value, after=-0.5
    ),
    "arm_track": Case({"track_index": VOCALS}, read=lambda song: vocals(song).arm, after=True),
    "solo_track": Case({"track_index": VOCALS}, read=lambda song: vocals(song).solo, after=True),
    "mute_track": Case({"track_index": VOCALS}, read=lambda song: vocals(song).mute, after=True),
    "get_track_info": Case(
        {"track_index": KICK}, answer={"name": "Kick", "num_clips": 1, "has_midi_input": True, "arm": False}
    ),
    "get_track_index_by_name": Case({"name": "Bass"}, answer={"track_index": BASS, "name": "Bass", "count": 1}),
    "set_track_color": Case(
        {"track_index": VOCALS, "color_index": 14}, read=lambda song: vocals(song).color, after=0xFF3636
    ),
    "get_track_color": Case({"track_index": KIT}, answer={"color_index": 0, "color": 0xFF94A6}),
    "get_track_annotation": Case({"track_index": KIT}),
    "set_track_annotation": Case({"track_index": KIT, "annotation_text": "warm"}),
    "get_track_delay": Case({"track_index": KIT}),
    "set_track_delay": Case({"track_index": KIT, "delay_samples": 64}),
    "set_track_send": Case(
        {"track_index": VOCALS, "send_index": 1, "value": 0.25},
        read=lambda song: [send.value for send in mixer(song).sends],
        after=[0.0, 0.25],
    ),
    "get_track_sends": Case(
        {"track_index": VOCALS},
        answer={
            "count": 2,
            "sends": [
                {"index": 0, "name": "Send A", "value": 0.0, "return_name": "A-Reverb"},
                {"index": 1, "name": "Send B", "value": 0.0, "return_name": "B-Delay"},
            ],
        },
    ),
    "get_crossfader_assignment": Case(
        {"track_index": VOCALS}, answer={"crossfader_assignment": 1, "assignment_name": "None"}
    ),
    "set_crossfader_assignment": Case(
        {"track_index": VOCALS, "assignment": 2}, read=lambda song: mixer(song).crossfade_assign, after=2
    ),
    "get_crossfader_position": Case(answer={"position": 0.0}),
    "set_track_fold_state": Case(
        {"track_index": KIT},
        read=lambda song: [track.name for track in song.visible_tracks],
        after=["Kit", "Bass", "Vocals"],
    ),
    "get_track_is_grouped": Case(
        {"track_index": SNARE}, answer={"is_grouped": True, "is_group_track": False, "group_track_index": KIT}
    ),
    "get_track_is_foldable": Case({"track_index": KIT}, answer={"is_foldable": True}),
    "create_group_track": Case({"name": "Strings"}),
    "group_tracks": Case({"start_index": BASS, "end_index": VOCALS}),
    "ungroup_track": Case({"group_track_index": KIT}),
    "get_track_is_frozen": Case({"track_index": BASS}, answer={"is_frozen": True, "can_be_frozen": True}),
    "freeze_track": Case({"track_index": VOCALS}),
    "unfreeze_track": Case({"track_index": BASS}),
    "flatten_track": Case({"track_index": BASS}),
    "set_track_input_routing": Case(
        {"track_index": VOCALS, "routing_type_name": "Snare", "routing_channel": "Pre FX"},
        read=input_of_vocals,
        after=("Snare", "Pre FX"),
    ),
    "set_track_output_routing": Case(
        {"track_index": VOCALS, "routing_type_name": "Sends Only"}, read=output_of_vocals, after=("Sends Only", "")
    ),
    "set_track_input_sub_routing": Case(
        {"track_index": VOCALS, "sub_routing": "2"}, read=input_of_vocals, after=("Ext. In", "2")
    ),
    "set_track_output_sub_routing": Case(
        {"track_index": VOCALS, "sub_routing": "1"},
        before=lambda song: setattr(vocals(song), "current_output_routing", "Ext. Out"),
        read=output_of_vocals,
        after=("Ext. Out", "1"),
    ),
    "get_track_output_routing": Case(
        {"track_index": SNARE},
        answer={"track_name": "Snare", "output_routing_type": "Group", "output_routing_channel": ""},
    ),
    "get_track_input_routing_type": Case(
        {"track_index": KICK}, answer={"routing_type": "All Ins", "routing_channel": "All Channels"}
    ),
    "get_track_available_input_routing_types": Case(
        {"track_index": KICK},
        answer={"count": 4, "routing_types": ["All Ins", "Computer Keyboard", "Bass", "No Input"]},
    ),
    "get_track_available_output_routing_types": Case(
        {"track_index": KICK}, answer={"count": 2, "routing_types": ["Bass", "No Output"], "routing_channels": [""]}
    ),
    "set_track_current_monitoring_state": Case(
        {"track_index": VOCALS, "state": 0}, read=lambda song: vocals(song).current_monitoring_state, after=0
    ),
    "get_master_track_info": Case(answer={"pan": 0.0, "num_devices": 0}),
    "set_master_volume": Case({"volume": 0.5}, read=lambda song: main_mixer(song).volume.value, after=0.5),
    "set_master_pan": Case({"pan": 0.25}, read=lambda song: main_mixer(song).panning.value, after=0.25),
    "get_master_devices": Case(answer={"count": 0, "devices": []}),
    "get_metronome_volume": Case(
        answer={"volume": 0.5}, before=lambda song: setattr(main_mixer(song).cue_volume, "value", 0.5)
    ),
    "set_metronome_volume": Case({"volume": 0.25}, read=lambda song: main_mixer(song).cue_volume.value, after=0.25),
    "get_return_track_count": Case(answer={"count": 2}),
    "get_return_track_info": Case(
        {"return_index": 1}, answer={"return_index": 1, "index": 1, "name": "B-Delay", "mute": False, "num_devices": 0}
    ),
    "set_return_track_volume": Case(
        {"return_index": 0, "volume": 0.5},
        read=lambda song: [track.mixer_device.volume.value for track in song.return_tracks][0],
        after=0.5,
    ),
    "set_return_track_pan": Case(
        {"return_index": 1, "pan": -0.5}, read=lambda song: delay(song).mixer_device.panning.value, after=-0.5
    ),
    "mute_return_track": Case({"return_index": 1}, read=lambda song: delay(song).mute, after=True),
    "solo_return_track": Case({"return_index": 1}, read=lambda song: delay(song).solo, after=True),
    "set_return_track_send": Case(
        {"return_index": 1, "send_index": 0, "value": 0.5},
        read=lambda song: delay(song).mixer_device.sends[0].value,
        after=0.5,
    ),
    "get_return_track_sends": Case({"return_index": 0}, answer={"return_index": 0, "count": 2}),
    "rename_return_track": Case(
        {"return_index": 1, "name": "Echoes"}, read=lambda song: delay(song).name, after="Echoes"
    ),
    "set_return_track_color": Case(
        {"return_index": 1, "color_index": 7}, read=lambda song: delay(song).color_index, after=7
    ),
    "get_return_track_index_by_name": Case({"name": "B-Delay"}, answer={"return_index": 1, "count": 1}),
    "rename_master_track": Case({"name": "Hall"}, read=lambda song: song.master_track.name, after="Hall"),
    "set_master_color": Case({"color_index": 7}, read=lambda song: song.master_track.color_index, after=7),
    "step_selected_track": Case(
        {"steps": -2, "wrap": True}, read=lambda song: song.view.selected_track.name, after="Bass"
    ),
    "step_selected_scene": Case(
        before=lambda song: [setattr(scene, "name", "Part %d" % index) for index, scene in enumerate(song.scenes)],
        read=lambda song: song.view.selected_scene.name,
        after="Part 1",
    ),
    "get_scene_index_by_name": Case(
        {"name": "Chorus"},
        before=lambda song: setattr(song.scenes[1], "name", "Chorus"),
        answer={"scene_index": 1, "name": "Chorus", "count": 1},
    ),
}
