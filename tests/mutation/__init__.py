"""Errors put into the source on purpose, one at a time: which of them do the checks notice?"""
