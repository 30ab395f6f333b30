"""The check in Python: the standard library, and cryptography for public keys."""

from __future__ import annotations

import json

from inspector.formats.verification_code.language import PER_SECOND, PUBLIC, Language, indent, refuse
from inspector.formats.verification_code.plan import (
    PLAIN_ATOMS,
    Apply,
    Atom,
    Between,
    Fixed,
    Part,
    Plan,
    Text,
    Value,
)

ATOMS = (*(name for name in PLAIN_ATOMS), "header", "field", "query", "form", "json", "formjson", "fact")
FUNCTIONS = (
    *(
        f"{alg}.{form}"
        for alg in ("sha256", "sha1", "sha512", "md5", "sha384", "sha224")
        for form in ("hex", "b64", "raw")
    ),
    *("crc32", "b64decode", "jsonstring"),
)

_HELPERS: dict[str, str] = {
    "as_bytes": """def as_bytes(text):
    return None if text is None else text.encode("utf-8", "surrogateescape")""",
    "in_pairs": """def in_pairs(text, name):
    pairs = parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
    return next((value for key, value in pairs if key == name), None)""",
    "in_json": """def in_json(data, *path):
    try:
        value = json.loads(data)
        for step in path:
            value = value[step]
    except (ValueError, KeyError, IndexError, TypeError):
        return None
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)""",
    "join": """def join(*parts):
    return None if None in parts else b"".join(parts)""",
    "form_sorted": """def form_sorted(body):
    pairs = parse_qsl(body.decode("utf-8", "surrogateescape"), keep_blank_values=True, errors="surrogateescape")
    return as_bytes("".join(name + value for name, value in sorted(set(pairs))))""",
    "form_php": """def form_php(body):
    pairs = parse_qsl(body.decode("utf-8", "surrogateescape"), keep_blank_values=True, errors="surrogateescape")
    fields = sorted((as_bytes(name), as_bytes(value)) for name, value in dict(pairs).items() if name != "p_signature")
    texts = b"".join(b's:%d:"%s";' % (len(text), text) for pair in fields for text in pair)
    return b"a:%d:{%s}" % (len(fields), texts)""",
    "form_amp": """def form_amp(body, url):
    pairs = parse_qsl(body.decode("utf-8", "surrogateescape"), keep_blank_values=True, errors="surrogateescape")
    if not pairs:
        pairs = parse_qsl(url.partition("?")[2], keep_blank_values=True, errors="surrogateescape")
    kept = sorted(pair for pair in pairs if pair[0] != "sig")
    clean = ((name, value.replace("&", "_").replace("=", "_")) for name, value in kept)
    return as_bytes("".join(f"&{name}={value}" for name, value in clean))""",
    "query_sorted": """def query_sorted(url):
    return as_bytes("&".join(sorted(part for part in url.partition("?")[2].split("&") if part)))""",
    "port_toggled": '''def port_toggled(url):
    """The address without its port, or with the usual one where it has none."""
    scheme, _, rest = url.partition("://")
    host = rest.split("/")[0].split("?")[0]
    name, colon, port = host.rpartition(":")
    other = name if colon and port.isdecimal() else f"{host}:{443 if scheme == 'https' else 80}"
    return f"{scheme}://{other}{rest[len(host):]}"''',
    "from_base64": """def from_base64(data):
    if data is None:
        return None
    bare = data.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    try:
        return base64.b64decode(bare + b"=" * (-len(bare) % 4), validate=True)
    except ValueError:
        return None""",
    "digest": """def digest(alg, form, data):
    if data is None:
        return None
    made = hashlib.new(alg, data).digest()
    return {"hex": made.hex().encode(), "b64": base64.b64encode(made), "raw": made}[form]""",
    "crc32": """def crc32(data):
    return None if data is None else str(zlib.crc32(data)).encode()""",
    "jsonstring": """def jsonstring(data):
    if data is None:
        return None
    return as_bytes(json.dumps(data.decode("utf-8", "surrogateescape"), ensure_ascii=False))""",
}
_NEEDS = {
    "form_sorted": ("as_bytes",),
    "form_php": ("as_bytes",),
    "form_amp": ("as_bytes",),
    "query_sorted": ("as_bytes",),
    "jsonstring": ("as_bytes",),
}
_MODULES = {
    "base64": "base64.",
    "hashlib": "hashlib.",
    "hmac": "hmac.",
    "json": "json.",
    "time": "time.",
    "unicodedata": "unicodedata.",
    "zlib": "zlib.",
}


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=True)


class _Writer:
    """Collects the helpers the program needs while its parts are written."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.used: dict[str, None] = {}

    def use(self, name: str) -> str:
        for needed in _NEEDS.get(name, ()):
            self.used[needed] = None
        self.used[name] = None
        return name

    def text(self, text: Text) -> str:
        if len(text) == 1:
            return self.part(text[0])
        return f"{self.use('join')}({', '.join(self.part(part) for part in text)})"

    def part(self, part: Part) -> str:
        if isinstance(part, Fixed):
            return f"b{_quoted(part.text)}" if part.text.isascii() else f"{_quoted(part.text)}.encode()"
        if isinstance(part, Between):
            inner = self.value(part.value)
            around = f"{_quoted(part.before)} + value + {_quoted(part.after)}"
            return f'next(({self.use("as_bytes")}({around}) for value in [{inner}] if value is not None), b"")'
        if isinstance(part, Apply):
            return self.function(part)
        if isinstance(part, Atom):
            return self.atom(part.name)
        value = f"{self.use('as_bytes')}({self.value(part)})"
        return f'({value} or b"")' if part.optional else value

    def function(self, part: Apply) -> str:
        inner = self.text(part.parts)
        if part.name == "b64decode":
            return f"{self.use('from_base64')}({inner})"
        if part.name in ("crc32", "jsonstring"):
            return f"{self.use(part.name)}({inner})"
        alg, _dot, form = part.name.partition(".")
        return f'{self.use("digest")}("{alg}", "{form}", {inner})'

    def atom(self, name: str) -> str:
        written = {
            "body": "body",
            "secret": "key",
            "extra": f"{self.use('as_bytes')}(key_name)" if name == "extra" else "",
            "method": "method.upper().encode()",
            "url": "url.encode()",
            "url.base": 'url.partition("?")[0].encode()',
            "path": '("/" + url.partition("://")[2].partition("?")[0].partition("/")[2]).encode()',
        }
        if name in written:
            return written[name]
        if name == "url.port":
            return f"{self.use('port_toggled')}(url).encode()"
        helper = self.use(name.replace(".", "_"))
        return {"form_amp": "form_amp(body, url)", "query_sorted": "query_sorted(url)"}.get(helper, f"{helper}(body)")

    def value(self, value: Value) -> str:
        place = value.place
        if place.kind == "header":
            return f"headers.get({_quoted(place.name.lower())})"
        if place.kind == "field":
            return f"fields.get({_quoted(place.name)})"
        if place.kind == "fact":
            return f"facts.get({_quoted(place.name)})"
        if place.kind == "query":
            return f'{self.use("in_pairs")}(url.partition("?")[2], {_quoted(place.name)})'
        form = (
            f'{self.use("in_pairs")}(body.decode("utf-8", "surrogateescape"), {_quoted(place.name)})'
            if place.kind
            in (
                "form",
                "formjson",
            )
            else ""
        )
        if place.kind == "form":
            return form
        path = "".join(f", {json.dumps(step)}" for step in value.steps)
        source = f'({form} or "")' if form else "body"
        return f"{self.use('in_json')}({source}{path})"


def write(plan: Plan, title: str) -> str:
    """Return the program. Raises CannotWrite."""
    refuse(plan, "Python", atoms=ATOMS, functions=FUNCTIONS, public=True)
    writer = _Writer(plan)
    body = "\n".join(
        part for part in (_signature(writer), _time(writer), _key(plan), _checks(writer), _match(writer)) if part
    )
    uses_facts = "fact" in plan.atoms
    head = 'def verify(headers, body, secret, *, method="POST", url="", now=None' + (
        ", facts=None):" if uses_facts else "):"
    )
    doc = (
        '    """Tell whether a request is genuine. `body` is raw bytes, `url` the address the provider was given."""\n'
    )
    lines = f"{head}\n{doc}    headers = {{name.lower(): value for name, value in headers.items()}}\n"
    if uses_facts:
        lines += "    facts = facts or {}\n"
    function = lines + indent(body, "    ")
    helpers = "\n\n\n".join(_HELPERS[name] for name in writer.used)
    code = f"{helpers}\n\n\n{function}\n" if helpers else f"{function}\n"
    return f"# {title}\n{_imports(plan, code)}\n\n{code}"


def _imports(plan: Plan, code: str) -> str:
    lines = [f"import {name}" for name, mark in _MODULES.items() if mark in code]
    if "datetime.fromisoformat" in code:
        lines.append("from datetime import datetime, timezone")
    if "parsedate_to_datetime" in code:
        lines.append("from email.utils import parsedate_to_datetime")
    if "parse_qsl" in code:
        lines.append("from urllib.parse import parse_qsl")
    if plan.kind in PUBLIC:
        lines += ["", "from cryptography.exceptions import InvalidSignature"]
        lines.append("from cryptography.hazmat.primitives import hashes, serialization")
        if plan.kind == "ecdsa":
            lines += [
                "from cryptography.hazmat.primitives.asymmetric import ec",
                "from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature",
            ]
        elif plan.kind == "rsa":
            lines.append("from cryptography.hazmat.primitives.asymmetric import padding")
        else:
            lines[-1] = "from cryptography.hazmat.primitives import serialization"
            lines.append("from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey")
    return "\n".join(lines)


def _signature(writer: _Writer) -> str:
    plan = writer.plan
    values = [writer.value(value) for value in plan.signature]
    lines = [f"raw = {values[0]}"]
    lines += [f"raw = raw or {value}" for value in values[1:]]
    lines += ["if not raw:", "    return False"]
    split = f"raw.split({_quoted(plan.items)})" if plan.items else "[raw]"
    if plan.named_by_secret:
        lines.append('key_name, _, secret = secret.partition(":")')
    if plan.pair:
        wanted = "key_name" if plan.named_by_secret else _quoted(plan.field)
        lines += [
            "sent, fields = [], {}",
            f"for item in {split}:",
            f"    name, _, value = item.strip().partition({_quoted(plan.pair)})",
            f"    if name.strip() == {wanted}:",
            "        sent.append(value.strip())",
            "    else:",
            "        fields.setdefault(name.strip(), value.strip())",
        ]
    elif plan.items:
        lines.append(f"sent = [item.strip() for item in {split} if item.strip()]")
    else:
        lines.append("sent = [raw]")
    return "\n".join(lines)


def _time(writer: _Writer) -> str:
    plan = writer.plan
    rule = plan.time
    if rule is None or plan.stamp is None:
        return ""
    lines = [f"stamp = {writer.value(plan.stamp)}", "try:"]
    if rule.unit in PER_SECOND:
        lines.append(f"    sent_at = int(stamp) / {PER_SECOND[rule.unit]}")
    elif rule.unit == "iso":
        lines += [
            '    moment = datetime.fromisoformat(stamp.replace("Z", "+00:00"))',
            "    sent_at = (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()",
        ]
    else:
        lines.append("    sent_at = parsedate_to_datetime(stamp).timestamp()")
    lines += ["except (TypeError, ValueError, AttributeError):", "    return False"]
    if rule.tolerance_s:
        lines.append("age = (time.time() if now is None else now) - sent_at")
        limit = f"abs(age) > {rule.tolerance_s}" if rule.future else f"age > {rule.tolerance_s}"
        lines += [f"if {limit}:", "    return False  # too old, or a wrong clock"]
    return "\n".join(lines)


def _key(plan: Plan) -> str:
    if plan.kind in PUBLIC:
        return _public_key(plan)
    lines = []
    if plan.splits_secret and not plan.named_by_secret:
        lines.append('key_name, _, secret = secret.partition(":")')
    padded = 'base64.b64decode({0}.rstrip("=") + "=" * (-len({0}.rstrip("=")) % 4))'
    lines.append(
        {
            "utf8": "key = secret.encode()",
            "nfkd": 'key = unicodedata.normalize("NFKD", secret).encode()',
            "sha1": "key = hashlib.sha1(secret.encode()).digest()",
            "hex": "key = bytes.fromhex(secret)",
            "base64": f"key = {padded.format('secret')}",
            "whsec": 'secret = secret.removeprefix("whsec_")\n' + f"key = {padded.format('secret')}",
        }[plan.key]
    )
    return "\n".join(lines)


def _public_key(plan: Plan) -> str:
    if plan.kind == "ed25519":
        return (
            'if "BEGIN" in secret:\n'
            "    key = serialization.load_pem_public_key(secret.encode())\n"
            "else:\n"
            '    text = secret.removeprefix("whpk_")\n'
            '    is_hex = len(text) == 64 and all(sign in "0123456789abcdefABCDEF" for sign in text)\n'
            "    raw_key = bytes.fromhex(text) if is_hex else base64.b64decode(text)[-32:]\n"
            "    key = Ed25519PublicKey.from_public_bytes(raw_key)"
        )
    return (
        'if "BEGIN" in secret:\n'
        "    key = serialization.load_pem_public_key(secret.encode())\n"
        "else:\n"
        "    key = serialization.load_der_public_key(base64.b64decode(secret))"
    )


def _checks(writer: _Writer) -> str:
    plan = writer.plan
    lines = []
    for value, wanted in plan.require:
        lines += [f"if {writer.value(value)} not in {wanted!r}:".replace("'", '"'), "    return False"]
    for value in plan.require_name:
        lines += [f"if {writer.value(value)} != key_name:", "    return False"]
    for value, fact in plan.require_facts:
        lines += [f"if {writer.value(value)} != {writer.value(fact)}:", "    return False"]
    for value, text in plan.also:
        got = f"{writer.use('as_bytes')}({writer.value(value)})"
        lines += [f"wanted, got = {writer.text(text)}, {got}", "if wanted is None or got is None:", "    return False"]
        lines += ["if not hmac.compare_digest(wanted, got):", "    return False"]
    return "\n".join(lines)


def _match(writer: _Writer) -> str:
    plan = writer.plan
    if plan.kind == "token":
        token = f"{_quoted(plan.prefix)} + secret" if plan.prefix else "secret"
        return (
            f"wanted = ({token}).encode()\n"
            'return any([hmac.compare_digest(wanted, value.encode("utf-8", "surrogateescape")) for value in sent])'
        )
    texts = ", ".join(writer.text(text) for text in plan.texts)
    lines = [_alg(writer)] if plan.announced else []
    lines += [f"for text in [{texts}]:", "    if text is None:", "        continue  # a signed value was not sent"]
    if plan.kind in PUBLIC:
        return "\n".join([*lines, indent(_public_match(plan), "    "), "return False"])
    alg = "alg" if plan.announced else f'"{plan.alg}"'
    made = f"hmac.new(key, text, {alg}).digest()" if plan.kind == "hmac" else f"hashlib.new({alg}, text).digest()"
    written = {
        "hex": "made.hex()",
        "base64": "base64.b64encode(made).decode()",
        "base64url": "base64.urlsafe_b64encode(made).decode()",
    }[plan.encoding]
    prefix = f"{_quoted(plan.prefix)} + " if plan.prefix else ""
    lines += [
        f"    made = {made}",
        f"    wanted = ({prefix}{written}).encode()",
        '    if any([hmac.compare_digest(wanted, value.encode("utf-8", "surrogateescape")) for value in sent]):',
        "        return True",
        "return False",
    ]
    return "\n".join(lines)


def _alg(writer: _Writer) -> str:
    assert writer.plan.announced is not None
    value, field, algs = writer.plan.announced
    allowed = ", ".join(f"{_quoted(name.lower())}: {_quoted(alg)}" for name, alg in algs)
    lines = [f"announced = {writer.value(value)} or {_quoted(algs[0][0])}"]
    if field:
        lines.append('items = dict(item.strip().partition("=")[::2] for item in announced.split(","))')
        lines.append(f"announced = items.get({_quoted(field)}, {_quoted(algs[0][0])})")
    lines += [f"alg = {{{allowed}}}.get(announced.lower())", "if alg is None:", "    return False"]
    return "\n".join(lines)


def _public_match(plan: Plan) -> str:
    strip = f"value.removeprefix({_quoted(plan.prefix)})" if plan.prefix else "value"
    decode = {
        "hex": f"bytes.fromhex({strip})",
        "base64": f"base64.b64decode({strip})",
        "base64url": f'base64.urlsafe_b64decode({strip} + "==")',
    }[plan.encoding]
    hash_ = f"hashes.{plan.alg.upper()}()"
    if plan.kind == "ed25519":
        check = ["        key.verify(signature, text)"]
    elif plan.kind == "rsa":
        pad = "padding.PKCS1v15()"
        if plan.padding == "pss":
            pad = f"padding.PSS(padding.MGF1({hash_}), padding.PSS.AUTO)"
        check = [f"        key.verify(signature, text, {pad}, {hash_})"]
    else:
        check = []
        if plan.form == "raw":
            check += [
                "        half = len(signature) // 2",
                '        r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")',
                "        signature = encode_dss_signature(r, s)",
            ]
        check.append(f"        key.verify(signature, text, ec.ECDSA({hash_}))")
    return "\n".join(
        [
            "for value in sent:",
            "    try:",
            f"        signature = {decode}",
            *check,
            "    except (InvalidSignature, ValueError):",
            "        continue",
            "    return True",
        ]
    )


PYTHON = Language("Python", "py", write)
