#!/usr/bin/env python3
"""Counts public preference files without Plumbline, to compare an import with.

usage: tools/count-preferences.py DATA_FOLDER
"""
import gzip
import json
import re
import sys
from pathlib import Path


def hh_rlhf(path):
    """Pairs whose transcripts differ in their last turn only, with text in both."""
    rows = kept = 0
    for line in gzip.open(path, "rt", encoding="utf-8"):
        row = json.loads(line)
        rows += 1
        chosen, rejected = (
            [turn.strip() for turn in re.split("\n\n(?=Human:|Assistant:)", row[key])[1:]]
            for key in ("chosen", "rejected")
        )
        last = (chosen[-1], rejected[-1])
        kept += (
            chosen[:-1] == rejected[:-1]
            and last[0] != last[1]
            and all(turn.startswith("Assistant:") and turn[len("Assistant:"):].strip() for turn in last)
        )
    return {"rows": rows, "kept": kept}


def alpaca_eval(path):
    """Judged pairs with text in both answers, by outcome; equal answers of a winner are no pair."""
    rows = json.loads(Path(path).read_text(encoding="utf-8"))
    kept = [
        row
        for row in rows
        if row["output_1"].strip()
        and row["output_2"].strip()
        and not (row["output_1"] == row["output_2"] and row["preference"] not in (None, 0, 1.5))
    ]
    preferences = [row["preference"] for row in kept]
    ties = sum(p in (0, 1.5) for p in preferences if p is not None)
    none = sum(p is None for p in preferences)
    first = sum(p is not None and 1 <= p < 1.5 for p in preferences)
    return {
        "rows": len(rows),
        "kept": len(kept),
        "first": first,
        "second": len(kept) - first - ties - none,
        "ties": ties,
        "none": none,
    }


def seed_tasks(path):
    """Instances with an output."""
    rows = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
    instances = [instance for row in rows for instance in row["instances"]]
    return {"rows": len(rows), "kept": sum(bool(i["output"].strip()) for i in instances)}


def main():
    data = Path(sys.argv[1])
    for name, count in (
        ("hh-rlhf/harmless-base.test.jsonl.gz", hh_rlhf),
        ("alpaca-eval/alpaca-7b.annotations.json", alpaca_eval),
        ("alpaca-eval/text_davinci_001.annotations.json", alpaca_eval),
        ("alpaca-eval/zephyr-7b-beta.annotations.json", alpaca_eval),
        ("alpaca/seed_tasks.jsonl", seed_tasks),
    ):
        print(name, json.dumps(count(data / name)))


if __name__ == "__main__":
    main()
