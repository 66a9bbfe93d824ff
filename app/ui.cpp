// SPDX-License-Identifier: Apache-2.0
#include "app/ui.h"

#include "base/file.h"
#include "base/log.h"

#include <imgui.h>

#include <cstring>

namespace pw::app {

static_assert(sizeof(ImDrawVert) == sizeof(renderer::OverlayVertex));
static_assert(sizeof(ImDrawIdx) == sizeof(std::uint16_t));

struct UiFont::Impl {
    ImFontAtlas atlas;
    scene::Pixels picture;
    float scale = 1.f;
};

UiFont::UiFont(const std::string& file, float scale) : impl_(std::make_unique<Impl>()) {
    static const ImWchar kRanges[] = {0x20,   0x24f,  0x2010, 0x2027, 0x20ac, 0x20ac, 0x2190,
                                      0x2193, 0x2200, 0x22ff, 0x25a0, 0x25cf, 0};
    impl_->scale = scale;
    ImFont* font =
        file_exists(file) ? impl_->atlas.AddFontFromFileTTF(file.c_str(), 17.f * scale, nullptr, kRanges) : nullptr;
    if (font == nullptr) {
        log_warn("the user interface uses its built-in letters: no font file");
        impl_->atlas.AddFontDefault();
    }
    unsigned char* pixels = nullptr;
    int width = 0, height = 0;
    impl_->atlas.GetTexDataAsRGBA32(&pixels, &width, &height);
    impl_->picture.width = static_cast<std::uint32_t>(width);
    impl_->picture.height = static_cast<std::uint32_t>(height);
    impl_->picture.rgba.assign(pixels, pixels + std::size_t{4} * impl_->picture.width * impl_->picture.height);
    impl_->atlas.ClearTexData();
}
UiFont::~UiFont() = default;
float UiFont::scale() const { return impl_->scale; }
const scene::Pixels& UiFont::picture() const { return impl_->picture; }
void UiFont::set_texture(std::uint32_t id) { impl_->atlas.SetTexID(reinterpret_cast<ImTextureID>(std::uintptr_t{id})); }

struct Ui::Impl {
    ImGuiContext* context = nullptr;
    std::vector<renderer::OverlayVertex> vertices;
    std::vector<std::uint16_t> indices;
    std::vector<renderer::OverlayCommand> commands;
    renderer::Overlay overlay;
    bool wants_pointer = false, wants_keys = false;
    ~Impl() {
        if (context != nullptr) ImGui::DestroyContext(context);
    }
};

namespace {

void apply_style(float scale) {
    ImGui::StyleColorsDark();
    auto& style = ImGui::GetStyle();
    style.WindowRounding = 6.f;
    style.FrameRounding = 4.f;
    style.GrabRounding = 4.f;
    style.WindowBorderSize = 0.f;
    style.WindowPadding = {12.f, 10.f};
    style.ItemSpacing = {8.f, 6.f};
    style.Colors[ImGuiCol_WindowBg] = {0.075f, 0.085f, 0.10f, 1.f}; // a bright hall shines through the least gap
    style.Colors[ImGuiCol_TitleBg] = style.Colors[ImGuiCol_TitleBgActive] = {0.11f, 0.13f, 0.16f, 0.96f};
    style.Colors[ImGuiCol_Header] = {0.16f, 0.30f, 0.42f, 0.9f};
    style.Colors[ImGuiCol_HeaderHovered] = {0.20f, 0.38f, 0.53f, 0.9f};
    // Blended as light, so that little of white is much; and readable on both rows.
    style.Colors[ImGuiCol_TableRowBgAlt] = {1.f, 1.f, 1.f, 0.012f};
    style.Colors[ImGuiCol_TextDisabled] = {0.66f, 0.68f, 0.72f, 1.f};
    style.Colors[ImGuiCol_PlotLines] = {0.45f, 0.78f, 0.95f, 1.f};
    style.ScaleAllSizes(scale);
}

constexpr std::pair<xr::Key, ImGuiKey> kKeys[] = {
    {xr::Key::Tab, ImGuiKey_Tab},           {xr::Key::Up, ImGuiKey_UpArrow},
    {xr::Key::Down, ImGuiKey_DownArrow},    {xr::Key::Left, ImGuiKey_LeftArrow},
    {xr::Key::Right, ImGuiKey_RightArrow},  {xr::Key::PageUp, ImGuiKey_PageUp},
    {xr::Key::PageDown, ImGuiKey_PageDown}, {xr::Key::Home, ImGuiKey_Home},
    {xr::Key::Enter, ImGuiKey_Enter},       {xr::Key::Escape, ImGuiKey_Escape},
    {xr::Key::Space, ImGuiKey_Space},       {xr::Key::End, ImGuiKey_End},
    {xr::Key::Delete, ImGuiKey_Delete},     {xr::Key::Backspace, ImGuiKey_Backspace},
};

void feed(ImGuiIO& io, const UiPointer& pointer, const xr::DesktopState* keys) {
    io.AddMousePosEvent(pointer.position.x, pointer.position.y);
    io.AddMouseButtonEvent(0, pointer.pressed);
    if (pointer.scroll != Vec2(0.f)) io.AddMouseWheelEvent(pointer.scroll.x, pointer.scroll.y);
    if (keys == nullptr) return;
    io.AddMouseWheelEvent(keys->scroll.x, keys->scroll.y);
    io.AddInputCharactersUTF8(keys->typed.c_str());
    for (const auto& [ours, theirs] : kKeys) io.AddKeyEvent(theirs, keys->down[static_cast<std::size_t>(ours)]);
}

} // namespace

Ui::Ui(UiFont& font) : impl_(std::make_unique<Impl>()) {
    impl_->context = ImGui::CreateContext(&font.impl_->atlas);
    ImGui::SetCurrentContext(impl_->context);
    auto& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.LogFilename = nullptr;
    io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
    apply_style(font.scale());
}
Ui::~Ui() = default;

void Ui::begin(std::uint32_t width, std::uint32_t height, float dt_s, const UiPointer& pointer,
               const xr::DesktopState* keys) {
    ImGui::SetCurrentContext(impl_->context);
    auto& io = ImGui::GetIO();
    io.DisplaySize = {static_cast<float>(width), static_cast<float>(height)};
    io.DeltaTime = dt_s > 0.f ? dt_s : 1.f / 1000.f;
    feed(io, pointer, keys);
    ImGui::NewFrame();
}

void Ui::end() {
    ImGui::SetCurrentContext(impl_->context);
    impl_->wants_pointer = ImGui::GetIO().WantCaptureMouse;
    impl_->wants_keys = ImGui::GetIO().WantTextInput;
    ImGui::Render();
    const ImDrawData& data = *ImGui::GetDrawData();
    auto& [context, vertices, indices, commands, overlay, pointer, keys] = *impl_;
    vertices.resize(static_cast<std::size_t>(data.TotalVtxCount));
    indices.resize(static_cast<std::size_t>(data.TotalIdxCount));
    commands.clear();
    std::uint32_t vertex = 0, index = 0;
    for (const ImDrawList* list : data.CmdLists) {
        const auto vertex_count = static_cast<std::uint32_t>(list->VtxBuffer.Size);
        const auto index_count = static_cast<std::uint32_t>(list->IdxBuffer.Size);
        std::memcpy(vertices.data() + vertex, list->VtxBuffer.Data, vertex_count * sizeof(ImDrawVert));
        std::memcpy(indices.data() + index, list->IdxBuffer.Data, index_count * sizeof(ImDrawIdx));
        for (const ImDrawCmd& c : list->CmdBuffer) {
            const auto texture = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(c.GetTexID()));
            commands.push_back({index + c.IdxOffset, c.ElemCount, vertex + c.VtxOffset, c.ClipRect.x, c.ClipRect.y,
                                c.ClipRect.z, c.ClipRect.w, texture});
        }
        vertex += vertex_count;
        index += index_count;
    }
    overlay = {vertices, indices, commands};
}

const renderer::Overlay& Ui::overlay() const { return impl_->overlay; }
bool Ui::wants_pointer() const { return impl_->wants_pointer; }
bool Ui::wants_keys() const { return impl_->wants_keys; }

} // namespace pw::app
