# pw_room(NAME [DEPS room...] [LIBS target...] [PUBLIC_LIBS target...])
#
# A room is a folder, a static library pw_<name> and a namespace pw::<name>. It is made of every .cpp in
# the folder (main.cpp belongs to an executable instead), and may use the rooms in DEPS.
# LIBS are third-party targets that only the .cpp files see; PUBLIC_LIBS also show in the room's headers.
# A room without a .cpp is an interface target, so that the rooms below it need not know.
function(pw_room name)
  cmake_parse_arguments(arg "" "" "DEPS;LIBS;PUBLIC_LIBS" ${ARGN})
  list(TRANSFORM arg_DEPS PREPEND pw_)
  set(target pw_${name})

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(NOT sources)
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE pw_flags ${arg_DEPS} ${arg_PUBLIC_LIBS})
    return()
  endif()

  add_library(${target} STATIC ${sources})
  target_link_libraries(${target} PUBLIC pw_flags ${arg_DEPS} ${arg_PUBLIC_LIBS} PRIVATE ${arg_LIBS})
endfunction()
