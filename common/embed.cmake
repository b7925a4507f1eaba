# Writes each file of IN (texts) as a C string array into OUT, under the name TABLE: the data inside the binary.
# Names in the table begin with UNDER. The type is that of common/embedded.h.
set(arrays "")
set(table "")
foreach(in IN LISTS IN)
  get_filename_component(file ${in} NAME)
  string(MAKE_C_IDENTIFIER "text_${file}" name)
  file(READ ${in} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
  string(APPEND arrays "static const unsigned char ${name}[] = {\n${bytes}0};\n")
  string(APPEND table "    {\"${UNDER}${file}\", (const char *)${name}, sizeof ${name} - 1},\n")
endforeach()
file(WRITE ${OUT} "/* made by embed.cmake */\n#include \"common/embedded.h\"\n${arrays}"
  "extern const struct embedded_text ${TABLE}[];\nconst struct embedded_text ${TABLE}[] = {\n${table}    {0},\n};\n")
