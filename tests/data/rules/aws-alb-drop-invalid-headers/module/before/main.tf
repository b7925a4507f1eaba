module "part" {
  source = "./part"

  drop_invalid_header_fields = false
}
