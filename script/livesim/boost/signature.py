"""Signatures of the facts, such as "(index:int | None?) -> Track": parsed once, then used to convert arguments."""

from .conversion import Mismatch, converter


class Signature:
    """Positional parameters with their types; a `?` after the type marks an optional one."""

    def __init__(self, text, classes):
        declared, _, self.returns = text.partition(" -> ")
        parameters = [parameter.partition(":")[2] for parameter in _split(declared.strip()[1:-1])]
        self.required = sum(not parameter.endswith("?") for parameter in parameters)
        self._convert = [converter(parameter.rstrip("?"), classes) for parameter in parameters]

    def convert(self, arguments):
        """The converted arguments; raises Mismatch if they do not fit in type or number."""
        if not self.required <= len(arguments) <= len(self._convert):
            raise Mismatch
        return [convert(argument) for convert, argument in zip(self._convert, arguments)]


def _split(text):
    """Splits at the commas that stand outside brackets."""
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        depth += (character in "[(") - (character in ")]")
        if character == "," and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    return parts + ([text[start:].strip()] if text[start:].strip() else [])
