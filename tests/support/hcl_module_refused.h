/*
 * Modules that terraform 1.11.4 refuses because of what stands together in a directory, with what
 * we say to them. The unit test opens them here; the live test asks terraform again.
 */
#ifndef TESTS_SUPPORT_HCL_MODULE_REFUSED_H
#define TESTS_SUPPORT_HCL_MODULE_REFUSED_H

#include "tests/support/hcl_make.h"

#define MODULE_FILES_MAX 3

static const struct {
    struct made_file files[MODULE_FILES_MAX]; /* those without a path are not there */
    const char *wanted;
} MODULE_REFUSED[] = {
    {{{"a.tf", "variable \"x\" {}\n"}, {"b.tf", "locals {}\nvariable \"x\" {}\n"}},
     "b.tf:2:1: Duplicate variable declaration: a variable named \"x\" was already declared at "
     "a.tf:1"},
    {{{"a.tf", "locals {\n  a = 1\n}\nlocals {\n  a = 1\n}\n"}},
     "a.tf:5:3: Duplicate local value definition: a local value named \"a\" was already defined at "
     "a.tf:2"},
    {{{"a.tf", "output \"o\" {\n  value = 1\n}\n"},
      {"b.tf.json", "{\"output\": {\"o\": {\"value\": 1}}}"}},
     "b.tf.json:1:13: Duplicate output definition: an output named \"o\" was already defined at "
     "a.tf:1"},
    {{{"a.tf", "module \"m\" {\n  source = \"./m\"\n}\nmodule \"m\" {\n  source = \"./m\"\n}\n"},
      {"m/main.tf", ""}},
     "a.tf:4:1: Duplicate module call: a module call named \"m\" was already defined at a.tf:1"},
    {{{"a.tf", "resource \"terraform_data\" \"r\" {}\nresource \"terraform_data\" \"r\" {}\n"}},
     "a.tf:2:1: Duplicate resource \"terraform_data\" configuration: one named \"r\" was already "
     "declared at a.tf:1"},
    {{{"a.tf.json",
       "{\"resource\":{\"terraform_data\":{\"a\":[{\"input\":\"x\"},{\"input\":\"y\"}]}}}"}},
     "a.tf.json:1:51: Duplicate resource \"terraform_data\""},
    {{{"a.tf", "data \"terraform_remote_state\" \"d\" {\n  backend = \"local\"\n}\n"},
      {"b.tf", "data \"terraform_remote_state\" \"d\" {\n  backend = \"local\"\n}\n"}},
     "b.tf:1:1: Duplicate data \"terraform_remote_state\" configuration"},
    {{{"a.tf", "provider \"terraform\" {}\nprovider \"terraform\" {}\n"}},
     "a.tf:2:1: Duplicate provider configuration: a configuration for \"terraform\" was already "
     "given at a.tf:1"},
    {{{"a.tf", "provider \"terraform\" {\n  alias = \"x\"\n}\n"},
      {"b.tf", "provider \"terraform\" {\n  alias = \"x\"\n}\n"}},
     "with alias x was already given at a.tf:1"},
    {{{"a.tf", "terraform {\n  required_providers {}\n}\n"},
      {"b.tf", "terraform {\n  required_providers {}\n}\n"}},
     "b.tf:2:3: Duplicate required providers configuration: a module may have only one"},
    {{{"a.tf", "terraform {\n  backend \"local\" {}\n}\n"},
      {"b.tf", "terraform {\n  backend \"local\" {}\n}\n"}},
     "b.tf:2:3: Duplicate backend configuration"},
    {{{"a.tf", "locals {}\n"}, {"override.tf", "variable \"x\" {}\n"}},
     "override.tf:1:1: Missing base variable declaration to override: there is no variable named "
     "\"x\""},
    {{{"a.tf", "locals {}\n"}, {"x_override.tf", "locals {\n  b = 1\n}\n"}},
     "x_override.tf:2:3: Missing base local value definition to override: there is no local value "
     "named \"b\""},
    {{{"a.tf", "locals {}\n"}, {"override.tf", "output \"o\" {\n  value = 1\n}\n"}},
     "Missing base output definition to override"},
    {{{"a.tf", "locals {}\n"}, {"override.tf", "module \"m\" {\n  source = \"./m\"\n}\n"}},
     "Missing module call to override: there is no module call named \"m\""},
    {{{"a.tf", "locals {}\n"}, {"override.tf", "\nresource \"terraform_data\" \"r\" {}\n"}},
     "override.tf:2:1: Missing resource to override: there is no terraform_data resource named "
     "\"r\""},
    {{{"a.tf", "locals {}\n"},
      {"override.tf", "data \"terraform_remote_state\" \"d\" {\n  backend = \"local\"\n}\n"}},
     "Missing data resource to override"},
    {{{"a.tf", "locals {}\n"}, {"override.tf", "provider \"terraform\" {\n  alias = \"x\"\n}\n"}},
     "Missing base provider configuration for override"},
    {{{"a.tf", "resource \"terraform_data\" \"a\" {}\n"},
      {"override.tf", "moved {\n  from = terraform_data.b\n  to   = terraform_data.a\n}\n"}},
     "override.tf:1:1: Cannot override 'moved' blocks"},
    {{{"a.tf", "resource \"terraform_data\" \"a\" {}\n"},
      {"override.tf", "import {\n  id = \"x\"\n  to = terraform_data.a\n}\n"}},
     "override.tf:1:1: Cannot override 'import' blocks"},
    {{{"a.tf", "resource \"terraform_data\" \"a\" {}\n"},
      {"override.tf", "check \"c\" {\n  assert {\n    condition     = terraform_data.a.id != "
                      "\"\"\n    error_message = \"x\"\n  }\n}\n"}},
     "override.tf:1:1: Can't override check blocks"},
    {{{"a.tf", "resource \"terraform_data\" \"a\" {}\nresource \"terraform_data\" \"b\" {}\n"},
      {"override.tf",
       "resource \"terraform_data\" \"a\" {\n  depends_on = [terraform_data.b]\n}\n"}},
     "override.tf:2:3: Unsupported override: the depends_on argument may not be overridden"},
    {{{"a.tf", "variable \"v\" {\n  default = 1\n}\nresource \"terraform_data\" \"a\" {}\n"},
      {"override.tf",
       "resource \"terraform_data\" \"a\" {\n  lifecycle {\n    precondition {\n      condition    "
       " = var.v == 1\n      error_message = \"x\"\n    }\n  }\n}\n"}},
     "override.tf:3:5: Can't override precondition blocks"},
    {{{"a.tf", "output \"o\" {\n  value = 1\n}\n"},
      {"override.tf", "output \"o\" {\n  precondition {\n    condition     = true\n    "
                      "error_message = \"x\"\n  }\n}\n"}},
     "override.tf:2:3: Can't override precondition blocks"},
    {{{"a.tf", "variable \"v\" {\n  default = 1\n}\n"},
      {"override.tf.json", "{\"variable\": {\"v\": {\n\"validation\": {\"condition\": \"${var.v == "
                           "1}\", \"error_message\": \"x\"}}}}"}},
     "override.tf.json:2:1: Can't override validation blocks"},
    {{{"a.tf", "resource \"terraform_data\" \"a\" {}\n"},
      {"override.tf",
       "resource \"terraform_data\" \"a\" {\n  lifecycle {\n    postcondition {\n      condition   "
       "  = self.id != \"\"\n      error_message = \"x\"\n    }\n  }\n}\n"}},
     "override.tf:3:5: Can't override postcondition blocks"},
    {{{"a.tf", "ephemeral \"x_y\" \"a\" {}\n"}, {"b.tf", "\nephemeral \"x_y\" \"a\" {}\n"}},
     "b.tf:2:1: Duplicate ephemeral \"x_y\" configuration: one named \"a\" was already declared at "
     "a.tf:1"},
    {{{"a.tf", "resource \"terraform_data\" \"a\" {\n  count = 2\n  input = count.index\n}\n"},
      {"override.tf.json",
       "{\"resource\": {\"terraform_data\": {\"a\": {\n\"for_each\": {\"x\": 1}}}}}"}},
     "override.tf.json:2:1: Invalid combination of \"count\" and \"for_each\""},
};

#endif
