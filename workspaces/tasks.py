from celery import shared_task

from workspaces import mail, sessions


@shared_task
def mail_password_reset(email: str) -> None:
    mail.password_reset(email)


@shared_task
def clear_expired_sessions() -> None:
    sessions.clear_expired()
