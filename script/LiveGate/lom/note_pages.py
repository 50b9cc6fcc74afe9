"""Lists the notes of a clip in order, a page at a time, in pieces small enough for a tick (merge sort, paging)."""

import heapq

from .. import steps
from ..errors import Refusal
from ..lines import Encoded, json_of
from ..parameters import Integer

# A page has at most some 2 MiB.
PAGE_MAX = 10000
OFFSET = Integer(minimum=0)
LIMIT = Integer(minimum=1, maximum=PAGE_MAX)
# So many notes are sorted at once.
RUN = 32


def page(found, offset, limit, describe, answer):
    """Continues with `answer(count, total, next, notes)` for `limit` of the notes that Live found, starting at `offset`.

    Without a limit all of them must fit one page, so that no client takes a part for the whole.
    """
    offset, total = offset or 0, len(found)
    if limit is None and total - offset > PAGE_MAX:
        sentence = "there are %d notes from offset %d on, and an answer has at most %d; request pages with offset and limit"
        raise Refusal("live_error", sentence % (total - offset, offset, PAGE_MAX))
    end = max(offset, min(total, offset + (limit or PAGE_MAX)))
    texts = []

    def made():
        for place, note in enumerate(_passing(in_order(found, _itself), offset, end)):
            if note is not None:
                texts.append(json_of(describe(note)))
            yield place

    def finish(_):
        return answer(count=len(texts), total=total, next=end, notes=Encoded("[%s]" % ", ".join(texts)))

    return steps.gather(made(), finish)


def in_order(found, describe):
    """The notes that Live found, by time and pitch; before them a None for each sorted run."""
    runs = []
    for begin in range(0, len(found), RUN):
        indexes = range(begin, min(begin + RUN, len(found)))
        runs.append(sorted((found[index].start_time, found[index].pitch, index) for index in indexes))
        yield None
    for _, _, index in heapq.merge(*runs):
        yield describe(found[index])


def _passing(notes, offset, end):
    """The notes from `offset` until before `end`; None for skipped ones."""
    place = 0
    for note in notes:
        if note is None:
            yield from (None,) * RUN
            continue
        if place == end:
            return
        yield note if place >= offset else None
        place += 1


def _itself(note):
    return note
