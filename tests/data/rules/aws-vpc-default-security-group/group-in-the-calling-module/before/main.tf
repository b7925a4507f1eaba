module "part" {
  source = "./part"
}

resource "aws_default_security_group" "main" {
  vpc_id = module.part.vpc_id
}
