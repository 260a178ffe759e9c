"""``python -m shared.rules < rules.json``: reads rules, prints which are suspicious, how much and why.

In: a JSON list of ``{id, context, rule}``, or of rules as Get-InboxRule returns them. Out: a JSON list of
``{id, suspicious, score, reasons}``, in the same order. Input that is no such list: a sentence on stderr, exit 2.
"""

import json
import sys

from .judge import judge


def main() -> int:
    """Judge what stands on stdin."""
    try:
        given = json.loads(sys.stdin.buffer.read())
    except (ValueError, RecursionError) as error:
        sys.stderr.write(f"This is not JSON: {error}.\n")
        return 2
    if isinstance(given, dict) and isinstance(given.get("value"), list):
        given = given["value"]
    if not isinstance(given, list):
        sys.stderr.write("This is not a JSON list of rules.\n")
        return 2
    json.dump([_judged(item, number) for number, item in enumerate(given)], sys.stdout, indent=1)
    sys.stdout.write("\n")
    return 0


def _judged(item: object, number: int) -> dict[str, object]:
    entry = {str(key).casefold(): value for key, value in item.items()} if isinstance(item, dict) else {}
    rule = entry.get("rule", item)
    verdict = judge(rule, entry.get("context"))
    name = entry.get("id", entry.get("ruleidentity", entry.get("ruleid", number)))
    return {"id": name, "suspicious": verdict.suspicious, "score": verdict.score, "reasons": list(verdict.reasons)}


if __name__ == "__main__":
    sys.exit(main())
