"""What a question asks for: its analysis, follow-ups made to stand alone, spelling, units of measure."""
