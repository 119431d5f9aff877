"""What the report screen is made of: questions, figures beside the printed ones, curves, claims."""
