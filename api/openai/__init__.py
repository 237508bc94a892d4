"""The forms of OpenAI's HTTP API: models, chat completions and responses, for clients made for it.

https://platform.openai.com/docs/api-reference
"""
