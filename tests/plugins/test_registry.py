"""The registry itself, on entry points that lie on this process's path."""

from __future__ import annotations

import sys

import pytest

from sme_stats import catalogue, plugins
from sme_stats.errors import PluginError, PluginWarning
from sme_stats.indicators import registry

GROUP = "indicators"


@pytest.fixture
def seen(package, monkeypatch):
    """Builder of a package that this process sees; forgotten again afterwards."""

    def make(*args, **kwargs):
        site = package(*args, **kwargs)
        if str(site) not in sys.path:
            monkeypatch.syspath_prepend(site)
        plugins.installed.cache_clear()
        return site

    yield make
    plugins.installed.cache_clear()


def letters(own=("a", "b")):
    return plugins.Registry(plugins.INDICATORS, {n: n for n in own}, lambda p: p.load(), str.lower)


def test_our_names_come_first_and_theirs_are_loaded_when_looked_up(seen):
    seen("pack-one", {GROUP: {"Z": "pack_one:x"}}, "x = 'theirs'")
    every = letters()
    assert list(every) == ["a", "b", "z"] and len(every) == 3
    assert "z" in every and "y" not in every and "pack_one" not in sys.modules
    assert every["z"] == "theirs" and every.get("y") is None
    assert dict(every) == {"a": "a", "b": "b", "z": "theirs"}
    assert list(every.values()) == ["a", "b", "theirs"]


def test_what_fails_is_left_out_of_lists_with_a_warning_and_raises_when_asked_for(seen):
    seen("pack-two", {GROUP: {"z": "pack_two:x", "y": "pack_two:y"}}, "y = 1")
    every = letters()
    with pytest.warns(
        PluginWarning, match=r"'z' of package pack-two 0\.1 cannot be used: Attribute"
    ):
        assert list(every.items()) == [("a", "a"), ("b", "b"), ("y", 1)]
    with pytest.raises(PluginError, match="update or uninstall the package") as caught:
        every["z"]
    assert "\n" not in str(caught.value) and caught.value.exit_code == 2


def test_a_taken_name_is_refused_by_name_and_ours_stays(seen):
    seen("pack-three", {GROUP: {"A": "pack_three:x"}}, "x = 'theirs'")
    every = letters()
    with pytest.warns(PluginWarning, match="'A' of package pack-three .* sme_stats has 'a' itself"):
        assert list(every) == ["a", "b"]
    assert every["a"] == "a"
    ((plugin, why),) = every.states()
    assert plugin.package == "pack-three" and "refused" in why
    assert "pack_three" not in sys.modules


def test_of_two_of_one_name_neither_is_taken_until_one_is_gone(seen):
    for name in ("pack-four", "pack-five"):
        seen(name, {GROUP: {"z": f"{name.replace('-', '_')}:x"}}, f"x = {name!r}")
    every = letters()
    with pytest.warns(PluginWarning, match="has one of the same name"):
        assert "z" not in every
    with pytest.raises(PluginError, match=r"pack-five 0\.1 is refused: pack-four 0\.1"):
        every["z"]
    assert [bool(why) for _, why in every.states()] == [True, True]


def test_a_failure_while_using_what_was_loaded_names_the_package(seen):
    seen("pack-six", {GROUP: {"z": "pack_six:x"}}, "x = 1")
    every = plugins.Registry(plugins.INDICATORS, {}, lambda p: p.load() / 0)
    with pytest.raises(PluginError, match=r"pack-six .*ZeroDivisionError: division by zero"):
        every["z"]
    ((_, why),) = every.states()
    assert "ZeroDivisionError" in why


def test_an_indicator_says_what_it_takes_from_its_signature(seen):
    text = (
        "from sme_stats.indicators.registry import describe\n"
        "@describe('bd_size', 'PC', 'ENT_NR', 'an example')\n"
        "def f(frame, size='SME', *, year=None, **more):\n    'A share, in percent.'\n"
        "    return frame.head(1)\n"
        "bare = lambda frame: frame\n"
    )
    seen("pack-seven", {GROUP: {"one-row": "pack_seven:f", "bare": "pack_seven:bare"}}, text)
    one = registry._from_plugin(plugins.installed(plugins.INDICATORS)[1])
    assert (one.name, one.dataset, one.unit, one.takes) == (
        "one-row", "bd_size", "PC", ("size", "year"),
    )  # fmt: skip
    assert one.summary == "A share, in percent." and one.elsewhere
    bare = registry._from_plugin(plugins.installed(plugins.INDICATORS)[0])
    assert (bare.dataset, bare.takes, bare.summary) == ("", (), "")


def test_a_dataset_needs_the_catalogues_fields_and_no_others(seen):
    seen("pack-eight", {"datasets": {"D": "pack_eight:d"}}, "d = {'title': 'Synthetic'}")
    (plugin,) = plugins.installed(plugins.DATASETS)
    with pytest.raises(PluginError, match="fields caveat, dimensions, family"):
        catalogue._from_plugin(plugin)
    fields = dict.fromkeys(["family", "population", "size_basis", "caveat"], "")
    lists = {"dimensions": ["geo"], "size_partition": [], "years": [2022, 2023]}
    sys.modules["pack_eight"].d |= fields | lists | {
        "breaks": [{"geo": "*", "year": 2023, "why": "synthetic"}],
    }  # fmt: skip
    entry = catalogue._from_plugin(plugin)
    assert (entry.code, entry.years, entry.breaks[0].year) == ("d", (2022, 2023), 2023)
    sys.modules["pack_eight"].d["colour"] = "red"
    with pytest.raises(PluginError, match="no fields colour"):
        catalogue._from_plugin(plugin)


def test_a_plugin_says_its_package_and_version(seen):
    seen("pack-nine", {GROUP: {"z": "pack_nine:x"}}, "x = 1", version="2.0")
    (plugin,) = plugins.installed(plugins.INDICATORS)
    assert str(plugin) == "indicator 'z' of package pack-nine 2.0"
