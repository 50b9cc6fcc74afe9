"""Actions on the macro variations of racks."""

from ..errors import Refusal
from ..lom import targets
from ..lom.track_places import fields_of
from ..registry import action

RACK = {"track": "track_index", "device": "device_index"}
VARIED = {
    "track_index": "integer",
    "device_index": "integer",
    "variation_count": "integer",
    "selected_variation_index": "integer",
}
# The macros lose the values that they have, all at once.
ALL_MACROS = ["device", "destructive"]
SELECTED = {"selected_variation_index": "device.selected_variation_index"}
COUNTED = {"variation_count": "device.variation_count"}


def _rack(host, track_index, device_index):
    return targets.device_that(host, track_index, device_index, lambda device: device.can_have_chains, "a rack")


def _answer(rack, track_index, device_index):
    return dict(
        fields_of(track_index),
        device_index=device_index,
        variation_count=int(rack.variation_count),
        selected_variation_index=int(rack.selected_variation_index),
    )


def _selected(host, track_index, device_index):
    rack = _rack(host, track_index, device_index)
    if not 0 <= rack.selected_variation_index < rack.variation_count:
        raise Refusal("live_error", "the rack has no selected variation; select_rack_variation selects one")
    return rack


@action("rack", ["device"], RACK, VARIED, sets=SELECTED, sentence="<select|selected> a variation of {the device} on {track}")
def select_rack_variation(
    host, track_index: targets.INDEX, device_index: targets.INDEX, variation_index: targets.INDEX
):
    """Selects a macro variation of a rack, without recalling it. Uses RackDevice.selected_variation_index."""
    rack = _rack(host, track_index, device_index)
    if variation_index >= rack.variation_count:
        raise Refusal("live_error", "variation_index %d does not exist; the rack has %d" % (variation_index, rack.variation_count))
    rack.selected_variation_index = variation_index
    targets.require(rack.selected_variation_index == variation_index, "Live did not select the variation")
    return _answer(rack, track_index, device_index)


@action("rack", ["device"], RACK, VARIED, sets=COUNTED, sentence="<store|stored> a variation of {the device} on {track}")
def store_rack_variation(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Stores the macros of a rack as a new variation. Uses RackDevice.store_variation."""
    rack = _rack(host, track_index, device_index)
    count = rack.variation_count
    rack.store_variation()
    targets.require(rack.variation_count == count + 1, "Live did not store a variation")
    return _answer(rack, track_index, device_index)


@action("rack", ALL_MACROS, RACK, VARIED, records=("selected_variation_index",), sentence="<recall|recalled> the selected variation of {the device} on {track}")
def recall_rack_variation(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Sets a rack's macros to the selected variation. Uses RackDevice.recall_selected_variation."""
    rack = _selected(host, track_index, device_index)
    rack.recall_selected_variation()
    return _answer(rack, track_index, device_index)


@action("rack", ALL_MACROS, RACK, VARIED, records=("selected_variation_index",), sentence="<recall|recalled> the last variation of {the device} on {track}")
def recall_last_rack_variation(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Sets a rack's macros to the variation that was recalled last. Uses RackDevice.recall_last_used_variation."""
    rack = _rack(host, track_index, device_index)
    rack.recall_last_used_variation()
    return _answer(rack, track_index, device_index)


@action(
    "rack",
    ["device", "destructive"],
    RACK,
    VARIED,
    sets=COUNTED,
    sentence="<delete|deleted> the selected variation of {the device} on {track}",
)
def delete_rack_variation(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Deletes the selected macro variation of a rack. Uses RackDevice.delete_selected_variation."""
    rack = _selected(host, track_index, device_index)
    count = rack.variation_count
    rack.delete_selected_variation()
    targets.require(rack.variation_count == count - 1, "Live did not delete the variation")
    return _answer(rack, track_index, device_index)


@action("rack", ALL_MACROS, RACK, VARIED, records=("selected_variation_index",), sentence="<randomize|randomized> the macros of {the device} on {track}")
def randomize_rack_macros(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Sets the mapped macros of a rack at random. Uses RackDevice.randomize_macros."""
    rack = _rack(host, track_index, device_index)
    rack.randomize_macros()
    return _answer(rack, track_index, device_index)
