# Asks a doctest program for its suites and writes the ctest entries. Run after each link; see testing.cmake.
cmake_minimum_required(VERSION 3.25)

function(ask out)
  execute_process(COMMAND ${PROGRAM} --no-skip=true --no-colors=true ${ARGN}
    OUTPUT_VARIABLE text RESULT_VARIABLE result ERROR_VARIABLE errors)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${PROGRAM} ${ARGN}: ${result}\n${text}${errors}")
  endif()
  string(REGEX REPLACE "\\[doctest\\][^\n]*\n|=====+\n" "" text "${text}")
  # Brackets would keep CMake from seeing the items of a list.
  string(REPLACE "[" "<" text "${text}")
  string(REPLACE "]" ">" text "${text}")
  string(REPLACE "\n" ";" text "${text}")
  list(FILTER text EXCLUDE REGEX "^$")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

ask(homeless --list-test-cases --test-suite-exclude=?*)
if(homeless)
  message(FATAL_ERROR "tests/${MODULE}: these tests are in no TEST_SUITE and would never run: ${homeless}")
endif()

ask(suites --list-test-suites)
set(script "")
foreach(suite IN LISTS suites)
  if(NOT suite MATCHES "^${MODULE}(/[a-z0-9_/]+)?(( <[a-z]+>)*)$")
    message(FATAL_ERROR
      "tests/${MODULE}: suite \"${suite}\" should be called \"${MODULE}/what\" or \"${MODULE}/what [label]\" (brackets are shown as <>)")
  endif()
  string(REGEX MATCHALL "[a-z]+" labels "${CMAKE_MATCH_2}")
  foreach(label IN LISTS labels)
    if(NOT label IN_LIST KNOWN_LABELS)
      message(FATAL_ERROR "tests/${MODULE}: suite \"${suite}\" has an unknown label; known are: ${KNOWN_LABELS}")
    endif()
  endforeach()
  if(NOT labels)
    set(labels ${DEFAULT_LABELS})
  endif()
  list(APPEND labels ${EXTRA_LABELS})
  set(timeout 180) # for what hangs; a busy machine takes several times what a quiet one does
  if(slow IN_LIST labels)
    set(timeout 900)
  endif()
  string(REPLACE "<" "[" suite "${suite}")
  string(REPLACE ">" "]" suite "${suite}")
  string(APPEND script
    "add_test([==[${suite}]==] [==[${PROGRAM}]==] [==[--test-suite=${suite}]==])\n"
    "set_tests_properties([==[${suite}]==] PROPERTIES TIMEOUT ${timeout} SKIP_RETURN_CODE 77 LABELS \"${labels}\")\n")
endforeach()
file(WRITE ${OUT} "${script}")
