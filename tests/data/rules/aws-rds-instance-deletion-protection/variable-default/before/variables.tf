variable "protect" {
  description = "Keep the database from being deleted."
  type        = bool
  default     = false
}
