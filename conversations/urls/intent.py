"""How replies are read, and what people say to that."""

from django.urls import path

from conversations.views import intent

urlpatterns = [
    path("intent/", intent.intent, name="intent"),
    path("intent/review/", intent.review, name="intent_review"),
    path("intent/review/<slug:public_id>/", intent.judge, name="intent_judge"),
    path("intent/corrections/", intent.export_corrections, name="export_corrections"),
    path("settings/intent/", intent.intent_settings, name="intent_settings"),
    path("settings/intent/try/", intent.try_language_model, name="try_language_model"),
]
