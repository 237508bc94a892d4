"""Settings of ``saywhere ingest`` for web sites: how it asks, and how much it takes."""

from __future__ import annotations

from pydantic import BaseModel, Field

from rag.settings.values import FROZEN


class SiteSettings(BaseModel):
    """How sites are read."""

    model_config = FROZEN
    user_agent: str = Field(
        "Saywhere",
        min_length=1,
        max_length=200,
        pattern=r"^[A-Za-z][\x20-\x7e]*$",
        description="What sites are told who asks; its first word is looked for in robots.txt. Say whom a "
        "webmaster can write to: Saywhere (+mailto:docs@example.com).",
    )
    pages: int = Field(5_000, ge=1, description="Maximum number of addresses asked for in one run.")
    seconds: float = Field(7_200.0, gt=0, description="Maximum time of one run with a site, in seconds.")
    page_seconds: float = Field(60.0, gt=0, description="Maximum time for one page to arrive, in seconds.")
    total_bytes: int = Field(
        2_000_000_000, ge=1, description="Maximum size in bytes of all pages read in one run."
    )
    delay_seconds: float = Field(
        0.5,
        ge=0,
        description="Pause between two requests in seconds; a longer one that robots.txt asks for counts.",
    )
    private_hosts: tuple[str, ...] = Field(
        (),
        description="Names of hosts that may have a private address, such as wiki.intra.example; an address "
        "typed as a number, and localhost, always may.",
    )
