"""Shared by the actions: finding, reading and changing objects of Live's Object Model within the limits of a tick."""
