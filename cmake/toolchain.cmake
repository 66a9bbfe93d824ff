# ccache and mold, where they are installed.

find_program(PW_CCACHE ccache)
mark_as_advanced(PW_CCACHE)
if(PW_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  if(DEFINED ENV{XDG_CACHE_HOME})
    set(cache_home $ENV{XDG_CACHE_HOME})
  else()
    set(cache_home $ENV{HOME}/.cache)
  endif()
  # Given on the command line and not by environment, so that a bare `ninja` shares the cache too.
  # Paths are hashed relative to the source folder: every clone and worktree hits what another one compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${PW_CCACHE}
      cache_dir=${cache_home}/plantwalk/ccache base_dir=${CMAKE_SOURCE_DIR} hash_dir=false)
endif()

find_program(PW_MOLD mold)
mark_as_advanced(PW_MOLD)
if(PW_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
