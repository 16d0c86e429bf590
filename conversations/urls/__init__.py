"""URLs of conversations, under /w/<slug>/. Words come before ids, so lists stand before threads."""

from django.urls import include, path

urlpatterns = [
    path("", include("conversations.urls.lists")),
    path("", include("conversations.urls.thread")),
    path("", include("conversations.urls.sending")),
    path("", include("conversations.urls.work")),
    path("", include("conversations.urls.campaigns")),
    path("", include("conversations.urls.intent")),
    path("", include("conversations.urls.console")),
]
