# See the script sources beside this file.
function complain(what) { printf "sources: %s:%d: %s\n", FILENAME, FNR, what > "/dev/stderr"; wrong = 1 }

# What stands outside of strings and comments; comments are left in `said`.
function code_of(line,    out, c, two, i) {
    out = said = ""
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1); two = substr(line, i, 2)
        if (in_comment) {
            if (two == "*/") { in_comment = 0; i++ } else said = said c
        } else if (quote != "") {
            if (c == "\\") i++; else if (c == quote) quote = ""
        } else if (two == "/*") { in_comment = 1; i++ }
        else if (two == "//") { complain("a // comment: use /* */"); return out }
        else if (c == "\"" || c == "'") quote = c
        else out = out c
    }
    if (substr(line, length(line)) != "\\") quote = ""
    return out
}

FNR == 1 { in_comment = 0; quote = "" }
{ code_of($0) }
said ~ /(^|[^A-Za-z])(TODO|FIXME|XXX)([^A-Za-z]|$)/ && said !~ /TODO \(#[0-9]+\)/ { complain("left to do: say it in an issue") }
FNR == 401 { complain("longer than 400 lines: two concepts live here") }
FNR == 121 && FILENAME ~ /\.h$/ { printf "sources: %s is longer than 120 lines\n", FILENAME }
END { exit wrong }
