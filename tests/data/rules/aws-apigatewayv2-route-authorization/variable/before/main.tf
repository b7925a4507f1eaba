variable "authorization" {
  type    = string
  default = "NONE"
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  api_id           = "a1b2c3d4e5"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]
  name             = "jwt"
}

resource "aws_apigatewayv2_route" "orders" {
  api_id             = "a1b2c3d4e5"
  route_key          = "GET /orders"
  authorization_type = var.authorization
  authorizer_id      = aws_apigatewayv2_authorizer.jwt.id
}
