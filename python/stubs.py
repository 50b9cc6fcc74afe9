"""Writes the type stubs of the Python client from the catalogue: every action with parameters, types and docs.

    python3 python/stubs.py        # writes python/livegate/__init__.pyi and python/livegate/aio.pyi
    python3 python/stubs.py check  # exits with 1 if they are stale
"""

import json
import keyword
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ("script/LiveGate/catalog.json", "src/command/gateway.json")
PACKAGE = ROOT / "python" / "livegate"
TYPES = {"integer": "int", "number": "float", "string": "str", "boolean": "bool", "object": "Mapping[str, Any]", "command": "Mapping[str, Any]"}
LINE_MAX = 118

HEAD = '''"""{title} Written by python/stubs.py."""

from collections.abc import {imports}
from os import PathLike
from types import TracebackType
from typing import Any, Literal{more_typing}

from typing_extensions import TypedDict, Unpack
{own_imports}
'''

TERMS = '''
class Terms(TypedDict, total=False):
    """What every request takes beside its parameters; see docs/requests.md."""

    timeout: float | None
    expect: Mapping[str, Any] | None
    deadline_ms: int | None
    once: str | None
    coalesce: bool | None
    dry_run: bool | None
'''

CONNECT = '''    token: str | None = None,
    token_file: str | PathLike[str] | None = None,
    ca: str | PathLike[str] | None = None,
    pin: str | None = None,
    server_name: str | None = None,
    client_cert: str | PathLike[str] | None = None,
    client_key: str | PathLike[str] | None = None,
    state_dir: str | PathLike[str] | None = None,
    timeout: float | None = None,
'''

BLOCKING = '''
__version__: str

@overload
def connect(
    address: str | None = None,
    *,
    reconnect: None = None,
''' + CONNECT + ''') -> Connection: ...
@overload
def connect(
    address: str | None = None,
    *,
    reconnect: float,
''' + CONNECT + ''') -> Reconnecting: ...

class Connection(Actions):
    def call(self, action: str, /, **arguments: Any) -> dict[str, Any]: ...
    def call_many(
        self, requests: Iterable[Mapping[str, Any]], *, timeout: float | None = None
    ) -> list[dict[str, Any] | Refused]: ...
    def events(self, *, timeout: float | None = None) -> Iterator[dict[str, Any]]: ...
    def close(self) -> None: ...
    def __enter__(self) -> Connection: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

class Reconnecting(Actions):
    def __init__(self, connect: Callable[[], Connection], reconnect: float) -> None: ...
    def call(self, action: str, /, **arguments: Any) -> dict[str, Any]: ...
    def call_many(
        self, requests: Iterable[Mapping[str, Any]], *, timeout: float | None = None
    ) -> list[dict[str, Any] | Refused]: ...
    def events(self, *, timeout: float | None = None) -> Iterator[dict[str, Any]]: ...
    def close(self) -> None: ...
    def __enter__(self) -> Reconnecting: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

class Action:
    __name__: str
    def __call__(self, **arguments: Any) -> dict[str, Any]: ...

class Events(Iterator[dict[str, Any]]):
    def __next__(self) -> dict[str, Any]: ...

class Refused(Exception):
    code: str
    category: str
    retry_after_ms: int | None
    outcome_unknown: bool
    answer: dict[str, Any]

class ConnectionLost(ConnectionError):
    outcome_unknown: bool

class GatewayWarning(UserWarning): ...
'''

ASYNC = '''
async def connect(
    address: str | None = None,
    *,
    reconnect: float | None = None,
''' + CONNECT + ''') -> Connection: ...

class Connection(Actions):
    async def call(self, action: str, /, **arguments: Any) -> dict[str, Any]: ...
    def events(self, *, timeout: float | None = None) -> AsyncIterator[dict[str, Any]]: ...
    async def close(self) -> None: ...
    async def __aenter__(self) -> Connection: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...
'''


def actions():
    found = {}
    for source in SOURCES:
        for action in json.loads((ROOT / source).read_text(encoding="utf-8"))["actions"]:
            found[action["name"]] = action
    return [found[name] for name in sorted(found)]


def method(action, prefix):
    """One action as a method; parameters that are no names in Python go through call()."""
    fields = [field for field in action["params"] if not keyword.iskeyword(field["name"])]
    required = [field for field in fields if field.get("required") and "unless" not in field]
    optional = [field for field in fields if field not in required]
    listed = ["%s: %s" % (field["name"], kind(field)) for field in required]
    listed += ["%s: %s | None = None" % (field["name"], kind(field)) for field in optional]
    listed = ["self", *(["*"] if listed else []), *listed, "**terms: Unpack[Terms]"]
    head = "    %s %s(%s) -> dict[str, Any]:" % (prefix, action["name"], ", ".join(listed))
    if len(head) > LINE_MAX:
        body = "".join("        %s,\n" % one for one in listed[:-1]) + "        %s,\n" % listed[-1]
        head = "    %s %s(\n%s    ) -> dict[str, Any]:" % (prefix, action["name"], body)
    return "%s\n        %s\n" % (head, docstring(action, fields))


def kind(field):
    if "enum" in field:
        return "Literal[%s]" % ", ".join(map(repr, field["enum"]))
    if isinstance(field["type"], list):
        return " | ".join(dict.fromkeys(TYPES[each] for each in field["type"]))
    if field["type"] == "array":
        return "Sequence[%s]" % TYPES.get(field.get("items", {}).get("type"), "Any")
    of = field["type"]
    return " | ".join(TYPES[one] for one in (of if isinstance(of, list) else [of]))


def docstring(action, fields):
    lines = [line.strip() for line in action["doc"].splitlines() if line.strip()]
    lines += ["%s: %s" % (field["name"], described(field)) for field in fields if described(field)]
    returned = ", ".join(field["name"] for field in action["result"])
    lines += ["Returns %s." % returned] if returned else []
    text = "\n        ".join(line.replace("\\", "\\\\") for line in lines)
    return '"""%s\n        """' % text if len(lines) > 1 else '"""%s"""' % text


def described(field):
    least = ["more than %s" % field["exclusiveMinimum"]] if "exclusiveMinimum" in field else []
    least += ["at least %s" % field["minimum"]] if "minimum" in field else []
    most = ["at most %s" % field["maximum"]] if "maximum" in field else []
    usual = ["default %s" % json.dumps(field["default"])] if "default" in field else []
    unit = [field["unit"]] if "unit" in field else []
    return ", ".join(unit + least + most + usual)


def class_of_actions(prefix):
    methods = "".join(method(action, prefix) for action in actions())
    return '\nclass Actions:\n    """Every action of the catalogue, with its parameters by name."""\n\n' + methods


def texts():
    blocking = HEAD.format(
        title="The types of the livegate client.",
        imports="Callable, Iterable, Iterator, Mapping, Sequence",
        more_typing=", overload",
        own_imports="",
    )
    asynchronous = HEAD.format(
        title="The types of livegate.aio.",
        imports="AsyncIterator, Mapping, Sequence",
        more_typing="",
        own_imports="\nfrom . import Terms\n",
    )
    return {
        PACKAGE / "__init__.pyi": blocking + TERMS + class_of_actions("def") + BLOCKING,
        PACKAGE / "aio.pyi": asynchronous + class_of_actions("async def") + ASYNC,
    }


def main(arguments):
    stale = []
    for path, text in texts().items():
        if arguments == ["check"]:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                stale.append(str(path.relative_to(ROOT)))
        else:
            path.write_text(text, encoding="utf-8")
    if stale:
        sys.exit("stale: %s; python3 python/stubs.py writes them" % ", ".join(stale))


if __name__ == "__main__":
    main(sys.argv[1:])
