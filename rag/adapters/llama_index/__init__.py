"""llama-index in both directions: its vector stores as ours, our retriever and query engine as its."""
