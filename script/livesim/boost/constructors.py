"""Constructors of the few value types and of the timer. Python cannot instantiate any other class."""

from ..errors import unmatched_call
from .conversion import Mismatch, converter
from .handle import refer

_REQUIRED = object()


def make_initializer(package, facts_name, model, classes):
    """`model.constructor` lists (name, type) or (name, type, default) of each parameter, by position or by keyword.

    `classes` are the classes and enums that types may name (see conversion.py).
    """
    declared = getattr(model, "constructor", None)
    if declared is None:

        def initialize(handle, *_arguments, **_keywords):
            raise RuntimeError("This class cannot be instantiated from Python")

        return initialize

    parameters = [(name, converter(kind, classes), (*default, _REQUIRED)[0]) for name, kind, *default in declared]
    text = "__init__(%s)" % ", ".join("%s:%s" % (name, kind) for name, kind, *_ in declared)

    def construct(handle, *arguments, **keywords):
        try:
            fields = _bind(parameters, arguments, dict(keywords))
        except Mismatch:
            raise unmatched_call(facts_name + ".__init__", (handle, *arguments, *keywords.values()), text) from None
        refer(handle, model(package.live, **fields))

    return construct


def _bind(parameters, arguments, keywords):
    if len(arguments) > len(parameters):
        raise Mismatch
    fields = {}
    for index, (name, convert, default) in enumerate(parameters):
        value = arguments[index] if index < len(arguments) else keywords.pop(name, default)
        if value is _REQUIRED:
            raise Mismatch
        fields[name] = convert(value)
    if keywords:
        raise Mismatch
    return fields
