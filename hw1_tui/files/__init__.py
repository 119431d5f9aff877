"""Files as such: written whole or not at all, read with care, named the way a user names them."""
