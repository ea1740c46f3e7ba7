#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""formats.py - alerts in every format, read by programs that are not ours

    formats.py FEED ROOT

FEED is the program that feed.c makes, ROOT the top of the tree. Reports TAP.
"""
import json
import re
import subprocess
import sys

import jsonschema

FEED, ROOT = sys.argv[1:3]
ALERTS = 4000
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]")

# Types of the fields that the Elastic Common Schema 8.11 has.
ECS = {
    "@timestamp": str, "message": str, "tags": list,
    "ecs.version": str, "event.action": str, "event.category": list,
    "event.dataset": str, "event.kind": str, "event.module": str,
    "event.outcome": str, "event.sequence": int, "event.end": str, "event.start": str,
    "event.reason": str, "error.message": str, "event.severity": int,
    "event.type": list, "file.device": str, "file.inode": str,
    "file.path": str, "file.target_path": str, "host.hostname": str,
    "observer.product": str, "orchestrator.cluster.name": str,
    "orchestrator.cluster.id": str, "orchestrator.namespace": str,
    "orchestrator.resource.name": str, "container.id": str,
    "container.name": str, "container.image.name": str,
    "process.command_line": str, "process.executable": str,
    "process.name": str, "process.parent.executable": str,
    "process.parent.pid": int, "process.pid": int, "process.thread.id": int,
    "process.user.id": str, "process.working_directory": str,
    "rule.name": str, "user.id": str, "user.name": str, "user.group.id": str,
}
ECS_VALUES = {
    "event.kind": {"alert", "event"},
    "event.category": {"file", "configuration"},
    "event.type": {"creation", "deletion", "change", "info"},
    "event.outcome": {"success", "failure"},
}
# CEF's own names that are used.
CEF = {"rt", "dvchost", "spid", "suid", "suser", "sproc", "msg", "cat",
       "filePath", "fileId", "act", "outcome", "reason", "externalId", "cnt",
       "cn1", "cn2", "cn3", "cs1", "cs2", "cs3", "cs4", "cs5", "cs6",
       "flexString1", "flexString2"}

number = 0
failed = 0


def check(name, problems):
    global number, failed
    number += 1
    problems = list(problems)
    for problem in problems[:10]:
        print("#", problem)
    failed += bool(problems)
    print("not ok" if problems else "ok", number, name)


def feed(form):
    run = subprocess.run([FEED, form, "stdout", "1", str(ALERTS)],
                         stdout=subprocess.PIPE, check=True)
    return run.stdout.decode("utf-8")  # which is a check, too


def keys():
    run = subprocess.run([FEED, "keys"], stdout=subprocess.PIPE, check=True)
    rows = [line.split() for line in run.stdout.decode().splitlines()]
    return {key: (ecs, cef) for key, ecs, cef in rows}


def unsafe(text):
    for found in UNSAFE.finditer(text):
        yield "raw %r in %r" % (found[0], text[max(0, found.start() - 40):found.end()])


def schema_problems(schema, alerts):
    validator = jsonschema.Draft202012Validator(schema)
    for line, alert in enumerate(alerts, 1):
        for error in validator.iter_errors(alert):
            yield "alert %d: %s" % (line, error.message)


def can_fail(schema, alerts):
    validator = jsonschema.Draft202012Validator(schema)
    for change in ({"Sequence": "1"}, {"NoSuchKey": 1}, {"UID": None},
                   {"ResourceHex": "0g"}, {"Severity": "11"}):
        if validator.is_valid({**alerts[0], **change}):
            yield "accepts %r" % change


def twins(alerts):
    for alert in alerts:
        for key, value in alert.items():
            if key.endswith("Hex"):
                exact = bytes.fromhex(value)
                if exact.decode("utf-8", "replace").count("\ufffd") == 0 and b"\0" not in exact:
                    yield "%s is of UTF-8: %s" % (key, value)
                if not alert.get(key[:-3], "").count("\ufffd"):
                    yield "%s has no twin to be exact for" % key


def flatten(tree, prefix=""):
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from flatten(value, prefix + key + ".")
        else:
            yield prefix + key, value


def ecs_problems(lines, alerts, table):
    names = {key: ecs for key, (ecs, cef) in table.items()}
    for line, alert in zip(lines, alerts):
        event = dict(flatten(json.loads(line)))
        for field, value in event.items():
            if not field.startswith("fim."):
                if field not in ECS:
                    yield "%s is no field of the schema" % field
                elif type(value) is not ECS[field]:
                    yield "%s is %r" % (field, value)
            wrong = ECS_VALUES.get(field)
            values = value if isinstance(value, list) else [value]
            if wrong and not wrong.issuperset(values):
                yield "%s is %r" % (field, value)
        for key, value in alert.items():
            twin = key.endswith("Hex")
            name = names.get(key[:-3] if twin else key, "-")
            if key == "UpdatedTime" and "Sequence" not in alert:
                continue  # the tool's own clock
            if name == "-" or isinstance(value, dict):
                continue
            name = "fim.hex." + name if twin else name
            if str(event.get(name)) != str(value):
                yield "%s is %r, not %r" % (name, event.get(name), value)


def cef_parse(line):
    head, rest = [], line
    for _ in range(7):
        found = re.match(r"((?:[^|\\]|\\[|\\])*)\|", rest)
        if not found:
            return None, None
        head.append(found[1])
        rest = rest[found.end():]
    fields = {}
    for found in re.finditer(
            r"(?:^| )([A-Za-z0-9_]+)=((?:[^=\\]|\\[=\\nr])*?)(?= [A-Za-z0-9_]+=|$)", rest):
        value = re.sub(r"\\(.)", lambda m: {"n": "\n", "r": "\r"}.get(m[1], m[1]),
                       found[2])
        if found[1] in fields:
            return None, None
        fields[found[1]] = value
    return head, fields


def cef_problems(lines, alerts, table):
    names = {key: cef for key, (ecs, cef) in table.items()}
    for line, alert in zip(lines, alerts):
        head, fields = cef_parse(line)
        if not fields:
            yield "not CEF: %r" % line
            continue
        if head[0:3] != ["CEF:0", "fim", "fim"] or not 0 <= int(head[6]) <= 10:
            yield "header %r" % head
        for name in fields:
            if not (name in CEF or name.startswith("Fim") or
                    name.endswith("Label") and name[:-5] in CEF):
                yield "%s is no name of CEF" % name
        for key, value in alert.items():
            name = names.get(key, "Fim" + key)
            if name == "-":
                continue
            if isinstance(value, list):
                value = ",".join(value)
            value = UNSAFE.sub(lambda m: m[0] if m[0] == "\r" else
                               {"\t": "\\t"}.get(m[0], "\\x%02x" % ord(m[0])
                                                 if ord(m[0]) < 0x80 else
                                                 "\\u%04x" % ord(m[0])), str(value))
            if name in fields and re.match("c[sn][0-9]|flex", name) and \
                    fields.get(name + "Label") != key:
                yield "%s is not said to be %s" % (name, key)
            if fields.get(name) != value:
                yield "%s is %r, not %r" % (name, fields.get(name), value)


def table_problems(table, schema):
    for column in (0, 1):
        names = [row[column] for row in table.values() if row[column] != "-"]
        yield from ("%s twice" % n for n in set(names) if names.count(n) > 1)
    yield from ("%s is not in the schema" % key
                for key in table if key not in schema["properties"])
    yield from ("%s is only in the schema" % key
                for key in schema["properties"] if key not in table)


def document_problems(table):
    rows = {}
    for line in open(ROOT + "/docs/alerts.md", encoding="utf-8"):
        found = re.match(r"\| `([A-Za-z_]+)` \| (\S+) \| (\S+) \|", line)
        if found:
            rows[found[1]] = (found[2].strip("`"), found[3].strip("`"))
    yield from ("%s: %r, not %r" % (key, rows.get(key), row)
                for key, row in table.items() if rows.get(key) != row)
    yield from ("%s is only in the document" % key for key in rows if key not in table)


schema = json.load(open(ROOT + "/docs/alert.schema.json", encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
table = keys()
text, lines, pretty = feed("text"), feed("json"), feed("pretty-json")
ecs, cef = feed("ecs"), feed("cef")
alerts = [json.loads(line) for line in lines.splitlines()]

check("as many alerts as records", [] if len(alerts) == ALERTS else [len(alerts)])
check("alerts are of the schema", schema_problems(schema, alerts))
check("the schema finds faults", can_fail(schema, alerts))
check("keys are in the schema", table_problems(table, schema))
check("keys are in the document", document_problems(table))
check("exact bytes where needed", twins(alerts))
check("there are such", [] if any("ResourceHex" in a for a in alerts) else ["none"])
decoder, place, again = json.JSONDecoder(), 0, []
while place < len(pretty):
    alert, place = decoder.raw_decode(pretty, place)
    again.append(alert)
    place += 1
same = [(a, b) for a, b in zip(again, alerts)
        if {**a, "Timestamp": 0, "UpdatedTime": 0} != {**b, "Timestamp": 0, "UpdatedTime": 0}]
check("pretty JSON is the same", same)
check("Elastic Common Schema", ecs_problems(ecs.splitlines(), alerts, table))
check("Common Event Format", cef_problems(cef.split("\n")[:-1], alerts, table))
for name, output in (("text", text), ("json", lines), ("pretty-json", pretty),
                     ("ecs", ecs), ("cef", cef)):
    check("nothing unsafe in " + name, unsafe(output))
print("1..%d" % number)
sys.exit(1 if failed else 0)
