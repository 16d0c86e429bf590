from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0009_excluded")]

    operations = [
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("excluded", True)),
                fields=["workspace", "-last_at", "-id"],
                include=("cell", "campaign", "company", "assignee", "intent_score"),
                name="conversation_excluded",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("assignee__isnull", False)),
                fields=["workspace", "assignee", "-last_at", "-id"],
                include=("cell", "campaign", "company", "intent_score"),
                name="conversation_by_assignee",
            ),
        ),
        migrations.RemoveIndex(model_name="conversation", name="conversation_of_assignee"),
    ]
