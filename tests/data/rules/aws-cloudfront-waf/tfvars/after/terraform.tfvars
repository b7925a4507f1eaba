web_acl_id = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge/1234abcd-12ab-34cd-56ef-1234567890ab"
