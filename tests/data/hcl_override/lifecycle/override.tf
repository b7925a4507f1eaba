resource "terraform_data" "r" {
  triggers_replace = "x"

  lifecycle {
    create_before_destroy = true
  }

  provisioner "local-exec" {
    command = "true"
  }
}
