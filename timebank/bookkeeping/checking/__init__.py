"""Checks of the books. `checks.CHECKS` lists all of them; `findings` also serves the checks of other packages."""
