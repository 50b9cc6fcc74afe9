"""Condenses a dump of Live's API into the compact facts file that the simulation is built from.

    python3 livesim/condense.py lom-12.3.6.json > livesim/facts/live-12.3.6.json

It drops only members that a class shares with its ancestor in every respect, and those that the dump names on a derived
class with an empty type or signature: both are inherited.
"""

import json
import re
import sys


def condense(dump):
    classes = {name: _condense_class(dump["classes"], name) for name in sorted(dump["classes"])}
    return {
        "live_version": dump["live_version"],
        "python_version": dump["python_version"],
        "classes": classes,
        "enums": {name: enum["members"] for name, enum in sorted(dump["enums"].items())},
        "functions": {name: _signature(text) for name, text in sorted(dump["functions"].items())},
    }


def _condense_class(classes, name):
    described = classes[name]
    bases = [_full_name(base, classes) for base in described["ancestors"] if base != "Boost.Python.instance"]
    inherited = [classes[base] for base in bases]
    return {
        "bases": bases[:1],
        "properties": {
            member: _property(fact)
            for member, fact in described["properties"].items()
            if not _is_inherited(fact, fact["type"], "properties", member, inherited)
        },
        "methods": {
            member: _signature(text)
            for member, text in described["methods"].items()
            if not _is_inherited(text, not text.startswith("()"), "methods", member, inherited)
        },
    }


def _full_name(name, classes):
    """Dumps call nested ancestors by module and last name: "Device.View" is Device.Device.View."""
    module, _, rest = name.partition(".")
    return name if name in classes else "%s.%s.%s" % (module, module, rest)


def _is_inherited(fact, is_known, kind, member, ancestors):
    known = [ancestor[kind][member] for ancestor in ancestors if member in ancestor[kind]]
    return bool(known) and (not is_known or known[0] == fact)


def _property(fact):
    return [fact["type"]] + [flag for flag in ("set", "listen") if fact[flag]]


def _signature(text):
    return re.sub(r"^\(self:[^,)]*(, )?", "(", text)


def write(facts, out):
    """Prints one class, enum or function a line, so that two versions compare well."""
    out.write(
        '{"live_version": %s, "python_version": %s'
        % tuple(json.dumps(facts[k]) for k in ("live_version", "python_version"))
    )
    for section in ("classes", "enums", "functions"):
        out.write(",\n%s: {\n" % json.dumps(section))
        out.write(",\n".join("%s: %s" % (json.dumps(name), json.dumps(fact)) for name, fact in facts[section].items()))
        out.write("\n}")
    out.write("}\n")


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as dump_file:
        write(condense(json.load(dump_file)), sys.stdout)
