#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""received.py - whether what arrived is what feed.c sent

    received.py FEED syslog FILE FIRST COUNT [TORN]
    received.py FEED journal FILE FIRST COUNT

Alerts may have come twice, none may be missing, and each has to be the same.
A receiver that was killed TORN times may have torn that many lines as it wrote
them; what stood in them has to have come again. Prints what is wrong.
"""
import json
import re
import subprocess
import sys

FEED, KIND, FILE, FIRST, COUNT = sys.argv[1:6]
TORN = int(sys.argv[6]) if len(sys.argv) > 6 else 0


def sent():
    run = subprocess.run([FEED, "json", "stdout", FIRST, COUNT],
                         stdout=subprocess.PIPE, check=True)
    for line in run.stdout.decode("utf-8").splitlines():
        alert = json.loads(line)
        if "Sequence" in alert:
            yield alert


# PRI, TIME, HOST, APP, MSGID, structured data, the message
LINE = re.compile(r"(\d+) (\S+) (\S+) fim (\S+) (-|\[meta sequenceId=\"(\d+)\"\]) (\{.*\})")


def syslog():
    torn = 0
    for line in open(FILE, encoding="utf-8", errors="surrogateescape"):
        found = LINE.fullmatch(line.rstrip("\n"))
        try:
            alert = json.loads(found[7] if found else "")
        except json.JSONDecodeError:
            torn += 1
            if torn > TORN:
                print("not as sent: %r" % line)
            continue
        if "Sequence" not in alert:
            continue
        operation = alert.get("FileOperation", alert["Operation"])
        if int(found[1]) >> 3 != 10 or found[4] != operation or \
                int(found[6]) - 1 != alert["Sequence"]:
            print("wrong header: %r" % line)
        yield alert["Sequence"], alert


def journal_name(key):
    return "FIM_" + re.sub("(?<=[a-z])(?=[A-Z])", "_", key).upper()


def several(values):
    """An entry has each value of a key once, in an order of its own."""
    return sorted(set(values))


def journal_fields(alert):
    for key, value in alert.items():
        if isinstance(value, dict):
            for sub, text in value.items():
                yield journal_name(key) + "_" + sub.upper(), text
        elif isinstance(value, list):
            yield journal_name(key), several([str(item) for item in value])
        else:
            yield journal_name(key), str(value)


def text(value):
    """journalctl shows what a terminal may not be shown as a list of bytes."""
    if isinstance(value, list) and value and isinstance(value[0], int):
        return bytes(value).decode("utf-8")
    if isinstance(value, list):
        return several([text(item) for item in value])
    return value


def journal():
    for line in open(FILE, encoding="utf-8"):
        entry = json.loads(line)
        fields = {name: text(value) for name, value in entry.items()
                  if name.startswith("FIM_")}
        if entry["SYSLOG_IDENTIFIER"] != "fim" or \
                not entry["MESSAGE"].isprintable() or \
                not 2 <= int(entry["PRIORITY"]) <= 5:
            print("wrong entry: %r" % line)
        if "FIM_SEQUENCE" in fields:
            yield int(fields["FIM_SEQUENCE"]), fields


got = {}
for sequence, what in (syslog if KIND == "syslog" else journal)():
    if got.setdefault(sequence, what) != what:
        print("%d came twice and differs" % sequence)
for alert in sent():
    want = alert
    if KIND == "journal":
        want = {}
        for name, value in journal_fields(alert):
            want[name] = value[0] if isinstance(value, list) and len(value) == 1 else value
    have = got.get(alert["Sequence"])
    if have is None:
        print("%d is missing" % alert["Sequence"])
    elif have != want:
        print("%d is %r, not %r" % (alert["Sequence"], have, want))
