from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0002_due_by_state"),
        ("leads", "0002_consent_append_only"),
        ("lines", "0001_initial"),
        ("workspaces", "0002_audit_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(fields=["workspace", "-created_at", "-id"], include=("campaign", "line"), name="enrolment_made"),
        ),
    ]
