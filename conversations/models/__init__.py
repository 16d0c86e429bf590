from conversations.models.attempt import Attempt
from conversations.models.canned import CannedResponse
from conversations.models.conversation import Conversation
from conversations.models.facet import Facet
from conversations.models.draft import Draft
from conversations.models.message import Message
from conversations.models.note import Note, ThreadEvent
from conversations.models.parts import Attachment, Reaction
from conversations.models.saved_view import SavedView

__all__ = ["Attachment", "Attempt", "CannedResponse", "Conversation", "Draft", "Facet", "Message", "Note", "Reaction", "SavedView", "ThreadEvent"]
