"""Files that a browser saves under a name."""

import unicodedata
from urllib.parse import quote

from werkzeug.wrappers import Response


def attach(response: Response, name: str) -> None:
    """Have the browser save the response under this name, in whichever script it is written.

    Headers hold Latin-1, so other letters go into `filename*` (RFC 6266 and RFC 8187), which every browser prefers.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    names = {"filename": plain}
    if plain != name:
        names["filename*"] = f"UTF-8''{quote(name, safe='')}"
    response.headers.set("Content-Disposition", "attachment", **names)
