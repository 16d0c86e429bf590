from celery import shared_task

from workspaces import mail, sessions


@shared_task(queue="housekeeping")
def mail_password_reset(email: str) -> None:
    mail.password_reset(email)


@shared_task(queue="housekeeping")
def clear_expired_sessions() -> None:
    sessions.clear_expired()
