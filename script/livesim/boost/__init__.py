"""The Python bindings of the simulated Live: modules and classes as Boost.Python would build them from the facts."""
