module "app" {
  source         = "./modules/app"
  encryption_key = "arn:aws:kms:eu-west-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666"
}
