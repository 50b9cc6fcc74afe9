"""Pads on ableton.v3: a specification, elements, mappings, and one component of its own."""

import logging

from ableton.v3.base import depends, listens
from ableton.v3.control_surface import (
    Component,
    ControlSurface,
    ControlSurfaceSpecification,
    ElementsBase,
    MapMode,
    create_matrix_identifiers,
    create_skin,
)
from ableton.v3.control_surface.capabilities import CONTROLLER_ID_KEY, PORTS_KEY, SCRIPT, controller_id, inport, outport
from ableton.v3.control_surface.controls import ButtonControl, EncoderControl
from ableton.v3.control_surface.elements import SimpleColor
from ableton.v3.live import liveobj_valid

logger = logging.getLogger("mapped_pads")
PADS, VOLUMES, PLAY, SHIFT, UNDO, MODE, KNOB = 36, 70, 100, 101, 102, 103, 20
MODEL = (1, 2, 3)


def get_capabilities():
    return {
        CONTROLLER_ID_KEY: controller_id(vendor_id=1, product_ids=[2], model_name=["Mapped Pads"]),
        PORTS_KEY: [inport(props=[SCRIPT]), outport(props=[SCRIPT])],
    }


class Skin:
    class DefaultButton:
        On, Off, Disabled = SimpleColor(127), SimpleColor(1), SimpleColor(0)

    class Knob:
        Touched = SimpleColor(5)


class Elements(ElementsBase):
    def __init__(self, *a, **k):
        super().__init__(*a, global_channel=1, **k)
        self.add_button(PLAY, "Play_Button")
        self.add_modifier_button(SHIFT, "Shift_Button")
        self.add_button(UNDO, "Undo_Button")
        self.add_button(MODE, "Mode_Button")
        self.add_encoder(KNOB, "Knob", map_mode=MapMode.LinearTwosComplement)
        self.add_button_matrix(create_matrix_identifiers(PADS, PADS + 4, width=2), "Pads")
        self.add_encoder_matrix([[VOLUMES, VOLUMES + 1]], "Volumes", channels=2)
        self.add_submatrix(self.pads, "Upper_Pads", rows=(0, 1))
        self.add_modified_control(control=self.undo_button, modifier=self.shift_button)


class KnobComponent(Component):
    knob = EncoderControl()
    pad_button = ButtonControl(color="DefaultButton.Off", pressed_color="Knob.Touched")

    @depends(target_track=None)
    def __init__(self, name="Knob", target_track=None, *a, **k):
        super().__init__(name=name, *a, **k)
        self._target_track, self.turns, self.pressed = target_track, [], 0
        self.__on_target_changed.subject = target_track
        self.named = []

    @knob.value
    def knob(self, value, _):
        self.turns.append(round(value * 64))

    @pad_button.pressed
    def pad_button(self, _):
        self.pressed += 1

    @listens("target_track")
    def __on_target_changed(self):
        self.named.append(self._target_track.target_track.name)


def create_mappings(control_surface):
    return {
        "Transport": dict(play_toggle_button="play_button"),
        "Undo_Redo": dict(undo_button="undo_button", redo_button="undo_button_with_shift"),
        "Mixer": dict(volume_controls="volumes"),
        "Knob": dict(knob="knob"),
        "Main_Modes": dict(
            cycle_mode_button="mode_button",
            session=dict(component="Session", clip_launch_buttons="pads"),
            own=dict(modes=[dict(component="Knob", pad_button="pads_raw[3]")]),
        ),
    }


class Specification(ControlSurfaceSpecification):
    elements_type = Elements
    control_surface_skin = create_skin(skin=Skin)
    num_tracks = 2
    num_scenes = 2
    identity_response_id_bytes = MODEL
    create_mappings_function = create_mappings
    component_map = {"Knob": KnobComponent}


def create_instance(c_instance):
    return MappedPads(Specification, c_instance=c_instance)


class MappedPads(ControlSurface):
    def __init__(self, *a, **k):
        super().__init__(*a, **k)
        logger.info("started")

    def setup(self):
        super().setup()
        assert liveobj_valid(self.song)
        self.identified = []

    def on_identified(self, response_bytes):
        super().on_identified(response_bytes)
        self.identified.append(response_bytes)
