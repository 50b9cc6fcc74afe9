"""The experiments: each a question about Live, what livesim assumes, and a function that finds out."""

import collections

Experiment = collections.namedtuple("Experiment", "name question assumed expected versions run")

MEASURED = object()
EXPERIMENTS = []


def experiment(name, question, assumed, expected=MEASURED, versions=(11, 12)):
    """Registers a function of a Lab that returns what it finds, as JSON has it; it may yield to wait for a tick.

    `expected` is what it finds if `assumed` is true; without it the report only states the measurement.
    """

    def register(run):
        EXPERIMENTS.append(Experiment(name, question, assumed, expected, versions, run))
        return run

    return register
