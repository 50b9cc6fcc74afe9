"""Lists the notes of a clip in their order, a page at a time, in pieces small enough for a tick (merge sort, paging)."""

import heapq

from .. import steps
from ..errors import Refusal
from ..lines import Encoded, json_of
from ..parameters import Integer

# A page is at most some 2 MiB, whatever is in its notes.
PAGE_MAX = 10000
OFFSET = Integer(minimum=0)
LIMIT = Integer(minimum=1, maximum=PAGE_MAX)
# So many notes are put in order at once.
RUN = 32


def page(found, offset, limit, describe, answer):
    """Goes on with `answer(count, total, next, notes)` of `limit` of the notes that Live found, from `offset` on.

    Without a limit they have to fit a page: nobody takes a part of them for all.
    """
    offset, total = offset or 0, len(found)
    if limit is None and total - offset > PAGE_MAX:
        sentence = "there are %d notes from offset %d on, and one answer has at most %d; ask for pages with offset and limit"
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
    """The notes that Live found, by time and pitch; before them a None for each run that is put in order."""
    runs = []
    for begin in range(0, len(found), RUN):
        indexes = range(begin, min(begin + RUN, len(found)))
        runs.append(sorted((found[index].start_time, found[index].pitch, index) for index in indexes))
        yield None
    for _, _, index in heapq.merge(*runs):
        yield describe(found[index])


def _passing(notes, offset, end):
    """Those from `offset` until before `end`; None for what is passed over."""
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
