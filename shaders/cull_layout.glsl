// SPDX-License-Identifier: Apache-2.0
// Where things are in the cull buffer (CullPush).
#ifndef PW_CULL_LAYOUT_GLSL
#define PW_CULL_LAYOUT_GLSL
#include "shaders/shared.h"

uint list_count(CullPush c) { return kKindSection * c.levels + 1; }
uint list_words(CullPush c) { return kMaxBuckets + 2 * c.words + 1; }
uint buckets_of(CullPush c, uint list) { return list * list_words(c); }
uint words_of(CullPush c, uint list) { return buckets_of(c, list) + kMaxBuckets; }
uint prefix_of(CullPush c, uint list) { return words_of(c, list) + c.words; }
uint counts_of(CullPush c, uint list) { return list_count(c) * list_words(c) + list * kCountsPerList; }
uint candidates_of(CullPush c) { return counts_of(c, list_count(c)); }
uint first_shown(CullPush c, uint kind) { return c.instances * (kind + (kind > kKindFade ? 1 : 0)); }
bool wanted(CullPush c, uint list) { return (c.kinds & (1u << (list / c.levels))) != 0; }

#endif
