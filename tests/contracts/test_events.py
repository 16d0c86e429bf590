"""Events keep their meaning on the way through a database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lines.gateways.base import (
    Event,
    Failure,
    FallbackWhen,
    LineEvent,
    LineHealth,
    LineState,
    Media,
    MessageReceived,
    MessageStatus,
    Reaction,
    Reason,
    Service,
    State,
    Typing,
    event_from_json,
    event_to_json,
    reply_to_event,
)

text = st.text(max_size=40)
moment = st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
media = st.builds(Media, filename=text, content_type=text, url=text, path=text, size=st.none() | st.integers(0), vendor_id=text)
failure = st.builds(
    Failure,
    reason=st.sampled_from(Reason),
    transient=st.booleans(),
    vendor_code=text,
    detail=text,
    opted_out=st.booleans(),
    fallback=st.none() | st.sampled_from(FallbackWhen),
    retry_after=st.none() | st.floats(0, 1e6),
)
health = st.builds(LineHealth, state=st.sampled_from(get_args(LineState)), detail=text)
common: dict[str, Any] = {"dedupe_key": text, "occurred_at": moment, "vendor_message_id": text}
events = st.one_of(
    st.builds(
        MessageReceived,
        **common,
        sender=text,
        recipient=text,
        text=text,
        service=st.sampled_from(Service),
        media=st.lists(media, max_size=3).map(tuple),
        thread=text,
        from_us=st.booleans(),
        our_key=text,
        group=st.booleans(),
        historical=st.booleans(),
        edited_at=st.none() | moment,
        retracted=st.booleans(),
    ),
    st.builds(
        MessageStatus,
        **common,
        state=st.sampled_from(State),
        our_key=text,
        recipient=text,
        thread=text,
        service=st.sampled_from(Service),
        failure=st.none() | failure,
        delivered_at=st.none() | moment,
        read_at=st.none() | moment,
    ),
    st.builds(Reaction, **common, actor=text, tapback=text, removed=st.booleans(), from_us=st.booleans(), thread=text),
    st.builds(Typing, **common, actor=text, on=st.booleans()),
    st.builds(LineEvent, **common, health=st.none() | health),
)


@given(events)
def test_an_event_survives_its_way_through_json(event: Event) -> None:
    assert event_from_json(json.loads(json.dumps(event_to_json(event)))) == event


@given(events)
def test_events_of_neighbouring_versions_stay_readable(event: Event) -> None:
    """A field that only the other version has is ignored, one that only we have takes its default."""
    data = event_to_json(event)
    assert event_from_json({**data, "a_later_field": 1}) == event
    for name in set(data) - {"event", *common}:
        assert event_from_json({key: value for key, value in data.items() if key != name}) is not None


def test_what_was_never_an_event_is_refused() -> None:
    with pytest.raises(KeyError):
        event_from_json({"event": "message_received"})
    with pytest.raises(KeyError):
        event_from_json({})


def test_an_answer_to_our_own_echo_still_goes_to_the_contact() -> None:
    when = datetime(2026, 11, 21, tzinfo=UTC)
    ours = MessageReceived(dedupe_key="m:1", occurred_at=when, sender="+1", recipient="+2", from_us=True)
    assert reply_to_event(ours) == {"to": "+2", "from": "+1"}
