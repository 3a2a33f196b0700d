"""Sprig: the function library that charts are written with, one module per family.

``FUNCTIONS`` is a function table (see ``gotemplate.table``); nothing is imported until a template
calls something. Answers to Masterminds/sprig as Helm has it: everything but ``env`` and
``expandenv``. Functions marked ``bound`` receive the render's context first; what they use of it is
``context.Context``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from steersman.gotemplate.table import FunctionTable


def _rows(module: str, rows: Mapping[str, tuple[str, ...]]) -> FunctionTable:
    return {name: (f"steersman.sprig.{module}:{row[0]}", *row[1:]) for name, row in rows.items()}  # type: ignore[misc]


_STRINGS = {
    "hello": ("hello", "-> string"),
    "abbrev": ("abbrev", "int string -> string"),
    "abbrevboth": ("abbrev_both", "int int string -> string"),
    "trunc": ("trunc", "int string -> string"),
    "trim": ("trim", "string -> string"),
    "upper": ("upper", "string -> string"),
    "lower": ("lower", "string -> string"),
    "title": ("title", "string -> string"),
    "untitle": ("untitle", "string -> string"),
    "substr": ("substring", "int int string -> string"),
    "repeat": ("repeat", "int string -> string"),
    "trimall": ("trim_all", "string string -> string"),
    "trimAll": ("trim_all", "string string -> string"),
    "trimSuffix": ("trim_suffix", "string string -> string"),
    "trimPrefix": ("trim_prefix", "string string -> string"),
    "nospace": ("no_space", "string -> string"),
    "initials": ("initials", "string -> string"),
    "swapcase": ("swap_case", "string -> string"),
    "snakecase": ("snake_case", "string -> string"),
    "camelcase": ("camel_case", "string -> string"),
    "kebabcase": ("kebab_case", "string -> string"),
    "wrap": ("wrap", "int string -> string"),
    "wrapWith": ("wrap_with", "int string string -> string"),
    "contains": ("contains", "string string -> bool"),
    "hasPrefix": ("has_prefix", "string string -> bool"),
    "hasSuffix": ("has_suffix", "string string -> bool"),
    "quote": ("quote_all", "any... -> string"),
    "squote": ("single_quote_all", "any... -> string"),
    "cat": ("cat", "any... -> string"),
    "indent": ("indent", "int string -> string"),
    "nindent": ("nindent", "int string -> string"),
    "replace": ("replace", "string string string -> string"),
    "plural": ("plural", "string string int -> string"),
    "toString": ("to_string", "any -> string"),
    "split": ("split", "string string -> string_map"),
    "splitList": ("split_list", "string string -> strings"),
    "splitn": ("split_n", "string int string -> string_map"),
    "toStrings": ("to_strings", "any -> strings"),
    "join": ("join", "string any -> string"),
    "sortAlpha": ("sort_alpha", "any -> strings"),
}
_RANDOM = {
    "randAlphaNum": ("alphanumeric", "bound int -> string"),
    "randAlpha": ("alphabetic", "bound int -> string"),
    "randAscii": ("ascii_text", "bound int -> string"),
    "randNumeric": ("numeric", "bound int -> string"),
    "randInt": ("integer", "bound int int -> int"),
    "randBytes": ("base64_bytes", "bound int -> string"),
    "shuffle": ("shuffle", "bound string -> string"),
    "uuidv4": ("uuid4", "bound -> string"),
}
_NUMBERS = {
    "atoi": ("atoi", "string -> int"),
    "int64": ("to_int64", "any -> int64"),
    "int": ("to_int", "any -> int"),
    "float64": ("to_float64", "any -> float64"),
    "seq": ("seq", "int... -> string"),
    "toDecimal": ("to_decimal", "any -> int64"),
    "until": ("until", "int -> ints"),
    "untilStep": ("until_step", "int int int -> ints"),
    "add1": ("add1", "any -> int64"),
    "add": ("add", "any... -> int64"),
    "sub": ("sub", "any any -> int64"),
    "div": ("div", "any any -> int64"),
    "mod": ("mod", "any any -> int64"),
    "mul": ("mul", "any any... -> int64"),
    "add1f": ("add1f", "any -> float64"),
    "addf": ("addf", "any... -> float64"),
    "subf": ("subf", "any any... -> float64"),
    "divf": ("divf", "any any... -> float64"),
    "mulf": ("mulf", "any any... -> float64"),
    "biggest": ("biggest", "any any... -> int64"),
    "max": ("biggest", "any any... -> int64"),
    "min": ("smallest", "any any... -> int64"),
    "maxf": ("biggest_float", "any any... -> float64"),
    "minf": ("smallest_float", "any any... -> float64"),
    "ceil": ("ceil", "any -> float64"),
    "floor": ("floor", "any -> float64"),
    "round": ("round_to", "any int float64... -> float64"),
}
_DEFAULTS = {
    "default": ("default", "any any... -> any", "default"),
    "empty": ("empty", "any -> bool", "empty"),
    "coalesce": ("coalesce", "any... -> any"),
    "all": ("all_set", "any... -> bool"),
    "any": ("any_set", "any... -> bool"),
    "ternary": ("ternary", "any any bool -> any"),
    "fail": ("fail", "string -> string"),
    "fromJson": ("from_json", "string -> any"),
    "toJson": ("to_json", "any -> string"),
    "toPrettyJson": ("to_pretty_json", "any -> string"),
    "toRawJson": ("to_raw_json", "any -> string"),
    "mustFromJson": ("must_from_json", "string -> any"),
    "mustToJson": ("must_to_json", "any -> string"),
    "mustToPrettyJson": ("must_to_pretty_json", "any -> string"),
    "mustToRawJson": ("to_raw_json", "any -> string"),
}
_REFLECTION = {
    "typeOf": ("type_of", "any -> string"),
    "typeIs": ("type_is", "string any -> bool"),
    "typeIsLike": ("type_is_like", "string any -> bool"),
    "kindOf": ("kind_of", "any -> string"),
    "kindIs": ("kind_is", "string any -> bool"),
    "deepEqual": ("deep_equal", "any any -> bool"),
    "deepCopy": ("copy_value", "any -> any"),
    "mustDeepCopy": ("copy_value", "any -> any"),
}
_PATHS = {
    name: (function, signature)
    for prefix in ("", "os")
    for word, function, signature in (
        ("base", "base", "string -> string"),
        ("dir", "directory", "string -> string"),
        ("clean", "clean", "string -> string"),
        ("ext", "extension", "string -> string"),
        ("isAbs", "is_absolute", "string -> bool"),
    )
    for name in (prefix + word[0].upper() + word[1:] if prefix else word,)
}
_ENCODING = {
    "b64enc": ("base64_encode", "string -> string"),
    "b64dec": ("base64_decode", "string -> string"),
    "b32enc": ("base32_encode", "string -> string"),
    "b32dec": ("base32_decode", "string -> string"),
    "sha1sum": ("sha1", "string -> string"),
    "sha256sum": ("sha256", "string -> string"),
    "sha512sum": ("sha512", "string -> string"),
    "adler32sum": ("adler32", "string -> string"),
}
_DICTS = {
    "dict": ("make_dict", "any... -> map", "dict"),
    "get": ("get", "map string -> any"),
    "set": ("set_key", "bound map string any -> map"),
    "unset": ("unset", "bound map string -> map"),
    "hasKey": ("has_key", "map string -> bool"),
    "pluck": ("pluck", "string map... -> list"),
    "keys": ("keys", "map... -> strings"),
    "pick": ("pick", "map string... -> map"),
    "omit": ("omit", "map string... -> map"),
    "merge": ("merge", "bound map map... -> any"),
    "mergeOverwrite": ("merge_overwrite", "bound map map... -> any"),
    "mustMerge": ("merge", "bound map map... -> any"),
    "mustMergeOverwrite": ("merge_overwrite", "bound map map... -> any"),
    "values": ("values", "map -> list"),
    "dig": ("dig", "any... -> any"),
}
_LISTS = {
    "tuple": ("make_list", "any... -> list", "list"),
    "list": ("make_list", "any... -> list", "list"),
    "append": ("push", "any any -> list"),
    "push": ("push", "any any -> list"),
    "mustAppend": ("push", "any any -> list"),
    "mustPush": ("push", "any any -> list"),
    "prepend": ("prepend", "any any -> list"),
    "mustPrepend": ("prepend", "any any -> list"),
    "first": ("first", "any -> any"),
    "mustFirst": ("first", "any -> any"),
    "rest": ("rest", "any -> any_list"),
    "mustRest": ("rest", "any -> any_list"),
    "last": ("last", "any -> any"),
    "mustLast": ("last", "any -> any"),
    "initial": ("initial", "any -> any_list"),
    "mustInitial": ("initial", "any -> any_list"),
    "reverse": ("reverse", "any -> list"),
    "mustReverse": ("reverse", "any -> list"),
    "uniq": ("uniq", "any -> list"),
    "mustUniq": ("uniq", "any -> list"),
    "without": ("without", "any any... -> list"),
    "mustWithout": ("without", "any any... -> list"),
    "compact": ("compact", "any -> list"),
    "mustCompact": ("compact", "any -> list"),
    "has": ("has", "any any -> bool"),
    "mustHas": ("has", "any any -> bool"),
    "slice": ("slice_list", "any any... -> any"),
    "mustSlice": ("slice_list", "any any... -> any"),
    "concat": ("concat", "any... -> any"),
    "chunk": ("chunk", "int any -> lists"),
    "mustChunk": ("chunk", "int any -> lists"),
}
_DATES = {
    "ago": ("ago", "bound any -> string"),
    "date": ("date", "bound string any -> string"),
    "date_in_zone": ("date_in_zone", "bound string any string -> string"),
    "dateInZone": ("date_in_zone", "bound string any string -> string"),
    "date_modify": ("date_modify", "string time -> time"),
    "dateModify": ("date_modify", "string time -> time"),
    "must_date_modify": ("must_date_modify", "string time -> time"),
    "mustDateModify": ("must_date_modify", "string time -> time"),
    "duration": ("duration", "any -> string"),
    "durationRound": ("duration_round", "bound any -> string"),
    "htmlDate": ("html_date", "bound any -> string"),
    "htmlDateInZone": ("html_date_in_zone", "bound any string -> string"),
    "now": ("now", "bound -> time"),
    "toDate": ("to_date", "string string -> time"),
    "mustToDate": ("must_to_date", "string string -> time"),
    "unixEpoch": ("unix_epoch", "time -> string"),
}
_CRYPTO = {
    "bcrypt": ("bcrypt", "bound string -> string"),
    "htpasswd": ("htpasswd", "bound string string -> string"),
    "genPrivateKey": ("generate_private_key", "bound string -> string"),
    "derivePassword": ("derive_password", "uint32 string string string string -> string"),
    "encryptAES": ("encrypt_aes", "bound string string -> string"),
    "decryptAES": ("decrypt_aes", "string string -> string"),
}
_CERTIFICATES = {
    "buildCustomCert": ("build_custom_cert", "string string -> certificate"),
    "genCA": ("generate_ca", "bound string int -> certificate"),
    "genCAWithKey": ("generate_ca_with_key", "bound string int string -> certificate"),
    "genSelfSignedCert": ("generate_self_signed", "bound string list list int -> certificate"),
    "genSelfSignedCertWithKey": (
        "generate_self_signed_with_key",
        "bound string list list int string -> certificate",
    ),
    "genSignedCert": ("generate_signed", "bound string list list int certificate -> certificate"),
    "genSignedCertWithKey": (
        "generate_signed_with_key",
        "bound string list list int certificate string -> certificate",
    ),
}
_SEMVER = {
    "semver": ("semver", "string -> any"),
    "semverCompare": ("semver_compare", "string string -> bool"),
}
_REGEX = {
    "regexMatch": ("match", "string string -> bool"),
    "mustRegexMatch": ("must_match", "string string -> bool"),
    "regexFindAll": ("find_all", "string string int -> strings"),
    "mustRegexFindAll": ("must_find_all", "string string int -> strings"),
    "regexFind": ("find", "string string -> string"),
    "mustRegexFind": ("must_find", "string string -> string"),
    "regexReplaceAll": ("replace_all", "string string string -> string"),
    "mustRegexReplaceAll": ("must_replace_all", "string string string -> string"),
    "regexReplaceAllLiteral": ("replace_all_literal", "string string string -> string"),
    "mustRegexReplaceAllLiteral": ("must_replace_all_literal", "string string string -> string"),
    "regexSplit": ("split", "string string int -> strings"),
    "mustRegexSplit": ("must_split", "string string int -> strings"),
    "regexQuoteMeta": ("quote_meta", "string -> string"),
}
_NETWORK = {
    "getHostByName": ("get_host_by_name", "bound string -> string"),
    "urlParse": ("url_parse", "string -> map"),
    "urlJoin": ("url_join", "map -> string"),
}

FUNCTIONS: FunctionTable = {
    **_rows("strings", _STRINGS),
    **_rows("random", _RANDOM),
    **_rows("numbers", _NUMBERS),
    **_rows("defaults", _DEFAULTS),
    **_rows("reflection", _REFLECTION),
    **_rows("paths", _PATHS),
    **_rows("encoding", _ENCODING),
    **_rows("dicts", _DICTS),
    **_rows("lists", _LISTS),
    **_rows("dates", _DATES),
    **_rows("crypto", _CRYPTO),
    **_rows("certificates", _CERTIFICATES),
    **_rows("semver", _SEMVER),
    **_rows("regex", _REGEX),
    **_rows("network", _NETWORK),
}
