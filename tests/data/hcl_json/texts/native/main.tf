locals {
  name = "world"
  k    = "v"
}

resource "terraform_data" "texts" {
  input = {
    plain       = "plain"
    empty       = ""
    one         = "hello ${local.name}"
    two         = "${local.name}-${local.name}!"
    alone       = local.name
    number      = 1 + 2
    spaced      = " ${1} "
    quoted      = "she said \"${local.name}\""
    backslash   = "a\\b\\n"
    lines       = "one\n\ttwo\r\n"
    unicode     = "\u00e9 \U0001F600 é"
    escaped     = "$${local.name} %%{if} $ % $$ {"
    directive   = "%{if local.name == "world"}yes%{else}no%{endif}"
    each        = "%{for x in ["a", "b"]}<${x}>%{endfor}"
    trimmed     = "a ${~ local.name ~} b"
    call        = "${join(",", [local.name, "x"])}"
    nested      = "${"${local.name}s"}"
    slash       = "a/b"
  }
}
