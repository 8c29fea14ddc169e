# SPDX-License-Identifier: MIT OR Apache-2.0
# find_package(owfat) and find_package(libowfat): the targets owfat::owfat, which is the shared library, and
# owfat::static. Headers are found as <io.h> and as <libowfat/io.h>.

# LIBDIR/cmake/NAME is where this file lies, wherever the tree was moved.
get_filename_component(_owfat_libraries "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
find_path(owfat_INCLUDE_DIR libowfat/io.h
  HINTS "${_owfat_libraries}/../include" "${_owfat_libraries}/../../include" "@INCLUDEDIR@"
  NO_DEFAULT_PATH)

if(NOT TARGET owfat::owfat)
  find_package(Threads QUIET)
  foreach(_owfat_kind SHARED STATIC)
    set(_owfat_file "${_owfat_libraries}/libowfat${CMAKE_${_owfat_kind}_LIBRARY_SUFFIX}")
    if(_owfat_kind STREQUAL SHARED)
      set(_owfat_target owfat::owfat)
    else()
      set(_owfat_target owfat::static)
    endif()
    if(EXISTS "${_owfat_file}")
      add_library(${_owfat_target} ${_owfat_kind} IMPORTED)
      set_target_properties(${_owfat_target} PROPERTIES
        IMPORTED_LOCATION "${_owfat_file}"
        INTERFACE_COMPILE_DEFINITIONS "@DEFINITIONS@"
        INTERFACE_INCLUDE_DIRECTORIES "${owfat_INCLUDE_DIR};${owfat_INCLUDE_DIR}/libowfat")
    endif()
  endforeach()
  if(TARGET owfat::static AND TARGET Threads::Threads)
    set_property(TARGET owfat::static PROPERTY INTERFACE_LINK_LIBRARIES Threads::Threads)
  endif()
endif()

if(NOT owfat_INCLUDE_DIR)
  set(${CMAKE_FIND_PACKAGE_NAME}_FOUND FALSE)
  set(${CMAKE_FIND_PACKAGE_NAME}_NOT_FOUND_MESSAGE "libowfat/io.h is not where it was installed")
endif()
