"""What is made of the runs: which claims and orders hold, by which rule, on which evidence."""
