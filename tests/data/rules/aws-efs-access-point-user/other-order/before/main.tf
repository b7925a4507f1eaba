resource "aws_efs_access_point" "app" {
  file_system_id = "fs-0123456789abcdef0"


  posix_user {
    secondary_gids = [50]
    gid            = 1000
    uid            = 1000
  }
}
