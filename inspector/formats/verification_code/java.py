"""The check in Java 17: the standard library, which has no JSON reader."""

from __future__ import annotations

from inspector.formats.verification_code.language import PER_SECOND, Language, indent
from inspector.formats.verification_code.plan import Plan
from inspector.formats.verification_code.writer import ATOMS, Dialect, TextWriter, calls, clean, quoted

DIALECT = Dialect(
    name="Java",
    fixed="bytes({text})",
    header="lower.get({name})",
    field="fields.get({name})",
    query="first(pairs(query(url)), {name})",
    form="first(pairs(new String(body, UTF_8)), {name})",
    json="",
    digest='digest("{alg}", "{form}", {inner})',
    b64decode="fromBase64({inner})",
    join="join({parts})",
    or_empty='Objects.requireNonNullElse({value}, "")',
    atoms={
        "body": "body",
        "secret": "key",
        "method": "bytes(method.toUpperCase(Locale.ROOT))",
        "url": "bytes(url)",
        "url.base": 'bytes(url.split("\\\\?", 2)[0])',
        "path": "bytes(URI.create(url).getRawPath())",
        "url.port": "bytes(portToggled(url))",
        "form.sorted": "formSorted(body)",
    },
    text_of="bytes({value})",
)

_ALGS = {"sha256": "SHA-256", "sha1": "SHA-1", "sha512": "SHA-512", "md5": "MD5"}
_HMACS = {"sha256": "HmacSHA256", "sha1": "HmacSHA1", "sha512": "HmacSHA512", "md5": "HmacMD5"}
_HELPERS = {
    "bytes(": """static byte[] bytes(String text) {
  return text == null ? null : text.getBytes(UTF_8);
}""",
    "join(": """static byte[] join(byte[]... parts) {
  var joined = new ByteArrayOutputStream();
  for (byte[] part : parts) {
    if (part == null) return null; // a signed value was not sent
    joined.writeBytes(part);
  }
  return joined.toByteArray();
}""",
    "query(": """static String query(String url) {
  int start = url.indexOf('?');
  return start < 0 ? "" : url.substring(start + 1);
}""",
    "first(": """static String first(List<String[]> pairs, String name) {
  return pairs.stream().filter(pair -> pair[0].equals(name)).map(pair -> pair[1]).findFirst().orElse(null);
}""",
    "pairs(": """static List<String[]> pairs(String text) {
  var pairs = new ArrayList<String[]>();
  for (String item : text.isEmpty() ? new String[0] : text.split("&")) {
    String[] halves = item.split("=", 2);
    String value = halves.length > 1 ? halves[1] : "";
    pairs.add(new String[] {URLDecoder.decode(halves[0], UTF_8), URLDecoder.decode(value, UTF_8)});
  }
  return pairs;
}""",
    "formSorted(": """static byte[] formSorted(byte[] body) {
  var sorted = new TreeMap<String, TreeSet<String>>();
  for (String[] pair : pairs(new String(body, UTF_8))) {
    sorted.computeIfAbsent(pair[0], name -> new TreeSet<>()).add(pair[1]);
  }
  var text = new StringBuilder();
  sorted.forEach((name, values) -> values.forEach(value -> text.append(name).append(value)));
  return bytes(text.toString());
}""",
    "portToggled(": """static String portToggled(String url) {
  // The address without its port, or with the usual one where it has none.
  Matcher part = Pattern.compile("^(\\\\w+)://([^/?#]*)(.*)$").matcher(url);
  if (!part.matches()) return url;
  String host = part.group(2);
  String usual = part.group(1).equals("https") ? ":443" : ":80";
  String other = host.matches(".*:\\\\d+$") ? host.replaceFirst(":\\\\d+$", "") : host + usual;
  return part.group(1) + "://" + other + part.group(3);
}""",
    "fromBase64(": """static byte[] fromBase64(byte[] text) {
  if (text == null) return null;
  return Base64.getDecoder().decode(new String(text, UTF_8).replace('-', '+').replace('_', '/'));
}""",
    "digest(": """static byte[] digest(String alg, String form, byte[] text) throws GeneralSecurityException {
  if (text == null) return null;
  byte[] made = MessageDigest.getInstance(alg).digest(text);
  if (form.equals("hex")) return bytes(HexFormat.of().formatHex(made));
  return form.equals("b64") ? Base64.getEncoder().encode(made) : made;
}""",
}
_NEEDS = {"formSorted(": ("pairs(", "bytes("), "digest(": ("bytes(",), "first(": ("pairs(",)}
_IMPORTS = {
    "java.io.ByteArrayOutputStream": "ByteArrayOutputStream",
    "java.net.URI": "URI.",
    "java.net.URLDecoder": "URLDecoder",
    "java.security.GeneralSecurityException": "GeneralSecurityException",
    "java.security.MessageDigest": "MessageDigest",
    "java.text.Normalizer": "Normalizer",
    "java.time.DateTimeException": "DateTimeException",
    "java.time.Instant": "Instant",
    "java.time.LocalDateTime": "LocalDateTime",
    "java.time.OffsetDateTime": "OffsetDateTime",
    "java.time.ZoneOffset": "ZoneOffset",
    "java.time.ZonedDateTime": "ZonedDateTime",
    "java.time.format.DateTimeFormatter": "DateTimeFormatter",
    "java.util.ArrayList": "ArrayList",
    "java.util.Base64": "Base64",
    "java.util.HashMap": "HashMap",
    "java.util.HexFormat": "HexFormat",
    "java.util.List": "List",
    "java.util.Locale": "Locale",
    "java.util.Map": "Map",
    "java.util.Objects": "Objects",
    "java.util.TreeMap": "TreeMap",
    "java.util.TreeSet": "TreeSet",
    "java.util.regex.Matcher": "Matcher",
    "java.util.regex.Pattern": "Pattern.compile",
    "javax.crypto.Mac": "Mac.",
    "javax.crypto.spec.SecretKeySpec": "SecretKeySpec",
}


def write(plan: Plan, title: str) -> str:
    """Return the program. Raises CannotWrite."""
    writer = TextWriter(plan, DIALECT, atoms=tuple(name for name in ATOMS if name != "json"))
    steps = (_sent(writer), _time(writer), _key(plan), _checks(writer), _match(writer))
    body = "\n".join(part for part in steps if part)
    function = f"""/** Tells whether a request is genuine: body is raw, url is what the provider was given. */
static boolean verify(
    Map<String, String> headers, byte[] body, String secret, String method, String url, Instant now)
    throws GeneralSecurityException {{
  var lower = new HashMap<String, String>();
  headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
{indent(body, "  ")}
}}"""
    used = [mark for mark in _HELPERS if calls(function, mark)]
    wanted = {*used, *(needed for mark in used for needed in _NEEDS.get(mark, ()))}
    methods = "\n\n".join([*(code for mark, code in _HELPERS.items() if mark in wanted), function])
    for alg, name in _ALGS.items():
        methods = methods.replace(f'digest("{alg}"', f'digest("{name}"')
    imports = "\n".join(f"import {name};" for name, mark in _IMPORTS.items() if mark in methods)
    utf8 = "import static java.nio.charset.StandardCharsets.UTF_8;\n\n" if "UTF_8" in methods else ""
    return clean(f"// {title}\n{utf8}{imports}\n\nfinal class Webhook {{\n{indent(methods, '  ')}\n}}\n")


def _sent(writer: TextWriter) -> str:
    plan = writer.plan
    values = [writer.value(value) for value in plan.signature]
    lines = [f"String raw = {values[0]};"]
    lines += [f"if (raw == null || raw.isEmpty()) raw = {value};" for value in values[1:]]
    lines.append("if (raw == null || raw.isEmpty()) return false;")
    if plan.named_by_secret or plan.splits_secret:
        lines += ['String[] halves = secret.split(":", 2);', "if (halves.length < 2) return false;"]
        lines += ["String keyName = halves[0];", "secret = halves[1];"]
    lines.append("var sent = new ArrayList<String>();")
    items = f"raw.split(java.util.regex.Pattern.quote({quoted(plan.items)}))" if plan.items else "new String[] {raw}"
    if plan.pair:
        wanted = "keyName" if plan.named_by_secret else quoted(plan.field)
        lines += [
            "var fields = new HashMap<String, String>();",
            f"for (String item : {items}) {{",
            f"  int cut = item.indexOf({quoted(plan.pair)});",
            "  if (cut < 0) continue;",
            "  String name = item.substring(0, cut).trim();",
            f"  String value = item.substring(cut + {len(plan.pair)}).trim();",
            f"  if (name.equals({wanted})) sent.add(value);",
            "  else fields.putIfAbsent(name, value);",
            "}",
        ]
    else:
        lines.append(f"for (String item : {items}) sent.add(item.trim());" if plan.items else "sent.add(raw);")
    return "\n".join(lines)


def _time(writer: TextWriter) -> str:
    plan, rule = writer.plan, writer.plan.time
    if rule is None or plan.stamp is None:
        return ""
    lines = [
        f"String stamp = {writer.value(plan.stamp)};",
        "if (stamp == null) return false;",
        "double sentAt;",
        "try {",
    ]
    if rule.unit in PER_SECOND:
        lines.append(f"  sentAt = Long.parseLong(stamp) / {PER_SECOND[rule.unit]}.0;")
        error = "NumberFormatException"
    elif rule.unit == "iso":
        lines += [
            '  boolean zoned = stamp.matches(".*([zZ]|[+-]\\\\d\\\\d:?\\\\d\\\\d)$");',
            "  sentAt = (zoned",
            "      ? OffsetDateTime.parse(stamp).toInstant()",
            "      : LocalDateTime.parse(stamp).toInstant(ZoneOffset.UTC)).toEpochMilli() / 1000.0;",
        ]
        error = "DateTimeException"
    else:
        lines.append("  sentAt = ZonedDateTime.parse(stamp, DateTimeFormatter.RFC_1123_DATE_TIME).toEpochSecond();")
        error = "DateTimeException"
    lines += [f"}} catch ({error} unreadable) {{", "  return false;", "}"]
    if rule.tolerance_s:
        lines.append("double age = now.toEpochMilli() / 1000.0 - sentAt;")
        age = "Math.abs(age)" if rule.future else "age"
        lines.append(f"if ({age} > {rule.tolerance_s}) return false; // too old, or a wrong clock")
    return "\n".join(lines)


def _key(plan: Plan) -> str:
    if plan.kind == "token":
        return ""
    return {
        "utf8": "byte[] key = secret.getBytes(UTF_8);",
        "nfkd": "byte[] key = Normalizer.normalize(secret, Normalizer.Form.NFKD).getBytes(UTF_8);",
        "sha1": 'byte[] key = MessageDigest.getInstance("SHA-1").digest(secret.getBytes(UTF_8));',
        "hex": "byte[] key = HexFormat.of().parseHex(secret);",
        "base64": "byte[] key = Base64.getDecoder().decode(secret);",
        "whsec": 'byte[] key = Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));',
    }[plan.key]


def _checks(writer: TextWriter) -> str:
    lines = []
    for value, wanted in writer.plan.require:
        lines.append(f"if (!List.of({', '.join(map(quoted, wanted))}).contains({writer.value(value)})) return false;")
    for value in writer.plan.require_name:
        lines.append(f"if (!keyName.equals({writer.value(value)})) return false;")
    for number, (value, text) in enumerate(writer.plan.also, 1):
        lines += [
            f"byte[] bound{number} = {writer.text(text)};",
            f"byte[] got{number} = bytes({writer.value(value)});",
            f"if (bound{number} == null || !MessageDigest.isEqual(bound{number}, got{number})) return false;",
        ]
    return "\n".join(lines)


def _match(writer: TextWriter) -> str:
    plan = writer.plan
    prefix = f"{quoted(plan.prefix)} + " if plan.prefix else ""
    lines = [_alg(writer)] if plan.announced else []
    lines.append("boolean genuine = false;")
    if plan.kind == "token":
        lines.append(
            "for (String value : sent) "
            f"genuine |= MessageDigest.isEqual(({prefix}secret).getBytes(UTF_8), value.getBytes(UTF_8));"
        )
        return "\n".join([*lines, "return genuine;"])
    texts = ", ".join(writer.text(text) for text in plan.texts)
    lines += [
        f"for (byte[] text : new byte[][] {{{texts}}}) {{",
        "  if (text == null) continue; // a signed value was not sent",
    ]
    if plan.kind == "hmac":
        alg = "alg" if plan.announced else quoted(_HMACS[plan.alg])
        lines += [
            f"  Mac mac = Mac.getInstance({alg});",
            f"  mac.init(new SecretKeySpec(key, {alg}));",
            "  byte[] made = mac.doFinal(text);",
        ]
    else:
        alg = "alg" if plan.announced else quoted(_ALGS[plan.alg])
        lines.append(f"  byte[] made = MessageDigest.getInstance({alg}).digest(text);")
    written = {
        "hex": "HexFormat.of().formatHex(made)",
        "base64": "Base64.getEncoder().encodeToString(made)",
        "base64url": "Base64.getUrlEncoder().encodeToString(made)",
    }[plan.encoding]
    lines += [
        f"  byte[] wanted = ({prefix}{written}).getBytes(UTF_8);",
        "  for (String value : sent) genuine |= MessageDigest.isEqual(wanted, value.getBytes(UTF_8));",
        "}",
        "return genuine;",
    ]
    return "\n".join(lines)


def _alg(writer: TextWriter) -> str:
    assert writer.plan.announced is not None
    value, field, algs = writer.plan.announced
    names = _HMACS if writer.plan.kind == "hmac" else _ALGS
    lines = [f"String announced = Objects.requireNonNullElse({writer.value(value)}, {quoted(algs[0][0])});"]
    if field:
        lines.append(f'announced = announced.replaceFirst({quoted(".*" + field + "=([^,]+).*")}, "$1").trim();')
    allowed = ", ".join(f"{quoted(name.lower())}, {quoted(names[alg])}" for name, alg in algs)
    lines += [
        f"String alg = Map.of({allowed}).get(announced.toLowerCase(Locale.ROOT));",
        "if (alg == null) return false;",
    ]
    return "\n".join(lines)


JAVA = Language("Java", "java", write)
