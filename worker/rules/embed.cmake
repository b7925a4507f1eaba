# Writes IN (text) as a C string array into OUT: the pack inside the binary.
file(READ ${IN} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
file(WRITE ${OUT} "/* made from aws.yaml by embed.cmake */\n#include \"worker/rules/builtin_pack.h\"\n"
  "const unsigned char builtin_pack[] = {\n${bytes}0};\nconst unsigned long builtin_pack_len = sizeof builtin_pack - 1;\n")
