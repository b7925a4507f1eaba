locals {
  a = 1
  b = local.a + 1
}

locals {
  names = ["x", "y"]
  upper = [for n in local.names : upper(n)]
  by    = { for i, n in local.names : n => i if n != "y" }
  pick  = local.a > 0 ? "more" : "less"
  text  = <<-EOT
    first
      second ${local.pick}
  EOT
}

resource "terraform_data" "locals" {
  input = [local.b, local.upper, local.by, local.pick, local.text, local.names[*], local.names[0]]
}
