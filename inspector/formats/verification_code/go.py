"""The check in Go: the standard library."""

from __future__ import annotations

from inspector.formats.verification_code.language import PER_SECOND, Language
from inspector.formats.verification_code.plan import Plan
from inspector.formats.verification_code.writer import Dialect, TextWriter, clean, quoted

DIALECT = Dialect(
    name="Go",
    fixed="[]byte({text})",
    header="header(headers, {name})",
    field="lookup(fields, {name})",
    query="inQuery(address, {name})",
    form="inForm(body, {name})",
    json="inJSON(body, {path})",
    digest='digest({alg}.New, "{form}", {inner})',
    b64decode="fromBase64({inner})",
    join="join({parts})",
    or_empty="append([]byte{}, {value}...)",
    atoms={
        "body": "body",
        "secret": "key",
        "method": "[]byte(strings.ToUpper(method))",
        "url": "[]byte(address)",
        "url.base": '[]byte(strings.SplitN(address, "?", 2)[0])',
        "path": "pathOf(address)",
        "url.port": "portToggled(address)",
        "form.sorted": "formSorted(body)",
    },
)

_HASHES = {"sha256": "sha256.New", "sha1": "sha1.New", "sha512": "sha512.New", "md5": "md5.New"}
_HELPERS = {
    "header(": """// header returns a header's value, nil where it was not sent.
func header(headers http.Header, name string) []byte {
\tif values := headers.Values(name); len(values) > 0 {
\t\treturn []byte(values[0])
\t}
\treturn nil
}""",
    "lookup(": """func lookup(fields map[string][]byte, name string) []byte {
\treturn fields[name]
}""",
    "join(": """// join puts parts together; nil where one of them was not sent.
func join(parts ...[]byte) []byte {
\tjoined := []byte{}
\tfor _, part := range parts {
\t\tif part == nil {
\t\t\treturn nil
\t\t}
\t\tjoined = append(joined, part...)
\t}
\treturn joined
}""",
    "inQuery(": """func inQuery(address, name string) []byte {
\tparsed, err := url.Parse(address)
\tif err != nil || !parsed.Query().Has(name) {
\t\treturn nil
\t}
\treturn []byte(parsed.Query().Get(name))
}""",
    "inForm(": """func inForm(body []byte, name string) []byte {
\tform, err := url.ParseQuery(string(body))
\tif err != nil || !form.Has(name) {
\t\treturn nil
\t}
\treturn []byte(form.Get(name))
}""",
    "formSorted(": """func formSorted(body []byte) []byte {
\tform, err := url.ParseQuery(string(body))
\tif err != nil {
\t\treturn nil
\t}
\tnames := make([]string, 0, len(form))
\tfor name := range form {
\t\tnames = append(names, name)
\t}
\tsort.Strings(names)
\ttext := []byte{}
\tfor _, name := range names {
\t\tsort.Strings(form[name])
\t\tfor i, value := range form[name] {
\t\t\tif i == 0 || value != form[name][i-1] {
\t\t\t\ttext = append(text, name+value...)
\t\t\t}
\t\t}
\t}
\treturn text
}""",
    "pathOf(": """func pathOf(address string) []byte {
\tparsed, err := url.Parse(address)
\tif err != nil {
\t\treturn nil
\t}
\treturn []byte(parsed.EscapedPath())
}""",
    "inJSON(": """func inJSON(body []byte, path ...any) []byte {
\tdecoder := json.NewDecoder(bytes.NewReader(body))
\tdecoder.UseNumber()
\tvar value any
\tif decoder.Decode(&value) != nil {
\t\treturn nil
\t}
\tfor _, step := range path {
\t\tswitch held := value.(type) {
\t\tcase map[string]any:
\t\t\tname, _ := step.(string)
\t\t\tvalue = held[name]
\t\tcase []any:
\t\t\tindex, ok := step.(int)
\t\t\tif !ok || index >= len(held) {
\t\t\t\treturn nil
\t\t\t}
\t\t\tvalue = held[index]
\t\tdefault:
\t\t\treturn nil
\t\t}
\t}
\tif value == nil {
\t\treturn nil
\t}
\tif text, ok := value.(string); ok {
\t\treturn []byte(text)
\t}
\tvar written bytes.Buffer
\tencoder := json.NewEncoder(&written)
\tencoder.SetEscapeHTML(false)
\tif encoder.Encode(value) != nil {
\t\treturn nil
\t}
\treturn bytes.TrimSpace(written.Bytes())
}""",
    "portToggled(": """// portToggled returns the address without its port, or with the usual one where it has none.
func portToggled(address string) []byte {
\tparsed, err := url.Parse(address)
\tif err != nil {
\t\treturn nil
\t}
\tscheme, rest, _ := strings.Cut(address, "://")
\tother := parsed.Hostname()
\tif parsed.Port() == "" {
\t\tother += map[bool]string{true: ":443", false: ":80"}[scheme == "https"]
\t}
\treturn []byte(scheme + "://" + other + strings.TrimPrefix(rest, parsed.Host))
}""",
    "fromBase64(": """func fromBase64(text []byte) []byte {
\tif text == nil {
\t\treturn nil
\t}
\tplain := strings.NewReplacer("-", "+", "_", "/", "=", "").Replace(string(text))
\tdecoded, err := base64.RawStdEncoding.DecodeString(plain)
\tif err != nil {
\t\treturn nil
\t}
\treturn decoded
}""",
    "digest(": """func digest(alg func() hash.Hash, form string, text []byte) []byte {
\tif text == nil {
\t\treturn nil
\t}
\tsum := alg()
\tsum.Write(text)
\tmade := sum.Sum(nil)
\tswitch form {
\tcase "hex":
\t\treturn []byte(hex.EncodeToString(made))
\tcase "b64":
\t\treturn []byte(base64.StdEncoding.EncodeToString(made))
\t}
\treturn made
}""",
}
_PACKAGES = {
    "bytes": "bytes.",
    "crypto/hmac": "hmac.",
    "crypto/md5": "md5.",
    "crypto/sha1": "sha1.",
    "crypto/sha256": "sha256.",
    "crypto/sha512": "sha512.",
    "encoding/base64": "base64.",
    "encoding/hex": "hex.",
    "encoding/json": "json.",
    "hash": "hash.",
    "net/http": "http.",
    "net/url": "url.",
    "sort": "sort.",
    "strconv": "strconv.",
    "strings": "strings.",
    "time": "time.",
    "golang.org/x/text/unicode/norm": "norm.",
}


def write(plan: Plan, title: str) -> str:
    """Return the program. Raises CannotWrite."""
    writer = TextWriter(plan, DIALECT)
    steps = (_sent(writer), _time(writer), _key(plan), _checks(writer), _match(writer))
    body = "\n".join(part for part in steps if part)
    function = (
        "// Verify tells whether a request is genuine: body is the raw body, address the URL the provider was given.\n"
        "func Verify(headers http.Header, body []byte, secret, method, address string, now time.Time) bool {\n"
        + "\n".join(f"\t{line}" if line else "" for line in body.split("\n"))
        + "\n}"
    )
    helpers = [code for mark, code in _HELPERS.items() if mark in function]
    code = "\n\n".join([*helpers, function])
    imports = "\n".join(f'\t"{name}"' for name, mark in _PACKAGES.items() if mark in code)
    return clean(f"// {title}\npackage webhook\n\nimport (\n{imports}\n)\n\n{code}\n")


def _sent(writer: TextWriter) -> str:
    plan = writer.plan
    values = [writer.value(value) for value in plan.signature]
    lines = [f"raw := {values[0]}"]
    for value in values[1:]:
        lines += ["if len(raw) == 0 {", f"\traw = {value}", "}"]
    lines += ["if len(raw) == 0 {", "\treturn false", "}"]
    if plan.named_by_secret or plan.splits_secret:
        lines.append('keyName, secret, _ := strings.Cut(secret, ":")')
        if not plan.named_by_secret and not plan.require_name:
            lines.append("_ = keyName")
    items = f"strings.Split(string(raw), {quoted(plan.items)})" if plan.items else "[]string{string(raw)}"
    lines.append("sent := []string{}")
    if plan.pair:
        wanted = "keyName" if plan.named_by_secret else quoted(plan.field)
        lines += [
            "fields := map[string][]byte{}",
            f"for _, item := range {items} {{",
            f"\tname, value, _ := strings.Cut(strings.TrimSpace(item), {quoted(plan.pair)})",
            "\tname, value = strings.TrimSpace(name), strings.TrimSpace(value)",
            f"\tif name == {wanted} {{",
            "\t\tsent = append(sent, value)",
            "\t} else if _, known := fields[name]; !known {",
            "\t\tfields[name] = []byte(value)",
            "\t}",
            "}",
        ]
    else:
        lines += [f"for _, item := range {items} {{", "\tsent = append(sent, strings.TrimSpace(item))", "}"]
    return "\n".join(lines)


def _time(writer: TextWriter) -> str:
    plan, rule = writer.plan, writer.plan.time
    if rule is None or plan.stamp is None:
        return ""
    lines = [f"stamp := string({writer.value(plan.stamp)})"]
    if rule.unit in PER_SECOND:
        lines += ["number, err := strconv.ParseInt(stamp, 10, 64)", "if err != nil {", "\treturn false", "}"]
        scale = 1_000_000_000 // PER_SECOND[rule.unit]
        lines.append(
            "sentAt := time.Unix(number, 0)" if rule.unit == "s" else f"sentAt := time.Unix(0, number*{scale})"
        )
    elif rule.unit == "iso":
        lines += [
            "sentAt, err := time.Parse(time.RFC3339Nano, stamp)",
            "if err != nil {",
            '\tsentAt, err = time.Parse("2006-01-02T15:04:05.999999999", stamp)',
            "}",
            "if err != nil {",
            "\treturn false",
            "}",
        ]
    else:
        lines += ["sentAt, err := http.ParseTime(stamp)", "if err != nil {", "\treturn false", "}"]
    if rule.tolerance_s:
        age = "now.Sub(sentAt).Abs()" if rule.future else "now.Sub(sentAt)"
        lines += [f"if {age} > {rule.tolerance_s}*time.Second {{", "\treturn false // too old, or a wrong clock", "}"]
    else:
        lines.append("_ = sentAt")
    return "\n".join(lines)


def _key(plan: Plan) -> str:
    if plan.kind == "token":
        return ""
    failing = "\nif err != nil {\n\treturn false\n}"
    bare = 'strings.TrimRight({0}, "=")'
    return {
        "utf8": "key := []byte(secret)",
        "nfkd": "key := norm.NFKD.Bytes([]byte(secret))",
        "sha1": "hashed := sha1.Sum([]byte(secret))\nkey := hashed[:]",
        "hex": f"key, err := hex.DecodeString(secret){failing}",
        "base64": f"key, err := base64.RawStdEncoding.DecodeString({bare.format('secret')}){failing}",
        "whsec": 'secret = strings.TrimPrefix(secret, "whsec_")\n'
        f"key, err := base64.RawStdEncoding.DecodeString({bare.format('secret')}){failing}",
    }[plan.key]


def _checks(writer: TextWriter) -> str:
    lines = []
    for value, wanted in writer.plan.require:
        differs = " && ".join(f"string({writer.value(value)}) != {quoted(text)}" for text in wanted)
        lines += [f"if {differs} {{", "\treturn false", "}"]
    for value in writer.plan.require_name:
        lines += [f"if string({writer.value(value)}) != keyName {{", "\treturn false", "}"]
    for value, text in writer.plan.also:
        lines += [
            f"wanted, got := {writer.text(text)}, {writer.value(value)}",
            "if wanted == nil || !hmac.Equal(wanted, got) {",
        ]
        lines += ["\treturn false", "}"]
    return "\n".join(lines)


def _match(writer: TextWriter) -> str:
    plan = writer.plan
    prefix = f"{quoted(plan.prefix)} + " if plan.prefix else ""
    lines = [_alg(writer)] if plan.announced else []
    lines.append("genuine := false")
    if plan.kind == "token":
        lines += [
            "for _, value := range sent {",
            f"\tgenuine = hmac.Equal([]byte({prefix}secret), []byte(value)) || genuine",
            "}",
        ]
        return "\n".join([*lines, "return genuine"])
    alg = "alg" if plan.announced else _HASHES[plan.alg]
    made = f"hmac.New({alg}, key)" if plan.kind == "hmac" else f"{alg}()"
    written = {
        "hex": "hex.EncodeToString(made.Sum(nil))",
        "base64": "base64.StdEncoding.EncodeToString(made.Sum(nil))",
        "base64url": "base64.URLEncoding.EncodeToString(made.Sum(nil))",
    }[plan.encoding]
    texts = ", ".join(writer.text(text) for text in plan.texts)
    lines += [
        f"for _, text := range [][]byte{{{texts}}} {{",
        "\tif text == nil {",
        "\t\tcontinue // a signed value was not sent",
        "\t}",
        f"\tmade := {made}",
        "\tmade.Write(text)",
        f"\twanted := []byte({prefix}{written})",
        "\tfor _, value := range sent {",
        "\t\tgenuine = hmac.Equal(wanted, []byte(value)) || genuine",
        "\t}",
        "}",
        "return genuine",
    ]
    return "\n".join(lines)


def _alg(writer: TextWriter) -> str:
    assert writer.plan.announced is not None
    value, field, algs = writer.plan.announced
    first = quoted(algs[0][0])
    lines = [f"announced := string({writer.value(value)})"]
    if field:
        lines += [f"_, announced, _ = strings.Cut(announced, {quoted(field + '=')})"]
        lines.append('announced = strings.TrimSpace(strings.SplitN(announced, ",", 2)[0])')
    lines += ['if announced == "" {', f"\tannounced = {first}", "}"]
    allowed = ", ".join(f"{quoted(name.lower())}: {_HASHES[alg]}" for name, alg in algs)
    lines += [f"alg := map[string]func() hash.Hash{{{allowed}}}[strings.ToLower(announced)]"]
    lines += ["if alg == nil {", "\treturn false", "}"]
    return "\n".join(lines)


GO = Language("Go", "go", write)
