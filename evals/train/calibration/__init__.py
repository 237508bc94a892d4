"""The confidence: readings with answers judged right or wrong, the regression fitted to them, its picture."""
