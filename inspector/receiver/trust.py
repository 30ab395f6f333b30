"""How to make a system or a program trust the local authority: words and commands, as a table."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Trust:
    """One way. `commands` are lines for a terminal with `{file}` for the certificate (`{path}` without quotes) and
    `{port}` for the HTTPS port, `on_windows` the same for a Windows terminal where that differs; `note` is what else
    to know.
    """

    key: str
    name: str
    words: str
    commands: str = ""
    note: str = ""
    on_windows: str = ""

    def commands_for(self, file: Path, port: int, platform: str = sys.platform) -> str:
        """Return the commands with file and port filled in, quoted for the terminal of `platform` (sys.platform)."""
        windows = platform == "win32"
        quoted = f'"{file}"' if windows else shlex.quote(str(file))
        commands = self.on_windows if windows and self.on_windows else self.commands
        # cmd takes what follows the = as it stands, quotes too.
        return commands.replace("{file}", quoted).replace("{path}", str(file)).replace("{port}", str(port))


TRUST: tuple[Trust, ...] = (
    Trust(
        "debian",
        "Debian, Ubuntu, Mint",
        "Copies the authority to where the system keeps its own, and has the list made again.",
        "sudo cp {file} /usr/local/share/ca-certificates/webhook-inspector.crt\nsudo update-ca-certificates",
        "The name has to end in .crt. To take it back: remove that file and run update-ca-certificates --fresh.",
    ),
    Trust(
        "fedora",
        "Fedora, RHEL, CentOS",
        "Copies the authority to the system's anchors, and has the list made again.",
        "sudo cp {file} /etc/pki/ca-trust/source/anchors/webhook-inspector.pem\nsudo update-ca-trust",
        "To take it back: remove that file and run update-ca-trust.",
    ),
    Trust(
        "arch",
        "Arch, Manjaro",
        "Adds the authority to the system's anchors.",
        "sudo trust anchor --store {file}",
        "To take it back: sudo trust anchor --remove with the same file.",
    ),
    Trust(
        "suse",
        "openSUSE, SLES",
        "Copies the authority to the system's anchors, and has the list made again.",
        "sudo cp {file} /etc/pki/trust/anchors/webhook-inspector.pem\nsudo update-ca-certificates",
    ),
    Trust(
        "alpine",
        "Alpine, containers",
        "Copies the authority into the image. In a Dockerfile: COPY the file, then RUN the second line.",
        "cp {file} /usr/local/share/ca-certificates/webhook-inspector.crt\nupdate-ca-certificates",
        "Needs the package ca-certificates.",
    ),
    Trust(
        "windows",
        "Windows",
        "Adds the authority to your own trusted root certificates; Windows shows it and asks once.",
        "certutil -user -addstore Root {file}",
        "Edge, Chrome, curl and .NET use this list. To take it back: certmgr.msc, Trusted Root Certification "
        "Authorities.",
    ),
    Trust(
        "macos",
        "macOS",
        "Adds the authority to your login keychain as trusted; macOS asks for your password.",
        "security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db {file}",
        "Safari, Chrome and curl use the keychain. To take it back: Keychain Access, delete it.",
    ),
    Trust(
        "firefox",
        "Firefox",
        "Settings, Privacy & Security, Certificates, View Certificates, Authorities, Import: choose the file and tick "
        "“Trust this CA to identify websites”.",
        note="Firefox for Windows and macOS also takes what the system trusts, unless that is switched off.",
    ),
    Trust(
        "chrome",
        "Chrome on Linux",
        "Adds the authority to the list that Chrome and Chromium keep for you.",
        'certutil -d sql:$HOME/.pki/nssdb -A -t "C,," -n webhook-inspector -i {file}',
        "certutil is in the package libnss3-tools (Debian) or nss-tools (Fedora).",
    ),
    Trust(
        "curl",
        "curl",
        "Trusts the authority for one request.",
        "curl --cacert {file} https://localhost:{port}/",
    ),
    Trust(
        "node",
        "Node.js",
        "Trusts the authority beside Node's own list; the variable is read when node starts.",
        "export NODE_EXTRA_CA_CERTS={file}",
        "Do not switch checking off with NODE_TLS_REJECT_UNAUTHORIZED: it would be off for every address.",
        "set NODE_EXTRA_CA_CERTS={path}",
    ),
    Trust(
        "python",
        "Python",
        "Trusts the authority in httpx, aiohttp, urllib and everything that uses the ssl module.",
        "export SSL_CERT_FILE={file}\nexport REQUESTS_CA_BUNDLE={file}",
        "Both replace the usual list while they are set. In code: ssl.create_default_context(cafile=…).",
        "set SSL_CERT_FILE={path}\nset REQUESTS_CA_BUNDLE={path}",
    ),
    Trust(
        "java",
        "Java",
        "Adds the authority to the key store of the Java that runs your program.",
        "keytool -importcert -noprompt -cacerts -storepass changeit -alias webhook-inspector -file {file}",
        "Needs the right to write to the Java folder. To take it back: keytool -delete -cacerts -alias "
        "webhook-inspector.",
    ),
    Trust(
        "go",
        "Go",
        "Programs in Go take the system's list; on Linux this variable names another file.",
        "export SSL_CERT_FILE={file}",
    ),
    Trust(
        "ios",
        "iPhone, iPad, Android",
        "Send the exported file to the device and open it. iOS: install the profile, then Settings, General, About, "
        "Certificate Trust Settings. Android: Settings, Security, Install a certificate, CA certificate.",
        note="On Android, apps trust it only if they say so.",
    ),
)


def usual_here(system: str, distribution: str = "") -> str:
    """Return the key of the way for this system. `system` is sys.platform, `distribution` ID and ID_LIKE words."""
    if system == "win32":
        return "windows"
    if system == "darwin":
        return "macos"
    for key, names in _FAMILIES:
        if any(name in distribution.lower().split() for name in names):
            return key
    return "debian"


_FAMILIES = (
    ("alpine", ("alpine",)),
    ("arch", ("arch", "manjaro")),
    ("suse", ("suse", "opensuse", "sles", "opensuse-leap", "opensuse-tumbleweed")),
    ("fedora", ("fedora", "rhel", "centos")),
    ("debian", ("debian", "ubuntu")),
)


def distribution(file: Path = Path("/etc/os-release")) -> str:
    """Return the words of ID and ID_LIKE of a Linux system (os-release(5)), "" where there are none."""
    try:
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    values = [line.partition("=")[2].strip("\"'") for line in lines if line.startswith(("ID=", "ID_LIKE="))]
    return " ".join(values)
