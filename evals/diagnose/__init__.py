"""At which stage a case was lost, and how an answer came about."""
