# pw_tests(MODULE [DEPS room...] [LIBS target...] [LABELS label...] [SANITIZED asan|tsan...])
#
# One doctest program test_<module> from tests/<module>/*.cpp, one ctest entry per TEST_SUITE, found by
# asking the program after it is built. A suite is called "<module>/<what>"; its labels stand at the end
# in brackets: "renderer/mesh [gpu]". Without any it gets LABELS, or else "unit".
# SANITIZED names the presets that CI runs this module's unit tests under as well: the target asan_tests
# (tsan_tests) builds them, the label asan (tsan) finds them.
set(PW_TEST_LABELS unit gpu xr net golden sound slow)
add_custom_target(asan_tests)
add_custom_target(tsan_tests)

function(pw_tests module)
  cmake_parse_arguments(arg "" "" "DEPS;LIBS;LABELS;SANITIZED" ${ARGN})
  list(TRANSFORM arg_DEPS PREPEND pw_)
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()

  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${module}/*.cpp)
  if(NOT sources)
    return()
  endif()
  foreach(dep IN LISTS arg_DEPS)
    if(NOT TARGET ${dep})
      return()
    endif()
  endforeach()

  set(target test_${module})
  set(list_file ${CMAKE_CURRENT_BINARY_DIR}/${target}.cmake)
  add_executable(${target} ${sources})
  target_link_libraries(${target} PRIVATE pw_test_main pw_test_support ${arg_DEPS} ${arg_LIBS})
  foreach(preset IN LISTS arg_SANITIZED)
    add_dependencies(${preset}_tests ${target})
  endforeach()
  add_custom_command(TARGET ${target} POST_BUILD
    BYPRODUCTS ${list_file}
    COMMAND ${CMAKE_COMMAND} -D PROGRAM=$<TARGET_FILE:${target}> -D MODULE=${module} -D OUT=${list_file}
            "-D DEFAULT_LABELS=${arg_LABELS}" "-D KNOWN_LABELS=${PW_TEST_LABELS}"
            "-D EXTRA_LABELS=${arg_SANITIZED}"
            -P ${CMAKE_SOURCE_DIR}/cmake/discover_tests.cmake
    VERBATIM)
  # ctest reads this when it runs; a program that was not built is a failing test, not a missing one.
  set(include_file ${CMAKE_CURRENT_BINARY_DIR}/${target}_include.cmake)
  file(CONFIGURE OUTPUT ${include_file} @ONLY CONTENT
"if(EXISTS \"@list_file@\")
  include(\"@list_file@\")
else()
  add_test(\"@module@ was not built\" \"@CMAKE_COMMAND@\" -E false)
endif()
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${include_file})
endfunction()

# pw_check(NAME COMMAND...): a check of the source tree as a ctest entry, label unit.
function(pw_check name)
  add_test(NAME check/${name} COMMAND ${ARGN} WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set_tests_properties(check/${name} PROPERTIES LABELS unit TIMEOUT 120)
endfunction()
