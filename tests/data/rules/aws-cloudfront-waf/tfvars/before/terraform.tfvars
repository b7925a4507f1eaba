web_acl_id = ""
