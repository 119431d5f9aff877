"""What the Sweep screen is made of: the definition, the trials as they train, and what they come to."""
