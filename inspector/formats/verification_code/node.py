"""The check in JavaScript for Node: its own crypto module, nothing else."""

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
from inspector.formats.verification_code.python import FUNCTIONS

ATOMS = (*(name for name in PLAIN_ATOMS), "header", "field", "query", "form", "json", "formjson", "fact")

_HELPERS: dict[str, str] = {
    "asBytes": """function asBytes(text) {
  return text == null ? null : Buffer.from(text, "utf8");
}""",
    "join": """function join(...parts) {
  return parts.includes(null) ? null : Buffer.concat(parts);
}""",
    "pairsOf": """function pairsOf(text) {
  return [...new URLSearchParams(text)];
}""",
    "inPairs": """function inPairs(text, name) {
  return new URLSearchParams(text).get(name);
}""",
    "inJson": """function inJson(data, ...path) {
  let value;
  try {
    value = JSON.parse(data);
  } catch {
    return null;
  }
  for (const step of path) value = value == null ? undefined : value[step];
  if (value == null || typeof value === "string") return value ?? null;
  return JSON.stringify(value);
}""",
    "byCodePoint": """function byCodePoint(one, other) {
  return Buffer.compare(Buffer.from(one, "utf8"), Buffer.from(other, "utf8"));
}""",
    "formSorted": """function formSorted(body) {
  const pairs = new Map(pairsOf(body.toString("utf8")).map((pair) => [JSON.stringify(pair), pair]));
  const sorted = [...pairs.values()].sort((a, b) => byCodePoint(a[0], b[0]) || byCodePoint(a[1], b[1]));
  return asBytes(sorted.map(([name, value]) => name + value).join(""));
}""",
    "formPhp": """function formPhp(body) {
  const fields = [...new Map(pairsOf(body.toString("utf8")))].filter(([name]) => name !== "p_signature");
  fields.sort((a, b) => byCodePoint(a[0], b[0]));
  const texts = fields.flat().map((text) => `s:${Buffer.byteLength(text)}:"${text}";`);
  return asBytes(`a:${fields.length}:{${texts.join("")}}`);
}""",
    "formAmp": """function formAmp(body, url) {
  let pairs = pairsOf(body.toString("utf8"));
  if (!pairs.length) pairs = pairsOf(url.split("?").slice(1).join("?"));
  pairs = pairs.filter(([name]) => name !== "sig").sort((a, b) => byCodePoint(a[0], b[0]) || byCodePoint(a[1], b[1]));
  return asBytes(pairs.map(([name, value]) => `&${name}=${value.replace(/[&=]/g, "_")}`).join(""));
}""",
    "querySorted": """function querySorted(url) {
  const query = url.split("?").slice(1).join("?");
  return asBytes(query.split("&").filter(Boolean).sort(byCodePoint).join("&"));
}""",
    "portToggled": """function portToggled(url) {
  // The address without its port, or with the usual one where it has none.
  const [, scheme, host, rest] = /^(\\w+):\\/\\/([^/?#]*)(.*)$/s.exec(url);
  const port = /:\\d+$/.exec(host);
  return `${scheme}://${port ? host.slice(0, port.index) : `${host}:${scheme === "https" ? 443 : 80}`}${rest}`;
}""",
    "fromBase64": """function fromBase64(data) {
  return data === null ? null : Buffer.from(data.toString("latin1"), "base64");
}""",
    "digest": """function digest(alg, form, data) {
  if (data === null) return null;
  const made = crypto.createHash(alg).update(data).digest();
  return form === "raw" ? made : asBytes(made.toString(form === "hex" ? "hex" : "base64"));
}""",
    "crc32": """function crc32(data) {
  if (data === null) return null;
  let sum = 0xffffffff;
  for (const byte of data) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return asBytes(String((sum ^ 0xffffffff) >>> 0));
}""",
    "jsonString": """function jsonString(data) {
  return data === null ? null : asBytes(JSON.stringify(data.toString("utf8")));
}""",
    "same": """function same(wanted, got) {
  const one = Buffer.from(wanted);
  const other = Buffer.from(got);
  return one.length === other.length && crypto.timingSafeEqual(one, other);
}""",
}
_NEEDS: dict[str, tuple[str, ...]] = {
    "formSorted": ("asBytes", "pairsOf", "byCodePoint"),
    "formPhp": ("asBytes", "pairsOf", "byCodePoint"),
    "formAmp": ("asBytes", "pairsOf", "byCodePoint"),
    "querySorted": ("asBytes", "byCodePoint"),
    "digest": ("asBytes",),
    "crc32": ("asBytes",),
    "jsonString": ("asBytes",),
}


def quoted(text: str) -> str:
    """Return a text as JavaScript writes it."""
    return json.dumps(text)


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
        as_bytes = self.use("asBytes")
        if isinstance(part, Fixed):
            return f"{as_bytes}({quoted(part.text)})"
        if isinstance(part, Between):
            inner = self.value(part.value)
            return (
                f"((value) => {as_bytes}(value == null ? '' : {quoted(part.before)} + value + {quoted(part.after)}))"
                f"({inner})"
            )
        if isinstance(part, Apply):
            return self.function(part)
        if isinstance(part, Atom):
            return self.atom(part.name)
        return f"{as_bytes}({self.value(part)}{' ?? ' + quoted('') if part.optional else ''})"

    def function(self, part: Apply) -> str:
        inner = self.text(part.parts)
        simple = {"b64decode": "fromBase64", "crc32": "crc32", "jsonstring": "jsonString"}
        if part.name in simple:
            return f"{self.use(simple[part.name])}({inner})"
        alg, _dot, form = part.name.partition(".")
        return f'{self.use("digest")}("{alg}", "{form}", {inner})'

    def atom(self, name: str) -> str:
        helpers = {
            "form.sorted": ("formSorted", "body"),
            "form.php": ("formPhp", "body"),
            "form.amp": ("formAmp", "body, url"),
            "query.sorted": ("querySorted", "url"),
        }
        if name in helpers:
            helper, given = helpers[name]
            return f"{self.use(helper)}({given})"
        as_bytes = self.use("asBytes")
        if name == "url.port":
            return f"{as_bytes}({self.use('portToggled')}(url))"
        return {
            "body": "body",
            "secret": "key",
            "extra": f"{as_bytes}(keyName)",
            "method": f"{as_bytes}(method.toUpperCase())",
            "url": f"{as_bytes}(url)",
            "url.base": f'{as_bytes}(url.split("?")[0])',
            "path": f'{as_bytes}("/" + url.split("://").pop().split("?")[0].split("/").slice(1).join("/"))',
        }[name]

    def value(self, value: Value) -> str:
        place = value.place
        if place.kind == "header":
            return f"headers[{quoted(place.name.lower())}]"
        if place.kind == "field":
            return f"fields[{quoted(place.name)}]"
        if place.kind == "fact":
            return f"facts[{quoted(place.name)}]"
        if place.kind == "query":
            return f'{self.use("inPairs")}(url.split("?").slice(1).join("?"), {quoted(place.name)})'
        form = ""
        if place.kind in ("form", "formjson"):
            form = f'{self.use("inPairs")}(body.toString("utf8"), {quoted(place.name)})'
        if place.kind == "form":
            return form
        path = "".join(f", {json.dumps(step)}" for step in value.steps)
        return f"{self.use('inJson')}({form or 'body.toString(' + quoted('utf8') + ')'}{path})"


def write(plan: Plan, title: str) -> str:
    """Return the program. Raises CannotWrite."""
    refuse(plan, "Node", atoms=ATOMS, functions=FUNCTIONS, public=True)
    writer = _Writer(plan)
    body = "\n".join(
        part for part in (_signature(writer), _time(writer), _key(plan), _checks(writer), _match(writer)) if part
    )
    facts = ", facts = {}" if "fact" in plan.atoms else ""
    function = (
        "/** Tells whether a request is genuine. `body` is a Buffer of the raw bytes, `url` the address the provider "
        "was given. */\n"
        "function verify(headers, body, secret, options = {}) {\n"
        f'  const {{ method = "POST", url = "", now = Date.now() / 1000{facts} }} = options;\n'
        "  headers = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));\n"
        f"{indent(body, '  ')}\n"
        "}"
    )
    helpers = "\n\n".join(_HELPERS[name] for name in _HELPERS if name in writer.used)
    head = f'// {title}\nconst crypto = require("node:crypto");'
    return f"{head}\n\n{helpers}\n\n{function}\n\nmodule.exports = {{ verify }};\n"


def _signature(writer: _Writer) -> str:
    plan = writer.plan
    values = " || ".join(writer.value(value) for value in plan.signature)
    lines = [f"const raw = {values};", "if (!raw) return false;"]
    split = f"raw.split({quoted(plan.items)})" if plan.items else "[raw]"
    if plan.named_by_secret:
        lines += _split_secret()
    if plan.pair:
        wanted = "keyName" if plan.named_by_secret else quoted(plan.field)
        lines += [
            "const sent = [];",
            "const fields = {};",
            f"for (const item of {split}) {{",
            f"  const [name, ...rest] = item.trim().split({quoted(plan.pair)});",
            f"  const value = rest.join({quoted(plan.pair)}).trim();",
            f"  if (name.trim() === {wanted}) sent.push(value);",
            "  else fields[name.trim()] ??= value;",
            "}",
        ]
    elif plan.items:
        lines.append(f"const sent = {split}.map((item) => item.trim()).filter(Boolean);")
    else:
        lines.append("const sent = [raw];")
    return "\n".join(lines)


def _split_secret() -> list[str]:
    return [
        'const keyName = secret.split(":")[0];',
        'secret = secret.split(":").slice(1).join(":");',
    ]


def _time(writer: _Writer) -> str:
    plan = writer.plan
    rule = plan.time
    if rule is None or plan.stamp is None:
        return ""
    stamp = writer.value(plan.stamp)
    lines = [f"const stamp = {stamp};"]
    if rule.unit in PER_SECOND:
        lines.append(f"const sentAt = /^-?\\d+$/.test(stamp) ? Number(stamp) / {PER_SECOND[rule.unit]} : NaN;")
    elif rule.unit == "iso":
        lines.append("const zoned = /(?:[zZ]|[+-]\\d\\d:?\\d\\d)$/.test(stamp) ? stamp : `${stamp}Z`;")
        lines.append("const sentAt = Date.parse(zoned) / 1000;")
    else:
        lines.append("const sentAt = Date.parse(stamp) / 1000;")
    lines.append("if (Number.isNaN(sentAt)) return false;")
    if rule.tolerance_s:
        age = "Math.abs(now - sentAt)" if rule.future else "now - sentAt"
        lines.append(f"if ({age} > {rule.tolerance_s}) return false; // too old, or a wrong clock")
    return "\n".join(lines)


def _key(plan: Plan) -> str:
    lines = []
    if plan.kind in PUBLIC:
        return _public_key(plan)
    if plan.splits_secret and not plan.named_by_secret:
        lines += _split_secret()
    lines.append(
        {
            "utf8": 'const key = Buffer.from(secret, "utf8");',
            "nfkd": 'const key = Buffer.from(secret.normalize("NFKD"), "utf8");',
            "sha1": 'const key = crypto.createHash("sha1").update(secret, "utf8").digest();',
            "hex": 'const key = Buffer.from(secret, "hex");',
            "base64": 'const key = Buffer.from(secret, "base64");',
            "whsec": 'const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");',
        }[plan.key]
    )
    return "\n".join(lines)


def _public_key(plan: Plan) -> str:
    if plan.kind == "ed25519":
        return (
            "let pem = secret;\n"
            'if (!secret.includes("BEGIN")) {\n'
            '  const text = secret.replace(/^whpk_/, "");\n'
            '  const bytes = Buffer.from(text, /^[0-9a-fA-F]{64}$/.test(text) ? "hex" : "base64").subarray(-32);\n'
            '  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), bytes]);\n'
            '  pem = `-----BEGIN PUBLIC KEY-----\\n${der.toString("base64")}\\n-----END PUBLIC KEY-----`;\n'
            "}\n"
            "const key = crypto.createPublicKey(pem);"
        )
    return (
        "const wrapped = `-----BEGIN PUBLIC KEY-----\\n${secret}\\n-----END PUBLIC KEY-----`;\n"
        'const pem = secret.includes("BEGIN") ? secret : wrapped;\n'
        "const key = crypto.createPublicKey(pem);"
    )


def _checks(writer: _Writer) -> str:
    plan = writer.plan
    lines = []
    for value, wanted in plan.require:
        lines.append(f"if (!{json.dumps(list(wanted))}.includes({writer.value(value)})) return false;")
    for value in plan.require_name:
        lines.append(f"if ({writer.value(value)} !== keyName) return false;")
    for value, fact in plan.require_facts:
        lines.append(f"if ({writer.value(value)} !== {writer.value(fact)}) return false;")
    for number, (value, text) in enumerate(plan.also):
        name = f"bound{number or ''}"
        lines += [
            f"const {name} = [{writer.text(text)}, {writer.use('asBytes')}({writer.value(value)})];",
            f"if ({name}.includes(null) || !{writer.use('same')}(...{name})) return false;",
        ]
    return "\n".join(lines)


def _match(writer: _Writer) -> str:
    plan = writer.plan
    if plan.kind == "token":
        token = f"{quoted(plan.prefix)} + secret" if plan.prefix else "secret"
        return f"return sent.filter((value) => {writer.use('same')}({token}, value)).length > 0;"
    texts = ", ".join(writer.text(text) for text in plan.texts)
    lines = [_alg(writer)] if plan.announced else []
    lines += [f"for (const text of [{texts}]) {{", "  if (text === null) continue; // a signed value was not sent"]
    if plan.kind in PUBLIC:
        return "\n".join([*lines, indent(_public_match(plan), "  "), "}", "return false;"])
    alg = "alg" if plan.announced else f'"{plan.alg}"'
    made = f"crypto.createHmac({alg}, key)" if plan.kind == "hmac" else f"crypto.createHash({alg})"
    written = {"hex": '"hex"', "base64": '"base64"', "base64url": '"base64"'}[plan.encoding]
    url_safe = '.replace(/\\+/g, "-").replace(/\\//g, "_")' if plan.encoding == "base64url" else ""
    prefix = f"{quoted(plan.prefix)} + " if plan.prefix else ""
    lines += [
        f"  const wanted = {prefix}{made}.update(text).digest({written}){url_safe};",
        f"  if (sent.filter((value) => {writer.use('same')}(wanted, value)).length > 0) return true;",
        "}",
        "return false;",
    ]
    return "\n".join(lines)


def _alg(writer: _Writer) -> str:
    assert writer.plan.announced is not None
    value, field, algs = writer.plan.announced
    allowed = json.dumps({name.lower(): alg for name, alg in algs})
    lines = [f"let announced = {writer.value(value)} || {quoted(algs[0][0])};"]
    if field:
        lines.append('const items = Object.fromEntries(announced.split(",").map((item) => item.trim().split("=")));')
        lines.append(f"announced = items[{quoted(field)}] || {quoted(algs[0][0])};")
    lines += [
        f"const alg = new Map(Object.entries({allowed})).get(announced.toLowerCase());",
        "if (!alg) return false;",
    ]
    return "\n".join(lines)


def _public_match(plan: Plan) -> str:
    strip = f"value.slice(value.startsWith({quoted(plan.prefix)}) ? {len(plan.prefix)} : 0)" if plan.prefix else "value"
    encoding = "hex" if plan.encoding == "hex" else "base64"
    alg = "null" if plan.kind == "ed25519" else f'"{plan.alg}"'
    options = "key"
    if plan.kind == "ecdsa":
        options = f'{{ key, dsaEncoding: "{"ieee-p1363" if plan.form == "raw" else "der"}" }}'
    elif plan.kind == "rsa" and plan.padding == "pss":
        options = (
            "{ key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, "
            "saltLength: crypto.constants.RSA_PSS_SALTLEN_AUTO }"
        )
    return (
        "for (const value of sent) {\n"
        f'  if (crypto.verify({alg}, text, {options}, Buffer.from({strip}, "{encoding}"))) return true;\n'
        "}"
    )


NODE = Language("Node", "js", write)
