output "service_name" {
  value = aws_ecs_service.this.name
}

output "target_group_suffix" {
  value = aws_lb_target_group.this.arn_suffix
}

output "security_group_id" {
  value = aws_security_group.this.id
}
