"""What starts a response among the records of Entra ID Protection, what does not, and why."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from shared.alerts.alert import Alert, Ignored, NamedAccount
from shared.alerts.entra import read_entra
from shared.alerts.errors import BadPayload
from shared.alerts.starting import StartingPolicy

from .records import (
    NOW,
    OTHER_TENANT,
    TENANT,
    USER,
    Record,
    detection,
    exported,
    ignored,
    read,
    read_one,
    risky_user,
    started,
)

ADA = NamedAccount(id=USER, name="ada@contoso.com")
NO_TIME = "The source told no time that can be right: it is taken as of the time of receipt."


def test_a_detection_becomes_an_alert() -> None:
    assert started(detection()) == Alert(
        source="entra",
        identity="ae97ba94d0eda82f8f6d05584ef8aa38922766581e27a1c08a6a63ec24ede6a4",
        title="Leaked credentials",
        severity="high",
        activity_at=datetime(2026, 7, 18, 10, 7, 37, 536516, UTC),
        accounts=(ADA,),
        updated_at=datetime(2026, 7, 18, 10, 9, 47, 256866, UTC),
    )


def test_a_risky_user_becomes_an_alert_that_tells_no_time_of_activity() -> None:
    assert started(risky_user()) == Alert(
        source="entra",
        identity=f"{USER} high 2026-07-18T10:09:47+00:00",
        title="User at risk",
        severity="high",
        activity_at=None,
        accounts=(ADA,),
        updated_at=datetime(2026, 7, 18, 10, 9, 47, 256866, UTC),
    )


def test_a_body_that_cannot_be_read_is_refused_as_a_whole() -> None:
    with pytest.raises(BadPayload):
        read(b"{")


def test_an_empty_list_is_no_alert() -> None:
    assert read({"value": []}) == []


class TestWhatIsOpen:
    @pytest.mark.parametrize("state", ["atRisk", "ATRISK", "confirmedCompromised"])
    @pytest.mark.parametrize("record", [detection(), risky_user()], ids=["detection", "user"])
    def test_an_open_risk_starts(self, record: Record, state: str) -> None:
        started(record | {"riskState": state})

    @pytest.mark.parametrize("state", ["none", "confirmedSafe", "remediated", "dismissed", "unknownFutureValue"])
    @pytest.mark.parametrize("record", [detection(), risky_user()], ids=["detection", "user"])
    def test_a_closed_risk_does_not_start(self, record: Record, state: str) -> None:
        assert ignored(record | {"riskState": state}).reason == f"Its risk is not open: the state is {state}."

    @pytest.mark.parametrize("state", [None, "", 3, ["atRisk"]])
    def test_a_state_that_is_not_told_does_not_start(self, state: object) -> None:
        assert ignored(detection(riskState=state)).reason == "Its risk is not open: the state is not told."


class TestLevels:
    @pytest.mark.parametrize(
        ("kind", "level", "starts"),
        [
            ("leakedCredentials", "low", False),
            ("leakedCredentials", "medium", True),
            ("leakedCredentials", "High", True),
            ("ATTACKERINTHEMIDDLE", "medium", True),
            ("unlikelyTravel", "medium", False),
            ("unlikelyTravel", "high", True),
            ("generic", "medium", False),
            ("generic", "high", True),
            (None, "medium", False),
            (None, "high", True),
            ("aNewKind", "medium", False),
            ("aNewKind", "high", True),
            ("tokenIssuerAnomaly", "high", False),
        ],
    )
    def test_each_kind_of_detection_has_its_own_level(self, kind: str | None, level: str, starts: bool) -> None:
        outcome = read_one(detection(riskEventType=kind, riskLevel=level))
        assert isinstance(outcome, Alert) is starts

    @pytest.mark.parametrize("level", ["hidden", "none", "unknownFutureValue", None, 3])
    def test_a_level_that_says_nothing_does_not_start_even_the_most_trusted_kind(self, level: object) -> None:
        told = level if isinstance(level, str) else "not told"
        assert ignored(detection(riskLevel=level)).reason == (
            f"Its risk level is {told.casefold()}: by policy, leakedCredentials starts a response from medium on."
        )

    @pytest.mark.parametrize(("level", "severity"), [("hidden", "unknown"), ("none", "none")])
    def test_a_hidden_level_is_unknown_and_never_none(self, level: str, severity: str) -> None:
        assert ignored(detection(riskLevel=level)).alert.severity == severity

    def test_the_older_name_of_the_kind_counts_only_where_the_newer_is_missing(self) -> None:
        assert started(detection(riskEventType="passwordSpray", riskType="generic")).title == "Password spray"
        assert started(detection(riskEventType=None, riskType="passwordSpray")).title == "Password spray"

    def test_a_users_overall_risk_starts_when_high(self) -> None:
        started(risky_user(riskLevel="high"))
        ignored(risky_user(riskLevel="medium"))

    def test_the_policy_decides(self) -> None:
        policy = StartingPolicy.model_validate(
            {"levels": {"riskyuser": "low", "leakedCredentials": "never"}, "default_level": "medium"}
        )
        started(risky_user(riskLevel="low"), policy=policy)
        started(detection(riskEventType="aNewKind", riskLevel="medium"), policy=policy)
        never = ignored(detection(), policy=policy)
        assert never.reason == "By policy, leakedCredentials never starts a response."

    def test_an_unknown_kind_says_so(self) -> None:
        assert started(detection(riskEventType="aNewKind")).title == "Unknown type of risk: aNewKind"

    def test_what_only_a_person_can_do_is_noted_whether_it_starts_or_not(self) -> None:
        (note,) = ignored(detection(riskEventType="tokenIssuerAnomaly")).alert.notes
        assert "issuer" in note
        (note,) = started(detection(riskEventType="attemptedPrtAccess")).notes
        assert "devices" in note


CONFIRMATIONS = {
    "detection": detection(riskEventType="adminConfirmedUserCompromised", riskState="confirmedCompromised"),
    "earlier detection": detection(riskState="confirmedCompromised", riskDetail="adminConfirmedUserCompromised"),
    "user": risky_user(riskState="confirmedCompromised", riskDetail="adminConfirmedUserCompromised"),
    "without a detail": risky_user(riskState="confirmedCompromised", riskDetail=None),
    "with a hidden detail": risky_user(riskState="confirmedCompromised", riskDetail="hidden"),
}


class TestConfirmations:
    @pytest.mark.parametrize("record", CONFIRMATIONS.values(), ids=CONFIRMATIONS)
    @pytest.mark.parametrize("level", ["high", "low", "hidden", None])
    def test_a_confirmed_user_starts_at_any_level_and_may_be_our_own_echo(
        self, record: Record, level: str | None
    ) -> None:
        assert started(record | {"riskLevel": level}).confirmation

    def test_a_confirmed_sign_in_starts_at_any_level_and_is_never_our_own(self) -> None:
        record = detection(
            riskState="confirmedCompromised", riskDetail="adminConfirmedSigninCompromised", riskLevel="low"
        )
        assert not started(record).confirmation

    def test_what_nobody_confirmed_is_no_confirmation(self) -> None:
        assert not started(detection()).confirmation
        assert not started(risky_user()).confirmation

    def test_a_confirmation_taken_back_starts_nothing(self) -> None:
        ignored(risky_user(riskState="dismissed", riskDetail="adminConfirmedUserCompromised"))

    def test_a_policy_can_leave_confirmations_to_people(self) -> None:
        policy = StartingPolicy.model_validate({"levels": {"adminConfirmedUserCompromised": "never"}})
        for record in CONFIRMATIONS.values():
            alert = ignored(record, policy=policy).alert
            assert alert.confirmation
            assert alert.accounts == (ADA,)

    def test_a_persons_word_is_as_old_as_it_is_not_as_what_it_is_about(self) -> None:
        old = (NOW - timedelta(days=30)).isoformat()
        given = (NOW - timedelta(hours=1)).isoformat()
        sign_in = {"activityDateTime": old, "detectedDateTime": old, "lastUpdatedDateTime": given}
        started(detection(riskState="confirmedCompromised", **sign_in))
        ignored(detection(riskState="atRisk", **sign_in))
        ignored(detection(riskState="confirmedCompromised", **sign_in | {"lastUpdatedDateTime": old}))


class TestAge:
    WEEK = timedelta(days=7)

    @pytest.mark.parametrize("name", ["activityDateTime", "detectedDateTime", "lastUpdatedDateTime"])
    def test_a_detection_is_as_old_as_the_first_time_it_tells(self, name: str) -> None:
        times = {"activityDateTime": None, "detectedDateTime": "NA", "lastUpdatedDateTime": "0001-01-01T00:00:00"}
        started(detection(**times | {name: (NOW - self.WEEK).isoformat()}))
        late = ignored(detection(**times | {name: (NOW - self.WEEK - timedelta(seconds=1)).isoformat()}))
        assert late.reason == "It is of 2026-07-11 14:59 UTC: longer ago than the policy allows."
        assert NO_TIME not in late.alert.notes

    def test_the_activity_counts_more_than_when_it_was_found(self) -> None:
        ignored(detection(activityDateTime="2026-07-01T00:00:00Z"))

    def test_a_risky_user_is_as_old_as_the_last_change(self) -> None:
        started(risky_user(riskLastUpdatedDateTime=(NOW - self.WEEK).isoformat()))
        ignored(risky_user(riskLastUpdatedDateTime=(NOW - self.WEEK - timedelta(seconds=1)).isoformat()))

    @pytest.mark.parametrize("bad", [None, "", "NA", "0001-01-01T00:00:00Z", "2027-01-01T00:00:00Z", 3])
    def test_a_bad_time_never_loses_an_alert(self, bad: object) -> None:
        alert = started(detection(activityDateTime=bad, detectedDateTime=bad, lastUpdatedDateTime=bad))
        assert (alert.activity_at, alert.updated_at, alert.notes) == (None, None, (NO_TIME,))
        alert = started(risky_user(riskLastUpdatedDateTime=bad))
        assert (alert.updated_at, alert.notes) == (None, (NO_TIME,))

    def test_a_clock_that_is_ahead_within_a_day_is_believed(self) -> None:
        ahead = NOW + timedelta(hours=14)
        assert started(detection(activityDateTime=ahead.isoformat())).activity_at == ahead

    def test_the_policy_decides(self) -> None:
        policy = StartingPolicy(max_age=timedelta(hours=1))
        ignored(detection(), policy=policy)
        started(detection(activityDateTime="2026-07-18T14:00:00Z"), policy=policy)

    def test_an_export_without_a_time_of_its_own_has_that_of_its_envelope(self) -> None:
        alert = started(exported(risky_user(riskLastUpdatedDateTime=None), "RiskyUsers"))
        assert alert.updated_at == datetime(2026, 7, 18, 14, 3, 3, tzinfo=UTC)
        assert alert.identity == f"{USER} high 2026-07-18T14:03:03+00:00"
        ignored(exported(risky_user(riskLastUpdatedDateTime=None), "RiskyUsers", time="7/1/2026 2:03:03 PM"))


class TestAccounts:
    @pytest.mark.parametrize(
        ("user_id", "name", "account"),
        [
            (USER.upper(), "Ada@Contoso.com", ADA),
            (USER, None, NamedAccount(id=USER)),
            ("user1", "ada@contoso.com", NamedAccount(name="ada@contoso.com")),
            (None, "eve_f.com#EXT#@contoso.com", NamedAccount(name="eve_f.com#ext#@contoso.com")),
        ],
    )
    def test_an_account_is_named_by_object_id_and_address(
        self, user_id: str | None, name: str | None, account: NamedAccount
    ) -> None:
        assert started(detection(userId=user_id, userPrincipalName=name)).accounts == (account,)
        if user_id:
            assert started(risky_user(id=user_id, userPrincipalName=name)).accounts == (account,)

    @pytest.mark.parametrize("record", [detection(userId="user1"), risky_user(id="user1")])
    @pytest.mark.parametrize("name", [None, "REDACTED", 3])
    def test_what_names_nobody_does_not_start(self, record: Record, name: object) -> None:
        assert ignored(record | {"userPrincipalName": name}).reason.startswith("It names no account")

    def test_a_detection_id_that_looks_like_an_object_id_names_nobody(self) -> None:
        nobody = ignored(detection(id=USER, userId=None, userPrincipalName=None))
        assert nobody.reason.startswith("It names no account")

    def test_what_starts_nothing_still_names_its_account_so_that_it_can_join(self) -> None:
        assert ignored(detection(riskState="remediated")).alert.accounts == (ADA,)
        assert ignored(detection(riskLevel="low")).alert.accounts == (ADA,)


class TestTenants:
    @pytest.mark.parametrize(
        "record",
        [
            detection(tenantId=TENANT),
            detection(tenantId=TENANT.upper()),
            detection(tenantId=None, azureTenantId=""),
            detection(homeTenantId=OTHER_TENANT, resourceTenantId=OTHER_TENANT),
            exported(detection()),
            exported(detection(), resourceId="/TENANTS/" + TENANT.upper() + "/PROVIDERS/MICROSOFT.AADIAM"),
            exported(detection(), tenantId=None, resourceId=None),
        ],
    )
    def test_a_record_of_ours_or_of_no_named_tenant_starts(self, record: Record) -> None:
        started(record)

    def test_our_own_tenant_may_be_written_in_any_case(self) -> None:
        body = json.dumps(detection(tenantId=TENANT)).encode()
        (outcome,) = read_entra(body, tenant_id=TENANT.upper(), now=NOW, starting=StartingPolicy())
        assert isinstance(outcome, Alert)

    @pytest.mark.parametrize(
        "record",
        [
            detection(tenantId=OTHER_TENANT),
            detection(azureTenantId=OTHER_TENANT.upper()),
            risky_user(tenantId=OTHER_TENANT),
            exported(detection(), tenantId=OTHER_TENANT),
            exported(detection(), resourceId=f"/tenants/{OTHER_TENANT}/providers/microsoft.aadiam"),
            exported(detection(), tenantId=None, resourceId=f"/Tenants/{OTHER_TENANT}"),
            exported(detection(tenantId=OTHER_TENANT)),
        ],
    )
    def test_a_record_of_another_tenant_is_ignored_and_can_join_nothing(self, record: Record) -> None:
        foreign = ignored(record)
        assert foreign.reason == f"It comes from another tenant: {OTHER_TENANT}."
        assert foreign.alert.accounts == ()


class TestSubjectsThatAreNotUsers:
    @pytest.mark.parametrize(
        ("record", "subject"),
        [
            (detection(activity="servicePrincipal"), "service principal"),
            (detection(servicePrincipalId="99b8d28b-11ae-4e84-9bef-0e767e286aaa"), "service principal"),
            (detection(riskDetail="adminConfirmedServicePrincipalCompromised"), "service principal"),
            (risky_user(servicePrincipalType="Application"), "service principal"),
            (risky_user(appId=USER, userPrincipalName=None), "service principal"),
            ({"@odata.type": "#microsoft.graph.riskyServicePrincipal"} | risky_user(), "service principal"),
            (exported(detection(), "ServicePrincipalRiskEvents"), "service principal"),
            (exported(risky_user(), "RiskyServicePrincipals"), "service principal"),
            (exported(detection(servicePrincipalId="x")), "service principal"),
            (detection(agentId=USER), "agent identity"),
            (detection(identityType="agentIdentity"), "agent identity"),
            (detection(riskEventType="adminConfirmedAgentCompromised"), "agent identity"),
            (exported(risky_user(agentDisplayName="x"), "RiskyUsers"), "agent identity"),
        ],
    )
    def test_their_risk_is_for_a_person(self, record: Record, subject: str) -> None:
        other = ignored(record | {"riskState": "confirmedCompromised"})
        assert subject in other.reason
        assert other.reason.endswith("a person has to look at it.")
        assert (other.alert.accounts, other.alert.confirmation) == ((), False)

    def test_a_user_of_an_app_or_with_a_strange_browser_is_still_a_user(self) -> None:
        started(detection(appId=USER, riskEventType="suspiciousUserAgent"))


class TestRecordsThatAreNoAlerts:
    @pytest.mark.parametrize(
        "record",
        [
            risky_user(userId=USER, initiatedBy="admin@contoso.com"),
            risky_user(userId=USER, initiatedBy=None, riskLastUpdatedDateTime=None),
            risky_user(userId=USER),
            {"@odata.type": "#microsoft.graph.riskyUserHistoryItem"} | risky_user(),
        ],
    )
    def test_a_users_history_is_no_alert(self, record: Record) -> None:
        assert ignored(record).reason == "It is an entry of a user's risk history, not an alert."

    def test_a_detection_that_tells_only_who_and_how_much_is_one(self) -> None:
        few: Record = {"id": "d1", "userId": USER, "riskLevel": "high", "riskState": "atRisk"}
        assert started(few).identity == "d1"

    @pytest.mark.parametrize(
        "record",
        [
            {},
            {"id": USER, "userPrincipalName": "ada@contoso.com"},
            {"id": "s1", "userId": USER, "riskState": "confirmedCompromised", "riskLevelDuringSignIn": "high"},
            exported(detection(), "SignInLogs"),
            exported(detection(), category=""),
            {"properties": detection()},
            {"id": "x", "properties": "text"},
        ],
    )
    def test_another_record_is_no_alert(self, record: Record) -> None:
        other = ignored(record)
        assert other.reason == "It is neither a risk detection nor a risky user."
        assert (other.alert.title, other.alert.accounts) == ("Unknown record", ())

    def test_what_is_no_object_is_ignored_beside_what_is(self) -> None:
        odd, good = read([["nested"], detection()])
        assert isinstance(odd, Ignored)
        assert (odd.reason, odd.alert.title) == ("It is not a JSON object.", "Unreadable record")
        assert good == started(detection())


class TestIdentity:
    def test_an_update_of_a_detection_is_the_same_alert_with_a_newer_time(self) -> None:
        before = ignored(detection(riskLevel="low")).alert
        after = started(detection(lastUpdatedDateTime="2026-07-18T12:00:00Z"))
        assert before.key == after.key
        assert before.updated_at is not None
        assert after.updated_at is not None
        assert before.updated_at < after.updated_at

    @pytest.mark.parametrize(
        "changed",
        [
            {"riskLevel": "medium"},
            {"riskLastUpdatedDateTime": "2026-07-18T10:09:48Z"},
            {"id": OTHER_TENANT},
        ],
    )
    def test_a_risky_user_is_another_alert_at_each_change(self, changed: Record) -> None:
        outcome = read_one(risky_user(**changed))
        alert = outcome.alert if isinstance(outcome, Ignored) else outcome
        assert alert.key != started(risky_user()).key

    def test_a_risky_user_is_the_same_alert_with_fewer_decimals(self) -> None:
        fewer = exported(risky_user(riskLastUpdatedDateTime="2026-07-18T10:09:47.256Z"), "RiskyUsers")
        assert started(fewer).key == started(risky_user()).key

    def test_a_risky_user_is_the_same_alert_in_any_case(self) -> None:
        assert started(risky_user(id=USER.upper())).key == started(risky_user()).key

    def test_a_risky_user_without_a_time_is_one_alert_a_day(self) -> None:
        timeless = risky_user(riskLastUpdatedDateTime=None)
        today = started(timeless)
        assert today.key == started(timeless, now=NOW + timedelta(hours=8)).key
        assert today.key != started(timeless, now=NOW + timedelta(days=30)).key

    def test_a_user_and_a_detection_with_one_id_are_two_alerts(self) -> None:
        assert started(detection(id=USER)).key != started(risky_user(id=USER)).key

    @pytest.mark.parametrize("bad", [None, "", 3, "x" * 1000, "a\nb", "\ud800"])
    def test_a_record_without_a_usable_id_has_the_identity_of_its_content(self, bad: object) -> None:
        alert = started(detection(id=bad))
        assert alert.identity.startswith("sha256:")
        assert alert == started(dict(reversed(detection(id=bad).items())))
        assert alert == started(exported(detection(id=bad)))
        assert alert.key != started(detection(id=bad, riskLevel="medium")).key

    def test_two_entries_of_one_users_history_are_two_records(self) -> None:
        one, other = (ignored(risky_user(userId=USER, initiatedBy=name)).alert.key for name in ("a", "b"))
        assert one != other

    def test_nonsense_has_an_identity_too(self) -> None:
        outcomes = read([3, "text", None, ["text"], {}, {"a": 1}, {"id": "x", "a": 1}, detection()])
        keys = {(outcome.alert if isinstance(outcome, Ignored) else outcome).key for outcome in outcomes}
        assert len(keys) == len(outcomes)
