"""A batch: commands that run one after the other as one undo step, each with its own result (transaction without rollback).

Live cannot roll back changes, so a batch is not atomic: one undo reverts it, and the answer has the outcome of each
command.
"""

from . import answers, execution
from .batch_approval import Approval
from .errors import CLOSING, Refusal
from .lines import Encoded, json_of_object
from .steps import Rest

STOP, CONTINUE = "stop", "continue"

_LATE = Refusal("expired", "the batch's deadline passed before this command ran; it did not run")
_FULL = Refusal("overloaded", "the results before this one fill the answer; this command did not run")
_INTERRUPTED = Refusal("live_error", "the set was closed before this command finished; a part of it may have happened")
_NOT_RUN = Refusal("cancelled", "an earlier command of the batch failed; this one did not run")


class Batch:
    """The state of one running batch.

    A batch that exceeds the tick's budget continues in the next tick. Meanwhile no other command may change the set, so
    that the undo step holds this batch alone. After `hold_ms_max` the batch closes its undo step, lets other commands
    run, and continues in a new step.
    """

    def __init__(self, commands, on_error, hold_ms_max, answer_bytes_max):
        # Enough for all results but the last, and for the last; the rest is for the refusals of commands that do not run.
        self._bytes_max = answer_bytes_max // 3
        self.commands = commands
        self._stops_on_error = on_error == STOP
        self._hold_ms_max = hold_ms_max
        self._results = []
        self._texts = []  # the results as JSON, each encoded when its command ends: all at once would exceed the tick
        self._bytes = 0
        self._undo_steps = 0
        self._open_since_ms = None
        self._approval = Approval(commands)

    def step(self, host, log, whole):
        """Runs the next command; returns a Rest while commands remain. RunAgain changes nothing.

        `whole` is the command that the batch is. If a person has to approve one of its commands, all of it waits: every
        guard is evaluated before the first command runs, and again before each.
        """
        self._continue = lambda: self.step(host, log, whole)
        if not self._approval.is_settled(whole, host):
            return Rest(self._continue, False, exclusive=True)
        now_ms = host.now_ms()
        if self._open_since_ms is None:
            host.song.begin_undo_step()
            self._undo_steps += 1
            self._open_since_ms = now_ms
        elif now_ms - self._open_since_ms >= self._hold_ms_max:
            self.close(host)
            return self._rest(next_tick=False)
        if len(self._results) < len(self.commands):
            self._end_early(now_ms >= whole.expires_at_ms, log)
        if len(self._results) < len(self.commands):
            outcome = execution.run(self.commands[len(self._results)], host, log)
            if isinstance(outcome, Rest):
                return self._rest(outcome.next_tick)
            self._note(outcome, log)
        if len(self._results) < len(self.commands):
            return self._rest(next_tick=False)
        self.close(host)
        return self._summary()

    def close(self, host):
        """Ends the open undo step."""
        if self._open_since_ms is not None:
            host.song.end_undo_step()
            self._open_since_ms = None

    def run_to_end(self, host, log):
        """Runs the rest of the command that has begun, but no further command; returns the outcome of each."""
        for command in self.commands[len(self._results) :][:1]:
            if command.has_begun:
                self._note(execution.run_to_end(command, host, log) or _INTERRUPTED.body(), log)
        self._refuse_the_rest(CLOSING, log)
        self.close(host)
        return self._summary()

    def _rest(self, next_tick):
        return Rest(self._continue, next_tick, exclusive=self._open_since_ms is not None)

    def _note(self, outcome, log):
        self._add_result(outcome, log)
        if not outcome["ok"] and self._stops_on_error:
            self._refuse_the_rest(_NOT_RUN, log)

    def _end_early(self, is_late, log):
        """Skips the remaining commands once the batch's deadline has passed or its answer is full."""
        if self.commands[len(self._results)].has_begun:
            return
        if is_late:
            self._refuse_the_rest(_LATE, log)
        elif self._bytes > self._bytes_max:
            self._refuse_the_rest(_FULL, log)

    def _refuse_the_rest(self, refusal, log):
        for _ in range(len(self.commands) - len(self._results)):
            self._add_result(refusal.body(), log)

    def _add_result(self, result, log):
        try:
            text = json_of_object(result)
        except (TypeError, ValueError):  # the result is not JSON: a defect of the action, which has run
            result = execution.internal(log, "a batch").body()
            text = json_of_object(result)
        if len(text) > self._bytes_max:
            action = self.commands[len(self._results)].action
            result = answers.shortened(action, result, len(text), self._bytes_max)
            text = json_of_object(result)
        self._results.append(result)
        self._texts.append(text)
        self._bytes += len(text)

    def _summary(self):
        failed = [index for index, result in enumerate(self._results) if not result["ok"]]
        summary = {"ok": True, "results": Encoded("[%s]" % ", ".join(self._texts)), "undo_steps": self._undo_steps}
        if failed:
            first = self._results[failed[0]]
            sentence = "%d of %d commands failed or did not run; the first, commands[%d]: %s"
            summary["ok"] = False
            summary["error"] = sentence % (len(failed), len(self._results), failed[0], first["error"])
            summary["code"], summary["category"] = first["code"], first["category"]
        return summary
