"""The reference page of all actions, generated from the declarations that make the catalogue (Markdown)."""

from .actions import ACTIONS
from .registry import LIVE_VERSIONS

MEASURED_ON = {"11": "11.3", "12": "12.3"}
INTRODUCTION = """\
# Actions

The actions that a client can request from Live: `{"action": NAME, PARAMETERS}` on one line. This page is generated from the
script's declarations: `cd script && python3 -m LiveGate reference > ../docs/actions.md`.

A parameter that is not required has a default or is optional. *Tags* are granted to roles as `@tag`; actions tagged `sensitive`,
`destructive`, `costly` or `system` need a rule that names the tag. *Touches* lists the kinds of objects that an action may
change or select, each with the parameter that names the object; without a parameter, any object of the kind. Indexes count
from 0. Times are in beats unless stated otherwise.
Every answer has `ok`. If it is false, the answer has `error`, `code` and `category` instead of the results. If a version of Live
lacks a member that an action needs, the answer is `unsupported` and names the member. From the value *Heavy* on, the gateway
limits the action as strictly as destructive ones (`limits.heavy`).
"""


def text():
    """The page as Markdown."""
    categories = {}
    for action in ACTIONS.values():
        categories.setdefault(action.category, []).append(action.entry())
    contents = ["- [%s](#%s): %s" % (name, name, ", ".join(_link(entry) for entry in entries)) for name, entries in categories.items()]
    sections = [_section(name, entries) for name, entries in categories.items()]
    return "\n".join([INTRODUCTION, "%d actions:\n" % len(ACTIONS), *contents, "", *sections])


def _link(entry):
    return "[`%s`](#%s)" % (entry["name"], entry["name"])


def _section(category, entries):
    return "\n".join(["## %s\n" % category, *(_described(entry) for entry in entries)])


def _described(entry):
    facts = ["*Tags* %s" % _listed(entry["access"])]
    if entry["touches"]:
        facts.append("*Touches* %s" % ", ".join(_touched(*pair) for pair in entry["touches"].items()))
    facts.append("*Live* %s" % ", ".join(_availability(version, entry["live"][version]) for version in LIVE_VERSIONS))
    if "heavy" in entry:
        facts.append("*Heavy* from %s" % ", ".join("`%s` %s" % pair for pair in entry["heavy"].items()))
    parts = ["### %s\n" % entry["name"], entry["doc"] + "\n", " &middot; ".join(facts) + "\n"]
    if entry["params"]:
        parts.append("| parameter | type | range | default |\n|---|---|---|---|")
        parts.extend(_parameter_row(parameter) for parameter in entry["params"])
        parts.append("")
    if entry["result"]:
        results = ("`%s` (%s)" % (field["name"], field["type"]) for field in entry["result"])
        parts.append("Answers %s.\n" % ", ".join(results))
    return "\n".join(parts)


def _parameter_row(parameter):
    required = "required" if "unless" not in parameter else "required, or `%s`, or `%s`" % (parameter["first_of"], parameter["unless"])
    default = required if parameter["required"] else "`%s`" % _plain(parameter["default"]) if "default" in parameter else "none"
    name = "`%s`" % parameter["name"]
    if "alias" in parameter:
        name += ", also `%s`" % parameter["alias"]
    return "| %s | %s | %s | %s |" % (name, _type(parameter), _range(parameter), default)


def _type(parameter):
    if type(parameter["type"]) is list:
        return " or ".join(parameter["type"])
    if parameter["type"] != "array":
        return parameter["type"]
    items = parameter["items"]
    if "properties" not in items:
        return "array of %s" % items["type"]
    names = (name if name in items["required"] else name + "?" for name in items["properties"])
    return "array of objects: %s" % _listed(names)


def _range(parameter):
    words = []
    if "enum" in parameter:
        words.append("one of " + ", ".join(_plain(value) for value in parameter["enum"]))
    elif "exclusiveMinimum" in parameter:
        words.append("above %s" % parameter["exclusiveMinimum"])
    elif "minimum" in parameter and "maximum" in parameter:
        words.append("%s to %s" % (parameter["minimum"], parameter["maximum"]))
    elif "minimum" in parameter:
        words.append("from %s" % parameter["minimum"])
    if "maxLength" in parameter:
        words.append("%d to %d characters" % (parameter.get("minLength", 0), parameter["maxLength"]))
    if "maxItems" in parameter:
        words.append("at most %d" % parameter["maxItems"])
    if "unit" in parameter:
        words.append(parameter["unit"])
    return "; ".join(words)


def _touched(what, parameter):
    return what if parameter is None else "%s (`%s`)" % (what, parameter)


def _availability(version, available):
    if available is True:
        return MEASURED_ON[version]
    return "not %s (no `%s`)" % (MEASURED_ON[version], available["missing"])


def _listed(words):
    return " ".join("`%s`" % word for word in words)


def _plain(value):
    return str(value).lower() if isinstance(value, bool) else str(value)
