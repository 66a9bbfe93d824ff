// SPDX-License-Identifier: Apache-2.0
#include "app/stage.h"

#include "app/live_items.h"
#include "base/catch.h"
#include "base/file.h"
#include "base/format.h"
#include "base/guarded.h"

#include <atomic>
#include <map>
#include <optional>

namespace pw::app {

namespace {

struct LoadedFile {
    Result<std::shared_ptr<const scene::Model>> model;
    Reports reports;
    bool ready = false;
};

} // namespace

// What the jobs fill in; they hold it, so it outlives a Stage that is dropped early.
struct Stage::Loading {
    Guarded<std::map<std::string, LoadedFile>> files; // by model id
    std::map<std::string, std::shared_ptr<const scene::Model>> models;
    std::size_t arrived = 0;
    std::atomic<bool> stop{false};
};

Stage::~Stage() {
    if (loading_) loading_->stop = true;
}

Affine Stage::world_from_equipment(const plant::Plant& plant, std::uint32_t equipment) {
    const auto& e = plant.equipment[equipment];
    const Affine own = plant::to_affine(e.placement);
    return e.parent == scene::kNone ? own : world_from_equipment(plant, e.parent) * own;
}

void Stage::open(const plant::Plant& plant, scene::Scene& scene) {
    for (const auto& s : plant.scenery) wishes_.push_back({s.name, s.model, plant::to_affine(s.placement)});
    for (std::uint32_t i = 0; i < plant.equipment.size(); ++i) {
        const auto& e = plant.equipment[i];
        const Affine world = world_from_equipment(plant, i);
        if (!e.model.empty()) wishes_.push_back({e.id, e.model, world});
        for (const auto& item : e.items) {
            const Affine own = plant::to_affine(item.placement);
            const bool attached = !item.attach.empty();
            wishes_.push_back({e.id + "/" + item.name, item.model, attached ? own : world * own,
                               attached ? e.id : std::string(), item.attach});
        }
        wish_slots(e, world);
    }
    load(plant.models);
    step(scene);
}

void Stage::load(const std::vector<plant::ModelFile>& files) {
    loading_ = std::make_shared<Loading>();
    total_ = files.size();
    for (const auto& file : files) {
        // The answer is there from the start: whoever waits for it would wait for ever where there is no memory for it.
        loading_->files.lock()->insert_or_assign(
            file.id, LoadedFile{fail(Errc::Exhausted, file.file + ": reading it ended early"), {}});
        jobs_.add(JobClass::Background, [loading = loading_, file] {
            if (loading->stop) return;
            std::optional<Result<std::shared_ptr<const scene::Model>>> model;
            Reports reports;
            catch_all("reading a model",
                      [&] { model = scene::load_gltf(file.file, reports, {.stop = &loading->stop}); });
            auto all = loading->files.lock();
            LoadedFile& loaded = all->find(file.id)->second;
            if (model) loaded.model = std::move(*model);
            loaded.reports = std::move(reports);
            loaded.ready = true;
        });
    }
}

void Stage::wish_slots(const plant::Equipment& equipment, const Affine& world_from_equipment) {
    for (std::uint32_t b = 0; b < equipment.bindings.size(); ++b) {
        const plant::Binding& binding = equipment.bindings[b];
        if (binding.property != plant::Property::Items) continue;
        std::size_t slot = 0;
        for (const std::string_view model : plant::item_models(binding.items)) {
            for (std::uint32_t i = 0; i < binding.items.count; ++i) {
                Wish& wish = wishes_.emplace_back();
                wish.name = slot_name(equipment, b, slot++);
                wish.model = model;
                wish.world_from_model = binding.node.empty() ? world_from_equipment : Affine{};
                if (!binding.node.empty()) wish.attach_to = equipment.id;
                wish.attach_path = binding.node;
                wish.hidden = true;
            }
        }
    }
}

void Stage::open_model(const std::string& file) {
    only_one_ = true;
    wishes_.push_back({file_name_of(file), file, Affine{}});
    load({{file, file}});
}

bool Stage::complete() const { return !loading_ || (loading_->arrived == total_ && next_ == wishes_.size()); }

bool Stage::step(scene::Scene& scene) {
    if (complete()) return false;
    {
        auto files = loading_->files.lock();
        for (auto& [id, loaded] : *files) {
            if (!loaded.ready || loading_->models.contains(id)) continue;
            for (const auto& report : loaded.reports.list()) problems_.add(report.where, report.what);
            if (!loaded.model && only_one_) refused_ = loaded.model.error();
            if (!loaded.model && !only_one_) problems_.add(id, loaded.model.error().what);
            loading_->models[id] = loaded.model ? std::move(*loaded.model) : nullptr;
            ++loading_->arrived;
            ++loaded_;
        }
    }
    bool placed = false;
    // In the order of the file: node indices, and with them pictures, are the same in every run.
    for (; next_ < wishes_.size(); ++next_) {
        const auto found = loading_->models.find(wishes_[next_].model);
        if (found == loading_->models.end()) break;
        if (found->second) {
            place(wishes_[next_], found->second, scene);
            placed = true;
        }
    }
    return placed || complete();
}

void Stage::place(const Wish& wish, const std::shared_ptr<const scene::Model>& model, scene::Scene& scene) {
    const auto placed = scene.place(model, wish.world_from_model, wish.name);
    if (wish.hidden) {
        const auto& slot = scene.placed()[placed.index];
        for (std::uint32_t n = slot.first_node; n < slot.first_node + slot.node_count; n = scene.subtree_end({n}))
            scene.set_style({n}, {.flags = scene::kBoundHidden});
    }
    if (wish.attach_to.empty()) return;
    const auto carrier = scene.find_placed(wish.attach_to);
    const auto node = carrier ? scene.find_path(carrier, wish.attach_path) : scene::NodeId{};
    if (node)
        scene.attach(placed, node);
    else if (!wish.hidden) // LiveItems says it once
        problems_.add(wish.name,
                      formatted("cannot be attached: {} has no node \"{}\"", wish.attach_to, wish.attach_path));
}

Result<std::unique_ptr<scene::HdrPixels>> load_environment(const std::string& file) {
    return read_file(file)
        .and_then([](const auto& bytes) { return scene::decode_hdr(bytes); })
        .transform([](auto&& map) { return std::make_unique<scene::HdrPixels>(std::forward<decltype(map)>(map)); });
}

} // namespace pw::app
