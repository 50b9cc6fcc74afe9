"""Cases of the script itself, and of reading the whole set."""

from livesim import SetPlan
from livesim.model.track import AUDIO, MIDI
from tests.cases import Case

PLAN = SetPlan(tracks=(("Drums", MIDI), ("Vocals", AUDIO)), scenes=2, clips={(0, 1): 4.0}, devices={0: ("Operator",)})

CASES = {
    "ping": Case(answer={"message": "pong"}),
    "health_check": Case(answer={"queue_depth": 0, "connections": 1, "protocol": 1}),
    "get_snapshot": Case({"track_index": 0, "depth": 2}, answer={"kind": "track", "depth": 2, "consistent": True}),
}
