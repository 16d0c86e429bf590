from conversations.models.attempt import Attempt
from conversations.models.conversation import Conversation
from conversations.models.message import Message
from conversations.models.parts import Attachment, Reaction

__all__ = ["Attachment", "Attempt", "Conversation", "Message", "Reaction"]
