# pw_flags: what our own targets are compiled with. Third-party headers are SYSTEM and stay outside.

option(PW_WERROR "A warning is an error" OFF)
set(PW_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. address,undefined or thread")

option(PW_FUZZ "Build the fuzz targets of tests/fuzz with libFuzzer (clang)" OFF)

add_library(pw_flags INTERFACE)
target_include_directories(pw_flags INTERFACE ${CMAKE_SOURCE_DIR})

# A designated initialiser leaves the rest to its defaults on purpose: no -Wmissing-field-initializers.
target_compile_options(pw_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wdouble-promotion -Wnull-dereference -Wundef -Wformat=2 -Wextra-semi
  -Wno-missing-field-initializers
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wuseless-cast>
  # g++ sees null pointers inside its own inlined library, so that one warns and does not stop.
  $<$<BOOL:${PW_WERROR}>:-Werror -Wno-error=null-dereference>)

# __FILE__ and std::source_location say "base/log.h", not where this folder happens to lie (the second
# form is the same folder as ccache spells it).
file(RELATIVE_PATH up ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR})
target_compile_options(pw_flags INTERFACE
  -fmacro-prefix-map=${CMAKE_SOURCE_DIR}/= -fmacro-prefix-map=${up}=)

target_compile_definitions(pw_flags INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

if(PW_FUZZ)
  add_compile_options(-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
elseif(PW_SANITIZE)
  # For everything in this build, so that nothing links half instrumented.
  add_compile_options(-O1 -fsanitize=${PW_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${PW_SANITIZE})
else()
  include(CheckCXXCompilerFlag)
  check_cxx_compiler_flag("-O2 -fhardened" PW_HAS_HARDENED)
  if(PW_HAS_HARDENED)
    target_compile_options(pw_flags INTERFACE $<$<CONFIG:RelWithDebInfo>:-fhardened>)
    target_link_options(pw_flags INTERFACE $<$<CONFIG:RelWithDebInfo>:LINKER:-z,relro,-z,now>)
  endif()
endif()
