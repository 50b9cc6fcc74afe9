"""The report: what was found, and in which Live, Python and system."""

import io
import json
import platform
import sys

FILE = "livegate-live-report.json"
FORMAT = 1


def write(path, application, findings):
    version = "%d.%d.%d" % (
        application.get_major_version(),
        application.get_minor_version(),
        application.get_bugfix_version(),
    )
    about = {
        "format": FORMAT,
        "live": version,
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "differs": [one["name"] for one in findings if one["as_assumed"] is False],
        "failed": [one["name"] for one in findings if "error" in one],
        "findings": findings,
    }
    with io.open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(about, indent=1, sort_keys=True) + "\n")
