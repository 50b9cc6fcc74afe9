"""Runs one command in Live and turns whatever happens into the answer's fields (error mapping)."""

import os
import re
import traceback
from itertools import islice

from . import conditions, guard, witness
from .errors import Refusal, is_momentary
from .registry import CHECKED_AT_ONCE
from .situation import Situation
from .steps import Rest

REFERENCE_BYTES = 6
LIVE_WORDS_MAX = 200
LAST_STEPS_MAX = 8
# Whatever is done to these, they have to be there; a clip may be about to be made.
MUST_EXIST = ("track", "return", "scene", "device")

_NO_ATTRIBUTE = re.compile(r"'(\w+)' object has no attribute '(\w+)'")
_LIVE_CLASSES = frozenset(
    """Application AutomationEnvelope Browser BrowserItem Chain ChainMixerDevice Clip ClipSlot CuePoint Device
    DeviceParameter DrumChain DrumPad Envelope Groove GroovePool MaxDevice MixerDevice PluginDevice RackDevice Sample
    Scene SimplerDevice Song TakeLane Track View""".split()
)


class RunAgain(Exception):
    """Live accepts no changes at this moment: run the command once more on the next tick."""


def run(command, host, log):
    """The fields of the answer: what the action returned, or why it did not happen. A Rest if it is not done."""
    outcome = _outcome(command, host, log)
    if command.witness is not None and not isinstance(outcome, Rest):
        told = command.witness.told(outcome)
        if told is not None:
            outcome["trail"] = told
    return outcome


def _outcome(command, host, log):
    try:
        if not command.has_begun:
            command.witness = None
            if _has_unchecked(command):
                return Rest(None, False, begun=False)
            _require_terms(command, host)
            if command.dry_run:
                return _would_run(command, host)
            command.witness = witness.of(command, host)
        return _go_on(command, host, log)
    except Refusal as refusal:
        return refusal.body()
    except RunAgain:  # of a command inside a batch
        raise
    except Exception as error:  # a command that fails must not take the others with it
        if is_momentary(error) and not command.retried:
            command.retried = True
            raise RunAgain from None
        return (_live_refusal(error) or internal(log, command.action.name)).body()


def lead_to_end(command, host, log):
    """Runs what is left of a command, as far as it waits for nothing; what became of it, None if it did not end."""
    waited = 0
    try:
        while waited < LAST_STEPS_MAX:
            outcome = run(command, host, log)
            if not isinstance(outcome, Rest):
                return outcome
            waited += outcome.next_tick
    except RunAgain:
        pass
    log.say("%s was interrupted before its end" % command.action.name)
    return None


def _has_unchecked(command):
    """Checks some of the parameters that are left to check; whether there may be more."""
    return command.unchecked is not None and sum(1 for _ in islice(command.unchecked, CHECKED_AT_ONCE)) == CHECKED_AT_ONCE


def _require_terms(command, host):
    """A Refusal unless Live can do it, the caller's role allows it, and all is as its client expects."""
    command.action.require_available(host)
    if command.guard is not None:
        guard.require_allowed(command, host)
    if command.expect is not None:
        unmet = conditions.unmet(command.expect, Situation(host, command.action, command.params))
        if unmet is not None:
            member, there = unmet
            sentence = conditions.sentence(member, command.expect[member], there)
            raise Refusal("precondition_failed", sentence + "; it was not done")


def _would_run(command, host):
    names = Situation(host, command.action, command.params).names()
    for kind in MUST_EXIST:
        if names.get(kind) == []:
            raise Refusal("live_error", "%s names a %s that does not exist; it would fail" % (command.action.name, kind))
    return {"ok": True, "dry_run": True, "targets": names, "message": "%s would run" % command.action.name}


def internal(log, doing):
    """The answer to a defect of ours: the cause goes to the log, its reference to the client."""
    reference = os.urandom(REFERENCE_BYTES).hex()
    log.say("internal error %s in %s\n%s" % (reference, doing, traceback.format_exc()))
    sentence = "something went wrong inside the script; Live's log says what under %s" % reference
    return Refusal("internal", sentence, reference=reference)


def _go_on(command, host, log):
    if command.batch is not None and not command.has_begun:
        # Begun before its first command: its step of undo has to be closed whatever happens to its client.
        command.go_on_with(lambda: command.batch.step(host, log, command.expires_at_ms))
    if command.in_batch or not command.action.one_undo_step:
        return _run_steps(command, host)
    song = host.song
    song.begin_undo_step()
    try:
        return _run_steps(command, host)
    finally:
        # Not kept open until the next tick: what somebody else changes meanwhile is not part of it.
        song.end_undo_step()


def _run_steps(command, host):
    if command.step is None:
        result = command.action.run(host, **command.params)
    else:
        result = command.step()
    # An action may return what remains to be done: what it did until then is not done a second
    # time when Live makes the rest wait for the next tick.
    while callable(result):
        command.go_on_with(result)
        result = result()
    if isinstance(result, Rest):
        command.go_on_with(result.step, result.begun)
        return result
    body = {"ok": True}
    body.update(result)
    return body


def _live_refusal(error):
    """What Live itself objects to; None if the fault is ours."""
    # Subclasses of RuntimeError (RecursionError, ...) are Python's, not Live's.
    if type(error) is RuntimeError or type(error).__name__ == "LimitationError":
        return Refusal("live_error", "Live refused: %s" % _live_words(error))
    missing = _NO_ATTRIBUTE.search(str(error)) if isinstance(error, AttributeError) else None
    if missing and missing.group(1) in _LIVE_CLASSES:
        return Refusal("unsupported", "this version of Live has no %s.%s" % missing.groups())
    return None


def _live_words(error):
    words = " ".join(str(error).split())[:LIVE_WORDS_MAX]
    # Never a path to a client: what could be one stays inside.
    return words if words and not re.search(r"[/\\]", words) else "it gave no reason that can be repeated"
