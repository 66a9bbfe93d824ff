// SPDX-License-Identifier: Apache-2.0
#include "renderer/device.h"

#include "base/log.h"
#include "renderer/internal/memory.h"
#include "renderer/internal/pick_gpu.h"
#include "renderer/internal/pipeline_cache.h"
#include "renderer/internal/vk.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>

namespace pw::renderer {
namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";

// Messages can come from any thread that calls Vulkan.
struct MessageCounter {
    std::atomic<std::uint32_t> count{0};
};

VKAPI_ATTR VkBool32 VKAPI_CALL on_message(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
                                          VkDebugUtilsMessageTypeFlagsEXT types,
                                          const VkDebugUtilsMessengerCallbackDataEXT* data, void* user) {
    // The loader's own remarks about drivers and layers are of type General and not about our use of Vulkan.
    if (types == VK_DEBUG_UTILS_MESSAGE_TYPE_GENERAL_BIT_EXT) {
        log_debug(data->pMessage);
        return VK_FALSE;
    }
    static_cast<MessageCounter*>(user)->count.fetch_add(1, std::memory_order_relaxed);
    const bool error = (severity & VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT) != 0;
    log(error ? LogLevel::Error : LogLevel::Warn, std::string("Vulkan: ") + data->pMessage);
    return VK_FALSE;
}

VkDebugUtilsMessengerCreateInfoEXT messenger_info(MessageCounter& counter) {
    VkDebugUtilsMessengerCreateInfoEXT info{VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT};
    info.messageSeverity =
        VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
    info.messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_GENERAL_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT |
                       VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT;
    info.pfnUserCallback = on_message;
    info.pUserData = &counter;
    return info;
}

template <class F> F instance_function(VkInstance instance, const char* name) {
    return reinterpret_cast<F>(vkGetInstanceProcAddr(instance, name));
}

bool has_instance_extension(const char* name, const char* layer) {
    std::uint32_t count = 0;
    if (vkEnumerateInstanceExtensionProperties(layer, &count, nullptr) != VK_SUCCESS) return false;
    std::vector<VkExtensionProperties> list(count);
    if (vkEnumerateInstanceExtensionProperties(layer, &count, list.data()) != VK_SUCCESS) return false;
    return std::ranges::any_of(list, [&](const auto& e) { return std::strcmp(e.extensionName, name) == 0; });
}

bool has_layer(const char* name) {
    std::uint32_t count = 0;
    if (vkEnumerateInstanceLayerProperties(&count, nullptr) != VK_SUCCESS) return false;
    std::vector<VkLayerProperties> list(count);
    if (vkEnumerateInstanceLayerProperties(&count, list.data()) != VK_SUCCESS) return false;
    return std::ranges::any_of(list, [&](const auto& l) { return std::strcmp(l.layerName, name) == 0; });
}

std::vector<std::string> device_extensions(VkPhysicalDevice gpu) {
    std::uint32_t count = 0;
    check(vkEnumerateDeviceExtensionProperties(gpu, nullptr, &count, nullptr), "vkEnumerateDeviceExtensionProperties");
    std::vector<VkExtensionProperties> list(count);
    check(vkEnumerateDeviceExtensionProperties(gpu, nullptr, &count, list.data()),
          "vkEnumerateDeviceExtensionProperties");
    std::vector<std::string> names;
    for (const auto& extension : list) names.emplace_back(extension.extensionName);
    return names;
}

std::uint32_t find_queue(VkInstance instance, VkPhysicalDevice gpu, const DeviceHooks& hooks, std::uint32_t* bits) {
    std::uint32_t count = 0;
    vkGetPhysicalDeviceQueueFamilyProperties(gpu, &count, nullptr);
    std::vector<VkQueueFamilyProperties> families(count);
    vkGetPhysicalDeviceQueueFamilyProperties(gpu, &count, families.data());
    for (std::uint32_t i = 0; i < count; ++i) {
        constexpr VkQueueFlags kNeeded = VK_QUEUE_GRAPHICS_BIT | VK_QUEUE_COMPUTE_BIT;
        if ((families[i].queueFlags & kNeeded) != kNeeded) continue;
        if (hooks.can_present && !hooks.can_present(instance, gpu, i)) continue;
        *bits = families[i].timestampValidBits;
        return i;
    }
    return ~0u;
}

GpuFacts facts_of(VkInstance instance, VkPhysicalDevice gpu, const DeviceHooks& hooks) {
    GpuFacts facts;
    facts.handle = gpu;
    VkPhysicalDeviceProperties properties{};
    vkGetPhysicalDeviceProperties(gpu, &properties);
    facts.name = properties.deviceName;
    facts.api_version = properties.apiVersion;
    facts.type = properties.deviceType;
    if (facts.api_version >= VK_API_VERSION_1_3) {
        facts.features.link();
        vkGetPhysicalDeviceFeatures2(gpu, &facts.features.core);
    }
    facts.extensions = device_extensions(gpu);
    std::uint32_t bits = 0;
    facts.queue_family = find_queue(instance, gpu, hooks, &bits);
    return facts;
}

std::vector<const char*> pointers(const std::vector<std::string>& strings) {
    std::vector<const char*> out;
    for (const std::string& s : strings) out.push_back(s.c_str());
    return out;
}

class DeviceImpl final : public Device {
  public:
    ~DeviceImpl() override;
    Result<void> make_instance(const DeviceOptions& options, const DeviceHooks& hooks);
    Result<GpuFacts> choose(const DeviceOptions& options, const DeviceHooks& hooks) const;
    Result<void> make_device(const GpuFacts& facts, const DeviceHooks& hooks);
    void open_caches(const DeviceOptions& options);

    const RawDevice& raw() const override { return gpu_.raw; }
    const std::string& gpu_name() const override { return name_; }
    bool software() const override { return gpu_.software; }
    std::uint32_t validation_messages() const override { return messages_.count.load(std::memory_order_relaxed); }
    void force_loss() override { gpu_.lost = true; }
    Gpu& gpu() { return gpu_; }

  private:
    MessageCounter messages_;
    Gpu gpu_;
    std::string name_, cache_file_;
    VkDebugUtilsMessengerEXT messenger_ = VK_NULL_HANDLE;
    bool debug_utils_ = false;
};

Result<void> DeviceImpl::make_instance(const DeviceOptions& options, const DeviceHooks& hooks) {
    std::vector<std::string> extensions = hooks.instance_extensions;
    debug_utils_ = has_instance_extension(VK_EXT_DEBUG_UTILS_EXTENSION_NAME, nullptr);
    if (debug_utils_) extensions.emplace_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
    if (options.validation) {
        if (!debug_utils_ || !has_layer(kValidationLayer) ||
            !has_instance_extension(VK_EXT_LAYER_SETTINGS_EXTENSION_NAME, kValidationLayer)) {
            return fail(Errc::Unavailable, "the Vulkan validation layer is not installed");
        }
        extensions.emplace_back(VK_EXT_LAYER_SETTINGS_EXTENSION_NAME);
    }
    const VkApplicationInfo app{
        VK_STRUCTURE_TYPE_APPLICATION_INFO, nullptr, "Plantwalk", 1, "Plantwalk", 1, VK_API_VERSION_1_3};
    const VkBool32 on = VK_TRUE;
    const VkLayerSettingEXT setting{kValidationLayer, "validate_sync", VK_LAYER_SETTING_TYPE_BOOL32_EXT, 1, &on};
    VkLayerSettingsCreateInfoEXT settings{VK_STRUCTURE_TYPE_LAYER_SETTINGS_CREATE_INFO_EXT, nullptr, 1, &setting};
    VkDebugUtilsMessengerCreateInfoEXT messenger = messenger_info(messages_);
    if (options.validation) messenger.pNext = &settings;
    const std::vector<const char*> names = pointers(extensions);
    VkInstanceCreateInfo create{VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO};
    create.pNext = debug_utils_ ? &messenger : nullptr;
    create.pApplicationInfo = &app;
    create.enabledLayerCount = options.validation ? 1 : 0;
    create.ppEnabledLayerNames = &kValidationLayer;
    create.enabledExtensionCount = static_cast<std::uint32_t>(names.size());
    create.ppEnabledExtensionNames = names.data();
    const VkResult result = hooks.create_instance ? hooks.create_instance(create, &gpu_.raw.instance)
                                                  : vkCreateInstance(&create, nullptr, &gpu_.raw.instance);
    if (result == VK_ERROR_INCOMPATIBLE_DRIVER) // the loader's word for having none
        return fail(Errc::Unavailable,
                    "no Vulkan driver was found; Debian's mesa-vulkan-drivers has one for every machine");
    if (result != VK_SUCCESS) {
        return fail(Errc::Unavailable, std::string("Vulkan cannot be started: ") + result_name(result));
    }
    if (debug_utils_) {
        messenger.pNext = nullptr;
        const auto make =
            instance_function<PFN_vkCreateDebugUtilsMessengerEXT>(gpu_.raw.instance, "vkCreateDebugUtilsMessengerEXT");
        check(make(gpu_.raw.instance, &messenger, nullptr, &messenger_), "vkCreateDebugUtilsMessengerEXT");
    }
    return {};
}

Result<GpuFacts> DeviceImpl::choose(const DeviceOptions& options, const DeviceHooks& hooks) const {
    std::vector<VkPhysicalDevice> handles;
    VkPhysicalDevice chosen = VK_NULL_HANDLE;
    if (hooks.choose_gpu) {
        const VkResult result = hooks.choose_gpu(gpu_.raw.instance, &chosen);
        if (result != VK_SUCCESS) {
            return fail(Errc::Unavailable, std::string("the headset's runtime names no GPU: ") + result_name(result));
        }
    }
    if (chosen != VK_NULL_HANDLE) {
        handles.push_back(chosen);
    } else {
        std::uint32_t count = 0;
        if (vkEnumeratePhysicalDevices(gpu_.raw.instance, &count, nullptr) != VK_SUCCESS) count = 0;
        handles.resize(count);
        if (count != 0) {
            check(vkEnumeratePhysicalDevices(gpu_.raw.instance, &count, handles.data()), "vkEnumeratePhysicalDevices");
        }
    }
    std::vector<GpuFacts> gpus;
    for (const VkPhysicalDevice handle : handles) gpus.push_back(facts_of(gpu_.raw.instance, handle, hooks));
    const Result<std::size_t> best = pick_gpu(gpus, hooks.device_extensions, options.gpu);
    if (!best) return std::unexpected(best.error());
    return gpus[*best];
}

Result<void> DeviceImpl::make_device(const GpuFacts& facts, const DeviceHooks& hooks) {
    name_ = facts.name;
    gpu_.raw.gpu = facts.handle;
    gpu_.raw.queue_family = facts.queue_family;
    gpu_.software = facts.type == VK_PHYSICAL_DEVICE_TYPE_CPU;
    vkGetPhysicalDeviceProperties(facts.handle, &gpu_.properties);

    DeviceFeatures features(wanted_features(facts.features), facts.extensions);
    gpu_.clip_distances = features.chain.core.features.shaderClipDistance == VK_TRUE;
    gpu_.sample_shading = features.chain.core.features.sampleRateShading == VK_TRUE;
    gpu_.fragment_lists = features.chain.core.features.fragmentStoresAndAtomics == VK_TRUE &&
                          features.chain.core.features.geometryShader == VK_TRUE;
    gpu_.block_textures = features.chain.core.features.textureCompressionBC == VK_TRUE;
    gpu_.dual_source = features.chain.core.features.dualSrcBlend == VK_TRUE;
    gpu_.anisotropy = features.chain.core.features.samplerAnisotropy == VK_TRUE;
    const float priority = 1.f;
    const VkDeviceQueueCreateInfo queue{
        VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO, nullptr, 0, facts.queue_family, 1, &priority};
    std::vector<const char*> names = pointers(hooks.device_extensions);
    names.insert(names.end(), features.extensions.begin(), features.extensions.end());
    VkDeviceCreateInfo create{VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO, &features.chain.core};
    create.queueCreateInfoCount = 1;
    create.pQueueCreateInfos = &queue;
    create.enabledExtensionCount = static_cast<std::uint32_t>(names.size());
    create.ppEnabledExtensionNames = names.data();
    const VkResult result = hooks.create_device ? hooks.create_device(facts.handle, create, &gpu_.raw.device)
                                                : vkCreateDevice(facts.handle, &create, nullptr, &gpu_.raw.device);
    if (result != VK_SUCCESS) {
        return fail(Errc::Unavailable, facts.name + " cannot be used: " + result_name(result));
    }
    gpu_.device = gpu_.raw.device;
    vkGetDeviceQueue(gpu_.device, facts.queue_family, 0, &gpu_.raw.queue);
    gpu_.queue = gpu_.raw.queue;
    std::uint32_t timestamp_bits = 0;
    find_queue(gpu_.raw.instance, facts.handle, hooks, &timestamp_bits);
    if (timestamp_bits != 0) gpu_.timestamp_period_ns = gpu_.properties.limits.timestampPeriod;
    if (debug_utils_) {
        gpu_.set_name =
            instance_function<PFN_vkSetDebugUtilsObjectNameEXT>(gpu_.raw.instance, "vkSetDebugUtilsObjectNameEXT");
    }
    name_object(gpu_, VK_OBJECT_TYPE_QUEUE, gpu_.queue, "the queue");
    return {};
}

void DeviceImpl::open_caches(const DeviceOptions& options) {
    cache_file_ = options.cache_file;
    gpu_.vma = make_allocator(gpu_.raw, options.memory_limit);
    gpu_.pipeline_cache = load_pipeline_cache(gpu_.device, gpu_.properties, cache_file_);
    name_object(gpu_, VK_OBJECT_TYPE_PIPELINE_CACHE, gpu_.pipeline_cache, "pipelines");
}

DeviceImpl::~DeviceImpl() {
    if (gpu_.device != VK_NULL_HANDLE) {
        vkDeviceWaitIdle(gpu_.device); // a lost device is as idle as it gets
        gpu_.retired.collect(gpu_.device, gpu_.vma, ~0ull);
        if (gpu_.pipeline_cache != VK_NULL_HANDLE) {
            if (!cache_file_.empty() && !gpu_.lost) {
                save_pipeline_cache(gpu_.device, gpu_.pipeline_cache, gpu_.properties, cache_file_);
            }
            vkDestroyPipelineCache(gpu_.device, gpu_.pipeline_cache, nullptr);
        }
        if (gpu_.vma != nullptr) destroy_allocator(gpu_.vma);
        vkDestroyDevice(gpu_.device, nullptr);
    }
    if (messenger_ != VK_NULL_HANDLE) {
        const auto destroy = instance_function<PFN_vkDestroyDebugUtilsMessengerEXT>(gpu_.raw.instance,
                                                                                    "vkDestroyDebugUtilsMessengerEXT");
        destroy(gpu_.raw.instance, messenger_, nullptr);
    }
    if (gpu_.raw.instance != VK_NULL_HANDLE) vkDestroyInstance(gpu_.raw.instance, nullptr);
}

} // namespace

Gpu& gpu_of(Device& device) { return static_cast<DeviceImpl&>(device).gpu(); }

Result<std::unique_ptr<Device>> Device::make(const DeviceOptions& options, const DeviceHooks& hooks) {
    auto device = std::make_unique<DeviceImpl>();
    if (auto made = device->make_instance(options, hooks); !made) return std::unexpected(made.error());
    const Result<GpuFacts> facts = device->choose(options, hooks);
    if (!facts) return std::unexpected(facts.error());
    if (auto made = device->make_device(*facts, hooks); !made) return std::unexpected(made.error());
    device->open_caches(options);
    log_info("GPU: " + device->gpu_name());
    return device;
}

} // namespace pw::renderer
