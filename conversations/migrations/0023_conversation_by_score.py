from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0022_due_by_people"),
        ("campaigns", "0001_initial"),
        ("leads", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("intent_score__isnull", False)),
                fields=["workspace", "intent_status", "intent_score"],
                include=("cell", "campaign", "company", "assignee", "last_at", "id"),
                name="conversation_by_score",
            ),
        ),
    ]
