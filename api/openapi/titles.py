"""Titles of the operations, by path and method: what a caller wants done, no two the same."""

from __future__ import annotations

TITLES: dict[tuple[str, str], str] = {
    ("/v1/ask", "post"): "Ask a question",
    ("/v1/search", "get"): "Search passages",
    ("/v1/check-grounding", "post"): "Check whether documents support a text",
    ("/v1/suggestions", "get"): "Suggest questions",
    ("/v1/tokens", "post"): "Issue a token to a page",
    ("/v1/documents", "post"): "Send documents",
    ("/v1/documents", "get"): "List documents",
    ("/v1/documents/{document_id}", "get"): "Read a document",
    ("/v1/documents/{document_id}", "delete"): "Delete a document",
    ("/v1/collections", "get"): "List collections",
    ("/v1/collections/{name}", "delete"): "Delete a collection",
    ("/v1/jobs", "get"): "List jobs",
    ("/v1/jobs/{job_id}", "get"): "Look at a job",
    ("/v1/jobs/{job_id}", "delete"): "Cancel a job",
    ("/v1/jobs/{job_id}/events", "get"): "Follow a job",
    ("/v1/feedback", "post"): "Rate an answer",
    ("/v1/feedback", "get"): "List feedback",
    ("/v1/models", "get"): "List models (OpenAI)",
    ("/v1/models/{model}", "get"): "Look at a model (OpenAI)",
    ("/v1/chat/completions", "post"): "Complete a chat (OpenAI)",
    ("/v1/responses", "post"): "Respond (OpenAI)",
    ("/healthz", "get"): "Is the process alive?",
    ("/readyz", "get"): "Can it answer?",
}
