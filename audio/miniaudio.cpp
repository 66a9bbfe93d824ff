// SPDX-License-Identifier: Apache-2.0
// The one body of miniaudio, which is a header. What is left out of it: CMakeLists.txt.
#define MINIAUDIO_IMPLEMENTATION
#include <miniaudio.h>
