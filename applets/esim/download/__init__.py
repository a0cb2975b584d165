"""Downloading a profile: the session with a server, and the bound package that it sends."""

from .session import AuthenticateError, Download, DownloadError

__all__ = ["AuthenticateError", "Download", "DownloadError"]
