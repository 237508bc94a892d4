"""robots.txt (RFC 9309): groups merged by agent, the longest rule decides, ``*`` and ``$`` as sites use them.

``urllib.robotparser`` takes the first rule that matches, knows neither sign, and reads one group only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from ingest.sources.site.addresses import path_and_query

MAX_BYTES = 512_000  # as many as RFC 9309 asks for
_MAX_RULES = 5_000
_MAX_AGENTS = 100  # that share a group
_MAX_DELAY = 60.0  # seconds
_TOKEN = re.compile(r"[A-Za-z_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """The rules for one agent. ``rules`` are (path pattern, whether it is allowed)."""

    rules: tuple[tuple[str, bool], ...] = ()
    delay: float = 0.0

    def allows(self, url: str) -> bool:
        """Whether the agent may ask for an address: the longest pattern decides, of equals the kinder."""
        path = _comparable(path_and_query(url))
        verdicts = [(len(pattern), allowed) for pattern, allowed in self.rules if _matches(pattern, path)]
        return max(verdicts, default=(0, True))[1]


NO_RULES = Robots()


def robots_of(text: str, user_agent: str) -> Robots:
    """The rules of a robots.txt for an agent: of its own groups, else of those for ``*``.

    >>> rules = robots_of("User-agent: *\\nDisallow: /private/\\nAllow: /private/help", "Saywhere")
    >>> rules.allows("https://a.example/private/x"), rules.allows("https://a.example/private/help")
    (False, True)
    """
    token = agent_token(user_agent)
    groups: dict[str, list[tuple[str, bool]]] = {}
    delays: dict[str, float] = {}
    agents: list[str] = []
    is_naming = False
    for line in text.removeprefix("\ufeff").splitlines():
        field, colon, value = line.partition("#")[0].partition(":")
        name, value = field.strip().lower(), value.strip()
        if not colon:
            continue
        if name == "user-agent":
            agents = [*agents, value.lower()][-_MAX_AGENTS:] if is_naming else [value.lower()]
            is_naming = True
            groups.setdefault(value.lower(), [])
            continue
        if name in ("allow", "disallow", "crawl-delay"):
            is_naming = False
        for agent in agents:
            if name in ("allow", "disallow") and value and len(groups[agent]) < _MAX_RULES:
                groups[agent].append((_comparable(value), name == "allow"))
            elif name == "crawl-delay":
                delays[agent] = _seconds(value)
    own = [agent for agent in groups if agent != "*" and agent_token(agent) == token]
    chosen = own or ["*"]
    return Robots(
        rules=tuple(rule for agent in chosen for rule in groups.get(agent, ())),
        delay=max((delays.get(agent, 0.0) for agent in chosen), default=0.0),
    )


def agent_token(user_agent: str) -> str:
    """The word by which robots.txt names an agent.

    >>> agent_token("Saywhere/1.0 (+mailto:a@b.example)")
    'saywhere'
    """
    match = _TOKEN.match(user_agent)
    return match.group().lower() if match else user_agent.lower()


def _comparable(path: str) -> str:
    """Percent-encoded in one way, so that rules and addresses compare."""
    return quote(unquote(path), safe="/%:@!$&'()*+,;=~-._?") if path.isprintable() else path


def _matches(pattern: str, path: str) -> bool:
    """Whether a path begins with a pattern; ``*`` is anything, ``$`` at its end the path's end."""
    is_whole = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not others:
        return not is_whole or path == first
    at = len(first)
    *middle, last = others
    for part in middle:
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    if is_whole:
        return path.endswith(last) and len(path) - len(last) >= at
    return path.find(last, at) >= 0


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        return 0.0
    return min(max(seconds, 0.0), _MAX_DELAY) if seconds == seconds else 0.0  # NaN is unequal to itself
