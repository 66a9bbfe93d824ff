# pw_shaders(TARGET file...)
#
# Compiles each GLSL file to SPIR-V, validates it and embeds it in TARGET. C++ reads it with
#   #include "pw_shaders.h"     // namespace pw::shaders { extern const std::span<const std::uint32_t> mesh_vert; }
# for shaders/mesh.vert. GLSL includes from the repository root: #include "shaders/shared.h".
# The .spv files stay in <build>/shaders; the target pw_spirv makes just them, for hot reload.
find_program(PW_GLSLC glslc REQUIRED)
find_program(PW_SPIRV_VAL spirv-val REQUIRED)
mark_as_advanced(PW_GLSLC PW_SPIRV_VAL)
add_custom_target(pw_spirv)

function(pw_shaders target)
  set(out ${CMAKE_BINARY_DIR}/shaders)
  file(MAKE_DIRECTORY ${out})
  set(declarations "")
  set(all_spirv "")
  foreach(file IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH file NORMALIZE)
    cmake_path(GET file FILENAME shader)
    string(MAKE_C_IDENTIFIER ${shader} symbol)
    set(spirv ${out}/${shader}.spv)
    add_custom_command(
      OUTPUT ${spirv}
      COMMAND ${PW_GLSLC} --target-env=vulkan1.3 -Werror -O -g -I${CMAKE_SOURCE_DIR}
              -MD -MF ${spirv}.d -o ${spirv} ${file}
      COMMAND ${PW_SPIRV_VAL} --target-env vulkan1.3 ${spirv}
      DEPENDS ${file} DEPFILE ${spirv}.d
      COMMENT "Compiling shader ${shader}" VERBATIM)
    add_custom_command(
      OUTPUT ${out}/${symbol}.cpp
      COMMAND ${CMAKE_COMMAND} -D IN=${spirv} -D OUT=${out}/${symbol}.cpp -D SYMBOL=${symbol}
              -P ${CMAKE_SOURCE_DIR}/cmake/embed_spirv.cmake
      DEPENDS ${spirv} ${CMAKE_SOURCE_DIR}/cmake/embed_spirv.cmake
      COMMENT "Embedding shader ${shader}" VERBATIM)
    target_sources(${target} PRIVATE ${out}/${symbol}.cpp)
    string(APPEND declarations "extern const std::span<const std::uint32_t> ${symbol};\n")
    list(APPEND all_spirv ${spirv})
  endforeach()

  file(CONFIGURE OUTPUT ${out}/include/pw_shaders.h @ONLY CONTENT
"#pragma once
// Made by cmake/shaders.cmake: the compiled shaders.
#include <cstdint>
#include <span>

namespace pw::shaders {
@declarations@} // namespace pw::shaders
")
  target_include_directories(${target} PRIVATE ${out}/include)
  add_custom_target(${target}_spirv DEPENDS ${all_spirv})
  add_dependencies(pw_spirv ${target}_spirv)
endfunction()
