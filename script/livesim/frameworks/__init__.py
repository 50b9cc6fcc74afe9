"""Stand-ins for Ableton's script frameworks, so that third-party scripts run: virtual modules of the classes here.

A name that the real module has and the stand-in lacks (names.py) can be imported, and raises NotSimulated when it is
used: scripts import more than they use. A name that the real module lacks, too, is an ImportError, as in Live. Of
`ableton.v3` the names are not known, so importing another one raises NotSimulated. `install` registers the modules.
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
    for name in sorted(names.MODULES):
        if not isinstance(sys.modules.get(name), _Module):
            _place(name, _Module(name, {}))


def _place(name, module):
    """A name that a package offers hides the submodule of the same name, as in the real packages."""
    sys.modules[name] = module
    package_name, _, own_name = name.rpartition(".")
    package = sys.modules.get(package_name)
    if package is not None and own_name not in (*vars(package), *package._lacking_names()):
        setattr(package, own_name, module)


class _Module(types.ModuleType):
    """A module of a framework; names that only the real module has are placeholders."""

    def __init__(self, name, offered):
        super().__init__(name, "Simulated: see livesim.")
        self.__path__ = []
        self.__dict__.update(offered)

    def _lacking_names(self):
        return names.LACKING.get(self.__name__, "").split()

    def __getattr__(self, name):
        label = "%s.%s" % (self.__name__, name)
        if name == "__all__":
            return [name for name in vars(self) if not name.startswith("_")] + self._lacking_names()
        if name.startswith("_"):
            raise AttributeError("module %r has no attribute %r" % (self.__name__, name))
        if name in self._lacking_names() or self.__name__ in names.MODULES:
            made = placeholder(label)
            setattr(self, name, made)
            return made
        if any(self.__name__ == package or self.__name__.startswith(package + ".") for package in names.OPEN):
            raise NotSimulated("%s is not simulated" % label)
        raise AttributeError("module %r has no attribute %r" % (self.__name__, name))


class _Refuser:
    """Meta path finder, asked last: finds no module, but names those that only the real frameworks have."""

    def find_spec(self, name, _path=None, _target=None):
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            if ".".join(parts[:length]) in names.OPEN:
                raise NotSimulated("the module %s is not simulated" % name)
        return None
