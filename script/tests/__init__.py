"""Tests of the Remote Script and of the simulated Live; run with `python3 -m unittest discover -s tests -t .`."""
