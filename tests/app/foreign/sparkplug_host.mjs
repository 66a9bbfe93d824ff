// SPDX-License-Identifier: Apache-2.0
// A Sparkplug host that is not ours: npm mqtt and sparkplug-payload. Run as `node sparkplug_host.mjs URL GROUP`, with
// NODE_PATH naming the folder of the npm packages. Each birth, death and value is a line on stdout:
//   nbirth NODE BDSEQ, dbirth NODE DEVICE, ndeath NODE BDSEQ, NODE/DEVICE/METRIC = JSON
// It obeys lines on stdin: "write name|alias NODE DEVICE METRIC TYPE VALUE", "rebirth NODE".
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url); // unlike import, it looks in NODE_PATH
const mqtt = require("mqtt");
const payloads = require("sparkplug-payload").get("spBv1.0");
const [url, group] = process.argv.slice(2);

const aliases = new Map(); // "NODE/alias" → "NODE/DEVICE/METRIC", and back
const plain = (_, value) => (value?.toNumber ? value.toNumber() : value); // Long objects
const say = (line) => process.stdout.write(line + "\n");

function hear(topic, bytes) {
    const [, , type, node, device = ""] = topic.split("/");
    const payload = payloads.decodePayload(bytes);
    const bd_seq = payload.metrics.find((m) => m.name === "bdSeq");
    if (type === "NDEATH") return say(`ndeath ${node} ${Number(bd_seq.value)}`);
    if (type === "NBIRTH") say(`nbirth ${node} ${Number(bd_seq.value)}`);
    if (type === "DBIRTH") say(`dbirth ${node} ${device}`);
    if (type === "NCMD" || type === "DCMD") return;
    for (const m of payload.metrics) {
        if (m.name && m.alias !== undefined) {
            aliases.set(`${node}/${Number(m.alias)}`, `${node}/${device}/${m.name}`);
            aliases.set(`${node}/${device}/${m.name}`, Number(m.alias));
        }
        const name = aliases.get(`${node}/${Number(m.alias)}`) ?? `${node}/${device}/${m.name}`;
        say(`${name} = ${JSON.stringify(m.value, plain)}`);
    }
}

const client = mqtt.connect(url, { reconnectPeriod: 100 });
client.on("connect", () => client.subscribe(`spBv1.0/${group}/#`, { qos: 1 }, () => say("listening")));
client.on("message", (topic, bytes) => {
    try {
        hear(topic, bytes);
    } catch (error) {
        say(`error ${topic}: ${error}`);
    }
});

function command(type, to, metric) {
    const payload = { timestamp: Date.now(), metrics: [{ timestamp: Date.now(), ...metric }] };
    client.publish(`spBv1.0/${group}/${type}/${to}`, Buffer.from(payloads.encodePayload(payload)));
}
createInterface({ input: process.stdin }).on("line", (line) => {
    const [verb, ...words] = line.split(" ");
    if (verb === "rebirth") return command("NCMD", words[0], { name: "Node Control/Rebirth", type: "Boolean", value: true });
    const [by, node, device, metric, type, value] = words;
    const key = by === "alias" ? { alias: aliases.get(`${node}/${device}/${metric}`) } : { name: metric };
    command("DCMD", `${node}/${device}`, { ...key, type, value: type === "String" ? value : Number(value) });
}).on("close", () => process.exit(0));
