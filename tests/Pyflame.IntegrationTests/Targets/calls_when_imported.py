"""A module that calls while it is being imported, below the frames of the import system."""
import builtins_for_import

builtins_for_import.call()
