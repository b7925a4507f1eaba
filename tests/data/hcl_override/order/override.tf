locals {
  a = "override"
}
