"""Parses one line of bytes as one JSON object, strictly, in pieces, and encodes an answer as one line."""

import json
import re

from . import json_pieces
from .errors import Refusal, shown
from .json_pieces import Flaw

DEPTH_MAX = 16
# The most brackets in a line, those in strings included: it bounds the counting before parsing. 10000 notes have 20000.
BRACKETS_MAX = 65536
INTEGER_DIGITS_MAX = 20

_BRACKETS = bytes.maketrans(b"[]", b"{}")
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_NEITHER_BRACKETS_NOR_QUOTES = bytes(byte for byte in range(256) if byte not in b'[]{}"')
_HTTP_VERSION = re.compile(rb"HTTP/[0-9]")
_HTTP_HEADER = re.compile(rb"\s*[!#$%&'*+.^_`|~0-9A-Za-z-]+:")


def parse(line):
    """The object in `line` (bytes); raises a Refusal with code `invalid_json` if there is none."""
    pieces = parse_in_pieces(line)
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            return end.value


def parse_in_pieces(line):
    """The same as a generator, which yields after each piece and returns the object."""
    _require_shallow(line)
    try:
        # json.loads would detect UTF-16 and UTF-32; the protocol is UTF-8 only.
        message = yield from json_pieces.decode(_DECODER, line.decode("utf-8"))
    except UnicodeDecodeError:
        raise _invalid("it is not UTF-8") from None
    except Flaw as flaw:
        raise _invalid(str(flaw)) from None
    except json.JSONDecodeError as error:
        raise _invalid("%s at character %d" % (error.msg, error.pos + 1)) from None
    if type(message) is not dict:
        raise _invalid("it must be an object, not %s" % shown(message))
    return message


class Encoded:
    """A value that is JSON already: large values are encoded in pieces, over several ticks."""

    __slots__ = ("text",)

    def __init__(self, text):
        self.text = text


def json_of(value):
    """A value as JSON in ASCII; values that JSON does not have (NaN) raise an error, so that none reaches a client."""
    return value.text if type(value) is Encoded else _ENCODE(value)


def json_of_object(body):
    """The same for an object some of whose values are encoded already."""
    if any(type(value) is Encoded for value in body.values()):
        return "{%s}" % ", ".join("%s: %s" % (_ENCODE(name), json_of(value)) for name, value in body.items())
    return _ENCODE(body)


def encode(body):
    """One line of ASCII."""
    return json_of_object(body).encode("ascii") + b"\n"


def is_http(line):
    """Whether `line`, which is not JSON, is HTTP: it holds `HTTP/` and a digit, or it begins like a header.

    The sender chooses method and target, `{` included, so neither is checked. The header detects a request whose
    first line was too long to be read to its end. Folding a copy is ten times faster than a pattern that ignores case.
    """
    return _HTTP_VERSION.search(line.upper()) is not None or _HTTP_HEADER.match(line) is not None


def _invalid(problem):
    return Refusal("invalid_json", "the line is not valid JSON: %s" % problem)


def _require_shallow(line):
    # Counted before parsing: the parser recurses in C, and Live sets the interpreter's recursion limit.
    shape = line.translate(_BRACKETS, _NOT_BRACKETS)
    if len(shape) > BRACKETS_MAX:
        raise _invalid("it has more than %d brackets" % BRACKETS_MAX)
    if not _is_shallow(shape) and not _is_shallow(_outside_strings(line)):
        raise _invalid("it is nested deeper than %d levels, or its brackets do not match" % DEPTH_MAX)


def _outside_strings(line):
    """The brackets outside strings, in a few passes: a pattern for whole strings tries each quote to the line's end.

    A backslash outside a string may hide a quote here; the parser stops at that backslash.
    """
    unescaped = line.replace(b"\\\\", b"").replace(b'\\"', b"")
    marks = unescaped.translate(_BRACKETS, _NEITHER_BRACKETS_NOR_QUOTES)
    # Strings without brackets are removed first, so that at most one string per bracket remains to split.
    return b"".join(marks.replace(b'""', b"").split(b'"')[::2])


def _is_shallow(shape):
    """Whether removing the innermost pairs of brackets DEPTH_MAX times removes all of them."""
    for _ in range(DEPTH_MAX):
        fewer = shape.replace(b"{}", b"")
        if len(fewer) == len(shape):
            break
        shape = fewer
    return not shape


def _refuse_constant(name):
    raise Flaw("%s is not a number that JSON has" % name)


def _bounded_integer(digits):
    # int() takes quadratic time on long digit strings: a one-megabyte number would stall Live for minutes.
    if len(digits) > INTEGER_DIGITS_MAX:
        raise Flaw("a number has more than %d digits" % INTEGER_DIGITS_MAX)
    return int(digits)


def _finite_float(digits):
    number = float(digits)
    if number - number != 0.0:
        raise Flaw("a number is too large")
    return number


_DECODER = json.JSONDecoder(
    object_pairs_hook=json_pieces.unique_keys,
    parse_constant=_refuse_constant,
    parse_int=_bounded_integer,
    parse_float=_finite_float,
)
_ENCODE = json.JSONEncoder(allow_nan=False).encode
