from django.apps import AppConfig


class IntentConfig(AppConfig):
    name = "intent"
    default_auto_field = "django.db.models.BigAutoField"
