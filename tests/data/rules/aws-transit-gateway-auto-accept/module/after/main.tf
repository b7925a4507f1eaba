module "part" {
  source = "./part"

  auto_accept_shared_attachments = "disable"
}
