"""Paths of programs under Wine, as Linux knows them."""

import os
import re

DRIVE = re.compile(r"^(?:\\\\\?\\)?([A-Za-z]):[\\/](.*)$", re.DOTALL)


def linux(path):
    r"""`C:\users\x` as a path of Linux; anything else as it is."""
    if not isinstance(path, str):
        return path
    found = DRIVE.match(path)
    if not found:
        return path
    root = os.path.join(os.environ["LIVEGATE_WINE_PREFIX"], "dosdevices", found.group(1).lower() + ":")
    return os.path.join(os.path.realpath(root), found.group(2).replace("\\", "/"))
