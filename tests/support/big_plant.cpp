// SPDX-License-Identifier: Apache-2.0
#include "tests/support/big_plant.h"

#include "base/file.h"
#include "base/format.h"
#include "base/math.h"

#include <glm/geometric.hpp>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

namespace pw::test {
namespace {

constexpr float kTurn = 6.2831853f;

struct Corner {
    Vec3 position, normal;
};

struct Form {
    std::vector<Corner> corners;
    std::vector<std::uint16_t> indices;

    // Rows of corners, `columns` each, joined by quads.
    void join(std::size_t first, std::size_t rows, std::size_t columns) {
        for (std::size_t r = 0; r + 1 < rows; ++r) {
            for (std::size_t c = 0; c + 1 < columns; ++c) {
                const auto a = static_cast<std::uint16_t>(first + r * columns + c);
                const auto b = static_cast<std::uint16_t>(a + columns);
                const auto a1 = static_cast<std::uint16_t>(a + 1), b1 = static_cast<std::uint16_t>(b + 1);
                indices.insert(indices.end(), {a, b, a1, a1, b, b1});
            }
        }
    }
};

// Random, and the same on every platform.
struct Dice {
    std::mt19937 engine;
    float between(float low, float high) { return low + (high - low) * static_cast<float>(engine()) / 4294967296.f; }
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(engine() % n); }
};

// A profile (radius, height) turned around Y, with an edge at each of its corners.
void add_turned(Form& form, const std::vector<Vec2>& profile, std::uint32_t segments) {
    for (std::size_t p = 0; p + 1 < profile.size(); ++p) {
        const Vec2 along = profile[p + 1] - profile[p];
        const Vec2 out = glm::normalize(Vec2(along.y, -along.x));
        const std::size_t first = form.corners.size();
        for (std::uint32_t s = 0; s <= segments; ++s) { // two rows, the upper corners behind the lower ones
            const float a = kTurn * static_cast<float>(s % segments) / static_cast<float>(segments);
            form.corners.push_back({{profile[p].x * std::cos(a), profile[p].y, profile[p].x * std::sin(a)},
                                    {out.x * std::cos(a), out.y, out.x * std::sin(a)}});
        }
        for (std::uint32_t s = 0; s <= segments; ++s) {
            Corner corner = form.corners[first + s];
            const float a = kTurn * static_cast<float>(s % segments) / static_cast<float>(segments);
            corner.position = {profile[p + 1].x * std::cos(a), profile[p + 1].y, profile[p + 1].x * std::sin(a)};
            form.corners.push_back(corner);
        }
        form.join(first, 2, segments + 1);
    }
}

// A tube of `radius` along a path that turns smoothly.
void add_tube(Form& form, const std::vector<Vec3>& path, float radius, std::uint32_t segments) {
    const std::size_t first = form.corners.size();
    for (std::size_t i = 0; i < path.size(); ++i) {
        const Vec3 along = glm::normalize(path[std::min(i + 1, path.size() - 1)] - path[i > 0 ? i - 1 : 0]);
        const Vec3 side = glm::normalize(glm::cross(along, std::abs(along.y) < 0.9f ? Vec3(0, 1, 0) : Vec3(1, 0, 0)));
        const Vec3 up = glm::cross(side, along);
        for (std::uint32_t s = 0; s <= segments; ++s) {
            const float a = -kTurn * static_cast<float>(s % segments) / static_cast<float>(segments);
            const Vec3 out = side * std::cos(a) + up * std::sin(a);
            form.corners.push_back({path[i] + out * radius, out});
        }
    }
    form.join(first, path.size(), segments + 1);
}

void add_box(Form& form, const Vec3& half, const Vec3& middle) {
    for (int axis = 0; axis < 3; ++axis) {
        for (const float side : {-1.f, 1.f}) {
            Vec3 n(0.f), u(0.f), v(0.f);
            n[axis] = side;
            u[(axis + 1) % 3] = 1.f;
            v[(axis + 2) % 3] = side;
            const std::size_t first = form.corners.size();
            for (const Vec2 c : {Vec2(-1, -1), Vec2(-1, 1), Vec2(1, -1), Vec2(1, 1)})
                form.corners.push_back({middle + (n + u * c.x + v * c.y) * half, n});
            form.join(first, 2, 2);
        }
    }
}

Form pipe(Dice& dice) {
    Form form;
    std::vector<Vec3> path;
    Vec3 at(0.f), way(0.f, 1.f, 0.f);
    const std::uint32_t bends = 1 + dice.below(3);
    for (std::uint32_t b = 0; b <= bends; ++b) {
        path.push_back(at);
        at += way * dice.between(0.3f, 0.9f);
        path.push_back(at);
        const Vec3 next = dice.below(2) == 0 ? Vec3(way.y, way.z, way.x) : Vec3(way.z, way.x, way.y);
        const float radius = dice.between(0.08f, 0.2f);
        for (int i = 1; i <= 4; ++i) {
            const float a = static_cast<float>(i) * kTurn / 16.f;
            path.push_back(at + way * (radius * std::sin(a)) + next * (radius * (1.f - std::cos(a))));
        }
        at = path.back();
        way = next;
    }
    add_tube(form, path, dice.between(0.03f, 0.09f), 6 + dice.below(5));
    return form;
}

Form turned(Dice& dice) {
    Form form;
    std::vector<Vec2> profile{{0.001f, 0.f}};
    float height = 0.f;
    for (std::uint32_t step = 0; step < 2 + dice.below(4); ++step) {
        const float radius = dice.between(0.06f, 0.4f);
        profile.push_back({radius, height});
        height += dice.between(0.05f, 0.35f);
        profile.push_back({radius, height});
    }
    profile.push_back({0.001f, height});
    add_turned(form, profile, 8 + dice.below(9));
    return form;
}

Form tank(Dice& dice) {
    Form form;
    std::vector<Vec2> profile;
    const float radius = dice.between(0.3f, 0.6f), wall = dice.between(0.6f, 1.4f);
    const int rings = 3 + static_cast<int>(dice.below(3));
    for (int end = 0; end < 2; ++end) {
        for (int i = 0; i <= rings; ++i) {
            const float a = kTurn / 4.f * static_cast<float>(end == 0 ? i : rings - i) / static_cast<float>(rings);
            const float y = radius * 0.5f * (1.f - std::cos(a));
            profile.push_back({std::max(radius * std::sin(a), 0.001f), end == 0 ? y : radius + wall - y});
        }
    }
    add_turned(form, profile, 14 + dice.below(12));
    return form;
}

Form gear(Dice& dice) {
    const std::uint32_t teeth = 8 + dice.below(12);
    const float radius = dice.between(0.1f, 0.3f), depth = radius * 0.12f, thick = dice.between(0.02f, 0.08f);
    Form form;
    std::vector<Vec2> rim;
    for (std::uint32_t i = 0; i <= teeth * 4; ++i) {
        const float a = kTurn * static_cast<float>(i % (teeth * 4)) / static_cast<float>(teeth * 4);
        rim.push_back(Vec2(std::cos(a), std::sin(a)) * (radius + (i % 4 < 2 ? depth : -depth)));
    }
    for (std::size_t i = 0; i + 1 < rim.size(); ++i) { // the flanks
        const Vec2 along = rim[i + 1] - rim[i];
        const Vec3 out = glm::normalize(Vec3(along.y, 0.f, -along.x));
        const std::size_t first = form.corners.size();
        for (const float y : {0.f, thick})
            for (const Vec2& p : {rim[i], rim[i + 1]}) form.corners.push_back({{p.x, y, p.y}, out});
        form.join(first, 2, 2);
    }
    for (const float y : {0.f, thick}) { // the faces, as rings around the bore
        const std::size_t first = form.corners.size();
        const Vec3 out(0.f, y > 0.f ? 1.f : -1.f, 0.f);
        for (const float share : {y > 0.f ? 1.f : 0.3f, y > 0.f ? 0.3f : 1.f})
            for (const Vec2& p : rim) form.corners.push_back({{p.x * share, y, p.y * share}, out});
        form.join(first, 2, rim.size());
    }
    return form;
}

Form frame(Dice& dice) {
    Form form;
    const Vec3 size(dice.between(0.4f, 1.f), dice.between(0.4f, 1.2f), dice.between(0.3f, 0.8f));
    const float beam = dice.between(0.015f, 0.04f);
    const std::uint32_t bars = 3 + dice.below(9);
    for (std::uint32_t i = 0; i < bars; ++i) {
        const float x = size.x * (static_cast<float>(i) / static_cast<float>(bars - 1) - 0.5f);
        add_box(form, {beam, size.y * 0.5f, beam},
                {x, size.y * 0.5f, dice.below(2) == 0 ? size.z * 0.5f : -size.z * 0.5f});
    }
    for (const float y : {0.f, size.y}) add_box(form, {size.x * 0.5f, beam, size.z * 0.5f + beam}, {0.f, y, 0.f});
    return form;
}

Form any_form(Dice& dice) {
    switch (dice.below(10)) {
    case 0:
    case 1:
    case 2:
        return pipe(dice);
    case 3:
    case 4:
    case 5:
        return turned(dice);
    case 6:
        return gear(dice);
    case 7:
        return tank(dice);
    default:
        return frame(dice);
    }
}

template <class T> void append(std::vector<std::byte>& out, const T& value) {
    const std::size_t at = out.size();
    out.resize(at + sizeof value);
    std::memcpy(out.data() + at, &value, sizeof value);
}

struct Writer {
    std::vector<std::byte> binary;
    std::string accessors, meshes, nodes;
    std::uint32_t count = 0;

    void add_part(const Form& form, std::uint32_t material) {
        const std::size_t positions = binary.size();
        Vec3 low(1e9f), high(-1e9f);
        for (const Corner& c : form.corners) {
            append(binary, c);
            low = glm::min(low, c.position);
            high = glm::max(high, c.position);
        }
        const std::size_t indices = binary.size();
        for (const std::uint16_t i : form.indices) append(binary, i);
        binary.resize((binary.size() + 3) / 4 * 4);
        const char* comma = count == 0 ? "" : ",";
        const std::uint32_t first = count * 3;
        accessors += formatted(
            R"({}{{"bufferView":0,"byteOffset":{},"componentType":5126,"count":{},"type":"VEC3","min":[{},{},{}],"max":[{},{},{}]}},)"
            R"({{"bufferView":0,"byteOffset":{},"componentType":5126,"count":{},"type":"VEC3"}},)"
            R"({{"bufferView":1,"byteOffset":{},"componentType":5123,"count":{},"type":"SCALAR"}})",
            comma, positions, form.corners.size(), low.x, low.y, low.z, high.x, high.y, high.z, positions + 12,
            form.corners.size(), indices, form.indices.size());
        meshes += formatted(
            R"({}{{"primitives":[{{"attributes":{{"POSITION":{},"NORMAL":{}}},"indices":{},"material":{}}}]}})", comma,
            first, first + 1, first + 2, material);
        ++count;
    }
};

} // namespace

Result<void> write_big_plant(const std::string& file, std::uint32_t parts) {
    Dice dice{std::mt19937(7)};
    Writer out;
    const std::uint32_t machines = (parts + 9) / 10;
    const auto side = static_cast<std::uint32_t>(std::ceil(std::sqrt(machines)));
    std::string lines;
    std::string machine_list;
    std::uint32_t next = 0; // node
    for (std::uint32_t m = 0, p = 0; m < machines; ++m) {
        std::string children;
        for (std::uint32_t k = 0; k < 10 && p < parts; ++k, ++p, ++next) {
            out.add_part(any_form(dice), dice.below(24));
            const float turn = dice.between(0.f, kTurn);
            out.nodes += formatted(R"({{"name":"Part{}","mesh":{},"translation":[{},{},{}],"rotation":[0,{},0,{}]}},)",
                                   k, p, dice.between(-0.8f, 0.8f), dice.between(0.f, 1.6f), dice.between(-0.8f, 0.8f),
                                   std::sin(turn / 2), std::cos(turn / 2));
            children += formatted("{}{}", children.empty() ? "" : ",", next);
        }
        out.nodes += formatted(R"({{"name":"Machine{}","translation":[{},0,{}],"children":[{}]}},)", m % side,
                               2.5 * (m % side) - 1.25 * side, 2.5 * (m / side) - 1.25 * side, children);
        machine_list += formatted("{}{}", machine_list.empty() ? "" : ",", next++);
        if (m % side + 1 == side || m + 1 == machines) {
            out.nodes += formatted(R"({{"name":"Line{}","children":[{}]}},)", m / side, machine_list);
            lines += formatted("{}{}", lines.empty() ? "" : ",", next++);
            machine_list.clear();
        }
    }
    out.nodes += formatted(R"({{"name":"Plant","children":[{}]}})", lines);
    std::string materials;
    for (int i = 0; i < 24; ++i) {
        const float metal = i % 3 == 0 ? 1.f : 0.f;
        materials += formatted(
            R"({}{{"pbrMetallicRoughness":{{"baseColorFactor":[{},{},{},1],"metallicFactor":{},"roughnessFactor":{}}},"doubleSided":true}})",
            i == 0 ? "" : ",", dice.between(0.2f, 0.9f), dice.between(0.2f, 0.9f), dice.between(0.2f, 0.9f), metal,
            dice.between(0.25f, 0.8f));
    }
    std::string json = formatted(
        R"({{"asset":{{"version":"2.0","generator":"big_plant"}},"scene":0,"scenes":[{{"nodes":[{}]}}],"nodes":[{}],"meshes":[{}],"materials":[{}],"accessors":[{}],)"
        R"("bufferViews":[{{"buffer":0,"byteLength":{},"byteStride":24,"target":34962}},{{"buffer":0,"byteLength":{},"target":34963}}],"buffers":[{{"byteLength":{}}}]}})",
        next, out.nodes, out.meshes, materials, out.accessors, out.binary.size(), out.binary.size(), out.binary.size());
    json.resize((json.size() + 3) / 4 * 4, ' ');
    std::vector<std::byte> glb;
    glb.reserve(28 + json.size() + out.binary.size());
    for (const std::size_t word : {std::size_t{0x46546c67}, std::size_t{2}, 28 + json.size() + out.binary.size(),
                                   json.size(), std::size_t{0x4e4f534a}})
        append(glb, static_cast<std::uint32_t>(word));
    const auto text = as_bytes(json);
    glb.insert(glb.end(), text.begin(), text.end());
    append(glb, static_cast<std::uint32_t>(out.binary.size()));
    append(glb, std::uint32_t{0x004e4942});
    glb.insert(glb.end(), out.binary.begin(), out.binary.end());
    return write_file(file, glb);
}

} // namespace pw::test
