# Everything we did not write, all of it from Debian; docs/decisions/0004 says why each is here.
# Imported targets are SYSTEM: their headers give no warnings.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Vulkan REQUIRED)
find_package(VulkanMemoryAllocator CONFIG REQUIRED) # GPUOpen::VulkanMemoryAllocator, a header
find_package(OpenXR CONFIG REQUIRED)                # OpenXR::openxr_loader
find_package(glfw3 CONFIG REQUIRED)                 # glfw
find_package(glm CONFIG REQUIRED)                   # glm::glm
find_package(nlohmann_json CONFIG REQUIRED)         # nlohmann_json::nlohmann_json
find_package(draco CONFIG REQUIRED)                 # draco::draco
find_package(meshoptimizer CONFIG REQUIRED)         # meshoptimizer::meshoptimizer
find_package(CLI11 CONFIG REQUIRED)                 # CLI11::CLI11
find_package(simdjson CONFIG REQUIRED)              # simdjson::simdjson
find_package(apriltag CONFIG REQUIRED)              # apriltag::apriltag
find_package(ZLIB REQUIRED)                         # ZLIB::ZLIB
find_package(OpenSSL REQUIRED)                      # OpenSSL::Crypto
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(imgui REQUIRED IMPORTED_TARGET imgui)
pkg_check_modules(mosquitto REQUIRED IMPORTED_TARGET libmosquitto)
pkg_check_modules(webp REQUIRED IMPORTED_TARGET libwebp)
pkg_check_modules(stb REQUIRED IMPORTED_TARGET stb)

# Debian's open62541 ships a CMake package and a .pc file that both name files which are not there.
find_library(PW_OPEN62541 open62541 REQUIRED)
mark_as_advanced(PW_OPEN62541)

# Headers straight in the system's include folder, with nothing to link: tiny_gltf.h, rapidjson, protozero,
# miniaudio, doctest.
foreach(header IN ITEMS tiny_gltf.h rapidjson/document.h protozero/pbf_reader.hpp miniaudio.h doctest/doctest.h)
  string(MAKE_C_IDENTIFIER PW_HAS_${header} found)
  find_path(${found} ${header} REQUIRED)
  mark_as_advanced(${found})
endforeach()
