// SPDX-License-Identifier: Apache-2.0
// Reads a recording with npm @mcap/core, which is not ours: `node read_all.mjs FILE`. Once through the index and once as
// a stream; both must find the same. Each message is a line of JSON on stdout, and before them one with the channels.
import { createRequire } from "node:module";
import { open } from "node:fs/promises";

const require = createRequire(import.meta.url); // unlike import, it looks in NODE_PATH
const { McapIndexedReader, McapStreamReader } = require("@mcap/core");
const { loadDecompressHandlers } = require("@mcap/support");

const file = await open(process.argv[2]);
const decompressHandlers = await loadDecompressHandlers();
const readable = {
    size: async () => BigInt((await file.stat()).size),
    read: async (offset, length) => {
        const bytes = new Uint8Array(Number(length));
        await file.read(bytes, 0, bytes.length, Number(offset));
        return bytes;
    },
};
const text = new TextDecoder();
const line = (m) => JSON.stringify({ channel: m.channelId, sequence: m.sequence, log_time: String(m.logTime),
    publish_time: String(m.publishTime), data: text.decode(m.data) });

const indexed = [];
const reader = await McapIndexedReader.Initialize({ readable, decompressHandlers });
for await (const message of reader.readMessages()) indexed.push(line(message));

const streamed = [];
const stream = new McapStreamReader({ validateCrcs: true, decompressHandlers });
stream.append(await readable.read(0n, await readable.size()));
for (let record; (record = stream.nextRecord()); ) {
    if (record.type === "Message") streamed.push(line(record));
}
if (!stream.done()) throw new Error("the stream does not end");
if (indexed.join() !== streamed.join()) throw new Error("the index and the stream say different things");

const { messageCount, channelCount, chunkCount } = reader.statistics;
const channels = [...reader.channelsById.values()].map((c) => ({ id: c.id, topic: c.topic, encoding: c.messageEncoding,
    metadata: [...c.metadata], schema: reader.schemasById.get(c.schemaId)?.name ?? "",
    schema_text: text.decode(reader.schemasById.get(c.schemaId)?.data ?? new Uint8Array()) }));
console.log(JSON.stringify({ messages: Number(messageCount), count: channelCount, chunks: chunkCount, channels }));
console.log(indexed.join("\n"));
