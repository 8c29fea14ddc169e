# SPDX-License-Identifier: MIT OR Apache-2.0
# The version of the interface, as pkg-config has it. Later ones of 0.x have what earlier ones have.
set(PACKAGE_VERSION 0.34)
if(PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE FALSE)
else()
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
  if(PACKAGE_FIND_VERSION VERSION_EQUAL PACKAGE_VERSION)
    set(PACKAGE_VERSION_EXACT TRUE)
  endif()
endif()
