"""A test of a campaign's message, sent to oneself: a person's own message, in the words that a chosen lead would get."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from campaigns import editing, merge, node_settings, previewing, versions
from campaigns import tree as trees
from campaigns.models import Campaign
from campaigns.nodes import Message, Text
from conversations.models import Conversation
from conversations.sending import replying
from conversations.sending.replying import Reply
from conversations.thread import starting
from leads.addresses import BadAddress, normalise
from leads.models import Address
from workspaces.models import User

BEGINS: Final = "Test: "


class TestForm(forms.Form):
    """Which text goes where, in whose words."""

    __test__ = False  # it is no test of ours

    address = forms.CharField(
        max_length=254, label="Your own number or iMessage address", help_text="With its country code, such as +1 202 555 0101."
    )
    text = forms.ChoiceField(label="Message")
    lead = forms.ChoiceField(label="As it would read for", required=False)
    nonce = forms.CharField(max_length=40, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, campaign: Campaign, lead: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"nonce": uuid.uuid4().hex, "lead": lead})
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.texts = _texts(campaign)
        self.leads = {one.public_id: one for one in previewing.examples(campaign)}
        text, leads = self.fields["text"], self.fields["lead"]
        assert isinstance(text, forms.ChoiceField)
        assert isinstance(leads, forms.ChoiceField)
        text.choices = [(key, words) for key, (words, _) in self.texts.items()]
        leads.choices = [(key, one.name) for key, one in self.leads.items()] or [("", "Nobody: there is no lead yet")]

    def clean_address(self) -> str:
        """In its stored form. A lead is not written to by a test."""
        workspace = self.campaign.workspace
        try:
            value = normalise(self.cleaned_data["address"], region=workspace.default_region).value
        except BadAddress as bad:
            raise ValidationError(str(bad)) from None
        owner = Address.objects.of(workspace).select_related("lead").filter(value=value).first()
        if owner:
            raise ValidationError(f"This is {owner.lead.name}’s. A test goes to yourself: enter a number that belongs to no lead.")
        return value

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "text" in data:
            values = merge.values(self.leads.get(data.get("lead", "")), self.campaign.sender, self.campaign.workspace)
            template = merge.parse(self.texts[data["text"]][1].body)
            if missing := template.missing(values):
                self.add_error("lead", f"Nothing is known for {merge.in_words(missing)}. Choose another lead.")
            else:
                self.body = BEGINS + template.render(values)
        return data


def _texts(campaign: Campaign) -> dict[str, tuple[str, Text]]:
    """{step and letter: (words, text)} of every message that is written, the draft's before those in force."""
    version = versions.draft_of(campaign) or campaign.version
    found: dict[str, tuple[str, Text]] = {}
    for step, _ in trees.walk(editing.read(version) if version else []):
        settings = node_settings.parse(step.kind, step.settings)
        if isinstance(settings, Message):
            for text in settings.texts:
                if text.body:
                    words = f"{step.name}, text {text.letter}" if len(settings.texts) > 1 else step.name
                    found[f"{step.key}-{text.letter}"] = (words, text)
    return found


def send(form: TestForm, *, by: User) -> Conversation:
    """Hand it to the composer, as any message that a person writes. Raises Refused."""
    thread = starting.open_with(form.campaign.workspace, form.cleaned_data["address"])
    nonce = form.cleaned_data["nonce"] or uuid.uuid4().hex
    replying.send(Reply(thread, form.body, author=by, nonce=nonce))
    return thread
