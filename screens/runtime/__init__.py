"""What works whichever screen is shown: input and output, the palette, messages from threads, leaving."""
