resource "terraform_data" "first" {
  input = 2
}

resource "terraform_data" "all" {
  input      = terraform_data.first.input
  depends_on = [terraform_data.first]

  lifecycle {
    create_before_destroy = true
    prevent_destroy       = false
    ignore_changes        = [input, triggers_replace]
    replace_triggered_by  = [terraform_data.first.id]

    precondition {
      condition     = terraform_data.first.input == 2
      error_message = "It is ${terraform_data.first.input}."
    }

    postcondition {
      condition     = self.input == 2
      error_message = "no"
    }
  }

  connection {
    host = "localhost"
  }

  provisioner "local-exec" {
    command = "true"
    when    = destroy
  }

  provisioner "local-exec" {
    command    = "echo ${self.input}"
    on_failure = continue
  }
}

resource "terraform_data" "ignored" {
  lifecycle {
    ignore_changes = all
  }
}
