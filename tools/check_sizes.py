#!/usr/bin/env python3
"""Prints the lines per folder; warns of long files and fails on those past the hard limit.

    tools/check_sizes.py [ROOT]
"""

import pathlib
import sys

FOLDERS = ("core", "events", "shaders", "gpu", "nnets", "platform", "apps", "tests", "tools", "cmake")
SOFT = {".h": 150, ".cpp": 300, ".py": 300, ".glsl": 300, ".frag": 300, ".comp": 300}
HARD = 500
OTHERS = {".def", ".cmake", ".txt", ".in", ".sh", ""}  # counted, without a limit


def check(root):
    """Returns (warnings, errors, {folder: (files, lines)})."""
    warnings, errors, totals = [], [], {}
    for folder in FOLDERS:
        files = lines = 0
        for file in sorted((root / folder).rglob("*")):
            parts = file.relative_to(root).parts
            if not file.is_file() or any(p == "__pycache__" or p[0] == "." for p in parts):
                continue
            if file.suffix not in SOFT and file.suffix not in OTHERS:
                continue
            count = file.read_bytes().count(b"\n")
            files, lines = files + 1, lines + count
            soft = SOFT.get(file.suffix)
            path = file.relative_to(root).as_posix()
            if soft and count > HARD:
                errors.append(f"{path}: {count} lines, {HARD} is the limit")
            elif soft and count > soft:
                warnings.append(f"{path}: {count} lines, should be at most {soft}")
        if files:
            totals[folder] = (files, lines)
    return warnings, errors, totals


def main():
    default = pathlib.Path(__file__).resolve().parent.parent
    warnings, errors, totals = check(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default)
    for folder, (files, lines) in totals.items():
        print(f"{folder:10}{files:5} files{lines:7} lines")
    files, lines = (sum(column) for column in zip(*totals.values())) if totals else (0, 0)
    print(f"{'all':10}{files:5} files{lines:7} lines")
    for line in warnings:
        print(f"warning: {line}", file=sys.stderr)
    for line in errors:
        print(f"error: {line}", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
