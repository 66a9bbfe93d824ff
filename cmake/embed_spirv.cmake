# cmake -D IN=mesh.vert.spv -D OUT=mesh_vert.cpp -D SYMBOL=mesh_vert -P embed_spirv.cmake
# SPIR-V is a sequence of little-endian 32-bit words.
cmake_minimum_required(VERSION 3.25)
file(READ ${IN} hex HEX)
string(REGEX REPLACE "(..)(..)(..)(..)" "0x\\4\\3\\2\\1," words "${hex}")
string(REGEX REPLACE "((0x........,){12})" "\\1\n" words "${words}")
file(WRITE ${OUT}
"// Made by cmake/embed_spirv.cmake.
#include \"pw_shaders.h\"

namespace pw::shaders {
static constexpr std::uint32_t kWords[] = {
${words}};
constinit const std::span<const std::uint32_t> ${SYMBOL}{kWords};
} // namespace pw::shaders
")
