"""The parts of a site's reading: addresses, robots.txt, links, sitemaps, hosts, names of formats."""

from __future__ import annotations

import gzip
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.site.addresses import Scope, normal_url
from ingest.sources.site.content import reading_name
from ingest.sources.site.fetcher import user_agent
from ingest.sources.site.hosts import Hosts, RefusedHost, is_public
from ingest.sources.site.links import header_permissions, page_links
from ingest.sources.site.robots import robots_of
from ingest.sources.site.sitemap import BadSitemap, read_lines, read_sitemap, unpacked

HOST = "https://a.example"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://A.Example:443", f"{HOST}/"),
        (f"{HOST}/b/../c/./d#e", f"{HOST}/c/d"),
        (f"{HOST}/a b?q=ä", f"{HOST}/a%20b?q=%C3%A4"),
        (f"{HOST}/a%20b", f"{HOST}/a%20b"),
        (f"{HOST}/x?a=1&utm_source=mail&b=2&fbclid=z", f"{HOST}/x?a=1&b=2"),
        (f"{HOST}/../../x", f"{HOST}/x"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("ftp://a.example/", None),
        ("https://user:pw@a.example/", None),
        ("https://a.example:99999/", None),
        ("javascript:alert(1)", None),
        (f"{HOST}/{'x' * 3_000}", None),
    ],
)
def test_an_address_has_one_form(url: str, expected: str | None) -> None:
    """Without what makes no other page of it; what is no web address is none."""
    assert normal_url(url) == expected


@given(st.text(max_size=60))
def test_a_normal_address_stays(text: str) -> None:
    """Whatever it was made of."""
    url = normal_url(text, f"{HOST}/b/")
    assert url is None or normal_url(url) == url


def test_a_site_is_one_host_at_one_port() -> None:
    """By http and https at the usual ports; another port of the machine is another site."""
    usual, other = Scope.of(f"{HOST}/"), Scope.of("http://127.0.0.1:8000/")
    assert "http://a.example/x" in usual
    assert "https://www.a.example/" not in usual
    assert "https://a.example:8443/" not in usual
    assert "http://127.0.0.1:8000/x" in other
    assert "http://127.0.0.1:22/" not in other
    assert "http://127.0.0.1/" not in other


@pytest.mark.parametrize(
    ("robots", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /a", "/ab", False),
        ("User-agent: *\nDisallow:", "/ab", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?z", True),
        ("User-agent: *\nDisallow: /*/private/", "/x/private/y", False),
        ("User-agent: *\nDisallow: /x?q=", "/x?q=1", False),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: other\nUser-agent: Saywhere\nDisallow: /a", "/a", False),
        ("User-agent: saywhere\nDisallow: /a\n\nUser-agent: saywhere/2\nDisallow: /b", "/b", False),
        ("User-agent: *\nDisallow: /\nUser-agent: saywhere\nAllow: /", "/b", True),
        ("user-AGENT : *  # all\nDISALLOW : /a # this", "/a", False),
        ("User-agent: *\nDisallow: /%C3%A4", "/%c3%a4", False),
        ("Disallow: /", "/a", True),
        ("<html>no robots</html>", "/a", True),
    ],
)
def test_robots_txt_is_read_as_the_rfc_says(robots: str, path: str, allowed: bool) -> None:
    """The longest rule of all groups of the agent decides."""
    assert robots_of(robots, "Saywhere/1.0").allows(HOST + path) is allowed


def test_robots_txt_asks_for_a_delay() -> None:
    """In seconds, a minute at most; nonsense is none."""
    assert [
        robots_of(f"User-agent: *\nCrawl-delay: {value}", "x").delay
        for value in ("2.5", "9999", "nan", "soon")
    ] == [2.5, 60.0, 0.0, 0.0]


def test_links_are_found_as_browsers_find_them() -> None:
    """By the base, in any quotes; none in comments, scripts and ``nofollow``."""
    page = """<base href=/docs/><A HREF='a?x=1&amp;y=2'>a</A> <a class="b" href=b>b</a>
    <!-- <a href="c">c</a> --><script>"<a href='d'>"</script><a rel="x nofollow" href="e">e</a>
    <area href="f"><link rel="next" href="g"><link rel=stylesheet href="h.css"><a name=i>i</a>
    <link rel="canonical" href="https://a.example/docs/"><a href=" j ">j</a>"""
    found = page_links(page, f"{HOST}/x", "saywhere")
    names = [link.removeprefix(f"{HOST}/docs/") for link in found.links]
    assert names == ["a?x=1&y=2", "b", "f", "g", "j"]
    assert found.canonical == f"{HOST}/docs/"


def test_robots_directives_are_for_all_or_for_this_agent() -> None:
    """In a page's head and in a header."""
    page = '<meta name="googlebot" content="noindex"><meta content="nofollow" name="Saywhere">'
    found = page_links(page, HOST, "saywhere")
    assert (found.index, found.follow) == (True, False)
    assert header_permissions(["none"], "saywhere") == (False, False)
    assert header_permissions(["saywhere: noindex", "x: nofollow"], "saywhere") == (False, True)


@pytest.mark.parametrize(
    "part", ["<a href='", "<!--", "<a ", "<script", "<a href=x ", '<meta name="', "<a\n=/"]
)
def test_hostile_pages_are_scanned_in_linear_time(part: str) -> None:
    """A page of such parts takes no longer than twice its length suggests."""

    def seconds(length: int) -> float:
        return min(once(length) for _ in range(3))  # a collection of garbage is counted in one of them

    def once(length: int) -> float:
        began = process_time()
        page_links(part * (length // len(part)), HOST, "x")
        return process_time() - began

    assert seconds(800_000) < 12 * seconds(200_000) + 0.5


def test_sitemaps_are_read() -> None:
    """Of pages and of sitemaps, with other elements between; as lines of text too."""
    pages = (
        b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:i="http://www.google.com/i">'
        b"<url><loc>\n https://a.example/x?a=1&amp;b=2 </loc><lastmod>2026-01-01</lastmod>"
        b"<i:image><i:loc>https://a.example/i.png</i:loc></i:image></url></urlset>"
    )
    assert read_sitemap(unpacked(gzip.compress(pages)), HOST).pages == (f"{HOST}/x?a=1&b=2",)
    index = b"<sitemapindex><sitemap><loc>/s.xml</loc></sitemap></sitemapindex>"
    assert read_sitemap(index, f"{HOST}/").sitemaps == (f"{HOST}/s.xml",)
    assert read_lines(b"https://a.example/x\n\nno\n", HOST).pages == (f"{HOST}/x",)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<urlset><url>", "damaged"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><urlset></urlset>', "document type"),
        (b"<html></html>", "no sitemap"),
        (gzip.compress(b"<urlset>", mtime=0)[:-3], "cut off"),
        (b"\x1f\x8b nonsense", "damaged"),
        (gzip.compress(b" " * 60_000_000, mtime=0), "50 MiB"),
    ],
)
def test_bad_sitemaps_are_refused(data: bytes, reason: str) -> None:
    """With the reason."""
    with pytest.raises(BadSitemap, match=reason):
        read_sitemap(unpacked(data), HOST)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "::1",
     "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "224.0.0.1", "nonsense"],
)  # fmt: skip
def test_private_addresses_are_refused(address: str) -> None:
    """Of a name that looks public; a name in the settings may have one."""
    assert not is_public(address)
    with pytest.raises(RefusedHost, match="private address"):
        Hosts(lookup=lambda _: ["9.9.9.9", address]).addresses("docs.example")
    assert Hosts(["Docs.example."], lambda _: [address]).addresses("docs.example") == (address,)


def test_an_address_typed_by_a_person_is_meant() -> None:
    """And a name is looked up only once: its name server can't change its mind."""
    answers = iter([["9.9.9.9"], ["127.0.0.1"]])
    hosts = Hosts(lookup=lambda _: next(answers))
    assert hosts.addresses("127.0.0.1") == ("127.0.0.1",)
    assert hosts.addresses("docs.example") == hosts.addresses("docs.example") == ("9.9.9.9",)


@pytest.mark.parametrize(
    ("path", "media_type", "expected"),
    [
        ("/faq", "text/html", "faq.html"),
        ("/", "text/html", "a.example.html"),
        ("/list.php", "application/pdf", "list.pdf"),
        ("/list.pdf", "application/pdf", "list.pdf"),
        ("/a.md", "text/plain", "a.md"),
        ("/a.md", "application/octet-stream", "a.md"),
        ("/notes", "text/plain", "notes.txt"),
        ("/a.bin", "application/octet-stream", None),
        ("/%2e%2e/%2fetc", "text/html", "etc.html"),
        ("/a", "video/mp4", None),
    ],
)
def test_the_content_type_gives_the_extension(path: str, media_type: str, expected: str | None) -> None:
    """The address's own stays where the type says nothing."""
    assert reading_name(HOST + path, media_type) == expected


def test_who_asks_is_told_with_the_version() -> None:
    """Unless the setting has one."""
    assert user_agent("Docs (+mailto:a@b.example)").startswith("Docs")
    assert user_agent("Docs/3") == "Docs/3"
