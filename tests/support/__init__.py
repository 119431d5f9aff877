"""What the tests share: scripted engines, runs made for a history, a real terminal, LaTeX."""
