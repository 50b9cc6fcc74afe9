"""The livegate client for Python scripts; docs/python.md describes it."""

from collections.abc import Iterator
from os import PathLike
from types import TracebackType
from typing import Any

__version__: str

def connect(
    address: str | None = None,
    *,
    token: str | None = None,
    token_file: str | PathLike[str] | None = None,
    ca: str | PathLike[str] | None = None,
    pin: str | None = None,
    server_name: str | None = None,
    client_cert: str | PathLike[str] | None = None,
    client_key: str | PathLike[str] | None = None,
    state_dir: str | PathLike[str] | None = None,
    timeout: float | None = None,
) -> Connection: ...

class Connection:
    def call(
        self,
        action: str,
        /,
        *,
        timeout: float | None = None,
        expect: dict[str, Any] | None = None,
        deadline_ms: int | None = None,
        once: str | None = None,
        coalesce: bool | None = None,
        dry_run: bool | None = None,
        **parameters: Any,
    ) -> dict[str, Any]: ...
    def events(self, *, timeout: float | None = None) -> Events: ...
    def close(self) -> None: ...
    def __getattr__(self, name: str) -> Action: ...
    def __enter__(self) -> Connection: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

class Action:
    __name__: str
    def __call__(
        self,
        *,
        timeout: float | None = None,
        expect: dict[str, Any] | None = None,
        deadline_ms: int | None = None,
        once: str | None = None,
        coalesce: bool | None = None,
        dry_run: bool | None = None,
        **parameters: Any,
    ) -> dict[str, Any]: ...

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
