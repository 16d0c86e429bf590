"""Fill a workspace with conversations for measuring: `manage.py seed_scale --conversations 1000000 --messages-per 5`.

The workspace is made when it is not there; nobody is a member of it until somebody invites them.
"""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from conversations.benches import scaling, scaling_steps
from conversations.models import Conversation
from workspaces.models import Workspace


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--conversations", type=int, required=True)
        parser.add_argument("--messages-per", type=int, default=5)
        parser.add_argument("--steps", action="store_true", help="Five campaign steps for each conversation of a campaign too.")
        parser.add_argument("--workspace", default="scale", help="Its slug; it has to be empty or absent.")

    def handle(self, *args: Any, conversations: int, messages_per: int, workspace: str, steps: bool, **options: Any) -> None:
        if conversations < 1 or messages_per < 1:
            raise CommandError("At least one conversation of one message.")
        target, _ = Workspace.objects.get_or_create(slug=workspace, defaults={"name": workspace.title()})
        if Conversation.objects.of(target).exists():
            raise CommandError(f"The workspace “{workspace}” has conversations already. Name another one.")
        begun = time.perf_counter()
        scaling.fill(target, conversations, messages_per, tell=print)
        if steps:
            scaling_steps.fill(target, tell=print)
        scaling.settle()
        print(
            f"{conversations:,} conversations and {conversations * messages_per:,} messages in {time.perf_counter() - begun:.0f} s"
        )
