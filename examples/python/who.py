"""Says who changed what in the last hours, from a state folder or a copy of its trail: python3 who.py DIR [HOURS]"""

import collections
import datetime
import sys

import livegate.audit


def main(path: str, hours: str = "8") -> None:
    trail = livegate.audit.open(path)
    since = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=float(hours))
    counts: collections.Counter[str] = collections.Counter()
    for row in trail.rows(kind="decision", verdict="allow", since=since):
        if "after" in row.result:
            before, after = row.result.get("before"), row.result["after"]
            print("%s %s %s %s -> %s" % (row.time, row.caller, row.action, before, after))
            counts[row.caller or "?"] += 1
    for caller, count in counts.most_common():
        print("%s made %d changes" % (caller, count))
    report = trail.verify()
    print("the trail matches its signatures" if report["ok"] else "PROBLEM: %s" % report["problems"])


if __name__ == "__main__":
    main(*sys.argv[1:])
