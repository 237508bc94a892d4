"""The OpenAPI document at ``/openapi.json``: what FastAPI can't infer from the routes."""
