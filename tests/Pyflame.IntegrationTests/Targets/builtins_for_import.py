"""Carries what `calls_when_imported` is to call, since a module takes no arguments."""
call = None
