"""Looks at the html form of every report of reports.py in a real browser; what is wrong is listed, and ends it with 1."""

import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import time

import reports
from browser import Browser

OUT = pathlib.Path("target/check-html")
EXAMPLE = pathlib.Path("docs/examples/report.html")
SHOT = pathlib.Path("docs/examples/report.png")
SHOT_SIZE = (1440, 1390)
SHOT_BYTES = 200_000
# Letters are drawn a little differently by another version of Chromium or FreeType, and a line may break elsewhere. A page
# that lost its colours, its drawing or a part differs by far more: so much of both, scaled down, may differ.
SHOT_TOLERANCE = 0.06
WIDTHS = (1440, 360)
THEMES = ("light", "dark")
NOISE = {"Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Audits.issueAdded",
         "Page.javascriptDialogOpening"}


def main():
    binary = os.environ["VPCPROBE_BIN"]
    OUT.mkdir(parents=True, exist_ok=True)
    browser = Browser()
    try:
        wrong = shot(browser, "--shot" in sys.argv)
        for name, report in [] if "--shot" in sys.argv else reports.all_reports(binary):
            began = time.monotonic()
            found = look(browser, page(binary, name, report), report)
            print(f"  {name:58} {'ok' if not found else 'WRONG'}  {time.monotonic() - began:.1f} s")
            wrong += [f"{name}: {what}" for what in found]
    finally:
        browser.close()
    print("\n".join(wrong) if wrong else f"the pages are as they should be; screenshots are in {OUT}")
    sys.exit(1 if wrong else 0)


def page(binary, name, report):
    """The report as the command renders it."""
    (OUT / f"{name}.json").write_text(json.dumps(report))
    html = (OUT / f"{name}.html").resolve()
    with html.open("wb") as out:
        subprocess.run([binary, "render", OUT / f"{name}.json", "--format", "html"], stdout=out)
    return html


def look(browser, html, report):
    """Everything that is wrong with a page, in each theme and width, and on paper."""
    wrong = []
    for theme in THEMES:
        for width in WIDTHS:
            events = browser.open(html, theme, width)
            at = f"{theme}, {width} pixels: "
            wrong += [at + what for what in quiet(events, html) + fits(browser, width) + reads(browser, report)]
            height = min(4_000, browser.value("document.documentElement.scrollHeight"))
            (OUT / f"{html.stem}.{theme}.{width}.png").write_bytes(browser.shot(width, height))
    return wrong + contrast(browser) + printed(browser, html, report)


def quiet(events, html):
    """Nothing on the console, nothing asked for but the file."""
    noise = [event for event in events if event.get("method") in NOISE]
    asked = [event["params"]["request"]["url"] for event in events if event.get("method") == "Network.requestWillBeSent"]
    wrong = [f"{event['method']}: {json.dumps(event['params'])[:200]}" for event in noise]
    return wrong + [f"it asks for {url}" for url in asked if url != html.as_uri()]


def fits(browser, width):
    """The page itself never scrolls sideways, and no text is cut off outside of what scrolls."""
    wide = browser.value("document.documentElement.scrollWidth")
    beyond = browser.value("""[...document.querySelectorAll('body *')].filter(element =>
        !element.closest('.scroll') && element.getClientRects().length > 0 &&
        element.getBoundingClientRect().right > innerWidth + 1).map(element => element.outerHTML.slice(0, 80))""")
    wrong = [f"it is {wide} pixels wide"] if wide > width else []
    return wrong + [f"reaches beyond the page: {element}" for element in beyond[:3]]


def texts(report):
    """What must be read whatever else is folded away: summaries, meanings, what to do, commands."""
    for finding in report["findings"]:
        yield from (finding["summary"], finding["meaning"])
        for step in finding["fix"]:
            # JSON in backticks has a line of its own.
            before, statement, after = re.fullmatch(r"(.*?)(?:`(\{.*?\})`(.*))?", step["do"], re.S).groups()
            yield from filter(None, (before, statement, after, step.get("command")))


def reads(browser, report):
    """Each finding is there to be read, nothing ran, and the parts are in their order."""
    seen = plain(browser.value("document.body.innerText"))
    wrong = [f"not to be read: {text[:120]}" for text in texts(report) if plain(text) not in seen]
    if browser.value("typeof window.canary") != "undefined":
        wrong.append("what the report holds ran as a script")
    wrong += [f"{count} {element} elements" for element, count in browser.value(
        "['script', 'img', 'iframe', 'link', 'object', 'form'].map(name => [name, document.querySelectorAll(name).length])")
        if count]
    levels = browser.value("[...document.querySelectorAll('h1,h2,h3,h4')].map(heading => +heading.tagName[1])")
    if levels[:1] != [1] or any(after > before + 1 for before, after in zip(levels, levels[1:])):
        wrong.append(f"headings out of their order: {levels}")
    unnamed = browser.value("[...document.querySelectorAll('svg[role=img]')].filter(x => !x.ariaLabel).length")
    return wrong + ([f"{unnamed} drawings without words"] if unnamed else [])


def plain(text):
    """Without what only lays it out, and with what is named instead of shown as the page names it."""
    named = {"\0": "\\x00", "\u202e": "\\u{202e}", "\u200b": "\\u{200b}"}
    for character, name in named.items():
        text = text.replace(character, name)
    return re.sub(r"\s+", "", text.replace("\\\n", ""))


def contrast(browser):
    """Every text has at least 4.5 to 1 against what lies under it, in the theme that is on: both are looked at."""
    wrong = []
    for theme in THEMES:
        browser.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
        wrong += [f"{theme}: contrast of {what}" for what in browser.value(CONTRAST)]
    return wrong


CONTRAST = """(() => {
    const parts = colour => colour.match(/[0-9.]+/g).map(Number);
    const light = colour => parts(colour).slice(0, 3).map(c => c / 255)
        .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const under = element => {
        for (let at = element; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if (parts(colour)[3] !== 0) return colour;
        }
        return 'rgb(255, 255, 255)';
    };
    const found = new Set();
    for (const element of document.querySelectorAll('body, body *')) {
        const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        if (!own || element.tagName === 'title' || element.getClientRects().length === 0) continue;
        const style = getComputedStyle(element);
        const colour = element.closest('svg') ? style.fill : style.color;
        const [high, low] = [light(colour), light(under(element))].sort((a, b) => b - a);
        const ratio = (high + 0.05) / (low + 0.05);
        if (ratio < 4.5) found.add(`${element.tagName}.${element.getAttribute('class')}: ${ratio.toFixed(2)}`);
        if (found.size > 4) break;
    }
    return [...found];
})()"""


def printed(browser, html, report):
    """On paper everything is open, and the findings are there."""
    pdf = html.with_suffix(".pdf")
    pdf.write_bytes(browser.pdf())
    text = subprocess.run(["pdftotext", "-layout", "-nopgbrk", pdf, "-"], stdout=subprocess.PIPE, text=True).stdout
    seen = plain(text)
    # A long text may go on behind a page's end, in another order than it is read in: its beginning must be there.
    wrong = [f"not on paper: {text[:120]}" for text in texts(report) if plain(text)[:40] not in seen]
    known = {seen["id"] for seen in report["observations"]}
    evidence = [id for finding in report["findings"] for id in finding["evidence"] if id in known][:1]
    return wrong + [f"folded on paper: {id}" for id in evidence if plain(id) not in seen]


def shot(browser, write):
    """The example's picture for the README, made anew or compared."""
    browser.open(EXAMPLE.resolve(), "light", SHOT_SIZE[0], SHOT_SIZE[1])
    fresh = OUT / "report.png"
    fresh.write_bytes(browser.shot(*SHOT_SIZE))
    subprocess.run(["pngquant", "--force", "--strip", "--output", fresh, "64", "--", fresh], check=True)
    if write:
        SHOT.write_bytes(fresh.read_bytes())
        print(f"{SHOT}: {SHOT.stat().st_size} bytes")
    if SHOT.stat().st_size > SHOT_BYTES:
        return [f"{SHOT} has {SHOT.stat().st_size} bytes, more than {SHOT_BYTES}"]
    off = difference(browser, SHOT, fresh)
    return [f"{SHOT} is not what the example looks like ({off:.3f} of it differs): scripts/check-html --shot"] \
        if off > SHOT_TOLERANCE else []


def difference(browser, *files):
    """How much of two pictures differs, both scaled to a sixteenth: letters blur, parts and colours stay."""
    urls = ["data:image/png;base64," + base64.b64encode(file.read_bytes()).decode() for file in files]
    browser.ask("Page.navigate", url="about:blank")
    return browser.value("""(async urls => {
        const pixels = await Promise.all(urls.map(async url => {
            const image = new Image(); image.src = url; await image.decode();
            const [wide, high] = [image.width >> 4, image.height >> 4];
            const canvas = new OffscreenCanvas(wide, high), on = canvas.getContext('2d');
            on.imageSmoothingQuality = 'high'; on.drawImage(image, 0, 0, wide, high);
            return on.getImageData(0, 0, wide, high).data;
        }));
        if (pixels[0].length !== pixels[1].length) return 1;
        let off = 0;
        for (let i = 0; i < pixels[0].length; i += 4)
            off += [0, 1, 2].some(c => Math.abs(pixels[0][i + c] - pixels[1][i + c]) > 40);
        return off / (pixels[0].length / 4);
    })(%s)""" % json.dumps(urls))


main()
