"""Built-in devices with their own classes.

Beyond the members of every device, EQ Eight's modes and the Compressor's sidechain are modelled.
"""

from .base import State, models
from .device import Device, DeviceView
from .ranges import within
from .routing import SidechainRouting

LAST_EQ8_BAND, LAST_EQ8_MODE = 7, 2


@models("Eq8Device.Eq8Device.View")
class Eq8View(DeviceView):
    selected_band = State(0, undo=False, check=within(0, LAST_EQ8_BAND))


@models("Eq8Device.Eq8Device")
class Eq8Device(Device):
    view_model = Eq8View
    edit_mode = State(False)
    global_mode = State(0, check=within(0, LAST_EQ8_MODE))
    oversample = State(False)


@models("CompressorDevice.CompressorDevice")
class CompressorDevice(SidechainRouting, Device):
    """Its gain is reduced by its own input, or by another track's signal."""


@models("CcControlDevice.CcControlDevice")
class CcControlDevice(Device):
    pass


@models("DrumCellDevice.DrumCellDevice")
class DrumCellDevice(Device):
    pass


@models("LooperDevice.LooperDevice")
class LooperDevice(Device):
    pass


@models("DriftDevice.DriftDevice")
class DriftDevice(Device):
    pass


@models("HybridReverbDevice.HybridReverbDevice")
class HybridReverbDevice(Device):
    pass


@models("MeldDevice.MeldDevice")
class MeldDevice(Device):
    pass


@models("RoarDevice.RoarDevice")
class RoarDevice(Device):
    pass


@models("ShifterDevice.ShifterDevice")
class ShifterDevice(Device):
    pass


@models("SpectralResonatorDevice.SpectralResonatorDevice")
class SpectralResonatorDevice(Device):
    pass


@models("WavetableDevice.WavetableDevice")
class WavetableDevice(Device):
    pass
