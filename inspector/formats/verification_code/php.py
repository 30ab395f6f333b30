"""The check in PHP 8: hash_hmac and hash_equals."""

from __future__ import annotations

from inspector.formats.verification_code.language import PER_SECOND, Language, indent
from inspector.formats.verification_code.plan import Plan
from inspector.formats.verification_code.writer import Dialect, TextWriter, calls, clean
from inspector.formats.verification_code.writer import quoted as plainly_quoted

DIALECT = Dialect(
    name="PHP",
    fixed="{text}",
    header="($headers[{name}] ?? null)",
    field="($fields[{name}] ?? null)",
    query="(pairs_of((string) parse_url($url, PHP_URL_QUERY))[{name}][0] ?? null)",
    form="(pairs_of($body)[{name}][0] ?? null)",
    json="in_json($body, [{path}])",
    digest='digest("{alg}", "{form}", {inner})',
    b64decode="from_base64({inner})",
    join="join_parts({parts})",
    or_empty='({value} ?? "")',
    atoms={
        "body": "$body",
        "secret": "$key",
        "method": "strtoupper($method)",
        "url": "$url",
        "url.base": 'explode("?", $url)[0]',
        "path": "(string) parse_url($url, PHP_URL_PATH)",
        "url.port": "port_toggled($url)",
        "form.sorted": "form_sorted($body)",
    },
)

_HELPERS = {
    "join_parts(": """function join_parts(?string ...$parts): ?string
{
    return in_array(null, $parts, true) ? null : implode("", $parts);
}""",
    "pairs_of(": """function pairs_of(string $text): array
{
    $pairs = [];
    foreach ($text === "" ? [] : explode("&", $text) as $item) {
        [$name, $value] = explode("=", $item, 2) + [1 => ""];
        $pairs[urldecode($name)][] = urldecode($value);
    }
    return $pairs;
}""",
    "form_sorted(": """function form_sorted(string $body): string
{
    $pairs = pairs_of($body);
    ksort($pairs, SORT_STRING);
    $text = "";
    foreach ($pairs as $name => $values) {
        $values = array_unique($values);
        sort($values, SORT_STRING);
        foreach ($values as $value) {
            $text .= $name . $value;
        }
    }
    return $text;
}""",
    "in_json(": """function in_json(string $body, array $path): ?string
{
    $value = json_decode($body, true, 512, JSON_BIGINT_AS_STRING);
    foreach ($path as $step) {
        if (!is_array($value) || !array_key_exists($step, $value)) {
            return null;
        }
        $value = $value[$step];
    }
    if ($value === null || is_string($value)) {
        return $value;
    }
    return json_encode($value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION);
}""",
    "port_toggled(": """/** The address without its port, or with the usual one where it has none. */
function port_toggled(string $url): string
{
    if (!preg_match('~^(\\w+)://([^/?#]*)(.*)$~s', $url, $part)) {
        return $url;
    }
    [, $scheme, $host, $rest] = $part;
    $usual = $scheme === "https" ? ":443" : ":80";
    $other = preg_match('/:\\d+$/', $host) ? preg_replace('/:\\d+$/', "", $host) : $host . $usual;
    return "$scheme://$other$rest";
}""",
    "from_base64(": """function from_base64(?string $text): ?string
{
    $bytes = $text === null ? false : base64_decode(strtr($text, "-_", "+/"), true);
    return $bytes === false ? null : $bytes;
}""",
    "digest(": """function digest(string $alg, string $form, ?string $text): ?string
{
    if ($text === null) {
        return null;
    }
    $made = hash($alg, $text, true);
    return ["hex" => bin2hex($made), "b64" => base64_encode($made), "raw" => $made][$form];
}""",
}


def quoted(text: str) -> str:
    """Return a text in double quotes, in which a dollar sign would begin a variable."""
    return plainly_quoted(text).replace("$", "\\$")


def write(plan: Plan, title: str) -> str:
    """Return the program. Raises CannotWrite."""
    writer = TextWriter(plan, DIALECT, quote=quoted)
    body = "\n".join(
        part for part in (_sent(writer), _time(writer), _key(plan), _checks(writer), _match(writer)) if part
    )
    function = f"""/** Tells whether a request is genuine: $body is raw, $url is what the provider was given. */
function verify(
    array $headers,
    string $body,
    string $secret,
    string $method = "POST",
    string $url = "",
    ?int $now = null
): bool {{
    $headers = array_change_key_case($headers, CASE_LOWER);
{indent(body, "    ")}
}}"""
    helpers = [code for mark, code in _HELPERS.items() if calls(function, mark)]
    if any("pairs_of(" in code for code in helpers) and _HELPERS["pairs_of("] not in helpers:
        helpers.insert(0, _HELPERS["pairs_of("])
    parts = "\n\n".join([*helpers, function])
    return clean(f"<?php\n// {title}\n\n{parts}\n")


def _sent(writer: TextWriter) -> str:
    plan = writer.plan
    values = " ?? ".join(writer.value(value) for value in plan.signature)
    lines = [f"$raw = {values};", 'if ($raw === null || $raw === "") {', "    return false;", "}"]
    if plan.named_by_secret or plan.splits_secret:
        lines.append('[$key_name, $secret] = explode(":", $secret, 2) + [1 => ""];')
    items = f"explode({quoted(plan.items)}, $raw)" if plan.items else "[$raw]"
    if plan.pair:
        wanted = "$key_name" if plan.named_by_secret else quoted(plan.field)
        lines += [
            "[$sent, $fields] = [[], []];",
            f"foreach ({items} as $item) {{",
            f'    [$name, $value] = explode({quoted(plan.pair)}, trim($item), 2) + [1 => ""];',
            f"    if (trim($name) === {wanted}) {{",
            "        $sent[] = trim($value);",
            "    } else {",
            "        $fields[trim($name)] ??= trim($value);",
            "    }",
            "}",
        ]
    else:
        lines.append(
            f'$sent = array_filter(array_map("trim", {items}), "strlen");' if plan.items else "$sent = [$raw];"
        )
    return "\n".join(lines)


def _time(writer: TextWriter) -> str:
    plan, rule = writer.plan, writer.plan.time
    if rule is None or plan.stamp is None:
        return ""
    lines = [f"$stamp = {writer.value(plan.stamp)};"]
    if rule.unit in PER_SECOND:
        divide = f" / {PER_SECOND[rule.unit]}" if rule.unit != "s" else ""
        lines += ["if (!preg_match('/^-?\\d+$/', (string) $stamp)) {", "    return false;", "}"]
        lines.append(f"$sent_at = (int) $stamp{divide};")
    else:
        lines += ['$sent_at = strtotime((string) $stamp . (preg_match(\'/T[\\d:.]+$/\', (string) $stamp) ? "Z" : ""));']
        lines += ["if ($sent_at === false) {", "    return false;", "}"]
    if rule.tolerance_s:
        age = "abs(($now ?? time()) - $sent_at)" if rule.future else "($now ?? time()) - $sent_at"
        lines += [f"if ({age} > {rule.tolerance_s}) {{", "    return false; // too old, or a wrong clock", "}"]
    return "\n".join(lines)


def _key(plan: Plan) -> str:
    return {
        "utf8": "$key = $secret;",
        "nfkd": "$key = Normalizer::normalize($secret, Normalizer::FORM_KD);",
        "sha1": "$key = sha1($secret, true);",
        "hex": "$key = hex2bin($secret);",
        "base64": "$key = base64_decode($secret);",
        "whsec": '$key = base64_decode(preg_replace("/^whsec_/", "", $secret));',
    }[plan.key]


def _checks(writer: TextWriter) -> str:
    lines = []
    for value, wanted in writer.plan.require:
        allowed = ", ".join(map(quoted, wanted))
        lines += [f"if (!in_array({writer.value(value)}, [{allowed}], true)) {{", "    return false;", "}"]
    for value in writer.plan.require_name:
        lines += [f"if ({writer.value(value)} !== $key_name) {{", "    return false;", "}"]
    for value, text in writer.plan.also:
        lines += [
            f"[$wanted, $got] = [{writer.text(text)}, {writer.value(value)}];",
            "if ($wanted === null || $got === null || !hash_equals($wanted, $got)) {",
            "    return false;",
            "}",
        ]
    return "\n".join(lines)


def _match(writer: TextWriter) -> str:
    plan = writer.plan
    prefix = f"{quoted(plan.prefix)} . " if plan.prefix else ""
    lines = [_alg(writer)] if plan.announced else []
    lines.append("$genuine = false;")
    if plan.kind == "token":
        lines += [
            "foreach ($sent as $value) {",
            f"    $genuine = hash_equals({prefix}$secret, $value) || $genuine;",
            "}",
        ]
        return "\n".join([*lines, "return $genuine;"])
    alg = "$alg" if plan.announced else quoted(plan.alg)
    raw = f"hash_hmac({alg}, $text, $key, true)" if plan.kind == "hmac" else f"hash({alg}, $text, true)"
    made = {
        "hex": f"bin2hex({raw})",
        "base64": f"base64_encode({raw})",
        "base64url": f'strtr(base64_encode({raw}), "+/", "-_")',
    }[plan.encoding]
    texts = ", ".join(writer.text(text) for text in plan.texts)
    lines += [
        f"foreach ([{texts}] as $text) {{",
        "    if ($text === null) {",
        "        continue; // a signed value was not sent",
        "    }",
        f"    $wanted = {prefix}{made};",
        "    foreach ($sent as $value) {",
        "        $genuine = hash_equals($wanted, $value) || $genuine;",
        "    }",
        "}",
        "return $genuine;",
    ]
    return "\n".join(lines)


def _alg(writer: TextWriter) -> str:
    assert writer.plan.announced is not None
    value, field, algs = writer.plan.announced
    first = quoted(algs[0][0])
    lines = [f"$announced = {writer.value(value)} ?? {first};"]
    if field:
        lines.append(
            f"$announced = preg_match({quoted(f'/{field}=([^,]+)/')}, $announced, $found) ? trim($found[1]) : {first};"
        )
    allowed = ", ".join(f"{quoted(name.lower())} => {quoted(alg)}" for name, alg in algs)
    lines += [f"$alg = [{allowed}][strtolower($announced)] ?? null;", "if ($alg === null) {", "    return false;", "}"]
    return "\n".join(lines)


PHP = Language("PHP", "php", write)
