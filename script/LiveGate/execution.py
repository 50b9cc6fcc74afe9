"""Runs one command in Live and maps the result or error to the answer's fields (error mapping)."""

import os
import re
import traceback
from itertools import islice

from . import audit_detail, conditions, device_place, guard
from .budget import Budget, TooMuch
from .errors import Refusal, is_momentary
from .registry import CHECKED_AT_ONCE
from .situation import Situation
from .steps import Rest

REFERENCE_BYTES = 6
LIVE_WORDS_MAX = 200
LAST_STEPS_MAX = 8
# Kinds that must exist for any action; a clip may be the one to create.
MUST_EXIST = ("track", "return", "scene", "device")

_NO_ATTRIBUTE = re.compile(r"'(\w+)' object has no attribute '(\w+)'")
_LIVE_CLASSES = frozenset(
    """Application AutomationEnvelope Browser BrowserItem Chain ChainMixerDevice Clip ClipSlot CuePoint Device
    DeviceParameter DrumChain DrumPad Envelope Groove GroovePool MaxDevice MixerDevice PluginDevice RackDevice Sample
    Scene SimplerDevice Song TakeLane Track View""".split()
)


class RunAgain(Exception):
    """Live accepts no changes at this moment; the command must run again in the next tick."""


def run(command, host, log):
    """The fields of the answer: the action's result, or the refusal. A Rest if the command has not finished."""
    outcome = _outcome(command, host, log)
    if command.audit_detail is not None and not isinstance(outcome, Rest):
        detail = command.audit_detail.recorded(outcome)
        if detail is not None:
            outcome["trail"] = detail
    return outcome


def _outcome(command, host, log):
    try:
        if not command.has_begun:
            command.audit_detail = None
            if _has_unchecked(command):
                return Rest(None, False, begun=False)
            command.params = device_place.resolved(host.song, command.params)
            _require_terms(command, host)
            if command.dry_run:
                return _would_run(command, host)
            command.audit_detail = audit_detail.of(command, host)
        return _run_step(command, host, log)
    except Refusal as refusal:
        return refusal.body()
    except RunAgain:  # raised by a command inside a batch
        raise
    except Exception as error:  # a failing command must not affect the others
        if is_momentary(error) and not command.retried:
            command.retried = True
            raise RunAgain from None
        return (_live_refusal(error) or internal(log, command.action.name)).body()


def run_to_end(command, host, log):
    """Runs the rest of a command as far as it need not wait; returns its outcome, or None if it did not finish."""
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
    """Checks some of the unchecked parameters; returns whether more may remain."""
    return command.unchecked is not None and sum(1 for _ in islice(command.unchecked, CHECKED_AT_ONCE)) == CHECKED_AT_ONCE


def _require_terms(command, host):
    """Raises a Refusal unless Live supports the action, the role allows it, and the client's condition holds."""
    command.action.require_available(host)
    if command.guard is not None:
        guard.require_allowed(command, host)
    if command.expect is not None:
        try:
            unmet = conditions.unmet(command.expect, Situation(host, command.action, command.params, Budget()))
        except TooMuch:
            raise Refusal("precondition_failed", TooMuch("the expectation").sentence + "; it was not done") from None
        if unmet is not None:
            member, there = unmet
            sentence = conditions.sentence(member, command.expect[member], there)
            raise Refusal("precondition_failed", sentence + "; it was not done")


def _would_run(command, host):
    names = Situation(host, command.action, command.params, Budget()).names()
    for kind in MUST_EXIST:
        if names.get(kind) == []:
            raise Refusal("live_error", "%s names a %s that does not exist; it would fail" % (command.action.name, kind))
    return {"ok": True, "dry_run": True, "targets": names, "message": "%s would run" % command.action.name}


def internal(log, doing):
    """The answer to a defect of the script: the log gets the cause, the client its reference."""
    reference = os.urandom(REFERENCE_BYTES).hex()
    log.say("internal error %s in %s\n%s" % (reference, doing, traceback.format_exc()))
    sentence = "internal error in the script; Live's log has the cause under the reference %s" % reference
    return Refusal("internal", sentence, reference=reference)


def _run_step(command, host, log):
    if command.batch is not None and not command.has_begun:
        # It has begun before its first command: its undo step must be closed even if its client disconnects.
        command.continue_with(lambda: command.batch.step(host, log, command))
    if command.in_batch or not command.action.one_undo_step:
        return _run_steps(command, host)
    song = host.song
    song.begin_undo_step()
    try:
        return _run_steps(command, host)
    finally:
        # The step is not kept open until the next tick: changes made in Live meanwhile do not belong to it.
        song.end_undo_step()


def _run_steps(command, host):
    if command.step is None:
        result = command.action.run(host, **command.params)
    else:
        result = command.step()
    # An action may return the rest of its work: when Live makes that wait for the next tick, the earlier
    # part must not run a second time.
    while callable(result):
        command.continue_with(result)
        result = result()
    if isinstance(result, Rest):
        command.continue_with(result.step, result.begun)
        return result
    body = {"ok": True}
    body.update(result)
    body.update(device_place.in_answer(command.params))
    return body


def _live_refusal(error):
    """The refusal for an error that Live raised; None if the script is at fault."""
    # Subclasses of RuntimeError (RecursionError, ...) come from Python, not from Live.
    if type(error) is RuntimeError or type(error).__name__ == "LimitationError":
        return Refusal("live_error", "Live refused: %s" % _live_words(error))
    missing = _NO_ATTRIBUTE.search(str(error)) if isinstance(error, AttributeError) else None
    if missing and missing.group(1) in _LIVE_CLASSES:
        return Refusal("unsupported", "this version of Live has no %s.%s" % missing.groups())
    return None


def _live_words(error):
    words = " ".join(str(error).split())[:LIVE_WORDS_MAX]
    # Never send a path to a client: drop every text that could be one.
    return words if words and not re.search(r"[/\\]", words) else "it gave no reason that can be repeated"
