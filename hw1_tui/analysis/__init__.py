"""Looking inside a model: numbers on where it fails, what it learned and why a step did what it did. No pictures."""
