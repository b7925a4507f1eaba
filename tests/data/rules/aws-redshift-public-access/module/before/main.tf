module "facts" {
  source = "./modules/facts"
  name   = "facts"
  public = true
}
