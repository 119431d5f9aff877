"""What the report screen is made of: questions, numbers beside the printed ones, curves, claims."""
