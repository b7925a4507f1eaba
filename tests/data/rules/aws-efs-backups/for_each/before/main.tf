resource "aws_efs_file_system" "home" {
  for_each = toset(["raw", "clean"])

  creation_token = "acme-${each.key}"
  encrypted      = true
}
