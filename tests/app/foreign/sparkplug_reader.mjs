// SPDX-License-Identifier: Apache-2.0
// A Sparkplug reader that is not ours: npm mqtt and sparkplug-payload. Run as `node sparkplug_reader.mjs URL`, with
// NODE_PATH naming the folder of the npm packages. It listens to every edge node and holds each message against the
// rules of the specification until it reads a line on stdin; then it prints what it found as one line of JSON.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url); // unlike import, it looks in NODE_PATH
const mqtt = require("mqtt");
const payloads = require("sparkplug-payload").get("spBv1.0");

const nodes = {}; // "group/node" → what is known of it
const problems = [];
const number = (value) => (value === undefined || value === null ? value : Number(value)); // Long objects too

function born(who, topic, payload, metrics) {
    for (const m of payload.metrics) {
        if (!m.name || !m.type || m.value === undefined) problems.push(`${topic}: a metric without name, type or value`);
        if (m.alias === undefined) continue;
        const alias = number(m.alias);
        if (who.aliases.has(alias)) problems.push(`${topic}: the alias ${alias} is there twice`);
        who.aliases.set(alias, m.name);
        metrics[m.name] = m.type;
        if (m.properties) who.facts[m.name] = Object.fromEntries(Object.entries(m.properties).map(([k, p]) => [k, p.value]));
    }
}

function node_birth(who, topic, payload) {
    who.births += 1;
    who.alive = true;
    who.aliases = new Map();
    who.devices = {};
    who.facts = {};
    who.seq = 255;
    const bd_seq = payload.metrics.find((m) => m.name === "bdSeq");
    if (bd_seq?.type !== "Int64") problems.push(`${topic}: no bdSeq of type Int64`);
    who.bd_seqs.push(number(bd_seq?.value));
    const rebirth = payload.metrics.find((m) => m.name === "Node Control/Rebirth");
    if (rebirth?.type !== "Boolean" || rebirth.value !== false) problems.push(`${topic}: no Node Control/Rebirth`);
    if (number(payload.seq) !== 0) problems.push(`${topic}: seq is ${payload.seq}`);
    born(who, topic, payload, who.devices[""] = {});
}

function hear(topic, bytes, packet) {
    const [, group, type, name, device = ""] = topic.split("/");
    const payload = payloads.decodePayload(bytes);
    const who = (nodes[`${group}/${name}`] ??= { births: 0, deaths: 0, data: 0, values: 0, bd_seqs: [], death_seqs: [] });
    if (packet.retain) problems.push(`${topic}: retained`);
    if (type === "NDEATH") {
        who.deaths += 1;
        who.alive = false;
        who.death_seqs.push(number(payload.metrics[0]?.value));
        if (payload.metrics.length !== 1 || payload.metrics[0].name !== "bdSeq") problems.push(`${topic}: not just a bdSeq`);
        if (payload.seq !== undefined && payload.seq !== null) problems.push(`${topic}: has a seq`);
        return;
    }
    if (type === "NCMD") return;
    if (packet.qos !== 0) problems.push(`${topic}: QoS ${packet.qos}`);
    if (!payload.timestamp) problems.push(`${topic}: no timestamp`);
    if (type === "NBIRTH") node_birth(who, topic, payload);
    else if (!who.alive) problems.push(`${topic}: before the birth of its node`);
    const seq = number(payload.seq);
    if (seq !== (who.seq + 1) % 256) problems.push(`${topic}: seq ${seq} after ${who.seq}`);
    who.seq = seq;
    if (type === "DBIRTH") born(who, topic, payload, who.devices[device] = {});
    if (type !== "NDATA" && type !== "DDATA") return;
    who.data += 1;
    for (const m of payload.metrics) {
        who.values += 1;
        const known = who.aliases.get(number(m.alias));
        if (m.name) problems.push(`${topic}: ${m.name} by name`);
        else if (m.value === null || m.value === undefined) problems.push(`${topic}: ${known} cannot be read`);
        else if (who.devices[device]?.[known] === undefined) problems.push(`${topic}: the alias ${m.alias} is not born`);
    }
}

const client = mqtt.connect(process.argv[2]);
client.on("connect", () => client.subscribe("spBv1.0/#", { qos: 1 }, () => console.log("listening")));
client.on("message", (topic, bytes, packet) => {
    if (topic.startsWith("spBv1.0/STATE/")) return;
    try {
        hear(topic, bytes, packet);
    } catch (error) {
        problems.push(`${topic}: ${error}`);
    }
});
createInterface({ input: process.stdin }).once("line", () => {
    for (const who of Object.values(nodes)) {
        who.devices = Object.fromEntries(Object.entries(who.devices ?? {}).filter(([device]) => device));
        delete who.aliases;
    }
    console.log(JSON.stringify({ nodes, problems: problems.slice(0, 20) }));
    process.exit(0);
});
