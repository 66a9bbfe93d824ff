#pragma once
// SPDX-License-Identifier: Apache-2.0
// The halls that benchmarks draw and load: made by make_scene.py in a folder that goes with this object.

#include <string>
#include <vector>

namespace pw::bench {

class Halls {
  public:
    // "2000", "20000", "100000" nodes, and with `unique` each once more with a mesh of its own for every node.
    explicit Halls(bool unique);
    ~Halls();
    Halls(const Halls&) = delete;
    Halls& operator=(const Halls&) = delete;

    const std::vector<std::string>& files() const { return files_; } // none: python3 failed, and said why

  private:
    std::string folder_;
    std::vector<std::string> files_;
};

} // namespace pw::bench
