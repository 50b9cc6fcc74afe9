"""Drum racks: each chain plays one note, and the 128 pads are the notes.

A drum rack inside another one has no pads. Assumed (UNCONFIRMED.md): that copying a pad onto another one replaces the
content of the target.
"""

from ..errors import NotSimulated
from .base import State
from .chain import DrumChain
from .drum_pad import PADS, DrumPad
from .rack import RackDevice

PADS_SHOWN, PADS_A_ROW = 16, 4


class DrumRack(RackDevice):
    chain_model = DrumChain
    _pads = State((), owns=True)

    can_have_drum_pads = RackDevice.can_have_chains

    def __init__(self, parent, kind):
        super().__init__(parent, kind)
        self._values["_pads"] = tuple(DrumPad(self, note) for note in range(PADS))

    def _selectors(self):
        return ()

    @property
    def chain_selector(self):
        raise NotSimulated("what Live has as the chain selector of a drum rack is not known")

    @property
    def pads(self):
        return () if self._is_inside_another() else self._pads

    @property
    def pads_shown(self):
        lowest = self.view.drum_pads_scroll_position * PADS_A_ROW
        return self.pads[lowest : lowest + PADS_SHOWN]

    def require_pads(self):
        """It can have pads, though as an inner rack it has none."""

    def _is_inside_another(self):
        place = self.parent
        while place is not None and not isinstance(place, DrumRack):
            place = place.parent
        return place is not None

    def copy_chains(self, source, destination):
        if not (source in range(PADS) and destination in range(PADS)):
            raise RuntimeError("Invalid pad index")
        copied = self._pads[source].chains
        if not copied:
            raise RuntimeError("The source pad is empty")
        if source != destination:
            copies = tuple(chain.copied(self) for chain in copied)
            for copy in copies:
                copy.put(destination)
            kept = tuple(chain for chain in self.chains if chain.in_note != destination)
            self.chains = kept + copies

    def post(self, member):
        super().post(member)
        if member == "chains":
            for pad in self._pads:
                pad.post_chain_member("chains")

    def post_to_pads(self, chain, member):
        if member == "in_note":
            self.post("chains")
        elif chain.in_note >= 0:
            self._pads[chain.in_note].post_chain_member(member)
