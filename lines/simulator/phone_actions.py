"""What a person does on the phones' page: each is a form beside the thread, posted to a path below it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.datastructures import FormData

from lines.simulator import voices
from lines.simulator.mac import Mac
from lines.simulator.network import Network
from lines.simulator.pictures import PHOTO_NAME, photo

Action = Callable[[Network, Mac, str, FormData], None]


def reply(network: Network, mac: Mac, address: str, form: FormData) -> None:
    text = str(form.get("text", "")).replace("\r\n", "\n").strip()
    files = [(PHOTO_NAME, "image/png", photo())] if form.get("photo") else []
    if text or files:
        phone = network.exchange.phone(address)
        phone.answers = False  # a hand is on this phone now: the script keeps quiet
        network.exchange.on_phone(phone)
        voices.say(network.exchange, mac, address, text, files=files)


def react(network: Network, mac: Mac, address: str, form: FormData) -> None:
    target, kind = mac.by_guid.get(str(form.get("guid"))), str(form.get("type"))
    if target is not None and target.address == address and kind.removeprefix("-") in voices.VERBS:
        voices.tap(mac, address, target, kind)


def settings(network: Network, mac: Mac, address: str, form: FormData) -> None:
    phone = network.exchange.phone(address)
    if "receipts" in form:
        phone.receipts = form["receipts"] == "on"
    if "answers" in form:
        phone.answers = form["answers"] == "on"
    network.exchange.on_phone(phone)


def typing(network: Network, mac: Mac, address: str, form: FormData) -> None:
    voices.show_typing(network.exchange, mac, address, on=form.get("on") == "1")


ACTIONS: Final[dict[str, Action]] = {"reply": reply, "react": react, "settings": settings, "typing": typing}
