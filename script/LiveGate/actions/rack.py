"""Actions on racks: their chains, and the devices in them."""

from .. import steps
from ..lom import device_descriptions, parameter_values, targets
from ..lom.device_descriptions import PLACE, placed
from ..lom.listing import listing
from ..parameters import Boolean
from ..registry import action
from .device import DEVICE

CHAINS = dict(PLACE, count="integer", chains="array")
CONTENTS = dict(CHAINS, rack_name="string")
RACKS_DEEP_MAX = 4


@action(
    "rack_chain",
    ["read"],
    result=CHAINS,
    sentence="<read> the chains of {the device} on {track}",
)
def get_device_chains(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Lists the chains of a rack: name, mute, solo, and how many devices are in each. Uses RackDevice.chains."""
    rack = _rack(host, track_index, device_index)

    def finish(chains):
        return placed(track_index, device_index, rack, count=len(chains), chains=chains)

    return listing(rack.chains, described, finish)


@action(
    "rack_chain",
    ["read"],
    result=dict(PLACE, chain_index="integer", count="integer", devices="array"),
    sentence="<read> the devices in {the chain} of {the device} on {track}",
)
def get_chain_devices(host, track_index: targets.INDEX, device_index: targets.INDEX, chain_index: targets.INDEX):
    """Lists the devices in a chain of a rack, as get_track_devices does for a track. Uses Chain.devices."""
    rack = _rack(host, track_index, device_index)

    def finish(devices):
        return placed(track_index, device_index, rack, chain_index=chain_index, count=len(devices), devices=devices)

    return listing(_chain(rack, chain_index).devices, device_descriptions.described, finish)


@action(
    "rack_chain",
    ["mix"],
    DEVICE,
    dict(PLACE, chain_index="integer", mute="boolean"),
    sets={"mute": "chain.mute"},
    sentence="{mute?<mute|muted>:<unmute|unmuted>} {the chain} of {the device} on {track}{was mute muted|on}",
)
def set_chain_mute(
    host,
    track_index: targets.INDEX,
    device_index: targets.INDEX,
    chain_index: targets.INDEX,
    mute: Boolean() = True,
):
    """Mutes or unmutes a chain of a rack. Uses Chain.mute."""
    return _press(host, track_index, device_index, chain_index, "mute", mute)


@action(
    "rack_chain",
    ["mix"],
    DEVICE,
    dict(PLACE, chain_index="integer", solo="boolean"),
    sets={"solo": "chain.solo"},
    sentence="{solo?<solo|soloed>:<unsolo|unsoloed>} {the chain} of {the device} on {track}{was solo soloed|not soloed}",
)
def set_chain_solo(
    host,
    track_index: targets.INDEX,
    device_index: targets.INDEX,
    chain_index: targets.INDEX,
    solo: Boolean() = True,
):
    """Solos a chain of a rack or ends its solo; the solos of other chains do not change. Uses Chain.solo."""
    return _press(host, track_index, device_index, chain_index, "solo", solo)


@action(
    "rack_chain",
    ["read"],
    result=CONTENTS,
    sentence="<read> the contents of {the device} on {track}",
)
def get_rack_contents(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Lists the chains of a rack with their devices and those of nested racks, down to four levels.

    Each device has its `parameters`, as get_track_device_params lists them. Deeper racks are listed without their chains.
    Uses RackDevice.chains and Chain.devices.
    """
    rack = _rack(host, track_index, device_index)
    chains = []

    def finish(_):
        return placed(track_index, device_index, rack, rack_name=rack.name, count=len(chains), chains=chains)

    return steps.gather(_contents(rack, RACKS_DEEP_MAX, chains), finish)


def _contents(rack, depth, described_chains):
    """Adds the chains one by one; yields for each chain and device. `depth` is the number of levels of racks to describe."""
    for index, chain in enumerate(list(rack.chains)):
        targets.require_alive(chain, "a chain of the rack")
        entry = dict(described(index, chain), chain_index=index, chain_name=chain.name, devices=[])
        described_chains.append(entry)
        yield None
        for place, device in enumerate(list(chain.devices)):
            targets.require_alive(device, "a device in the rack")
            entry["devices"].append(dict(device_descriptions.described(place, device), device_index=place, parameters=[]))
            yield None
            yield from parameter_values.describe_all(device, entry["devices"][-1]["parameters"])
            if depth > 1 and device.can_have_chains:
                entry["devices"][-1]["chains"] = []
                yield from _contents(device, depth - 1, entry["devices"][-1]["chains"])


def described(index, chain):
    return {
        "index": index,
        "name": chain.name,
        "mute": bool(chain.mute),
        "solo": bool(chain.solo),
        "muted_via_solo": bool(chain.muted_via_solo),
        "num_devices": len(chain.devices),
    }


def _press(host, track_index, device_index, chain_index, button, pressed):
    rack = _rack(host, track_index, device_index)
    chain = _chain(rack, chain_index)
    setattr(chain, button, pressed)
    held = getattr(chain, button) == pressed
    targets.require(held, "Live did not change the %s button of chain %d" % (button, chain_index))
    return placed(track_index, device_index, rack, chain_index=chain_index, **{button: pressed})


def _rack(host, track_index, device_index):
    return targets.device_that(host, track_index, device_index, lambda device: device.can_have_chains, "a rack")


def _chain(rack, chain_index):
    return targets.element(rack.chains, chain_index, "chain_index", rack.name, "chains")
