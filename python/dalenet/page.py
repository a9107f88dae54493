"""A page of HTML that shows itself in a notebook."""

import html
from pathlib import Path


class Page:
    """A page that needs no other file: an episode of an agent, or what a classifier gets wrong.

    In a notebook it is shown inline; :meth:`save` writes it for a browser.
    """

    def __init__(self, text: str) -> None:
        self.html = text

    def save(self, path: str | Path) -> None:
        """Writes the page to a new file.

        Raises
        ------
        FileExistsError
            If the file is there already.
        """
        with Path(path).open("x", encoding="utf-8") as file:
            file.write(self.html)

    def _repr_html_(self) -> str:
        """The page in a frame of its own, whose style and scripts keep to themselves."""
        return (
            f'<iframe srcdoc="{html.escape(self.html)}" width="100%" height="640" '
            'style="border: none"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<dalenet.Page of {len(self.html):,} characters; save it by .save(path)>"
