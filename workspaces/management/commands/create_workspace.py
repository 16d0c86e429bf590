"""The first workspace of an installation, and every further one that its operator creates."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from workspaces import actions, invitations, mail
from workspaces.models import Role, User


class Command(BaseCommand):
    help = "Make a workspace and its first admin: someone who has an account joins at once, anyone else gets a link."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help='what people call it: "Northwind GTM"')
        parser.add_argument("--admin", required=True, metavar="EMAIL", help="who runs it")
        parser.add_argument("--slug", default="", help="its part of addresses, /w/<slug>/; made from the name by default")
        parser.add_argument("--time-zone", default="UTC", help="such as Europe/London; can be changed in its settings")
        parser.add_argument(
            "--country", default="US", help="of numbers written without +, such as GB; can be changed in its settings"
        )

    def handle(self, *args: Any, name: str, admin: str, slug: str, time_zone: str, country: str, **options: Any) -> None:
        try:
            validate_email(admin)
            with transaction.atomic():
                workspace = actions.create_workspace(name, slug, time_zone=time_zone, default_region=country.upper())
                user = User.objects.filter(email=admin.strip().lower()).first()
                if user:
                    actions.add_member(None, workspace, user, Role.ADMIN)
                else:
                    _, token = invitations.invite(None, workspace, admin, Role.ADMIN)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"Made {workspace.name} at /w/{workspace.slug}/.")
        if user:
            self.stdout.write(f"{user.name} ({user.email}) is its admin.")
        else:
            self.stdout.write(f"Open this link as {admin}, within a week, to set a name and a password:")
            self.stdout.write(mail.invitation_link(token))
