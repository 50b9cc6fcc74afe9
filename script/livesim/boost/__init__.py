"""The Python face of the simulated Live: modules and classes as Boost.Python would make them from the facts."""
