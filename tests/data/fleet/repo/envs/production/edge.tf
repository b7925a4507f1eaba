module "firewall" {
  source = "../../modules/firewall"

  name          = "${local.prefix}-edge"
  blocked_cidrs = ["192.0.2.0/24"]
}

resource "aws_api_gateway_rest_api" "this" {
  for_each = toset(["partner", "internal"])

  name = "${local.prefix}-${each.key}"
}

resource "aws_api_gateway_resource" "status" {
  for_each = aws_api_gateway_rest_api.this

  rest_api_id = each.value.id
  parent_id   = each.value.root_resource_id
  path_part   = "status"
}

resource "aws_api_gateway_method" "status" {
  for_each = aws_api_gateway_rest_api.this

  rest_api_id   = each.value.id
  resource_id   = aws_api_gateway_resource.status[each.key].id
  http_method   = "GET"
  authorization = "AWS_IAM"
}

resource "aws_api_gateway_integration" "status" {
  for_each = aws_api_gateway_rest_api.this

  rest_api_id = each.value.id
  resource_id = aws_api_gateway_resource.status[each.key].id
  http_method = aws_api_gateway_method.status[each.key].http_method
  type        = "MOCK"
}

resource "aws_api_gateway_deployment" "this" {
  for_each = aws_api_gateway_rest_api.this

  rest_api_id = each.value.id
  depends_on  = [aws_api_gateway_integration.status]
}

resource "aws_api_gateway_stage" "live" {
  for_each = aws_api_gateway_rest_api.this

  rest_api_id          = each.value.id
  deployment_id        = aws_api_gateway_deployment.this[each.key].id
  stage_name           = "live"
  xray_tracing_enabled = true
}

resource "aws_apigatewayv2_api" "events" {
  name          = "${local.prefix}-events"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_stage" "events" {
  api_id      = aws_apigatewayv2_api.events.id
  name        = "v1"
  auto_deploy = true
}

resource "aws_cognito_user_pool" "customers" {
  name = "${local.prefix}-customers"
}

resource "aws_cognito_user_pool_client" "web" {
  name         = "web"
  user_pool_id = aws_cognito_user_pool.customers.id
}

resource "aws_acm_certificate" "shop" {
  domain_name       = "shop.lumen.example"
  validation_method = "DNS"
}

resource "aws_cloudfront_origin_access_control" "assets" {
  name                              = "${local.prefix}-assets"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "assets" {
  enabled = true
  comment = "Assets of the shop"

  origin {
    domain_name              = "${module.bucket["cache"].id}.s3.amazonaws.com"
    origin_id                = "assets"
    origin_access_control_id = aws_cloudfront_origin_access_control.assets.id
  }

  default_cache_behavior {
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    target_origin_id       = "assets"
    viewer_protocol_policy = "redirect-to-https"

    forwarded_values {
      query_string = false
      cookies {
        forward = "none"
      }
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
