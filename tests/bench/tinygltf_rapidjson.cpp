// SPDX-License-Identifier: Apache-2.0
// tinygltf with its rapidjson back end, under a name of its own so that both can be in one program.

#include "tests/bench/tinygltf.h"

#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#define TINYGLTF_USE_RAPIDJSON
#define TINYGLTF_NO_INCLUDE_RAPIDJSON
#define TINYGLTF_IMPLEMENTATION
#define TINYGLTF_NO_STB_IMAGE
#define TINYGLTF_NO_STB_IMAGE_WRITE
#define tinygltf tinygltf_rapidjson
#include <tiny_gltf.h>

std::size_t nodes_by_tinygltf_rapidjson(const std::string& glb) {
    tinygltf::TinyGLTF loader;
    const auto keep_encoded = [](tinygltf::Image*, const int, std::string*, std::string*, int, int,
                                 const unsigned char*, int, void*) { return true; };
    loader.SetImageLoader(keep_encoded, nullptr);
    tinygltf::Model model;
    std::string error, warning;
    if (!loader.LoadBinaryFromFile(&model, &error, &warning, glb)) return 0;
    return model.nodes.size();
}
