// SPDX-License-Identifier: Apache-2.0
#include "app/live.h"

#include "app/alarm_keeper.h"
#include "app/live_nodes.h"
#include "base/assert.h"
#include "base/format.h"
#include "base/log.h"
#include "base/strings.h"

#include <glm/ext/quaternion_trigonometric.hpp>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/trigonometric.hpp>

#include <algorithm>
#include <utility>

namespace pw::app {

using plant::Property;

namespace {

constexpr int kEventsAFrame = 256;
constexpr const char* kRecording = "recording";
constexpr unsigned kHighSeverity = 667; // of 1000: OPC 10000-5, 6.4.2 calls it high

const work::ManagementSnapshot& nothing_known() {
    static const work::ManagementSnapshot kNothing;
    return kNothing;
}

bool is_of_node(Property property) { return property != Property::Items && property != Property::Clip; }

// "item:path", "item:" or "path" → item and path.
std::pair<std::string_view, std::string_view> split_node(std::string_view node) {
    const auto colon = node.find(':');
    if (colon == std::string_view::npos) return {{}, node};
    return {node.substr(0, colon), node.substr(colon + 1)};
}

} // namespace

scene::PlacedId find_model(const scene::Scene& scene, const plant::Equipment& equipment, std::string_view item) {
    return scene.find_placed(item.empty() ? equipment.id : formatted("{}/{}", equipment.id, item));
}

scene::NodeId find_node(const scene::Scene& scene, const plant::Equipment& equipment, std::string_view node) {
    const auto [item, path] = split_node(node);
    const auto placed = find_model(scene, equipment, item);
    if (!placed) return {};
    if (path.empty()) return {scene.placed()[placed.index].first_node};
    return scene.find_path(placed, path);
}

Result<std::unique_ptr<Live>> Live::start(const plant::Plant& plant, const LiveOptions& wanted) {
    std::unique_ptr<Live> live(new Live(plant, twin::Bindings::make(plant)));
    const auto watched = live->bindings_.watched();
    live->silence_.tags.resize(watched.size());
    live->states_.resize(live->bindings_.list().size());
    live->tags_of_.resize(plant.equipment.size());
    live->state_of_.assign(plant.equipment.size(), scene::kNone);
    live->roots_of_.resize(plant.equipment.size());
    live->machine_roots_.resize(plant.equipment.size());
    live->shown_quality_.assign(plant.equipment.size(), twin::Quality::Good);
    for (std::uint32_t e = 0; e < plant.equipment.size(); ++e) {
        for (const auto& tag : plant.equipment[e].tags) {
            const std::uint32_t place = live->bindings_.find_watched(plant::tag_name(plant, e, tag));
            PW_ASSERT(place != scene::kNone, "every tag of the plant is watched");
            live->tags_of_[e].push_back(place);
            if (tag.role == plant::TagRole::State) live->state_of_[e] = place;
        }
    }
    if (wanted.broker.empty()) return live;
    twin::TwinOptions options;
    options.broker = wanted.broker;
    options.watched.assign(watched.begin(), watched.end());
    options.topic_rules = plant.topics;
    work::Management::Tell tell;
    if (wanted.jobs != nullptr) {
        auto memory = Memory::start(wanted.recording, options.watched, *wanted.jobs);
        if (memory)
            live->memory_ = std::move(*memory);
        else if (wanted.recording.empty()) // nobody asked for it: the visit goes on
            live->not_recorded_ = "this visit is not recorded: " + memory.error().what;
        else
            return std::unexpected(memory.error());
    }
    if (live->memory_) {
        options.listeners.push_back(&live->memory_->listener());
        tell = [memory = live->memory_.get()](const char* topic, const std::string& json, twin::Instant now) {
            memory->tell(topic, json, now);
        };
    }
    live->management_ = std::make_unique<work::Management>(plant, live->bindings_, std::move(tell));
    options.listeners.push_back(live->management_.get());
    if (!wanted.alarms_file.empty() && wanted.jobs != nullptr)
        keep_alarms(wanted.alarms_file, *live->management_, *wanted.jobs, wanted.problems);
    if (live->memory_) live->memory_->read_figures_with({plant, *live->management_});
    auto started = twin::Twin::start(options);
    if (!started) return std::unexpected(started.error());
    live->twin_ = std::move(*started);
    return live;
}

const plant::Binding& Live::declared(std::uint32_t binding) const {
    const auto& bound = bindings_.list()[binding];
    return plant_.equipment[bound.equipment].bindings[bound.binding];
}

void Live::resolve(const scene::Scene& scene, bool all_placed, Reports& problems) {
    const auto list = bindings_.list();
    for (std::uint32_t i = 0; i < list.size(); ++i) {
        if (states_[i].target != scene::kNone) continue;
        const auto& equipment = plant_.equipment[list[i].equipment];
        const auto& binding = declared(i);
        if (!is_of_node(binding.property)) continue;
        const auto node = find_node(scene, equipment, binding.node);
        if (!node) {
            if (all_placed)
                problems.add(formatted("{}/bindings/{}/node", equipment.pointer, list[i].binding),
                             formatted("{}: there is no node \"{}\"", equipment.id, binding.node));
            continue;
        }
        auto found = std::ranges::find(targets_, node, &Target::node);
        if (found == targets_.end()) {
            targets_.push_back({node, scene.local(node), {}, scene::kNone, true});
            found = targets_.end() - 1;
        }
        found->bindings.push_back(i);
        found->dirty = true;
        states_[i].target = static_cast<std::uint32_t>(found - targets_.begin());
        if (binding.property == Property::Text && found->text == scene::kNone) {
            found->text = static_cast<std::uint32_t>(texts_.size());
            texts_.push_back({node, {}, twin::Quality::Stale});
        }
    }
    for (auto p = static_cast<std::uint32_t>(equipment_of_.size()); p < scene.placed().size(); ++p) {
        const auto& placed = scene.placed()[p];
        const auto e = plant::find_equipment(plant_, std::string_view(placed.name).substr(0, placed.name.find('/')));
        equipment_of_.push_back(e);
        if (e == scene::kNone) continue;
        for (std::uint32_t n = placed.first_node; n < placed.first_node + placed.node_count; n = scene.subtree_end({n}))
            roots_of_[e].push_back({n});
        if (!is_slot_name(placed.name)) machine_roots_[e] = roots_of_[e].size();
    }
    if (all_placed && !std::exchange(all_placed_, true)) {
        items_.resolve(scene, problems);
        clips_.resolve(plant_, bindings_, scene, problems);
    }
    shown_quality_.assign(plant_.equipment.size(), twin::Quality::Good);
}

const twin::TwinSnapshot& Live::snapshot() const {
    if (!away()) return twin_ ? twin_->snapshot() : silence_;
    const auto* past = memory_->snapshot();
    return past != nullptr ? *past : silence_; // on the way there nothing is known
}

std::optional<Duration> Live::age(const twin::TagState& state) const {
    if (state.received == Time{}) return std::nullopt;
    return (away() ? past_taken_ : system_clock().now()) - state.received;
}

const work::ManagementSnapshot& Live::present_figures() const {
    return management_ ? management_->snapshot() : nothing_known();
}

const work::ManagementSnapshot& Live::past_figures() const {
    const auto* past = memory_->figures();
    return past != nullptr ? past->snapshot : nothing_known();
}

const work::KpiDetail* Live::kpis_of(std::uint32_t equipment) const {
    if (!away()) return figures().detail.equipment == equipment ? &figures().detail : nullptr;
    const auto* past = memory_->figures();
    if (past == nullptr) return nullptr;
    const auto found = std::ranges::find(past->details, equipment, &work::KpiDetail::equipment);
    return found != past->details.end() ? &*found : nullptr;
}

void Live::go_to(UtcTime at) {
    if (!memory_ || !memory_->view()) return;
    if (!away()) bindings_.start_over();
    jumped_ = true;
    memory_->go_to(at);
}

void Live::come_back() {
    if (!away()) return;
    memory_->come_back();
    bindings_.start_over();
    jumped_ = true;
}

void Live::hear_events(Problems& problems) {
    for (int i = 0; i < kEventsAFrame; ++i) {
        const auto event = twin_->next_event();
        if (!event) return;
        switch (event->kind) {
        case twin::TwinEventKind::NodeDeath:
            problems.stand(event->who, text(Text::NodeDied));
            break;
        case twin::TwinEventKind::DeviceDeath:
            problems.stand(event->who, text(Text::DeviceDied));
            break;
        case twin::TwinEventKind::Malformed:
        case twin::TwinEventKind::EventsLost:
            problems.add(event->who, event->what);
            break;
        case twin::TwinEventKind::NodeBirth:
        case twin::TwinEventKind::DeviceBirth:
            problems.stand(event->who, "");
            break;
        case twin::TwinEventKind::Message:
            if (event->severity >= kHighSeverity) problems.add(event->who, event->what);
            break;
        case twin::TwinEventKind::Connected:
        case twin::TwinEventKind::Disconnected:
        case twin::TwinEventKind::RebirthAsked:
            break;
        }
        if (log_enabled(LogLevel::Debug)) log_debug(formatted("twin: {}: {}", event->who, event->what));
    }
}

bool Live::step(scene::Scene& scene, Time display, Problems& problems) {
    if (!twin_) return false;
    const bool told = twin_->take(), managed = management_->take();
    bool heard = told || managed;
    if (!not_recorded_.empty()) problems.add(kRecording, std::exchange(not_recorded_, {}));
    if (memory_) {
        memory_->step(display);
        if (const auto problem = memory_->next_problem())
            problems.add(memory_->file().empty() ? kRecording : memory_->file(),
                         "this visit is recorded no more: " + *problem);
        if (away()) heard = memory_->taken();
        if (away() && heard) past_taken_ = system_clock().now();
        heard = std::exchange(jumped_, false) || heard;
    }
    hear_events(problems);
    // On the way to another moment everything stays where it is.
    const bool on_the_way = away() && memory_->snapshot() == nullptr;
    const auto values = on_the_way ? std::span<const twin::BoundValue>{} : bindings_.evaluate(snapshot(), display);
    for (const auto& value : values) {
        auto& state = states_[value.binding];
        state.number = value.number;
        state.color_srgba = value.color_srgba;
        state.has_value = value.has_value;
        const Property property = declared(value.binding).property;
        if (property == Property::Items) items_.apply(scene, value, problems);
        if (property == Property::Clip) clips_.hear(value);
        if (state.target == scene::kNone) continue;
        auto& target = targets_[state.target];
        target.dirty = true;
        if (property == Property::Text) {
            texts_[target.text].text = value.text;
            texts_[target.text].quality = value.quality;
            if (value.quality < twin::Quality::Good && !value.text.empty()) // not by its colour alone
                texts_[target.text].text += std::string("\n") + twin::quality_name(value.quality);
        }
    }
    items_.catch_up(scene);
    clips_.step(scene, display, problems); // bindings of single nodes have the last word
    for (auto& target : targets_) {
        if (target.dirty) apply(scene, target);
    }
    if (!on_the_way) mark_stale(scene);
    return heard;
}

void Live::apply(scene::Scene& scene, Target& target) {
    target.dirty = false;
    Transform local = target.rest;
    scene::Style style = scene.style(target.node);
    style.flags = static_cast<std::uint8_t>(style.flags & ~scene::kBoundHidden);
    for (const auto index : target.bindings) {
        const auto& binding = declared(index);
        const auto& state = states_[index];
        if (!state.has_value) continue;
        const auto number = static_cast<float>(state.number);
        switch (binding.property) {
        case Property::Rotation:
            local.rotation = local.rotation * glm::angleAxis(glm::radians(number), glm::normalize(binding.axis));
            break;
        case Property::Translation:
            local.translation += DVec3(target.rest.rotation * binding.axis) * state.number;
            break;
        case Property::Scale:
            local.scale *= glm::mix(Vec3(1.f), Vec3(number), glm::abs(binding.axis));
            break;
        case Property::Visible:
            scene.set_visible(target.node, true); // what the plant says of a part, its file says no more
            if (state.number == 0.0) style.flags = static_cast<std::uint8_t>(style.flags | scene::kBoundHidden);
            break;
        case Property::Color:
            style.tint_srgba = state.color_srgba;
            break;
        case Property::Lamp:
            style.emission = number;
            break;
        case Property::Text:
        case Property::Items:
        case Property::Clip:
            break;
        }
    }
    scene.set_local(target.node, local);
    scene.set_style(target.node, style);
}

twin::Quality Live::quality(std::uint32_t equipment) const {
    const auto& tags = snapshot().tags;
    if (state_of_[equipment] != scene::kNone) return tags[state_of_[equipment]].quality;
    if (tags_of_[equipment].empty()) return twin::Quality::Good;
    auto best = twin::Quality::Bad;
    for (const auto watched : tags_of_[equipment]) best = std::max(best, tags[watched].quality);
    return best;
}

void Live::mark_stale(scene::Scene& scene) {
    for (std::uint32_t e = 0; e < roots_of_.size(); ++e) {
        const auto now = quality(e);
        if (now == shown_quality_[e]) continue;
        shown_quality_[e] = now;
        for (const auto root : std::span(roots_of_[e]).first(machine_roots_[e])) {
            scene::Style style = scene.style(root);
            const bool stale = now <= twin::Quality::Stale;
            style.flags = static_cast<std::uint8_t>(stale ? style.flags | scene::kStale : style.flags & ~scene::kStale);
            scene.set_style(root, style);
        }
    }
}

std::uint32_t Live::watched_index(std::uint32_t equipment, const plant::Tag& tag) const {
    const auto& tags = plant_.equipment[equipment].tags;
    PW_ASSERT(&tag >= tags.data() && &tag < tags.data() + tags.size(), "a tag is asked for by its place in the plant");
    return tags_of_[equipment][static_cast<std::size_t>(&tag - tags.data())];
}

const twin::TagState* Live::find(std::uint32_t equipment, const plant::Tag& tag) const {
    const auto index = watched_index(equipment, tag);
    return index == scene::kNone ? nullptr : &snapshot().tags[index];
}

std::vector<std::string> Live::silent_tags() const {
    std::vector<std::string> silent;
    if (!twin_) return silent;
    for (std::uint32_t e = 0; e < tags_of_.size(); ++e) {
        for (const auto& tag : plant_.equipment[e].tags) {
            const auto* state = find(e, tag);
            if (state != nullptr && !state->source_time.known()) silent.push_back(plant::tag_name(plant_, e, tag));
        }
    }
    return silent;
}

} // namespace pw::app
