auto_accept_shared_attachments = "enable"
