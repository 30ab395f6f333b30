"""What is typed into the search field is read as meant, and written back the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inspector.domain.query import Term
from inspector.domain.report import Kind
from inspector.search import ANY, FIELDS, Misread, Unreadable, answer_time, moment_us, parse, words

NOW = datetime(2026, 3, 1, 15, 0, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("  ", ()),
        ("Refund", (Term("", ("refund",)),)),
        ("two words", (Term("", ("two",)), Term("", ("words",)))),
        ('"Two words"', (Term("", ("two words",)),)),
        ("a,b", (Term("", ("a", "b")),)),
        ('"a,b"', (Term("", ("a,b",)),)),
        ("-refund", (Term("", ("refund",), True),)),
        ("-", (Term("", ("-",)),)),
        ("type:failed,OptOut", (Term("type", ("failed", "optout")),)),
        ("TYPE:failed", (Term("type", ("failed",)),)),
        ("-to:+1415", (Term("to", ("+1415",), True),)),
        ("msg:msg_8F", (Term("msg", ("msg_8F",)),)),
        ('carrier:"T-Mobile, US"', (Term("carrier", ("t-mobile, us",)),)),
        ("time:>2s", (Term("time", (">2s",)),)),
        ("code:4XX,200", (Term("code", ("4xx", "200")),)),
        ("header:X-Webhook-Id=dlv_5b1e", (Term("header", ("x-webhook-id=dlv_5b1e",)),)),
        ('header:X-Note="a b"', (Term("header", ("x-note=a b",)),)),
        ("$.metadata.user_id=user_456", (Term("$.metadata.user_id", ("user_456",)),)),
        ("$.a[0].b[]", (Term("$.a[0].b[]", (ANY,)),)),
        ('-$["a b"].c="x y",z', (Term('$["a b"].c', ("x y", "z"), True),)),
        ("after:14:20", (Term("after", ("14:20",)),)),
        ('before:"2026-03-01 14:20"', (Term("before", ("2026-03-01 14:20",)),)),
        ("https://x.example/a", (Term("", ("https://x.example/a",)),)),
        ("14:20", (Term("", ("14:20",)),)),
        ("$5", (Term("", ("$5",)),)),
        (r'"say \"hi\" \\"', (Term("", ('say "hi" \\',)),)),
        ("sig:invalid dup:yes", (Term("sig", ("invalid",)), Term("dup", ("yes",)))),
    ],
)
def test_a_text_is_read_as_terms(text: str, terms: tuple[Term, ...]) -> None:
    parsed = parse(text)
    assert parsed.errors == ()
    assert parsed.terms == terms


@pytest.mark.parametrize(
    ("text", "wrong", "sentence"),
    [
        ("sgi:invalid", "sgi", "`sgi` is not a filter. Did you mean `sig`?"),
        ("to:+1 tpye:failed", "tpye", "`tpye` is not a filter. Did you mean `type`?"),
        ("qqqq:1", "qqqq", "`qqqq` is not a filter."),
        ("-sgi:a", "sgi", "`sgi` is not a filter. Did you mean `sig`?"),
        ("sig:invlid", "invlid", "`invlid` does not fit here. Did you mean `invalid`?"),
        ("dup:perhaps", "perhaps", "`perhaps` does not fit here. Use `yes` or `no`."),
        ("code:4xx,999", "999", "`999` is no answer status. Write `401` or `4xx`."),
        ("time:2s", "2s", "`2s` is no answer time. Write `>2s` or `<500ms`."),
        ("after:later", "later", "`later` is no time. Write `14:20`, `2026-03-01` or `2026-03-01T14:20`."),
        ("type:", "type:", "`type:` needs a value."),
        ("$.a=", "$.a=", "`$.a=` needs a value."),
        ("$.a[", "$.a[", "`$.a[` is no path. Write `$.name.name=value`."),
        ('"open', '"open', "The closing quotation mark is missing."),
        ("type:a,,b", ",b", "A value is missing here."),
        ("header:=x", "=x", "The header's name is missing. Write `header:Name=value`."),
    ],
)
def test_what_cannot_be_read_is_underlined_and_explained(text: str, wrong: str, sentence: str) -> None:
    (error,) = parse(text).errors
    assert text[error.start : error.end] == wrong
    assert error.text == sentence


def test_the_rest_is_read_around_an_error() -> None:
    parsed = parse('refund sgi:"a b",c type:failed')
    assert parsed.terms == (Term("", ("refund",)), Term("type", ("failed",)))
    assert parsed.errors == (Misread(7, 10, "`sgi` is not a filter. Did you mean `sig`?"),)


def test_every_field_reads_the_values_it_offers() -> None:
    for field in FIELDS:
        assert field.label
        assert field.help
        for value in field.values:
            assert parse(f"{field.key}:{value}").terms == (Term(field.key, (value,)),)


def test_every_kind_is_offered_by_its_last_part() -> None:
    offered = next(field.values for field in FIELDS if field.key == "type")
    assert {kind.value.rpartition(".")[2] for kind in Kind} == set(offered)


@given(st.text())
@example("0,")
@example("to:1, x")
def test_any_text_is_read_and_what_was_read_is_written_back_the_same(text: str) -> None:
    parsed = parse(text)
    assert parse(words(parsed.terms)) == type(parsed)(parsed.terms)
    for error in parsed.errors:
        assert 0 <= error.start < error.end <= len(text)
        assert error.text


anything = st.text(min_size=1).map(str.lower).filter(bool)
some_terms = st.one_of(
    st.builds(Term, st.sampled_from(["", "type", "to", "carrier", "ip"]), st.lists(anything, min_size=1).map(tuple)),
    st.builds(Term, st.just("msg"), st.lists(st.text(min_size=1), min_size=1).map(tuple), st.booleans()),
    st.builds(Term, st.just("$.a.b[0]"), st.lists(st.text(min_size=1), min_size=1).map(tuple), st.booleans()),
    st.builds(Term, st.just("sig"), st.just(("valid", "stale")), st.booleans()),
)


@given(st.lists(some_terms).map(tuple))
def test_terms_survive_being_written_and_read(terms: tuple[Term, ...]) -> None:
    lowered = tuple(
        term
        if term.field in ("msg", "$.a.b[0]")
        else Term(term.field, tuple(map(str.lower, term.values)), term.negated)
        for term in terms
    )
    assert parse(words(terms)).terms == lowered


@given(st.text(alphabet='-":,\\ $.=[]ab*x\t', max_size=30))
def test_signs_with_a_meaning_do_no_harm(text: str) -> None:
    parsed = parse(text)
    assert parse(words(parsed.terms)).terms == parsed.terms


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("14:20", datetime(2026, 3, 1, 13, 20, tzinfo=UTC)),
        ("14:20:05", datetime(2026, 3, 1, 13, 20, 5, tzinfo=UTC)),
        ("16:00", datetime(2026, 2, 28, 15, 0, tzinfo=UTC)),
        ("today", datetime(2026, 2, 28, 23, 0, tzinfo=UTC)),
        ("Yesterday", datetime(2026, 2, 27, 23, 0, tzinfo=UTC)),
        ("2026-02-03T04:05:06Z", datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("2026-02-03 04:05+02:00", datetime(2026, 2, 3, 2, 5, tzinfo=UTC)),
    ],
)
def test_a_time_is_a_moment(value: str, moment: datetime) -> None:
    assert moment_us(value, NOW) == int(moment.timestamp()) * 1_000_000


def test_a_date_without_a_zone_is_in_the_systems_zone() -> None:
    assert moment_us("2026-02-03", NOW) == int(datetime(2026, 2, 3).timestamp()) * 1_000_000


@pytest.mark.parametrize("value", ["", "25:00", "12:60", "2026-13-01", "9999999"])
def test_what_is_no_time_is_refused(value: str) -> None:
    with pytest.raises(Unreadable):
        moment_us(value, NOW)


@pytest.mark.parametrize(
    ("value", "meaning"),
    [(">2s", (">", 2_000_000)), ("<=1.5ms", ("<=", 1_500)), (">=1m", (">=", 60_000_000)), ("<500", ("<", 500_000))],
)
def test_an_answer_time_has_a_comparison_and_a_unit(value: str, meaning: tuple[str, int]) -> None:
    assert answer_time(value) == meaning
