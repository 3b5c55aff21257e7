"""The file that is chosen, and the button that brings it in."""

import hashlib

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import FileField

from timebank.web.forms import ButtonForm, KeyedForm, needed

#: The largest file, in kB: with what else a form has, it is below the most that a form may send.
LARGEST_KB = 250


class SheetField(FileField):
    """A file; `data` is its content, b'' where none was chosen."""

    def process_formdata(self, valuelist: list[object]) -> None:  # noqa: ARG002 (forms read texts, never files)
        """Read the file that the browser sent under this name."""
        file = request.files.get(self.name)
        self.data = file.read() if file is not None else b""


class SheetForm(KeyedForm):
    """Which file."""

    sheet = SheetField(
        _("The file"),
        validators=[needed(_("Choose a file that is not empty."))],
        render_kw={"accept": ".csv,text/csv"},
    )


class BringInForm(ButtonForm):
    """The button that brings a file in. The file is the form: however often and in however many windows, it is once."""

    @property
    def key(self) -> str:
        """Return the key as the trail stores it, which differs for each file."""
        return hashlib.sha256(request.path.encode()).hexdigest()
