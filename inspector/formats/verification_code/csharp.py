"""The check in C# for .NET 8: System.Security.Cryptography."""

from __future__ import annotations

from inspector.formats.verification_code.language import PER_SECOND, Language, indent
from inspector.formats.verification_code.plan import Plan
from inspector.formats.verification_code.writer import Dialect, TextWriter, clean, quoted

DIALECT = Dialect(
    name="C#",
    fixed="Bytes({text})",
    header="Get(lower, {name})",
    field="Get(fields, {name})",
    query="First(QueryOf(url), {name})",
    form="First(Encoding.UTF8.GetString(body), {name})",
    json="InJson(body, {path})",
    digest='Digest("{alg}", "{form}", {inner})',
    b64decode="FromBase64({inner})",
    join="Join({parts})",
    or_empty='({value} ?? "")',
    atoms={
        "body": "body",
        "secret": "key",
        "method": "Bytes(method.ToUpperInvariant())",
        "url": "Bytes(url)",
        "url.base": "Bytes(url.Split('?')[0])",
        "path": "Bytes(new Uri(url).AbsolutePath)",
        "url.port": "Bytes(PortToggled(url))",
        "form.sorted": "FormSorted(body)",
    },
    text_of="Bytes({value})",
)

_NAMES = {"sha256": "SHA256", "sha1": "SHA1", "sha512": "SHA512", "md5": "MD5"}
_HELPERS = {
    "Bytes(": """static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);""",
    "Get(": """static string? Get(IReadOnlyDictionary<string, string> held, string name) =>
    held.GetValueOrDefault(name);""",
    "Join(": """static byte[]? Join(params byte[]?[] parts) =>
    parts.Any(part => part is null) ? null : parts.SelectMany(part => part!).ToArray();""",
    "QueryOf(": """static string QueryOf(string url) => url.Contains('?') ? url[(url.IndexOf('?') + 1)..] : "";""",
    "First(": """static string? First(string text, string name) =>
    Pairs(text).Where(pair => pair.Name == name).Select(pair => pair.Value).FirstOrDefault();""",
    "Pairs(": """static IEnumerable<(string Name, string Value)> Pairs(string text) =>
    text.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(item => item.Split('=', 2))
        .Select(halves => (
            WebUtility.UrlDecode(halves[0]), halves.Length > 1 ? WebUtility.UrlDecode(halves[1]) : ""));""",
    "FormSorted(": """static byte[]? FormSorted(byte[] body)
{
    var pairs = Pairs(Encoding.UTF8.GetString(body)).Distinct()
        .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal);
    return Bytes(string.Concat(pairs.Select(pair => pair.Name + pair.Value)));
}""",
    "InJson(": """static string? InJson(byte[] body, params object[] path)
{
    try
    {
        var value = JsonDocument.Parse(body).RootElement;
        foreach (var step in path)
        {
            value = step is int index ? value[index] : value.GetProperty((string)step);
        }
        return value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => value.GetString(),
            _ => value.GetRawText(),
        };
    }
    catch (Exception error) when (error is JsonException or KeyNotFoundException
        or InvalidOperationException or IndexOutOfRangeException)
    {
        return null;
    }
}""",
    "PortToggled(": """// The address without its port, or with the usual one where it has none.
static string PortToggled(string url)
{
    var part = Regex.Match(url, @"^(\\w+)://([^/?#]*)(.*)$");
    if (!part.Success) return url;
    var (scheme, host) = (part.Groups[1].Value, part.Groups[2].Value);
    var usual = scheme == "https" ? ":443" : ":80";
    var other = Regex.IsMatch(host, @":\\d+$") ? Regex.Replace(host, @":\\d+$", "") : host + usual;
    return $"{scheme}://{other}{part.Groups[3].Value}";
}""",
    "FromBase64(": """static byte[]? FromBase64(byte[]? text)
{
    if (text is null) return null;
    var plain = Encoding.ASCII.GetString(text).TrimEnd('=').Replace('-', '+').Replace('_', '/');
    return Convert.FromBase64String(plain + new string('=', (4 - plain.Length % 4) % 4));
}""",
    "Digest(": """static byte[]? Digest(string alg, string form, byte[]? text)
{
    if (text is null) return null;
    var made = alg switch
    {
        "sha1" => SHA1.HashData(text),
        "sha512" => SHA512.HashData(text),
        _ => SHA256.HashData(text),
    };
    return form switch
    {
        "hex" => Bytes(Convert.ToHexString(made).ToLowerInvariant()),
        "b64" => Bytes(Convert.ToBase64String(made)),
        _ => made,
    };
}""",
}
_NEEDS = {"FormSorted(": ("Pairs(", "Bytes("), "Digest(": ("Bytes(",), "First(": ("Pairs(",)}
_USINGS = {
    "System.Globalization": "CultureInfo",
    "System.Net": "WebUtility",
    "System.Security.Cryptography": "CryptographicOperations",
    "System.Text": "Encoding",
    "System.Text.Json": "JsonDocument",
    "System.Text.RegularExpressions": "Regex.",
}


def write(plan: Plan, title: str) -> str:
    """Return the program. Raises CannotWrite."""
    writer = TextWriter(plan, DIALECT)
    steps = (_sent(writer), _time(writer), _key(plan), _checks(writer), _match(writer))
    body = "\n".join(part for part in steps if part)
    function = f"""/// <summary>Tells whether a request is genuine: body is raw, url what the provider has.</summary>
public static bool Verify(
    IReadOnlyDictionary<string, string> headers, byte[] body, string secret,
    string method = "POST", string url = "", DateTimeOffset? now = null)
{{
    var lower = headers.ToDictionary(line => line.Key.ToLowerInvariant(), line => line.Value);
{indent(body, "    ")}
}}"""
    used = [mark for mark in _HELPERS if f" {mark}" in function or f"({mark}" in function or f"{{{mark}" in function]
    wanted = {*used, *(needed for mark in used for needed in _NEEDS.get(mark, ()))}
    members = "\n\n".join([*(code for mark, code in _HELPERS.items() if mark in wanted), function])
    usings = "\n".join(f"using {name};" for name, mark in _USINGS.items() if mark in members)
    return clean(f"// {title}\n{usings}\n\npublic static class Webhook\n{{\n{indent(members, '    ')}\n}}\n")


def _sent(writer: TextWriter) -> str:
    plan = writer.plan
    lines = [f"var raw = {' ?? '.join(writer.value(value) for value in plan.signature)};"]
    lines.append("if (string.IsNullOrEmpty(raw)) return false;")
    if plan.named_by_secret or plan.splits_secret:
        lines += ["var halves = secret.Split(':', 2);", "if (halves.Length < 2) return false;"]
        lines += ["var keyName = halves[0];", "secret = halves[1];"]
    items = f"raw.Split({quoted(plan.items)})" if plan.items else "new[] { raw }"
    if plan.pair:
        wanted = "keyName" if plan.named_by_secret else quoted(plan.field)
        lines += [
            "var sent = new List<string>();",
            "var fields = new Dictionary<string, string>();",
            f"foreach (var item in {items})",
            "{",
            f"    var parts = item.Split({quoted(plan.pair)}, 2);",
            "    if (parts.Length < 2) continue;",
            f"    if (parts[0].Trim() == {wanted}) sent.Add(parts[1].Trim());",
            "    else fields.TryAdd(parts[0].Trim(), parts[1].Trim());",
            "}",
        ]
    else:
        lines.append(f"var sent = {items}.Select(item => item.Trim()).ToList();")
    return "\n".join(lines)


def _time(writer: TextWriter) -> str:
    plan, rule = writer.plan, writer.plan.time
    if rule is None or plan.stamp is None:
        return ""
    lines = [f"var stamp = {writer.value(plan.stamp)};"]
    if rule.unit in PER_SECOND:
        lines += [
            "var culture = CultureInfo.InvariantCulture;",
            "if (!long.TryParse(stamp, NumberStyles.Integer, culture, out var number)) return false;",
        ]
        lines.append(f"var sentAt = number / {PER_SECOND[rule.unit]}.0;")
    else:
        lines += [
            "var culture = CultureInfo.InvariantCulture;",
            "if (!DateTimeOffset.TryParse(stamp, culture, DateTimeStyles.AssumeUniversal, out var moment))",
            "    return false;",
            "var sentAt = moment.ToUnixTimeMilliseconds() / 1000.0;",
        ]
    if rule.tolerance_s:
        lines.append("var age = (now ?? DateTimeOffset.UtcNow).ToUnixTimeMilliseconds() / 1000.0 - sentAt;")
        age = "Math.Abs(age)" if rule.future else "age"
        lines.append(f"if ({age} > {rule.tolerance_s}) return false; // too old, or a wrong clock")
    return "\n".join(lines)


def _key(plan: Plan) -> str:
    if plan.kind == "token":
        return ""
    padded = "Convert.FromBase64String(bare + new string('=', (4 - bare.Length % 4) % 4))"
    return {
        "utf8": "var key = Encoding.UTF8.GetBytes(secret);",
        "nfkd": "var key = Encoding.UTF8.GetBytes(secret.Normalize(NormalizationForm.FormKD));",
        "sha1": "var key = SHA1.HashData(Encoding.UTF8.GetBytes(secret));",
        "hex": "var key = Convert.FromHexString(secret);",
        "base64": f"var bare = secret.TrimEnd('=');\nvar key = {padded};",
        "whsec": "var bare = (secret.StartsWith(\"whsec_\") ? secret[6..] : secret).TrimEnd('=');\n"
        f"var key = {padded};",
    }[plan.key]


def _checks(writer: TextWriter) -> str:
    lines = []
    for value, wanted in writer.plan.require:
        lines.append(
            f"if (!new[] {{ {', '.join(map(quoted, wanted))} }}.Contains({writer.value(value)})) return false;"
        )
    for value in writer.plan.require_name:
        lines.append(f"if ({writer.value(value)} != keyName) return false;")
    for number, (value, text) in enumerate(writer.plan.also, 1):
        lines += [
            f"byte[]? bound{number} = {writer.text(text)}, got{number} = Bytes({writer.value(value)});",
            f"if (bound{number} is null || !CryptographicOperations.FixedTimeEquals(bound{number}, got{number}))",
            "    return false;",
        ]
    return "\n".join(lines)


def _match(writer: TextWriter) -> str:
    plan = writer.plan
    prefix = f"{quoted(plan.prefix)} + " if plan.prefix else ""
    lines = [_alg(writer)] if plan.announced else []
    lines.append("var genuine = false;")
    same = "genuine |= CryptographicOperations.FixedTimeEquals(wanted, Encoding.UTF8.GetBytes(value));"
    if plan.kind == "token":
        lines.append(f"var wanted = Encoding.UTF8.GetBytes({prefix}secret);")
        return "\n".join([*lines, f"foreach (var value in sent) {same}", "return genuine;"])
    texts = ", ".join(writer.text(text) for text in plan.texts)
    if plan.announced:
        made = "alg(text)"
    elif plan.kind == "hmac":
        made = f"HMAC{_NAMES[plan.alg]}.HashData(key, text)"
    else:
        made = f"{_NAMES[plan.alg]}.HashData(text)"
    written = {
        "hex": "Convert.ToHexString(made).ToLowerInvariant()",
        "base64": "Convert.ToBase64String(made)",
        "base64url": "Convert.ToBase64String(made).Replace('+', '-').Replace('/', '_')",
    }[plan.encoding]
    lines += [
        f"foreach (byte[]? text in new byte[]?[] {{ {texts} }})",
        "{",
        "    if (text is null) continue; // a signed value was not sent",
        f"    var made = {made};",
        f"    var wanted = Encoding.UTF8.GetBytes({prefix}{written});",
        f"    foreach (var value in sent) {same}",
        "}",
        "return genuine;",
    ]
    return "\n".join(lines)


def _alg(writer: TextWriter) -> str:
    assert writer.plan.announced is not None
    value, field, algs = writer.plan.announced
    first = quoted(algs[0][0])
    lines = [f"var announced = {writer.value(value)} ?? {first};"]
    if field:
        lines.append(
            f"var found = announced.Split(',').FirstOrDefault(item => item.Trim().StartsWith({quoted(field + '=')}));"
        )
        lines.append(f"announced = found?.Trim()[{len(field) + 1}..] ?? {first};")
    keyed = "HMAC{0}.HashData(key, text)" if writer.plan.kind == "hmac" else "{0}.HashData(text)"
    arms = ", ".join(f"{quoted(name.lower())} => text => {keyed.format(_NAMES[alg])}" for name, alg in algs)
    lines += [f"Func<byte[], byte[]>? alg = announced.ToLowerInvariant() switch {{ {arms}, _ => null }};"]
    lines.append("if (alg is null) return false;")
    return "\n".join(lines)


CSHARP = Language("C#", "cs", write)
