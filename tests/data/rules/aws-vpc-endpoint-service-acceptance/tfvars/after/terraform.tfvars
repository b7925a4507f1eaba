acceptance_required = true
