acceptance_required = false
