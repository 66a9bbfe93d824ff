// SPDX-License-Identifier: Apache-2.0
// Writes a recording with npm @mcap/core: `node write.mjs FILE KIND`. KIND: plain (chunks that are not packed), zstd,
// bare (no chunks), silent (chunks without any index or summary), lz4 (says so, and is not). 1000 messages on two
// channels, the first at 1 s, one each ms: {"n":0}, {"n":1} …
import { createRequire } from "node:module";
import { open } from "node:fs/promises";

const require = createRequire(import.meta.url);
const { McapWriter } = require("@mcap/core");
const zstd = require("@foxglove/wasm-zstd"); // which @mcap/support brings
await zstd.isLoaded;

const [path, kind] = process.argv.slice(2);
const file = await open(path, "w");
let position = 0n;
const writable = {
    position: () => position,
    write: async (bytes) => {
        await file.write(bytes);
        position += BigInt(bytes.length);
    },
};
const off = { useStatistics: false, useSummaryOffsets: false, useMessageIndex: false, useChunkIndex: false,
    repeatSchemas: false, repeatChannels: false };
const writer = new McapWriter({
    writable, chunkSize: 4096, useChunks: kind !== "bare", ...(kind === "silent" ? off : {}),
    ...(kind === "zstd" ? { compressChunk: (data) => ({ compression: "zstd", compressedData: zstd.compress(data) }) } : {}),
    ...(kind === "lz4" ? { compressChunk: (data) => ({ compression: "lz4", compressedData: data }) } : {}),
});
await writer.start({ profile: "", library: "foreign" });
const schemaId = await writer.registerSchema({ name: "N", encoding: "jsonschema", data: new TextEncoder().encode("{}") });
const channels = [];
for (const topic of ["even", "odd"])
    channels.push(await writer.registerChannel({ schemaId, topic, messageEncoding: "json", metadata: new Map([["of", "us"]]) }));
for (let n = 0; n < 1000; ++n) {
    const time = 1_000_000_000n + BigInt(n) * 1_000_000n;
    await writer.addMessage({ channelId: channels[n % 2], sequence: n, logTime: time, publishTime: time,
        data: new TextEncoder().encode(`{"n":${n}}`) });
}
await writer.end();
await file.close();
console.log("done");
