"""Stand-ins for Ableton's script frameworks, so that third-party scripts run: virtual modules of the classes here.

A name that the real module has and the stand-in lacks (names.py) raises NotSimulated when it is imported or used. A
name that the real module lacks, too, is an ImportError, as in Live. Of `ableton.v3` the names are not known, so every
other name raises NotSimulated. `install` registers the modules.
"""

import sys
import types

from ..errors import NotSimulated
from . import names
from .offered import OFFERED
from .refusing import placeholder


def install():
    """Makes `import _Framework` and `import ableton` import the stand-ins."""
    if not any(isinstance(finder, _Refuser) for finder in sys.meta_path):
        sys.meta_path.append(_Refuser())
    for name, offered in OFFERED.items():
        if not isinstance(sys.modules.get(name), _Module):
            _place(name, _Module(name, offered))


def _place(name, module):
    """A name that a package offers hides the submodule of the same name, as in the real packages."""
    sys.modules[name] = module
    package_name, _, own_name = name.rpartition(".")
    package = sys.modules.get(package_name)
    if package is not None and own_name not in (*vars(package), *package._lacking_names()):
        setattr(package, own_name, module)


class _Module(types.ModuleType):
    """A module of a framework; names that only the real module has raise NotSimulated."""

    def __init__(self, name, offered):
        super().__init__(name, "Simulated: see livesim.")
        self.__path__ = []
        self.__dict__.update(offered)
        self._starred = set()

    def _lacking_names(self):
        return names.LACKING.get(self.__name__, "").split()

    def __getattr__(self, name):
        label = "%s.%s" % (self.__name__, name)
        if name == "__all__":
            return self._all()
        if name in self._starred:
            self._starred.remove(name)
            return placeholder(label)
        if name in self._lacking_names() or label in names.MODULES or self._has_more(name):
            raise NotSimulated("%s is not simulated" % label)
        raise AttributeError("module %r has no attribute %r" % (self.__name__, name))

    def _has_more(self, name):
        """Whether this is a package of which not all names are known."""
        is_open = any(self.__name__ == package or self.__name__.startswith(package + ".") for package in names.OPEN)
        return is_open and not name.startswith("_")

    def _all(self):
        """For `import *`, which reads each of these names at once: returns a placeholder instead of raising."""
        self._starred = set(self._lacking_names())
        offered = [name for name in vars(self) if not name.startswith("_")]
        return offered + self._lacking_names()


class _Refuser:
    """Meta path finder, asked last: finds no module, but names those that only the real frameworks have."""

    def find_spec(self, name, _path=None, _target=None):
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            if ".".join(parts[:length]) in names.MODULES | names.OPEN:
                raise NotSimulated("the module %s is not simulated" % name)
        return None
