"""The ledger of consent says what happened, and nobody changes it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from conversations.models import Conversation
from leads import consent_ledger, optouts
from leads.models import ConsentEvent
from lines.models import Line
from tests.leads.consent.telling import NUMBER, OTHER, lead_at, tell


class TestLedger:
    def test_cannot_be_changed_or_deleted(self, line: Line) -> None:
        tell(line, "STOP")
        row = ConsentEvent.objects.get()
        for change in (lambda: row.save(), lambda: row.delete(), lambda: ConsentEvent.objects.update(text="")):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
        assert ConsentEvent.objects.get().text == "STOP"

    def test_also_its_owner_cannot(self, line: Line) -> None:
        """The trigger refuses whoever asks; the app's role lacks the right as well."""
        with connection.cursor() as cursor:
            cursor.execute("select has_table_privilege(current_user, 'leads_consentevent', 'update, delete')")
            assert cursor.fetchone() == (False,)
            cursor.execute("select count(*) from pg_trigger where tgname = 'consent_append_only'")
            assert cursor.fetchone() == (1,)

    def test_outlives_the_lead_and_the_conversation(self, line: Line) -> None:
        lead = lead_at(line, NUMBER)
        tell(line, "STOP")
        Conversation.objects.all().delete()
        lead.delete()
        row = ConsentEvent.objects.get()
        assert (row.name, row.value, row.text, row.rule) == ("Priya Raman", NUMBER, "STOP", "keyword STOP")
        assert optouts.standing(line.workspace_id, [NUMBER]) == {NUMBER}

    def test_is_found_by_address_name_or_words(self, line: Line) -> None:
        lead_at(line, NUMBER)
        tell(line, "STOP")
        tell(line, "unsubscribe", OTHER)
        for text in (NUMBER, "priya", "stop"):
            assert [row.value for row in consent_ledger.found(line.workspace, text=text)] == [NUMBER]
