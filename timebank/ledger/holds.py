"""How much of recorded hours is held until the other side answers.

What was agreed beforehand is held as far as the floor leaves room. The rest is held only up to a most, for all of an
account's waiting hours together, so that nobody can freeze a neighbour's account by writing hours down. What is not
held is tested against the floor when it is confirmed.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hold:
    """Minutes of an account that wait; `unagreed_minutes` are those of them that were not agreed beforehand."""

    id: int
    account: int
    minutes: int
    unagreed_minutes: int
    deed: str
    is_open: bool = True


def share_held(
    minutes: int, *, agreed_minutes: int, room: int | None, unagreed_held: int, most_unagreed: int
) -> tuple[int, int]:
    """(minutes to hold, those of them that were not agreed beforehand) of recorded minutes; each may be 0.

    `room` is what the account's floor leaves (None: no floor), `unagreed_held` what it holds of that sort already.
    """
    agreed = min(minutes, agreed_minutes)
    unagreed = minutes - agreed
    if room is not None:
        agreed = max(0, min(agreed, room))
        unagreed = max(0, min(unagreed, room - agreed))
    unagreed = max(0, min(unagreed, most_unagreed - unagreed_held))
    return agreed + unagreed, unagreed
