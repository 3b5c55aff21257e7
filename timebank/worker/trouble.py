"""Naming an error in the log without its message, since those of mail servers have people's data in them."""

import traceback


def place_of(error: BaseException) -> str:
    """Return the type of an error and where it was raised: 'ValueError in mail.py, line 30'."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {frames[-1].filename.rpartition('/')[2]}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
