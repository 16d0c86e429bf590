"""What is wrong with a page for who cannot see, point or zoom out: axe's findings, and pages wider than the screen.

Each page is looked at on two screens that have nothing in common, so that both colour schemes and both layouts are seen once.

Contrast is nearly all of what axe costs, and most texts of a page look like one that was measured a moment ago. So a text is
measured once for everything that decides its contrast: its own colour and size, and the tag, the classes, the background and the
opacity of what it stands in, up to the root. The sidebar of the second page is not measured again, a chip in a new place is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

SCREENS: tuple[dict[str, Any], ...] = (
    {"color_scheme": "light", "width": 1440, "height": 900},
    {"color_scheme": "dark", "width": 390, "height": 844},
)
SERIOUS = ("serious", "critical")
EVERY = ("minor", "moderate", *SERIOUS)
LOOKS_NEW = """known => {
    const seen = new Set(known), fresh = [], looks = new Map();
    const number = text => { let sum = 7; for (const one of text) sum = (sum * 31 + one.codePointAt(0)) | 0; return sum };
    const look = element => {
        if (!element) return 0;
        if (!looks.has(element)) {
            const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
            const own = [element.tagName, element.getAttribute("class"), backgroundColor, backgroundImage, opacity];
            looks.set(element, number(own.join() + look(element.parentElement)));
        }
        return looks.get(element);
    };
    for (const element of document.querySelectorAll("[data-measured]")) element.removeAttribute("data-measured");
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text; (text = texts.nextNode());) {
        const element = text.parentElement;
        if (!text.data.trim() || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        const { color, fontSize, fontWeight } = getComputedStyle(element);
        const key = number([color, fontSize, fontWeight, look(element)].join());
        if (seen.has(key)) continue;
        seen.add(key);
        fresh.push(key);
        element.setAttribute("data-measured", "");
    }
    axe.configure({ rules: [{ id: "color-contrast", selector: "[data-measured], input, select, textarea" }] });
    return fresh;
}"""
"""Mark the texts whose like is not known, and have the contrast of these and of fields measured. Returns what is known now."""
_known: dict[str, set[int]] = {screen["color_scheme"]: set() for screen in SCREENS}

PREPARE = """only => {
    const milder = axe._audit.rules.filter(rule => !only.includes(rule.impact));
    axe.configure({ rules: milder.map(rule => ({ id: rule.id, enabled: false })) });
}"""
"""Leave out the rules whose findings would not count."""
RUN = """within => axe.run(within || document, {resultTypes: ['violations'], preload: {assets: ['media']}})"""
"""The stylesheets need not be fetched and read once more: only an experimental rule wants them."""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def faults(page: Page, *, within: str | None = None, only: tuple[str, ...] = SERIOUS) -> list[str]:
    """What is wrong with the page that is open. `within` looks at one part alone; `only` names the impacts that count."""
    found = []
    page.evaluate(Axe().axe_script)
    page.evaluate(PREPARE, list(only))
    # The one that is on comes first: to lay a page out anew is a fifth of the work.
    for screen in sorted(SCREENS, key=lambda one: page.viewport_size != {"width": one["width"], "height": one["height"]}):
        page.set_viewport_size({"width": screen["width"], "height": screen["height"]})
        page.emulate_media(color_scheme=screen["color_scheme"], reduced_motion="reduce")
        known = _known[screen["color_scheme"]]
        known.update(page.evaluate(LOOKS_NEW, list(known)))
        place = f"{page.url} {screen['color_scheme']} {screen['width']}"
        for violation in page.evaluate(RUN, within)["violations"]:
            if violation["impact"] in only:
                parts = [node["html"][:200] for node in violation["nodes"]][:5]
                found.append(f"{place}: {violation['id']} ({violation['impact']}): {parts}")
        if (sideways := page.evaluate(SIDEWAYS)) > 0:
            found.append(f"{place}: {sideways}px too wide")
    return found


def faults_of(page: Page, addresses: Iterable[str], *, within: str | None = None) -> list[str]:
    """The same for each of these addresses, with what their scripts complain of."""
    found: list[str] = []

    def note(said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            found.append(f"{page.url}: {said.text}")

    page.on("console", note)
    for address in addresses:
        answer = page.goto(address)
        assert answer
        assert answer.status == 200, address
        page.wait_for_function("() => !document.querySelector('.htmx-request')")  # parts that come later are there
        found += faults(page, within=within)
    page.remove_listener("console", note)
    return found
