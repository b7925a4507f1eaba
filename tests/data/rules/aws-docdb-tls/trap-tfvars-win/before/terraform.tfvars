setting = "disabled"
