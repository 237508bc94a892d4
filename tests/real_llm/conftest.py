"""Tests of a real model, collected only where its endpoint is named.

``LLM_URL=http://127.0.0.1:8080/v1 LLM_MODEL=NAME pytest tests/real_llm``, on this machine.
"""

from __future__ import annotations

import os

collect_ignore = [] if "LLM_URL" in os.environ else ["test_real_llm.py"]
