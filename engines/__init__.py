"""What trains: engines, which know no thread, no terminal and no file."""
