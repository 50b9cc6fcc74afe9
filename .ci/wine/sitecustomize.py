"""Lets the script read the paths that the gateway, under Wine, wrote into its settings."""

import builtins
import io
import os

from paths import linux


def translated(function):
    def call(path, *more, **named):
        return function(linux(path), *(linux(each) for each in more), **named)

    return call


for name in ("stat", "lstat", "open", "mkdir", "rename", "replace", "unlink", "remove", "listdir", "scandir", "chmod", "access"):
    setattr(os, name, translated(getattr(os, name)))
builtins.open = io.open = translated(io.open)
for name in ("isabs", "abspath", "realpath", "join", "exists", "isfile", "isdir", "islink"):
    setattr(os.path, name, translated(getattr(os.path, name)))
