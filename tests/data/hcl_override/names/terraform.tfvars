given = "values"
