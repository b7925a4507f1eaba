resource "aws_ecr_repository" "app" {
  count = 2

  name = "app-${count.index}"
}

resource "aws_ecr_lifecycle_policy" "app" {
  count = length(aws_ecr_repository.app)

  repository = aws_ecr_repository.app[count.index].name

  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Expire untagged images"
      selection = {
        tagStatus   = "untagged"
        countType   = "sinceImagePushed"
        countUnit   = "days"
        countNumber = 14
      }
      action = { type = "expire" }
    }]
  })
}
