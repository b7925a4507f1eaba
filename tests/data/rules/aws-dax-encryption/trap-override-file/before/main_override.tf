resource "aws_dax_cluster" "orders" {
  server_side_encryption {
    enabled = false
  }
}
