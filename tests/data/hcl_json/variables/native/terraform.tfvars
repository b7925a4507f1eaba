given = {
  "$${k}" = [1, "2"]
}
late = "first"
