"""A report as a document: its tables, figures and sentences in Markdown, LaTeX, HTML and JSON."""
