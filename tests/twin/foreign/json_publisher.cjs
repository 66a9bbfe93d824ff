// SPDX-License-Identifier: Apache-2.0
// A machine that is not ours and sends JSON: npm mqtt. Run as `node json_publisher.cjs URL NAME`, with NODE_PATH naming
// the folder of the npm packages (script/enter sets it). Under plant/NAME/ it sends "drive" (an object with speed,
// count and the time in ms) every 50 ms, "state" (bare text, retained) at its start, and "status" ("online", retained;
// "offline" is its last will), prints what comes to "set", and obeys lines on stdin: "send TOPIC PAYLOAD".
const { createInterface } = require("node:readline");
const mqtt = require("mqtt");

const [url, name] = process.argv.slice(2);
const say = (line) => process.stdout.write(line + "\n");
const status = `plant/${name}/status`;
const client = mqtt.connect(url.replace("mqtt://localhost", "mqtt://127.0.0.1"), {
    will: { topic: status, payload: "offline", qos: 1, retain: true }, reconnectPeriod: 100,
});
let count = 0, speed = 80;
client.on("connect", () => {
    client.subscribe(`plant/${name}/set`, { qos: 0 });
    client.publish(status, "online", { qos: 1, retain: true });
    client.publish(`plant/${name}/state`, "EXECUTE", { qos: 1, retain: true }, () => say("ready"));
});
client.on("message", (_topic, payload) => {
    const text = payload.toString();
    speed = JSON.parse(text).speed ?? speed;
    say(`set ${text}`);
});
setInterval(() => {
    if (!client.connected) return;
    ++count;
    client.publish(`plant/${name}/drive`, JSON.stringify({ timestamp_ms: Date.now(), speed: { value: speed, quality: "Good" }, count }));
}, 50);
createInterface({ input: process.stdin }).on("line", (line) => {
    const [verb, topic, ...rest] = line.split(" ");
    if (verb === "send") client.publish(topic, rest.join(" "), { qos: 1 }, () => say(`did ${line}`));
}).on("close", () => process.exit(0));
