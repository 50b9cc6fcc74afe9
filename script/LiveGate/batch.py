"""A batch: commands that run one after the other as one step of undo, and answer each for itself (transaction without rollback).

Live cannot take back what it did, so a batch is not atomic: it is one undo away, and it says of each command what
became of it.
"""

from . import answers, execution
from .errors import CLOSING, Refusal
from .lines import Encoded, json_of_object
from .steps import Rest

STOP, CONTINUE = "stop", "continue"

_LATE = Refusal("expired", "the batch's time was over before this command's turn; it did not run")
_FULL = Refusal("overloaded", "the results before this one fill the answer; it did not run")
_INTERRUPTED = Refusal("live_error", "the set was closed before it was done; a part of it may have happened")
_NOT_RUN = Refusal("cancelled", "an earlier command of the batch failed; this one did not run")


class Batch:
    """The commands of one batch on their way.

    It goes on in the next tick where the budget ends. Until then nobody else changes anything, so
    that the step of undo holds this batch and nothing else; but not for longer than `hold_ms_max`:
    then the step is closed, others have their turn, and a new one is begun.
    """

    def __init__(self, commands, on_error, hold_ms_max, answer_bytes_max):
        # All results but the last, and the last: what is left is for the refusals of commands that do not run.
        self._bytes_max = answer_bytes_max // 3
        self.commands = commands
        self._stops_on_error = on_error == STOP
        self._hold_ms_max = hold_ms_max
        self._results = []
        self._texts = []  # the results as JSON, each made in its turn: all at once would take long
        self._bytes = 0
        self._undo_steps = 0
        self._open_since_ms = None

    def step(self, host, log, expires_at_ms):
        """Runs the next command; answers a Rest while there are more. RunAgain leaves everything as it is."""
        self._go_on = lambda: self.step(host, log, expires_at_ms)
        now_ms = host.now_ms()
        if self._open_since_ms is None:
            host.song.begin_undo_step()
            self._undo_steps += 1
            self._open_since_ms = now_ms
        elif now_ms - self._open_since_ms >= self._hold_ms_max:
            self.close(host)
            return self._rest(next_tick=False)
        if len(self._results) < len(self.commands):
            self._end_early(now_ms >= expires_at_ms, log)
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
        """Ends the step of undo that is open."""
        if self._open_since_ms is not None:
            host.song.end_undo_step()
            self._open_since_ms = None

    def lead_to_end(self, host, log):
        """Runs what is left of the command that has begun, and nothing else; answers what became of each."""
        for command in self.commands[len(self._results) :][:1]:
            if command.has_begun:
                self._note(execution.lead_to_end(command, host, log) or _INTERRUPTED.body(), log)
        self._refuse_the_rest(CLOSING, log)
        self.close(host)
        return self._summary()

    def _rest(self, next_tick):
        return Rest(self._go_on, next_tick, exclusive=self._open_since_ms is not None)

    def _note(self, outcome, log):
        self._keep(outcome, log)
        if not outcome["ok"] and self._stops_on_error:
            self._refuse_the_rest(_NOT_RUN, log)

    def _end_early(self, is_late, log):
        """The rest does not run once the batch's time is over, or its answers fill the line."""
        if self.commands[len(self._results)].has_begun:
            return
        if is_late:
            self._refuse_the_rest(_LATE, log)
        elif self._bytes > self._bytes_max:
            self._refuse_the_rest(_FULL, log)

    def _refuse_the_rest(self, refusal, log):
        for _ in range(len(self.commands) - len(self._results)):
            self._keep(refusal.body(), log)

    def _keep(self, result, log):
        try:
            text = json_of_object(result)
        except (TypeError, ValueError):  # not JSON: the action's defect, after it ran
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
