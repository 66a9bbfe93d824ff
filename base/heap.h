#pragma once
// SPDX-License-Identifier: Apache-2.0
// How the C library keeps the memory that was given back to it. It is one for the whole process, so main decides and no
// library of ours. Nothing happens where the C library has no such settings.

namespace pw {

// Freed memory stays with the process: for a CPU rasteriser, which takes and gives back the memory of all vertices of a
// draw. Otherwise the kernel takes it and clears it again each frame, measured as a quarter of a frame's CPU time.
void keep_freed_memory();
// Freed memory goes back to the kernel, once: what was taken with many threads lies in as many arenas, each as large as
// the most that one had. Several sessions of a headset on a CPU rasteriser grew by 300 MiB.
void give_back_freed_memory();

} // namespace pw
