// SPDX-License-Identifier: Apache-2.0
// A Sparkplug edge node that is not ours: npm sparkplug-client. Run as `node edge_node.mjs URL GROUP NODE`, with
// NODE_PATH naming the folder of the npm packages (script/enter sets it). It bears itself and the device "robot",
// answers rebirth requests, and obeys lines on stdin: "ddata ALIAS VALUE", "ndata ALIAS VALUE", "skip" (a sequence
// number gets lost), "ddeath", "dbirth", "structures" (a second device, with a data set, a template and properties),
// "compress deflate|gzip|no". Each thing it does is a line on stdout, and each command it gets.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url); // unlike import, it looks in NODE_PATH
const sparkplug = require("sparkplug-client");
const [url, group, node] = process.argv.slice(2);
const say = (line) => process.stdout.write(line + "\n");

const client = sparkplug.newClient({
    serverUrl: url, username: "", password: "", groupId: group, edgeNode: node,
    clientId: `foreign-${group}-${node}`, mqttOptions: { reconnectPeriod: 100 },
});

const device = "robot";
const values = new Map([[10, 0], [11, 0]]);
let births = 0;
let packing = {};
const members = (speed) => [{ name: "speed", type: "Float", value: speed }, { name: "on", type: "Boolean", value: true }];

function deviceBirth() {
    client.publishDeviceBirth(device, { timestamp: Date.now(), metrics: [
        { name: "J1", alias: 10, type: "Double", value: values.get(10), timestamp: Date.now(),
            properties: { engUnit: { type: "String", value: "deg" } } },
        { name: "J2", alias: 11, type: "Int32", value: values.get(11), timestamp: Date.now() },
        { name: "State", alias: 12, type: "String", value: "EXECUTE", timestamp: Date.now() },
    ] }, packing);
}

function structures() {
    client.publishDeviceBirth("parts", { timestamp: Date.now(), metrics: [
        { name: "table", type: "DataSet", value: { numOfColumns: 2, columns: ["n", "name"], types: ["Int32", "String"],
            rows: [[1, "one"], [-2, "two"]] } },
        { name: "pump", type: "Template", value: { isDefinition: false, templateRef: "Motor", version: "1",
            metrics: members(2.5), parameters: [{ name: "poles", type: "Int32", value: 4 }] } },
        { name: "level", type: "Double", value: 7, properties: { engUnit: { type: "String", value: "mm" },
            Quality: { type: "Int32", value: 0 } } },
        { name: "old", type: "Double", value: 3, isHistorical: true },
    ] }, packing);
}

function birth() {
    client.publishNodeBirth({ timestamp: Date.now(), metrics: [
        { name: "Node Control/Rebirth", type: "Boolean", value: false },
        { name: "Motor", type: "Template", value: { isDefinition: true, templateRef: "", version: "1",
            metrics: members(0), parameters: [{ name: "poles", type: "Int32", value: 2 }] } },
        { name: "births", alias: 1, type: "UInt32", value: ++births },
    ] });
    deviceBirth();
    say(`birth ${births}`);
}

client.on("birth", birth);
client.on("ncmd", (payload) => {
    if (payload.metrics.some((m) => m.name === "Node Control/Rebirth" && m.value === true)) birth();
});
client.on("dcmd", (to, payload) => payload.metrics.forEach((m) => say(`dcmd ${to} ${m.alias} ${m.value}`)));
client.on("error", (error) => say(`error ${error}`));

createInterface({ input: process.stdin }).on("line", (line) => {
    const [verb, alias, value] = line.split(" ");
    if (verb === "ddata" || verb === "ndata") {
        const metric = { alias: Number(alias), type: alias === "10" ? "Double" : "Int32", value: Number(value),
            timestamp: Date.now() };
        values.set(metric.alias, metric.value);
        if (verb === "ddata") client.publishDeviceData(device, { timestamp: Date.now(), metrics: [metric] }, packing);
        else client.publishNodeData({ timestamp: Date.now(), metrics: [{ ...metric, type: "UInt32" }] });
    } else if (verb === "skip") {
        client.incrementSeqNum();
    } else if (verb === "ddeath") {
        client.publishDeviceDeath(device, { timestamp: Date.now(), metrics: [] });
    } else if (verb === "compress") {
        packing = alias === "no" ? {} : { compress: true, algorithm: alias };
    } else if (verb === "structures") {
        structures();
    } else if (verb === "dbirth") {
        deviceBirth();
    }
    say(`did ${line}`);
}).on("close", () => process.exit(0));
