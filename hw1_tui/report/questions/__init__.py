"""What the report asks: its questions with the claims and tables that it printed, read and checked."""
