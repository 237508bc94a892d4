"""Lines that ask nothing of the documents: greetings, thanks, and questions about the service itself."""
