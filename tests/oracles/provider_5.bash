# shellcheck shell=bash
# Bends a copy of Terraform that is written for version 6 of the AWS provider to version 5. Sourced.
#
#   provider_5 DIR     changes the .tf files below it

provider_5() {
    find "$1" -name '*.tf' -exec sed -i -E \
        -e 's/(version *= *")>= 6\.[0-9]+"/\1>= 5.0"/' -e '/^ *region *= *(var|each|local)\.[a-z_.]*region$/d' \
        -e '/^ *provider_meta /,/^  \}/d' -e 's/(data\.aws_region\.[a-z]+(\[0\])?)\.region/\1.name/g' {} +
}
