"""Values that no template has read: each way in which a template can read one, and each in which it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from steersman.insight.unused import OVERRIDDEN, UNMENTIONED, UNREACHED, dotted, find_unused
from tests.insight.charts import recorded, write_chart

HELPERS = """
{{- define "show" }}{{ .name }}-{{ .size }}{{ end }}
{{- define "size" }}{{ .Values.image.tag }}{{ end }}
"""


def unused(folder: Path, template: str, given: str, values: str = "") -> list[str]:
    """Return the values that are reported, with level and suggestion."""
    write_chart(folder, values=values, t=template, _helpers=HELPERS)
    return report(folder, given)


def report(folder: Path, given: str) -> list[str]:
    found = find_unused(*recorded(folder, given))
    return [
        dotted(one.path)
        + ("" if one.level == UNMENTIONED else " unreached")
        + (f" -> {dotted(one.suggestion)}" if one.suggestion else "")
        for one in found
    ]


@pytest.mark.parametrize(
    ("template", "given"),
    [
        ("{{ if .Values.k.on }}{{ .Values.k.minSize }}{{ .Values.k.maxSize }}{{ end }}", "k: {maxSize: 3}"),
        ("{{ if .Values.k.on }}{{ .Values.k.minSize.a }}{{ .Values.k.maxSize.a }}{{ end }}", "k: {maxSize: {a: 3}}"),
        ("{{ .Values.k.minSize }}{{ if .Values.k.on }}{{ .Values.k.maxSize }}{{ end }}", "k: {maxSize: 3}"),
        (
            "{{ if .Values.k.on }}{{ range $k, $v := .Values.k.sizes }}{{ $k }}{{ end }}{{ end }}",
            "k: {sizes: {mix: 3}}",
        ),
        ("{{ if .Values.k.on }}{{ toYaml .Values.k.sizes }}{{ end }}", "k: {sizes: {mix: 3}}"),
    ],
)
def test_a_value_that_a_branch_reads_is_no_slip_however_near_its_neighbour_is(
    tmp_path: Path, template: str, given: str
) -> None:
    values = "k: {on: false, minSize: 1, maxSize: 2, sizes: {max: 1, mix: 2}}\n"
    assert [one.partition(" ")[2][:9] for one in unused(tmp_path / "web", template, given, values)] == ["unreached"]


# template, the user's values, what is reported
READ = [
    ("{{ .Values.image.tag }}", "image: {tag: 1, host: x}", ["image.host"]),
    ("{{ .Values.image.tag }}", "image: {tga: 1}", ["image.tga -> image.tag"]),
    ("{{ (.Values.image).tag }}", "imgae: {tag: 1}", ["imgae -> image"]),
    ("{{ (.Values.image).tag }}{{ .Values.image.tag }}", "{tag: 1, image: {}}", ["tag -> image.tag"]),
    ("{{ .Values.image.pullPolicy }}", "image: {pull_policy: x}", ["image.pull_policy -> image.pullPolicy"]),
    ("{{ with .Values.a }}{{ .b }}{{ end }}", "a: {b: 1, c: 2}", ["a.c"]),
    ("{{ with .Values.a.b }}{{ .c }}{{ $.Values.d }}{{ end }}", "{a: {b: {c: 1}}, d: 2}", []),
    ("{{ range .Values.l }}{{ .a }}{{ end }}", "l: [{a: 1}, {a: 2, b: 3}]", ["l[1].b"]),
    ("{{ range .Values.l }}{{ . }}{{ end }}", "l: [1, 2]", []),
    ("{{ range $k, $v := .Values.m }}{{ $k }}{{ end }}", "m: {a: 1, b: 2}", []),
    ("{{ range $k, $v := .Values.m }}{{ $k }}: {{ $v.size }}{{ end }}", "m: {a: {size: 1, sise: 2}}", ["m.a.sise"]),
    ("{{ $i := .Values.image }}{{ $i.tag }}", "image: {tag: 1, tga: 2}", ["image.tga"]),
    ('{{ index .Values "a" "b" }}', "a: {b: 1, c: 2}", ["a.c"]),
    ('{{ index .Values.l 1 "b" }}', "l: [{a: 1}, {b: 2}]", ["l[0]"]),
    ('{{ get .Values.a "b" }}', "a: {b: 1, c: 2}", ["a.c"]),
    ('{{ dig "b" "c" "none" .Values.a }}', "a: {b: {c: 1, d: 2}}", ["a.b.d"]),
    ('{{ if hasKey .Values.a "b" }}x{{ end }}', "a: {b: 1, c: 2}", ["a.c"]),
    ('{{ pluck "b" .Values.a .Values.z | first }}', "{a: {b: 1, c: 2}, z: {}}", ["a.c"]),
    ('{{ toYaml (pick .Values.a "b") }}', "a: {b: {x: 1}, c: {x: 2}}", ["a.c"]),
    ('{{ toYaml (omit .Values.a "b") }}', "a: {b: {x: 1}, c: {x: 2}}", ["a.b"]),
    ("{{ toYaml .Values.a }}", "a: {b: {c: 1}, d: [{e: 2}]}", []),
    ("{{ .Values.a }}", "a: {b: {c: 1}}", []),
    ("{{ range .Values.l }}{{ . }}{{ end }}", "l: [{a: 1}]", []),
    ("{{ $c := deepCopy .Values.a }}{{ $c.b.c }}", "a: {b: {c: 1, d: 2}}", ["a.b.d"]),
    ("{{ $m := merge (dict) .Values.a .Values.z }}{{ $m.b }}", "{a: {c: 1}, z: {b: 2}}", ["a.c"]),
    ("{{ $m := mergeOverwrite .Values.a .Values.z }}{{ $m.k.b }}", "{a: {k: {c: 1}}, z: {k: {b: 2}}}", ["a.k.c"]),
    ('{{ include "show" .Values.a }}', "a: {name: x, size: 1, color: red}", ["a.color"]),
    ('{{ include "show" (dict "name" .Values.label "size" 1) }}', "label: x", []),
    ('{{ include "size" . }}', "image: {tag: 1}", []),
    ('{{ template "show" .Values.a }}', "a: {name: x, size: 1, colour: red}", ["a.colour"]),
    ("{{ tpl .Values.text . }}", "{text: '{{ .Values.inner }}', inner: w}", []),
    ("{{ tpl (toYaml .Values.a) . }}", "{a: {b: '{{ .Values.inner }}'}, inner: w}", []),
    ("{{ (.Values.a).b }}", "a: {b: 1}", []),
    ('{{ .Values.a | default "x" }}', "a: y", []),
    ("{{ coalesce .Values.a .Values.b }}", "{a: 1, b: 2}", []),
    ('{{ set .Values "x" .Values.a | len }}', "a: y", []),
    ("{{ toYaml (concat .Values.a .Values.b) }}", "{a: [{x: 1}], b: [{z: 2}]}", []),
    ("{{ range concat .Values.a .Values.b }}{{ .x }}{{ end }}", "{a: [{x: 1}], b: [{z: 2}]}", ["b[0].z"]),
    ("{{ range keys .Values.a }}{{ . }}{{ end }}", "a: {b: 1}", []),
    ("{{ .Values.a }}", "a:", []),
    ("{{ .Values.gone }}", "other: null", ["other"]),
    ("{{ .Values.Table `a` }}", "{a: {b: 1}, c: 2}", []),
    # whether a container is empty, or how many entries it has, may be all that is asked
    ("{{ if .Values.a }}x{{ end }}", "a: {b: 1}", []),
    ("{{ if not .Values.a.c }}x{{ end }}", "a: {c: [{d: 1}]}", []),
    ("{{ with .Values.a }}x{{ end }}", "a: [1, 2]", []),
    ("{{ and .Values.a 1 }}", "a: {b: 1}", []),
    ("{{ empty .Values.a }}", "a: {b: 1}", []),
    ("{{ $a := .Values.a }}{{ if $a }}x{{ end }}", "a: {b: 1}", []),
    ('{{ if hasKey .Values "a" }}x{{ end }}', "a: {b: 1}", []),
    ("{{ len .Values.l }}{{ (index .Values.l 0).a }}", "l: [{a: 1}, {b: 2}, 3]", ["l[1].b"]),
    ("{{ range .Values.l }}x{{ end }}", "l: [{a: 1}]", ["l[0].a"]),
    ("{{ with .Values.a }}{{ .name }}{{ end }}", "a: {nmae: 1}", ["a.nmae -> a.name"]),
    ("{{ with .Values.a }}{{ .name }}{{ end }}", "a: {name: 1, other: 2}", ["a.other"]),
    ("{{ (.Values.a).name }}", "a: {other: 2}", ["a.other"]),
    # what is there, but is not what is chosen
    (
        "{{ range .Values.l }}{{ .a }}{{ break }}{{ end }}",
        "l: [{a: 1}, {a: 2}, 3]",
        ["l[1] unreached", "l[2] unreached"],
    ),
    ("{{ ternary .Values.a .Values.b true | toJson }}", "{a: {x: 1}, b: {x: 2}}", ["b.x unreached"]),
    ("{{ toJson (coalesce .Values.a .Values.b) }}", "{a: {x: 1}, b: {z: 2}}", ["b.z unreached"]),
]


@pytest.mark.parametrize(("template", "given", "expected"), READ, ids=[f"{row[0]} {row[1]}" for row in READ])
def test_what_is_read_and_what_is_not(tmp_path: Path, template: str, given: str, expected: list[str]) -> None:
    assert unused(tmp_path / "web", template, given) == expected


def test_a_branch_that_did_not_run_is_another_level(tmp_path: Path) -> None:
    template = "{{ if .Values.tls.enabled }}{{ .Values.tls.secret }}{{ end }}"
    assert unused(tmp_path / "web", template, "tls: {enabled: false, secret: x}") == ["tls.secret unreached"]


def test_an_and_that_stopped_early_is_not_a_reading(tmp_path: Path) -> None:
    template = "{{ if and .Values.use .Values.host }}x{{ end }}"
    assert unused(tmp_path / "web", template, "{use: false, host: x}") == ["host unreached"]


def test_what_a_branch_would_pass_whole_is_unreached(tmp_path: Path) -> None:
    template = "{{ if .Values.use }}{{ toYaml .Values.free }}{{ end }}"
    assert unused(tmp_path / "web", template, "{use: false, free: {a: 1}}") == ["free unreached"]


def test_what_a_branch_would_hand_to_a_template_that_ran_is_unreached(tmp_path: Path) -> None:
    template = '{{ include "show" .Values.a }}{{ if .Values.use }}{{ include "show" .Values.b }}{{ end }}'
    given = "{use: false, a: {name: x, size: 1}, extra: {name: y, size: 2}}"
    assert unused(tmp_path / "web", template.replace(".b", ".extra"), given) == ["extra unreached"]


def test_a_slip_in_a_map_that_a_branch_would_pass_whole_is_reported(tmp_path: Path) -> None:
    template = "{{ .Values.db.hostname }}{{ if .Values.use }}{{ toYaml .Values.db }}{{ end }}"
    assert unused(tmp_path / "web", template, "{use: false, db: {hostnmae: x}}") == ["db.hostnmae -> db.hostname"]


def test_a_value_that_the_user_has_set_is_not_suggested(tmp_path: Path) -> None:
    assert unused(tmp_path / "web", "{{ .Values.replicas }}", "{replicas: 1, replica: 2}") == ["replica"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("{hostname: h, hostnam: t}", ["db.hostnam"]),
        ("{hostnam: t}", ["db.hostnam -> db.hostname"]),
        ("{hostname: h, pool: {size: 1, siz: 2}}", ["db.pool.siz"]),
        ("{hostname: h, free: {any: 1}}", ["db unreached"]),
        ("{free: {any: 1}, hostnam: t}", ["db.hostnam -> db.hostname"]),
    ],
)
def test_a_slip_in_a_map_that_nothing_has_entered_is_reported(tmp_path: Path, given: str, expected: list[str]) -> None:
    template = (
        "{{ if .Values.on }}{{ .Values.db.hostname }}{{ .Values.db.pool.size }}{{ toYaml .Values.db.free }}{{ end }}"
    )
    assert unused(tmp_path / "web", template, f"db: {given}", "db: {hostname: x, pool: {}}") == expected


def test_what_a_flag_has_made_room_for_is_not_a_value(tmp_path: Path) -> None:
    assert unused(tmp_path / "web", "{{ .Values.a }}", "l: [null, null, {b: 1}]") == ["l"]
    assert unused(tmp_path / "api", "{{ (index .Values.l 2).b }}", "l: [null, null, {b: 1}]") == []


class TestSubcharts:
    """A parent with two subcharts, one of which is switched off."""

    def chart(self, folder: Path) -> Path:
        dependencies = (
            "dependencies:\n- {name: db, version: 1.0.0, alias: store, condition: store.enabled}\n"
            "- {name: cache, version: 1.0.0, condition: cache.enabled, tags: [fast]}\n"
        )
        write_chart(folder, dependencies=dependencies, t="{{ .Values.own }}")
        text = "{{ .Values.size }}{{ .Values.global.registry }}{{ with .Values.global.pull }}{{ .secret }}{{ end }}"
        write_chart(folder / "charts" / "db", values="size: 1\n", t=text)
        write_chart(folder / "charts" / "cache", values="ttl: 1\n", t="{{ .Values.ttl }}")
        return folder

    def test_values_of_a_subchart_go_by_its_alias(self, tmp_path: Path) -> None:
        folder = self.chart(tmp_path / "shop")
        assert report(folder, "store: {size: 2, sise: 3}") == ["store.sise"]

    def test_globals_are_read_by_subcharts(self, tmp_path: Path) -> None:
        folder = self.chart(tmp_path / "shop")
        given = "global: {registry: x, pull: {secret: y, secrets: z}, registri: w}"
        assert report(folder, given) == ["global.pull.secrets", "global.registri"]

    def test_a_global_that_one_above_goes_over_is_overridden(self, tmp_path: Path) -> None:
        folder = self.chart(tmp_path / "shop")
        (folder / "values.yaml").write_text("global: {registry: ours, pull: {secret: a}}\n")
        (one,) = find_unused(*recorded(folder, "store: {global: {registry: x, own: {a: 1}}}"))[:1]
        assert (one.level, dotted(one.path), one.is_mistake) == (OVERRIDDEN, "store.global.registry", True)
        assert one.suggestion == ("global", "registry")
        assert report(folder, "store: {global: {registry: ours, pull: {secret: a}}}") == []

    def test_values_under_the_real_name_of_an_alias_are_reported(self, tmp_path: Path) -> None:
        folder = self.chart(tmp_path / "shop")
        assert report(folder, "db: {size: 2}") == ["db -> store"]
        assert report(folder, "{db: {size: 2}, store: {size: 3}}") == ["db"]

    def test_conditions_and_tags_are_readings(self, tmp_path: Path) -> None:
        folder = self.chart(tmp_path / "shop")
        assert report(folder, "{store: {enabled: true}, cache: {enabled: false}, tags: {fast: true}}") == []

    def test_values_of_a_subchart_that_is_off_are_unreached(self, tmp_path: Path) -> None:
        folder = self.chart(tmp_path / "shop")
        assert report(folder, "cache: {enabled: false, ttl: 3}") == ["cache.ttl unreached"]

    def test_a_misspelt_condition_is_named(self, tmp_path: Path) -> None:
        folder = self.chart(tmp_path / "shop")
        given = "cache: {enabledd: false}"
        assert report(folder, given) == ["cache.enabledd -> cache.enabled"]


def test_levels_are_these() -> None:
    assert (UNMENTIONED, UNREACHED, OVERRIDDEN) == ("unmentioned", "unreached", "overridden")
