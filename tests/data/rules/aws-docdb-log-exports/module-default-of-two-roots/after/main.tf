module "store" {
  source  = "./modules/store"
  exports = ["audit", "profiler"]
}
