"""How to fix what the program cannot fix itself: a few sentences for each such cause."""

from __future__ import annotations

from inspector.signatures.diagnosis.cause import Cause

_RAW = (
    "Check the signature over the bytes as they arrive, before any parser touches them: express.raw() in Express, "
    "request.get_data() in Flask, request.body in Django, php://input in PHP, the request's own input stream in Java."
)
_WAY = "Look at what stands between the provider and this address (a proxy, an API gateway, a function, a tunnel)."

GUIDES: dict[Cause, str] = {
    Cause.JSON_REWRITTEN: f"{_WAY} One of them parses the JSON and writes it anew. Let it pass the body on untouched. "
    f"{_RAW}",
    Cause.LINE_BREAK: f"{_WAY} Tools that read a body from a file or a variable add or cut a line break: with cURL use "
    "--data-binary, not -d; in a shell printf, not echo.",
    Cause.LINE_ENDINGS: f"{_WAY} Something treats the body as text and changes its line breaks. Pass it on as bytes.",
    Cause.TEXT_ENCODING: f"{_WAY} Something decodes the body as text and encodes it again. Pass it on as bytes. {_RAW}",
    Cause.FORM_REWRITTEN: f"{_WAY} One of them parses the form and encodes it anew. {_RAW}",
    Cause.COMPRESSED: "Sign what is sent, or check the signature over the inflated body. In a handler, make sure that "
    "the framework's inflated body is used where the sender signs before it compresses.",
    Cause.INFLATED: f"{_WAY} Switch off decompression there, or have the provider send the body uncompressed.",
    Cause.ADDRESS: "The provider signs the address it was given, letter by letter: scheme, host, port, path, query and "
    "a slash at the end. Give the endpoint that address in its settings, or have the proxy keep the original.",
    Cause.ENCODING: "In your own handler, decode the signature as it is written before you compare it.",
    Cause.PREFIX: "In your own handler, take the label off before you compare, and check that it is the right one.",
    Cause.HASH: "In your own handler, use the hash the provider documents. Never choose it from what a request says.",
    Cause.OTHER_HEADER: f"{_WAY} Some gateways rename headers or pass on only those they are told to.",
    Cause.SECRET_LINE_BREAK: "Where the sender is yours, strip the secret after reading it from a file or a variable: "
    "echo adds a line break, printf does not.",
    Cause.HEADER_CUT: f"{_WAY} Something cuts long header values. Raise its limit, or shorten what it logs and copies.",
    Cause.BODY_CUT: f"{_WAY} Something stops reading before the body ends: a size limit, a time limit, or a dropped "
    "connection. Raise the limit there.",
    Cause.BODY_CHANGED: f"The signature belongs to another body. {_WAY}",
    Cause.VALUE_MISSING: f"{_WAY} Some gateways pass on only the headers they are told to.",
    Cause.UNREADABLE: "Compare the header with the example in the provider's documentation.",
    Cause.CLOCK: "Set the clock of the machine that signs, or of this one, by a time server. A whole number of hours "
    "off is a time zone that was taken for UTC.",
    Cause.LATE: "A provider that tries again signs anew with most schemes. One that does not sends the old timestamp: "
    "then a longer limit is needed, and duplicates must be recognised by their ID.",
    Cause.UNKNOWN: "Copy the secret from the provider again and try it here. If it is right, the body was changed on "
    f"its way. {_WAY} {_RAW}",
}
