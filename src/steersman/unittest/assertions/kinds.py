"""The table of all kinds of assertions."""

from __future__ import annotations

from steersman.record import Record
from steersman.unittest.assertions.collections import contains, length_equal, subset
from steersman.unittest.assertions.documents import contains_document, has_documents, is_api_version, is_kind
from steersman.unittest.assertions.rendering import failed_template
from steersman.unittest.assertions.snapshot import match_snapshot, match_snapshot_raw
from steersman.unittest.assertions.texts import match_regex, match_regex_raw
from steersman.unittest.assertions.values import (
    equal,
    equal_raw,
    exists,
    greater_or_equal,
    is_null_or_empty,
    is_type,
    less_or_equal,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.unittest.assertions.model import Check


class Kind(Record):
    """One kind.

    Attributes:
        check: judges documents.
        parameters: their types by name: text, texts, integer, boolean, anything or pattern.
        is_opposite: whether the opposite of what ``check`` says is asserted.
        expects_failure: whether it is about a render that fails.
    """

    check: Check
    parameters: dict[str, str]
    is_opposite: bool = False
    expects_failure: bool = False


_PATH = {"path": "text"}
_VALUE = {"path": "text", "value": "anything"}
_EQUAL = {**_VALUE, "decodeBase64": "boolean"}
_RAW_VALUE = {"value": "text"}
_REGEX = {"path": "text", "pattern": "text", "decodeBase64": "boolean"}
_RAW_REGEX = {"pattern": "text"}
_CONTENT = {"path": "text", "content": "anything"}
_CONTAINS = {**_CONTENT, "count": "integer", "any": "boolean"}
_LENGTH = {"path": "text", "paths": "texts", "count": "integer"}
_TYPE = {"path": "text", "type": "text"}
_OF = {"of": "text"}
_ERROR = {"errorMessage": "text", "errorPattern": "text"}
_DOCUMENT = {"kind": "text", "apiVersion": "text", "name": "text", "namespace": "text", "any": "boolean"}
_SNAPSHOT = {"path": "text", "matchRegex": "pattern", "notMatchRegex": "pattern"}

KINDS: dict[str, Kind] = {
    "matchSnapshot": Kind(match_snapshot, _SNAPSHOT),
    "matchSnapshotRaw": Kind(match_snapshot_raw, {}),
    "equal": Kind(equal, _EQUAL),
    "notEqual": Kind(equal, _EQUAL, is_opposite=True),
    "equalRaw": Kind(equal_raw, _RAW_VALUE),
    "notEqualRaw": Kind(equal_raw, _RAW_VALUE, is_opposite=True),
    "greaterOrEqual": Kind(greater_or_equal, _VALUE),
    "notGreaterOrEqual": Kind(greater_or_equal, _VALUE, is_opposite=True),
    "lessOrEqual": Kind(less_or_equal, _VALUE),
    "notLessOrEqual": Kind(less_or_equal, _VALUE, is_opposite=True),
    "exists": Kind(exists, _PATH),
    "notExists": Kind(exists, _PATH, is_opposite=True),
    "isNotNull": Kind(exists, _PATH),
    "isNull": Kind(exists, _PATH, is_opposite=True),
    "isNullOrEmpty": Kind(is_null_or_empty, _PATH),
    "isNotNullOrEmpty": Kind(is_null_or_empty, _PATH, is_opposite=True),
    "isEmpty": Kind(is_null_or_empty, _PATH),
    "isNotEmpty": Kind(is_null_or_empty, _PATH, is_opposite=True),
    "isType": Kind(is_type, _TYPE),
    "isNotType": Kind(is_type, _TYPE, is_opposite=True),
    "matchRegex": Kind(match_regex, _REGEX),
    "notMatchRegex": Kind(match_regex, _REGEX, is_opposite=True),
    "matchRegexRaw": Kind(match_regex_raw, _RAW_REGEX),
    "notMatchRegexRaw": Kind(match_regex_raw, _RAW_REGEX, is_opposite=True),
    "contains": Kind(contains, _CONTAINS),
    "notContains": Kind(contains, _CONTAINS, is_opposite=True),
    "isSubset": Kind(subset, _CONTENT),
    "isNotSubset": Kind(subset, _CONTENT, is_opposite=True),
    "lengthEqual": Kind(length_equal, _LENGTH),
    "notLengthEqual": Kind(length_equal, _LENGTH, is_opposite=True),
    "isKind": Kind(is_kind, _OF),
    "isAPIVersion": Kind(is_api_version, _OF),
    "hasDocuments": Kind(has_documents, {"count": "integer", "filterAware": "boolean"}),
    "containsDocument": Kind(contains_document, _DOCUMENT),
    "failedTemplate": Kind(failed_template, _ERROR, expects_failure=True),
    "notFailedTemplate": Kind(failed_template, _ERROR, is_opposite=True),
}
