module "events" {
  source     = "./modules/events"
  kms_key_id = "arn:aws:kms:eu-west-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666"
}
