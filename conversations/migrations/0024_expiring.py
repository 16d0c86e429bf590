from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0023_words_of_messages"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False), ("state", "queued")),
                fields=["expires_at"],
                name="message_expiring",
            ),
        ),
    ]
