locals {
  name = "no caller"
}
