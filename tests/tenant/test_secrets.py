"""No password, no token and no person's name gets into a log or a trace, however talkative the libraries are."""

import logging
from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.tenant.access_pass import issue_pass
from shared.tenant.errors import TenantError, Transient
from shared.tenant.tenant import Tenant
from tests.tenant.calls import ADDRESS, ALL, PASSWORD, USER, Case
from tests.tenant.server import TOKEN, Answer, Received, Server

SECRETS = [PASSWORD, TOKEN, ADDRESS, "battery", ADDRESS.replace("@", "%40")]


def echo(received: Received) -> Answer:
    return Answer(400, {"error": {"code": received.body.decode() or "x", "message": received.body.decode()}})


OUTCOMES = {
    "accepted": None,
    "repeated": echo,
    "refused": Answer(403, b"\x00" * 8),
    "dropped": Answer(only=3),
    "throttled": Answer(429),
    "unreadable": Answer(200, PASSWORD.encode()),
}


@pytest.fixture(scope="module")
def spans() -> Iterator[InMemorySpanExporter]:
    """One for the process: OpenTelemetry takes a provider only once."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    yield exporter
    provider.shutdown()


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("case", ALL, ids=str)
async def test_neither_logs_nor_traces_hold_a_secret(
    tenant: Tenant,
    server: Server,
    caplog: pytest.LogCaptureFixture,
    spans: InMemorySpanExporter,
    case: Case,
    outcome: str,
) -> None:
    spans.clear()
    caplog.set_level(logging.DEBUG)
    server.play(OUTCOMES[outcome] or case.good)
    try:
        await case.call(tenant)
    except TenantError:
        logging.getLogger("test").exception("As an error is logged where nobody expects it")
    written = caplog.text + "".join(span.to_json() for span in spans.get_finished_spans())
    assert "httpcore" in caplog.text, "the libraries do talk"
    assert "get_token" in caplog.text
    assert [secret for secret in SECRETS if secret in written] == []


@pytest.mark.parametrize("more", [{}, {"startDateTime": "soon"}], ids=["as it should be", "unreadable"])
async def test_a_pass_is_in_its_answer_and_in_no_log_trace_or_repr(
    tenant: Tenant, server: Server, caplog: pytest.LogCaptureFixture, spans: InMemorySpanExporter, more: dict[str, str]
) -> None:
    spans.clear()
    caplog.set_level(logging.DEBUG)
    known = {"id": "1", "startDateTime": "2026-11-02T09:00:00Z", "lifetimeInMinutes": 60}
    server.play(Answer(201, known | {"temporaryAccessPass": PASSWORD} | more))
    try:
        issued = await issue_pass(tenant.graph, USER, 60)
        assert issued.value.get_secret_value() == PASSWORD
        logging.getLogger("test").info("As it is written where somebody forgets what it is: %s", issued)
    except Transient:
        logging.getLogger("test").exception("As an error is logged where nobody expects it")
    written = caplog.text + "".join(span.to_json() for span in spans.get_finished_spans())
    assert "forgets" in written or "expects" in written
    assert [secret for secret in SECRETS if secret in written] == []


async def test_traces_are_made_at_all(tenant: Tenant, server: Server, spans: InMemorySpanExporter) -> None:
    spans.clear()
    server.play(ALL[0].good)
    await ALL[0].call(tenant)
    assert spans.get_finished_spans()


async def test_a_user_looked_up_by_name_is_not_named_in_the_log(
    tenant: Tenant, server: Server, caplog: pytest.LogCaptureFixture, spans: InMemorySpanExporter
) -> None:
    spans.clear()
    caplog.set_level(logging.DEBUG)
    server.play(ALL[0].good)
    await tenant.graph.user(ADDRESS)
    written = caplog.text + "".join(span.to_json() for span in spans.get_finished_spans())
    assert [secret for secret in SECRETS if secret in written] == []


async def test_the_id_that_support_asks_for_is_in_the_log(
    tenant: Tenant, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "regain")
    server.play(ALL[0].good, ALL[-1].good)
    await ALL[0].call(tenant)
    await ALL[-1].call(tenant)
    assert all(call.headers["client-request-id"] in caplog.text for call in server.calls)
    assert USER not in caplog.text
