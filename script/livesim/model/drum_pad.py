"""DrumPad: one of the 128 notes of a drum rack, with the chains that it plays."""

from .base import Model, command, models, reads

PADS = 128
_FROM_CHAINS = ("mute", "solo", "name")
_NOTE_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def _of_all_chains(member):
    """A switch of the pad switches its chains: it is on if it is on in all of them."""

    def get(pad):
        return bool(pad.chains) and all(getattr(chain, member) for chain in pad.chains)

    def put(pad, value):
        for chain in pad.chains:
            setattr(chain, member, value)

    return reads(get, put)


@models("DrumPad.DrumPad")
class DrumPad(Model):
    mute = _of_all_chains("mute")
    solo = _of_all_chains("solo")

    def __init__(self, rack, note):
        super().__init__(rack)
        self._note = note

    def segment(self):
        return "drum_pads %d" % self._note

    @reads
    def note(self):
        return self._note

    @reads
    def chains(self):
        return [chain for chain in self.parent.chains if chain.in_note == self._note]

    @reads
    def name(self):
        """An empty pad has the name of its note, one with several chains is "Multi"."""
        chains = self.chains
        if not chains:
            return "%s%d" % (_NOTE_NAMES[self._note % 12], self._note // 12 - 2)
        return chains[0].name if len(chains) == 1 else "Multi"

    @command
    def delete_all_chains(self):
        deleted = self.chains
        self.parent.chains = tuple(chain for chain in self.parent.chains if chain not in deleted)

    def post_chain_member(self, member):
        if member == "chains":
            for dependent in ("chains", *_FROM_CHAINS):
                self.post(dependent)
        elif member in _FROM_CHAINS:
            self.post(member)
