"""How many of the recorded minutes are held until the other side confirms them.

Minutes that were agreed beforehand are held as far as the floor leaves room. The others are held only up to a maximum
for all open holds of the account together, so that nobody can freeze a neighbour's account by recording hours. Minutes
that are not held are checked against the floor when they are confirmed.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hold:
    """Minutes of an account that await confirmation; `unagreed_minutes` of them were not agreed beforehand."""

    id: int
    account: int
    minutes: int
    unagreed_minutes: int
    deed: str
    is_open: bool = True


def share_held(
    minutes: int, *, agreed_minutes: int, room: int | None, unagreed_held: int, most_unagreed: int
) -> tuple[int, int]:
    """Return (minutes to hold, those of them that were not agreed beforehand) for recorded minutes; each may be 0.

    `room` is the free balance above the floor (None: no floor), `unagreed_held` the unagreed minutes held already, and
    `most_unagreed` the maximum of those.
    """
    agreed = min(minutes, agreed_minutes)
    unagreed = minutes - agreed
    if room is not None:
        agreed = max(0, min(agreed, room))
        unagreed = max(0, min(unagreed, room - agreed))
    unagreed = max(0, min(unagreed, most_unagreed - unagreed_held))
    return agreed + unagreed, unagreed
