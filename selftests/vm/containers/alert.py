#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""alert.py - whether an alert is the one that is expected, key by key

    alert.py EXPECTED ALERT

What varies from run to run has to be of the same form.
"""
import json
import re
import sys

expected = json.load(open(sys.argv[1], encoding="utf-8"))
alert = json.load(open(sys.argv[2], encoding="utf-8"))

# Ours, by definition
OURS = {"Enforcer": "FIM", "component_name": "fim"}
# What differs from run to run, or with the way that a kernel is asked
FORMS = {
    "Data": r"syscall=SYS_OPENAT fd=-100 flags=O_WRONLY\|O_CREAT\|O_NOCTTY\|O_NONBLOCK( .*)?",
    "HashID": r"[0-9a-f]{64}",
    "Source": r"(/usr/bin/|/bin/)?touch file",
    "UpdatedTime": r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",
}
NUMBERS = {"HostPID", "HostPPID", "PID", "PPID", "Timestamp"}

problems = []
for key, want in expected.items():
    have = alert.get(key)
    if key not in alert:
        problems.append("%s is missing" % key)
    elif key in NUMBERS:
        if type(have) is not int or have < 0:
            problems.append("%s is %r, no number" % (key, have))
    elif key in FORMS:
        if not re.fullmatch(FORMS[key], have):
            problems.append("%s is %r, not as %r" % (key, have, want))
    elif have != OURS.get(key, want):
        problems.append("%s is %r, not %r" % (key, have, OURS.get(key, want)))
if alert.get("PID", 0) >= alert.get("HostPID", 0):
    problems.append("PID is not in the container's namespace")
print(len(expected), "keys")
print("\n".join(problems))
sys.exit(bool(problems))
