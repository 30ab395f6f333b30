"""The check in Ruby 3: openssl from the standard library."""

from __future__ import annotations

from inspector.formats.verification_code.language import PER_SECOND, Language, indent
from inspector.formats.verification_code.plan import Plan
from inspector.formats.verification_code.writer import Dialect, TextWriter, calls, clean
from inspector.formats.verification_code.writer import quoted as plainly_quoted

DIALECT = Dialect(
    name="Ruby",
    fixed="{text}.b",
    header="headers[{name}]",
    field="fields[{name}]",
    query='in_pairs(url.partition("?").last, {name})',
    form="in_pairs(body, {name})",
    json="in_json(body, {path})",
    digest='digest("{alg}", "{form}", {inner})',
    b64decode="from_base64({inner})",
    join="join_parts({parts})",
    or_empty='({value} || "")',
    atoms={
        "body": "body.b",
        "secret": "key",
        "method": "method.upcase.b",
        "url": "url.b",
        "url.base": 'url.partition("?").first.b',
        "path": "URI(url).path.b",
        "url.port": "port_toggled(url).b",
        "form.sorted": "form_sorted(body)",
    },
    text_of="bytes_of({value})",
)

_HELPERS = {
    "bytes_of(": """def bytes_of(text)
  text&.b
end""",
    "join_parts(": """def join_parts(*parts)
  parts.include?(nil) ? nil : parts.join
end""",
    "in_pairs(": """def in_pairs(text, name)
  URI.decode_www_form(text).assoc(name)&.last
end""",
    "form_sorted(": """def form_sorted(body)
  URI.decode_www_form(body).uniq.sort.map(&:join).join.b
end""",
    "in_json(": """def in_json(body, *path)
  value = path.reduce(JSON.parse(body)) { |held, step| held&.[](step) }
  value.nil? || value.is_a?(String) ? value : JSON.generate(value)
rescue JSON::ParserError, TypeError, NoMethodError
  nil
end""",
    "port_toggled(": """# The address without its port, or with the usual one where it has none.
def port_toggled(url)
  scheme, host, rest = url.match(%r{\\A(\\w+)://([^/?#]*)(.*)\\z}m)&.captures
  return url if host.nil?

  usual = scheme == "https" ? ":443" : ":80"
  other = host.match?(/:\\d+\\z/) ? host.sub(/:\\d+\\z/, "") : host + usual
  "#{scheme}://#{other}#{rest}"
end""",
    "from_base64(": """def from_base64(text)
  text&.tr("-_", "+/")&.unpack1("m")
end""",
    "digest(": """def digest(alg, form, text)
  return nil if text.nil?

  made = OpenSSL::Digest.digest(alg.upcase, text)
  { "hex" => made.unpack1("H*"), "b64" => [made].pack("m0"), "raw" => made }[form]
end""",
}


def quoted(text: str) -> str:
    """Return a text in double quotes, in which `#{` would begin an expression."""
    return plainly_quoted(text).replace("#", "\\#")


def write(plan: Plan, title: str) -> str:
    """Return the program. Raises CannotWrite."""
    writer = TextWriter(plan, DIALECT, quote=quoted)
    body = "\n".join(
        part for part in (_sent(writer), _time(writer), _key(plan), _checks(writer), _match(writer)) if part
    )
    function = f"""# Tells whether a request is genuine: body is the raw body, url the address the provider was given.
def verify(headers, body, secret, method: "POST", url: "", now: Time.now.to_f)
  headers = headers.transform_keys(&:downcase)
{indent(body, "  ")}
end"""
    code = "\n\n".join([*(code for mark, code in _HELPERS.items() if calls(function, mark)), function])
    needs = [
        name
        for name, mark in (("json", "JSON."), ("time", "Time.iso8601"), ("time", "Time.httpdate"), ("uri", "URI"))
        if mark in code
    ]
    requires = "\n".join(f'require "{name}"' for name in ("openssl", *needs))
    return clean(f"# {title}\n{requires}\n\n{code}\n")


def _sent(writer: TextWriter) -> str:
    plan = writer.plan
    lines = [f"raw = {' || '.join(writer.value(value) for value in plan.signature)}"]
    lines.append("return false if raw.nil? || raw.empty?")
    if plan.named_by_secret or plan.splits_secret:
        lines.append('key_name, secret = secret.split(":", 2)')
    items = f"raw.split({quoted(plan.items)}).map(&:strip)" if plan.items else "[raw]"
    if plan.pair:
        wanted = "key_name" if plan.named_by_secret else quoted(plan.field)
        lines += [
            f"pairs = {items}.map {{ |item| item.partition({quoted(plan.pair)}).values_at(0, 2).map(&:strip) }}",
            f"sent = pairs.select {{ |name, _| name == {wanted} }}.map(&:last)",
            "fields = pairs.reverse.to_h",
        ]
    else:
        lines.append(f"sent = {items}")
    return "\n".join(lines)


def _time(writer: TextWriter) -> str:
    plan, rule = writer.plan, writer.plan.time
    if rule is None or plan.stamp is None:
        return ""
    lines = [f"stamp = {writer.value(plan.stamp)}.to_s"]
    if rule.unit in PER_SECOND:
        lines += ["return false unless stamp.match?(/\\A-?\\d+\\z/)", ""]
        lines.append(f"sent_at = stamp.to_i / {PER_SECOND[rule.unit]}.0")
    else:
        parse = (
            'Time.iso8601(stamp.match?(/T[\\d:.]+\\z/) ? "#{stamp}Z" : stamp)'
            if rule.unit == "iso"
            else "Time.httpdate(stamp)"
        )
        lines += ["begin", f"  sent_at = {parse}.to_f", "rescue ArgumentError", "  return false", "end"]
    if rule.tolerance_s:
        age = "(now - sent_at).abs" if rule.future else "now - sent_at"
        lines.append(f"return false if {age} > {rule.tolerance_s} # too old, or a wrong clock")
    return "\n".join(lines)


def _key(plan: Plan) -> str:
    return {
        "utf8": "key = secret.b",
        "nfkd": "key = secret.unicode_normalize(:nfkd).b",
        "sha1": 'key = OpenSSL::Digest.digest("SHA1", secret)',
        "hex": 'key = [secret].pack("H*")',
        "base64": 'key = secret.unpack1("m")',
        "whsec": 'key = secret.delete_prefix("whsec_").unpack1("m")',
    }[plan.key]


def _checks(writer: TextWriter) -> str:
    lines = []
    for value, wanted in writer.plan.require:
        lines.append(f"return false unless [{', '.join(map(quoted, wanted))}].include?({writer.value(value)})")
    for value in writer.plan.require_name:
        lines.append(f"return false unless {writer.value(value)} == key_name")
    for value, text in writer.plan.also:
        lines += [
            f"wanted, got = {writer.text(text)}, {writer.value(value)}",
            "return false if wanted.nil? || got.nil? || !OpenSSL.secure_compare(wanted, got)",
        ]
    return "\n".join(lines)


def _match(writer: TextWriter) -> str:
    plan = writer.plan
    prefix = f"{quoted(plan.prefix)} + " if plan.prefix else ""
    if plan.kind == "token":
        return f"sent.select {{ |value| OpenSSL.secure_compare({prefix}secret, value) }}.any?"
    lines = [_alg(writer)] if plan.announced else []
    alg = "alg" if plan.announced else quoted(plan.alg.upper())
    raw = f"OpenSSL::HMAC.digest({alg}, key, text)" if plan.kind == "hmac" else f"OpenSSL::Digest.digest({alg}, text)"
    written = {
        "hex": 'made.unpack1("H*")',
        "base64": '[made].pack("m0")',
        "base64url": '[made].pack("m0").tr("+/", "-_")',
    }
    texts = ", ".join(writer.text(text) for text in plan.texts)
    lines += [
        f"[{texts}].compact.any? do |text| # nil: a signed value was not sent",
        f"  made = {raw}",
        f"  wanted = {prefix}{written[plan.encoding]}",
        "  sent.select { |value| OpenSSL.secure_compare(wanted, value) }.any?",
        "end",
    ]
    return "\n".join(lines)


def _alg(writer: TextWriter) -> str:
    assert writer.plan.announced is not None
    value, field, algs = writer.plan.announced
    first = quoted(algs[0][0])
    lines = [f"announced = {writer.value(value)} || {first}"]
    if field:
        lines.append(f"announced = announced[/{field}=([^,]+)/, 1]&.strip || {first}")
    allowed = ", ".join(f"{quoted(name.lower())} => {quoted(alg.upper())}" for name, alg in algs)
    lines += [f"alg = {{ {allowed} }}[announced.downcase]", "return false if alg.nil?", ""]
    return "\n".join(lines)


RUBY = Language("Ruby", "rb", write)
