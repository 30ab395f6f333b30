"""The banner about HTTPS: a port that could not be opened, or a certificate that needs a look."""

from __future__ import annotations

from collections.abc import Callable

from inspector.app import App
from inspector.receiver.state import Status
from inspector.ui.widgets.banner import BannerContent, BannerHost

KEY = "https"


class HttpsBanner:
    """Keeps the banner true for as long as the window is open; a dismissed one stays away until its words change."""

    def __init__(self, app: App, banners: BannerHost, open_settings: Callable[[str], None]) -> None:
        self._app, self._banners, self._open = app, banners, open_settings
        self._dismissed = ""
        banners.dismissed.connect(self._on_dismissed)
        self._unsubscribe = (
            app.https.changed.subscribe(lambda _: self.update()),
            app.receiver.changed.subscribe(lambda _: self.update()),
        )
        self.update()

    def close(self) -> None:
        """Stop listening to the program."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def update(self) -> None:
        """Show what is wrong now, if anything is."""
        content = self._content()
        if content is None:
            self._banners.remove(KEY)
        elif content.text != self._dismissed:
            self._banners.put(content)

    def _content(self) -> BannerContent | None:
        state = self._app.receiver.state
        actions = (("HTTPS settings…", lambda: self._open("https")),)
        if state.status is Status.RECEIVING and state.https_error is not None:
            error = state.https_error
            title = f"No HTTPS: {error.what[:1].lower()}{error.what[1:]}".rstrip(".")
            return BannerContent(KEY, "fail", "shield-x", title, f"{error.why} {error.todo}".strip(), actions)
        warning = self._app.https.state.warning
        if warning and state.https_url:
            return BannerContent(KEY, "warn", "shield", "The certificate needs a look", warning, actions)
        return None

    def _on_dismissed(self, key: str) -> None:
        content = self._content()
        if key == KEY and content is not None:
            self._dismissed = content.text
