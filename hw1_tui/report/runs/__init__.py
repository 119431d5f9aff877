"""The runs that a report needs: which they are, which are still to be trained, and what they came to."""
