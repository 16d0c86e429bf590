"""Rows of a workspace are reached through `.objects.of(workspace)`.

Beside it, these are safe: making rows (their workspace is named), writing rows one holds, the very row one holds,
`Line.objects.filter(pk=line.pk)`, and what belongs to a row one holds, `LineDay.objects.filter(line=line)`. Everything else needs
its module listed here, with the reason; pages and what they read have no place in that list.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, Model

from workspaces.owned import Owned

ROOT = Path(__file__).parent.parent.parent
APPS = ("conversations", "campaigns", "leads", "lines", "intent", "workspaces", "config")
WORKER = "A worker serves all workspaces: "
ACROSS_WORKSPACES = {
    "campaigns/enrol_runs.py": WORKER + "it takes the run that a task names, and looks for those that nobody works at.",
    "config/metrics.py": "Figures of the whole installation for who runs it; no rows leave it.",
    "conversations/batches/making.py": WORKER + "it takes the batch that a task names.",
    "conversations/batches/steering.py": WORKER + "it cancels the batch that a task names.",
    "conversations/batches/work.py": WORKER + "it takes the batch that a task names.",
    "campaigns/beginning.py": WORKER + "it takes up who was enrolled in the campaign that is at work.",
    "conversations/campaigning/campaign_plan_runs.py": WORKER + "it takes the campaign that a task names.",
    "campaigns/claiming.py": WORKER + "it claims what is due in all campaigns.",
    "campaigns/ending.py": WORKER + "it finishes campaigns whose leads are all through.",
    "campaigns/known.py": WORKER + "it asks about the enrolments that the engine holds.",
    "campaigns/progress.py": WORKER + "it closes the visits of enrolments that the engine holds.",
    "campaigns/reviving.py": WORKER + "it goes on with the steps of the messages that arrived after all.",
    "campaigns/settling.py": WORKER + "it settles the step of the message that was sent.",
    "campaigns/versions.py": WORKER + "it goes on moving enrolments to versions that were published.",
    "conversations/sending/step_outcomes.py": WORKER + "it tells the steps of the messages that the outbox holds.",
    "conversations/sending/stopping.py": WORKER + "it cancels the messages of steps that were stopped.",
    "conversations/work/bulk_work.py": WORKER + "it takes the action that a task names.",
    "conversations/receiving/catch_up.py": WORKER + "it takes the line that the sweep named.",
    "conversations/sending/send_threads.py": WORKER + "it speaks for the attempt it has just claimed.",
    "conversations/exports/exporting.py": WORKER + "it takes the export that a task names.",
    "conversations/sending/consequences.py": WORKER + "it hands a place of a line on to what waits on that line.",
    "conversations/sending/consents.py": WORKER + "it asks what the messages it has claimed need before them.",
    "conversations/sending/again.py": "the gate asks for the first steps of a batch of retries, whose rows it holds",
    "conversations/sending/facts.py": WORKER + "it reads what the messages it has claimed ask for.",
    "conversations/receiving/incoming.py": WORKER + "it marks the messages of the conversation that was answered.",
    "conversations/receiving/ingest.py": WORKER + "it claims events of all lines.",
    "conversations/benches/celery_tasks.py": "It sends what a bench has made in a workspace of its own.",
    "conversations/sending/line_figures.py": WORKER + "it counts for every line that sends.",
    "conversations/management/commands/seed_demo.py": "It writes the demo workspace it has made itself.",
    "conversations/sending/outbound.py": WORKER + "it reads the files of the messages it has claimed.",
    "conversations/receiving/recognising.py": WORKER + "it looks for threads without a lead in all workspaces.",
    "conversations/receiving/media.py": WORKER + "it fetches what is due.",
    "conversations/sending/outbox.py": WORKER + "it puts off the one of its claim that cannot be read.",
    "conversations/sending/line_locks.py": WORKER + "it holds the lines that have due work.",
    "conversations/sending/attempts.py": WORKER + "it reads the attempts of the messages it has claimed.",
    "conversations/sending/sweeping.py": WORKER + "it ends what could not be sent in time, of all workspaces.",
    "conversations/sending/outward.py": WORKER + "it takes the message that a task names.",
    "conversations/sending/people.py": WORKER + "it locks the leads and companies of the messages it has claimed.",
    "conversations/sending/reconcile.py": WORKER + "it looks up every open attempt.",
    "conversations/sending/accepting.py": WORKER + "it writes the outcomes of its own claims.",
    "conversations/sending/record.py": WORKER + "it writes the outcome of its own claim.",
    "conversations/readings/second_opinions.py": WORKER + "it asks about the replies it has just claimed.",
    "conversations/tasks.py": WORKER + "it rings for every line.",
    "conversations/readings/understanding.py": WORKER + "it reads what has come in on all lines.",
    "conversations/readings/verdicts.py": WORKER + "it writes about the reply it was given and its thread.",
    "conversations/workbench/runs.py": WORKER + "it takes the repair that a task names.",
    "leads/benches_checks.py": "It measures with a workspace it has made itself.",
    "leads/checks/picking.py": WORKER + "it picks what any line may ask next.",
    "leads/checks/places.py": WORKER + "it holds whichever lines may ask.",
    "leads/checks/recording.py": WORKER + "it writes the answers to its own claims.",
    "leads/checks/order.py": WORKER + "it reads the addresses of the checks it has claimed.",
    "leads/checks/overdue.py": WORKER + "it ends what waits too long, in all workspaces.",
    "leads/checks/working.py": WORKER + "it looks for what waits on all lines.",
    "leads/importing/work.py": WORKER + "it takes the import that a task names.",
    "leads/tasks.py": WORKER + "it rings for every import at work.",
    "leads/exclusions.py": WORKER + "it settles the exclusions of all workspaces.",
    "leads/optouts.py": WORKER + "it settles the opt-outs of all workspaces.",
    "leads/quiet.py": WORKER + "it reads the numbers of the leads it was given.",
    "leads/removals.py": WORKER + "it decides the requests of the people it was given.",
    "lines/inbox.py": "A gateway brings the token alone; it names the line.",
    "lines/places.py": "It gives back a place on the line of a claimed message, and deletes old slices of all lines.",
    "lines/tasks.py": WORKER + "it rings for every line.",
    "workspaces/tokens.py": "A program brings the token alone; it names the workspace.",
    "workspaces/access.py": "A door looks for the membership of the user who asks: that is the check itself.",
    "workspaces/audit.py": "What happened to an account is told to every workspace its user is in.",
    "workspaces/invitations.py": "Who follows a link brings the token alone; it names the workspace.",
}

OWNED = {model.__name__: model for model in apps.get_models() if issubclass(model, Owned)}
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts and "embedded" not in path.parts
)


MAKING = {"of", "create", "bulk_create", "bulk_update", "none"}
NARROWING = {"filter", "get", "get_or_create", "update_or_create"}


def misuses(source: str) -> list[str]:
    """Each use of an owned model's manager that could read or write rows of any workspace, as `line: code`."""
    if not re.search(r"\.(objects|_default_manager|_base_manager)\b", source):
        return []  # most modules: reading their syntax takes a hundred times as long
    tree = ast.parse(source)
    safe = {id(chain[0]) for chain in chains(tree) if is_scoped(chain)} | prefetched(tree)
    return [f"{node.lineno}: {ast.unparse(node)}" for node in managers(tree) if id(node) not in safe]


def managers(tree: ast.AST) -> Iterator[ast.Attribute]:
    """Line.objects"""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=model), attr="objects" | "_default_manager" | "_base_manager") if model in OWNED:
                yield node


Chain = tuple[ast.Attribute, list[tuple[str, list[ast.keyword]]]]


def chains(tree: ast.AST) -> Iterator[Chain]:
    """Line.objects.filter(line=line).first(): the manager, and the methods called on it in turn with what they were given."""
    known = {id(node) for node in managers(tree)}
    for node in ast.walk(tree):
        calls: list[tuple[str, list[ast.keyword]]] = []
        at: ast.AST = node
        while isinstance(at, ast.Call) and isinstance(at.func, ast.Attribute):
            calls.insert(0, (at.func.attr, at.keywords))
            at = at.func.value
        if calls and id(at) in known:
            assert isinstance(at, ast.Attribute)
            yield at, calls


def is_scoped(chain: Chain) -> bool:
    manager, calls = chain
    assert isinstance(manager.value, ast.Name)
    parents = owned_parents(OWNED[manager.value.id])
    given = [keyword for method, keywords in calls if method in NARROWING for keyword in keywords]
    return calls[0][0] in MAKING or any(names_held_row(keyword, parents) for keyword in given)


def names_held_row(keyword: ast.keyword, parents: set[str]) -> bool:
    match keyword:
        case ast.keyword(arg="pk", value=ast.Attribute(attr="pk")):  # pk=line.pk
            return True
        case ast.keyword(arg="workspace" | "workspace_id", value=ast.Name() | ast.Attribute()):
            return True
        case ast.keyword(arg=str(column), value=ast.Name() | ast.Attribute()) if column in parents:  # line=line
            return True
        case ast.keyword(arg=str(column), value=ast.Call(func=ast.Name(id="OuterRef"))):  # line=OuterRef("pk")
            return column in parents
        case ast.keyword(arg=str(column), value=ast.Attribute(attr=key)):  # line_id=event.line_id
            return column == key and column.removesuffix("_id") in parents
    return False


def prefetched(tree: ast.AST) -> set[int]:
    """Managers inside Prefetch(...): their rows belong to rows that were found already."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="Prefetch")):
                found |= {id(manager) for manager in managers(node)}
    return found


def owned_parents(model: type[Model]) -> set[str]:
    """The columns of a model that name an owned row."""
    return {
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and isinstance(field.related_model, type) and issubclass(field.related_model, Owned)
    }


def test_rows_are_reached_through_their_workspace() -> None:
    found = {module: misuses((ROOT / module).read_text(encoding="utf-8")) for module in MODULES}
    wrong = [f"{module}: {', '.join(uses)}" for module, uses in found.items() if uses and module not in ACROSS_WORKSPACES]
    assert not wrong, "begin with .objects.of(workspace):\n" + "\n".join(wrong)
    assert not [module for module in ACROSS_WORKSPACES if not found.get(module)], "these need their exception no more"


@pytest.mark.parametrize(
    "source",
    [
        "Line.objects.get(pk=1)",
        "Line.objects.filter(pk=line_id)",
        "Line.objects.filter(name=line.name)",
        "Line.objects.all()",
        "LineDay.objects.filter(line_id=line_id)",
        "LineDay.objects.filter(day=day)",
        "rows = Line.objects",
        "Line._default_manager.first()",
        "Attempt.objects.select_related('line').get(pk=attempt_id)",
        "Attempt.objects.filter(line_id=other.message_id)",
    ],
)
def test_sees_misuse(source: str) -> None:
    assert misuses(source)


@pytest.mark.parametrize(
    "source",
    [
        "Line.objects.of(workspace).get(public_id=x)",
        "Line.objects.create(workspace=workspace)",
        "Line.objects.bulk_update(lines, ['name'])",
        "Line.objects.filter(pk=line.pk).update(name=x)",
        "LineDay.objects.filter(line=line, day=day)",
        "LineDay.objects.filter(line=OuterRef('pk'))",
        "Attempt.objects.select_related('line').order_by('n').filter(line=line).first()",
        "Message.objects.filter(conversation_id=consent.conversation_id)",
        "rows.prefetch_related(Prefetch('addresses', Address.objects.order_by('rank')))",
        "User.objects.get(email=x)",
    ],
)
def test_lets_good_use_pass(source: str) -> None:
    assert not misuses(source)
