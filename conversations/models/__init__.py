from conversations.models.attempt import Attempt
from conversations.models.batch import Batch, Recipient
from conversations.models.bulk import BulkAction, BulkItem, ConversationTag, Tag
from conversations.models.canned import CannedResponse
from conversations.models.conversation import Conversation
from conversations.models.draft import Draft
from conversations.models.export import Export
from conversations.models.facet import Facet
from conversations.models.farewell import Farewell
from conversations.models.former import FormerConversation
from conversations.models.intent_reading import IntentReading
from conversations.models.message import Message
from conversations.models.note import Note, ThreadEvent
from conversations.models.parts import Attachment, Reaction
from conversations.models.repair import Repair, RepairItem
from conversations.models.saved_view import SavedView
from conversations.models.second_opinion import SecondOpinion
from conversations.models.tally import Tally, TallyBook, TallyEntry
from conversations.models.task import Task

__all__ = [
    "Attachment",
    "Attempt",
    "Batch",
    "BulkAction",
    "BulkItem",
    "CannedResponse",
    "Conversation",
    "ConversationTag",
    "Draft",
    "Export",
    "Facet",
    "Farewell",
    "FormerConversation",
    "IntentReading",
    "Message",
    "Note",
    "Reaction",
    "Recipient",
    "Repair",
    "RepairItem",
    "SavedView",
    "SecondOpinion",
    "Tag",
    "Tally",
    "TallyBook",
    "TallyEntry",
    "Task",
    "ThreadEvent",
]
