output "public_dns_name" {
  value = aws_lb.public.dns_name
}

output "orders_endpoint" {
  value = module.orders_db.endpoint
}

output "queue_names" {
  value = { for key, queue in module.queue : key => queue.name }
}
