"""Settings of reading files of other formats than text."""

from __future__ import annotations

from pydantic import BaseModel, Field

from rag.settings.values import FROZEN


class FormatSettings(BaseModel):
    """What is read of files. After a change, the next ingest reads the files again."""

    model_config = FROZEN
    hidden: bool = Field(
        False,
        description="Whether hidden sheets, rows and columns of workbooks and hidden text of Word files are "
        "read; by default they are left out, and named in the report of an ingest.",
    )
