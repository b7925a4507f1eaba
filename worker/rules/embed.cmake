# Writes each file of IN (texts) as a C string array into OUT, under the name TABLE: the data inside the binary.
set(arrays "")
set(table "")
foreach(in IN LISTS IN)
  get_filename_component(name ${in} NAME_WE)
  file(READ ${in} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
  string(APPEND arrays "static const unsigned char ${name}[] = {\n${bytes}0};\n")
  string(APPEND table "    {\"${UNDER}${name}.yaml\", (const char *)${name}, sizeof ${name} - 1},\n")
endforeach()
file(WRITE ${OUT} "/* made by embed.cmake */\n#include \"worker/rules/builtin_packs.h\"\n${arrays}"
  "const struct builtin_pack ${TABLE}[] = {\n${table}    {0},\n};\n")
