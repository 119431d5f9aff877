"""Jobs trained outside this process: what crosses, who trains there, and who follows it here."""
