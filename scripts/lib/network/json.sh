# shellcheck shell=bash
# Whether an answer is JSON, without jq: an `aws` may print a warning, a proxy's page or half a list and still exit 0. Sourced, not run.

# Characters of UTF-8 become `u`; a byte above ASCII that is left is of none.
readonly CHARACTERS=$'s/[\xc2-\xdf][\x80-\xbf]/u/g; s/\xe0[\xa0-\xbf][\x80-\xbf]/u/g
s/[\xe1-\xec\xee\xef][\x80-\xbf][\x80-\xbf]/u/g; s/\xed[\x80-\x9f][\x80-\xbf]/u/g
s/\xf0[\x90-\xbf][\x80-\xbf][\x80-\xbf]/u/g; s/[\xf1-\xf3][\x80-\xbf][\x80-\xbf][\x80-\xbf]/u/g
s/\xf4[\x80-\x8f][\x80-\xbf][\x80-\xbf]/u/g'
# Strings become \001 and other single values \002, which no answer may hold itself.
readonly TOKENS=$'s/"([^"\\\\\x80-\xff]|\\\\["\\\\\\/bfnrt]|\\\\u[0-9A-Fa-f]{4})*"/\001/g
s/-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?/\002/g; s/true|false|null/\002/g; s/ //g'

# is_json FILE
is_json() {
    [ "$(LC_ALL=C tr -d '\n\040-\377' <"$1" | wc -c)" -eq 0 ] || return 1
    LC_ALL=C sed -e "$CHARACTERS" "$1" | LC_ALL=C sed -E -e "$TOKENS" | LC_ALL=C awk "$GRAMMAR"
}

# What may come next: a value (value), a value or the end of a list (first), a key (key), a key or the end of an object
# (member), a colon (colon), what follows a value (after).
# shellcheck disable=SC2016 # awk is to read it
readonly GRAMMAR='
function ends(kind) {
    if (depth == 0 || stack[depth] != kind) return "wrong"
    depth--
    return "after"
}
function opens(kind) { stack[++depth] = kind; return kind == "[" ? "first" : "member" }
function next_state(state, one) {
    if (state == "value" || state == "first") {
        if (one == "\001" || one == "\002") return "after"
        if (one == "[" || one == "{") return opens(one)
        return state == "first" && one == "]" ? ends("[") : "wrong"
    }
    if (state == "key" || state == "member") {
        if (one == "\001") return "colon"
        return state == "member" && one == "}" ? ends("{") : "wrong"
    }
    if (state == "colon") return one == ":" ? "value" : "wrong"
    if (one == "," && depth > 0) return stack[depth] == "[" ? "value" : "key"
    if (one == "]") return ends("[")
    return one == "}" ? ends("{") : "wrong"
}
BEGIN { state = "value"; depth = 0 }
{
    for (i = 1; i <= length($0); i++) {
        state = next_state(state, substr($0, i, 1))
        if (state == "wrong") exit
    }
}
END { exit !(state == "after" && depth == 0) }'
