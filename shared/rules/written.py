"""What a message in HTML says, and where it leads, whatever is hidden between its letters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from shared.rules.recipients import addresses

_TOKEN = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z]*)(?P<rest>[^<>]*)>?|(?P<text>[^<]+)")
_HREF = re.compile(r"href\s{0,9}=\s{0,9}(?:\"([^\"]*)|'([^']*)|([^\s\"'>]+))", re.IGNORECASE)
_BARE = re.compile(r"(?:https?://|www\.)[^\s<>\"']+", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]{0,20}:)?//(?:[^/?#\\]*@)?(?P<host>[^/?#\\:]+)", re.IGNORECASE)
_UNSEEN = ("style", "script", "title")
_BREAKS = ("br", "p", "div", "tr", "td", "li")


@dataclass(frozen=True)
class Written:
    """``text`` in one line; ``links`` as they stand; the ``hosts`` and the mail ``addresses`` that it names."""

    text: str
    links: tuple[str, ...]
    hosts: tuple[str, ...]
    addresses: tuple[str, ...]


def read(message: str) -> Written:
    """A message, HTML or plain, in a time that grows only with its length. Nothing in it is followed or loaded.

    A browser's parser would do more, and fail or stand still at what an attacker can make of it.
    """
    text = " ".join(unescape("".join(_texts(message))).split())
    hrefs = ["".join(groups) for tag in _TOKEN.finditer(message) for groups in _HREF.findall(tag["rest"] or "")]
    found = [unescape(href).strip() for href in hrefs] + _BARE.findall(text)
    links = tuple(dict.fromkeys(link for link in found if link))
    hosts = tuple(dict.fromkeys(host for link in links if (host := _host(link))))
    mail = [link.partition(":")[2] for link in links if link.lower().startswith("mailto:")]
    return Written(text, links, hosts, tuple(dict.fromkeys(addresses(" ".join([text, *mail])))))


def inside(host: str, domains: frozenset[str]) -> bool:
    """Whether a host is one of these domains, or below one."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _texts(message: str) -> Iterator[str]:
    """What is shown; a tag that begins a line is a blank."""
    unseen = ""
    for token in _TOKEN.finditer(message):
        name = (token["name"] or "").lower()
        if token["text"] is not None:
            yield "" if unseen else token["text"]
        elif unseen:
            unseen = "" if token["end"] and name == unseen else unseen
        elif name in _UNSEEN and not token["end"]:
            unseen = name
        elif name in _BREAKS:
            yield " "


def _host(link: str) -> str:
    found = _HOST.match(link if "//" in link[:12] else f"//{link}" if link.lower().startswith("www.") else link)
    return found["host"].strip(".").casefold() if found else ""
