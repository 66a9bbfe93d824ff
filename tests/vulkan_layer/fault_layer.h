#pragma once
// SPDX-License-Identifier: Apache-2.0
// While it lives, every Vulkan instance that is made goes through the layer of faults.cpp.

#include "base/process.h"
#include "tests/support/paths.h"

#include <dlfcn.h>
#include <doctest/doctest.h>

#include <string>

namespace pw::test {

class FaultLayer {
  public:
    FaultLayer() {
        const std::string folder = (build_dir() / "tests/vulkan_layer").string();
        set_environment("VK_ADD_LAYER_PATH", folder);
        set_environment("VK_INSTANCE_LAYERS", "VK_LAYER_PW_faults");
        library_ = dlopen((folder + "/libpw_vk_faults.so").c_str(), RTLD_NOW | RTLD_LOCAL);
        REQUIRE(library_ != nullptr);
        lose_ = reinterpret_cast<void (*)(const char*)>(dlsym(library_, "pw_vk_lose"));
        REQUIRE(lose_ != nullptr);
    }
    ~FaultLayer() {
        set_environment("VK_INSTANCE_LAYERS", "");
        set_environment("VK_ADD_LAYER_PATH", "");
        dlclose(library_);
    }
    FaultLayer(const FaultLayer&) = delete;
    FaultLayer& operator=(const FaultLayer&) = delete;
    void lose(const char* call) { lose_(call); } // the device, at the next such call

  private:
    void* library_ = nullptr;
    void (*lose_)(const char*) = nullptr;
};

} // namespace pw::test
