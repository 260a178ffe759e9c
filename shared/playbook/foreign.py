"""Text that somebody outside wrote, perhaps the attacker: made fit to be shown before it is written down."""

LONGEST = 120


def shown(text: str | None, longest: int = LONGEST) -> str:
    """``text`` as one short line of what can be seen; what steers a terminal or turns words round is a blank."""
    seen = " ".join("".join(one if one.isprintable() else " " for one in (text or "")[: 4 * longest]).split())
    return seen if len(seen) <= longest else f"{seen[: longest - 1]}…"
