resource "aws_launch_template" "web" {
  block_device_mappings {
    device_name = "/dev/sdb"

    ebs {
      snapshot_id = "snap-0123456789abcdef0"
    }
  }
}
