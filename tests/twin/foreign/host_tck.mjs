// SPDX-License-Identifier: Apache-2.0
// The six host tests of the Sparkplug TCK as black-box dialogues. Run as
//   node host_tck.mjs TEST HOST_ID REORDER_TIMEOUT_MS BROKER_PORT…
// with NODE_PATH naming the folder of the npm packages. It puts a recording proxy before each broker ("proxy PORT" for
// each on stdout), through which only the host under test connects, plays the edge node itself, says what the host's
// user has to do ("do …"), and judges every assertion by what went over the wire: "ok ID" or "FAIL ID: why", at the end
// "done". None of our code is in it: npm mqtt, mqtt-packet and sparkplug-payload.
import { createRequire } from "node:module";
import { connect as dial, createServer } from "node:net";

const require = createRequire(import.meta.url); // unlike import, it looks in NODE_PATH
const mqtt = require("mqtt");
const { parser } = require("mqtt-packet");
const sparkplug = require("sparkplug-payload").get("spBv1.0");
const proto = require("sparkplug-payload/lib/sparkplugPayloadProto").org.eclipse.tahu.protobuf.Payload;

const [test, hostId, reorderTimeout, ...ports] = process.argv.slice(2);
const stateTopic = `spBv1.0/STATE/${hostId}`;
const say = (line) => process.stdout.write(line + "\n");

const ask = (order) => new Promise((done) => { process.stdin.once("data", done); say(`do ${order}`); });

// What went over the wire, in order: {server, from, cmd, …packet, at}
const record = [];
let wake = () => {};
const sockets = [];
function note(server, from, packet) {
    record.push({ ...packet, server, from, at: Date.now() });
    wake();
}

function proxy(server, brokerPort) {
    return new Promise((listening) => {
        const listener = createServer((host) => {
            const broker = dial(brokerPort, "127.0.0.1");
            sockets[server] = host;
            for (const [from, source, sink] of [["host", host, broker], ["broker", broker, host]]) {
                const reader = parser();
                reader.on("packet", (packet) => note(server, from, packet));
                source.on("data", (bytes) => { reader.parse(bytes); sink.write(bytes); });
                source.on("close", () => { note(server, from, { cmd: "closed" }); sink.destroy(); });
                source.on("error", () => {});
            }
        });
        listener.listen(0, "127.0.0.1", () => listening(listener.address().port));
    });
}

// The first entry from `start` on that matches; waits for it.
async function await_(what, matches, start = 0) {
    const deadline = Date.now() + 20000;
    for (;;) {
        const index = record.findIndex((entry, i) => i >= start && matches(entry));
        if (index >= 0) return { ...record[index], index };
        if (Date.now() > deadline) { say(`FAIL ${what} never came`); process.exit(1); }
        await new Promise((done) => { wake = done; setTimeout(done, 200); });
    }
}
const fromHost = (cmd, server = 0) => (e) => e.from === "host" && e.cmd === cmd && e.server === server;
const published = (topic, server = 0) => (e) => fromHost("publish", server)(e) && e.topic === topic;

function verdict(ids, holds, why) {
    for (const id of ids.trim().split(/\s+/)) say(holds ? `ok tck-id-${id}` : `FAIL tck-id-${id}: ${why}`);
}

function state(payload) { // of a STATE message, or null
    try {
        const json = JSON.parse(payload.toString("utf8"));
        return typeof json.online === "boolean" && Number.isInteger(json.timestamp) ? json : null;
    } catch { return null; }
}

function covers(filter, topic) {
    const f = filter.split("/"), t = topic.split("/");
    for (let i = 0; i < f.length; i++) {
        if (f[i] === "#") return true;
        if (i >= t.length || (f[i] !== "+" && f[i] !== t[i])) return false;
    }
    return f.length === t.length;
}

// The judge's own client: an edge node, or just somebody.
function client(server, will) {
    return new Promise((ready) => {
        const c = mqtt.connect(`mqtt://127.0.0.1:${ports[server]}`, { will, reconnectPeriod: 0 });
        c.on("connect", () => ready(c));
    });
}
const send = (c, topic, payload, options = {}) =>
    new Promise((done) => c.publish(topic, payload, { qos: 1, ...options }, done));
const encode = (payload) => Buffer.from(sparkplug.encodePayload(payload));

const group = "TckGroup", node = "TckNode", device = "TckDevice";
const topic = (verb) => `spBv1.0/${group}/${verb}/${node}` + (verb[0] === "D" ? `/${device}` : "");
async function edgeNode() {
    const bdSeq = { name: "bdSeq", type: "Int64", value: 7, timestamp: Date.now() };
    const c = await client(0, { topic: topic("NDEATH"), payload: encode({ metrics: [bdSeq] }), qos: 1, retain: false });
    c.subscribe([topic("NCMD"), topic("DCMD")], { qos: 1 });
    const now = Date.now();
    await send(c, topic("NBIRTH"), encode({ timestamp: now, seq: 0, metrics: [bdSeq,
        { name: "Node Control/Rebirth", type: "Boolean", value: false, timestamp: now },
        { name: "Speed", alias: 5, type: "Int32", value: -3, timestamp: now }] }), { qos: 0 });
    await send(c, topic("DBIRTH"), encode({ timestamp: now, seq: 1, metrics: [
        { name: "Level", alias: 9, type: "Double", value: 1.5, timestamp: now },
        { name: "Lamp", type: "Boolean", value: false, timestamp: now }] }), { qos: 0 });
    return c;
}
// Data as the specification has it: alias, no type; npm sparkplug-payload repeats the type.
const level = (seq, value) => proto.encode(proto.create({ timestamp: Date.now(), seq,
    metrics: [{ alias: 9, timestamp: Date.now(), doubleValue: value }] })).finish();

async function sessionEstablishment() {
    const connect = await await_("a CONNECT", fromHost("connect"));
    const version5 = connect.protocolVersion === 5;
    verdict("message-flow-phid-sparkplug-clean-session-311", version5 || connect.clean === true, "not clean");
    verdict("message-flow-phid-sparkplug-clean-session-50",
        !version5 || (connect.clean && !connect.properties?.sessionExpiryInterval), "not a clean start");
    const will = connect.will, last = will && state(will.payload);
    verdict("host-topic-phid-death-required operational-behavior-host-application-connect-will", !!will, "no will");
    verdict(`payloads-state-will-message host-topic-phid-death-topic
        operational-behavior-host-application-connect-will-topic`, will?.topic === stateTopic, will?.topic);
    verdict(`host-topic-phid-death-payload operational-behavior-host-application-connect-will-payload
        payloads-state-will-message-payload`, last?.online === false, String(will?.payload));
    const skew = Math.abs(connect.at - last?.timestamp);
    verdict("host-topic-phid-death-payload-timestamp-connect", skew < 60000, `${skew} ms away`);
    verdict(`host-topic-phid-death-qos operational-behavior-host-application-connect-will-qos
        payloads-state-will-message-qos`, will?.qos === 1, `QoS ${will?.qos}`);
    verdict(`host-topic-phid-death-retain operational-behavior-host-application-connect-will-retained
        payloads-state-will-message-retain`, will?.retain === true, "not retained");

    const birth = await await_("a PUBLISH", fromHost("publish"));
    const before = record.slice(0, birth.index);
    const connack = before.findIndex((e) => e.cmd === "connack");
    const subscribed = before.filter((e) => e.from === "host" && e.cmd === "subscribe");
    const granted = before.filter((e) => e.cmd === "suback").flatMap((e) => e.granted);
    const filters = subscribed.flatMap((e) => e.subscriptions.map((s) => s.topic));
    const ownFirst = connack >= 0 && filters.includes(stateTopic) && granted.every((qos) => qos <= 2);
    verdict("host-topic-phid-birth-sub-required payloads-state-subscribe", ownFirst, filters.join(" "));
    const needed = ["NBIRTH", "NDEATH", "NDATA", "DBIRTH", "DDEATH", "DDATA"].map(topic);
    verdict("message-flow-phid-sparkplug-subscription",
        ownFirst && needed.every((t) => filters.some((f) => covers(f, t))), filters.join(" "));
    verdict("host-topic-phid-birth-message principles-birth-certificates-order",
        birth.topic === stateTopic, `first ${birth.topic}`);
    verdict(`host-topic-phid-birth-required message-flow-phid-sparkplug-state-publish
        operational-behavior-host-application-connect-birth payloads-state-birth intro-sparkplug-host-state
        components-ph-state`, ownFirst && granted.length === filters.length && birth.topic === stateTopic && birth.qos === 1
        && birth.retain, "no birth behind the subscriptions");
    verdict("host-topic-phid-birth-topic operational-behavior-host-application-connect-birth-topic",
        birth.topic === stateTopic, birth.topic);
    const said = state(birth.payload);
    verdict(`host-topic-phid-birth-payload message-flow-phid-sparkplug-state-publish-payload
        operational-behavior-host-application-connect-birth-payload`, said?.online === true, String(birth.payload));
    verdict(`payloads-state-birth-payload host-topic-phid-birth-payload-timestamp
        message-flow-phid-sparkplug-state-publish-payload-timestamp`,
        said?.online === true && said.timestamp === last?.timestamp, `${said?.timestamp} is not ${last?.timestamp}`);
    verdict("host-topic-phid-birth-qos operational-behavior-host-application-connect-birth-qos", birth.qos === 1, "");
    verdict("host-topic-phid-birth-retain operational-behavior-host-application-connect-birth-retained",
        birth.retain === true, "not retained");
    verdict("conformance-primary-host", !!will && birth.topic === stateTopic, "no birth or no will");

    const stranger = await client(0);
    await send(stranger, stateTopic, JSON.stringify({ online: false, timestamp: 1 }), { retain: true });
    const again = await await_("a contradiction", published(stateTopic), birth.index + 1);
    verdict("message-flow-hid-sparkplug-state-message-delivered",
        state(again.payload)?.online === true && state(again.payload).timestamp === last?.timestamp && again.qos === 1
        && again.retain, String(again.payload));
}

async function sessionTermination() {
    const birth = await await_("the birth", published(stateTopic));
    verdict("operational-behavior-host-application-connect-birth", state(birth.payload)?.online === true, "");
    const asked = Date.now();
    say("do disconnect");
    const gone = await await_("the end of the connection", (e) => e.from === "host" && e.cmd === "closed");
    const rest = record.slice(birth.index + 1, gone.index + 1).filter((e) => e.from === "host");
    const deathAt = rest.findIndex((e) => e.cmd === "publish"), death = rest[deathAt];
    const said = death && state(death.payload);
    verdict("operational-behavior-host-application-termination", !!death, "no death message");
    verdict("operational-behavior-host-application-death-topic", death?.topic === stateTopic, death?.topic);
    verdict("operational-behavior-host-application-death-payload", said?.online === false, String(death?.payload));
    verdict("operational-behavior-host-application-death-qos", death?.qos === 1, "");
    verdict("operational-behavior-host-application-death-retained", death?.retain === true, "");
    const disconnectAt = rest.findIndex((e) => e.cmd === "disconnect");
    const timely = said?.timestamp >= asked - 1000 && said?.timestamp <= gone.at + 1000;
    verdict("host-topic-phid-death-payload-timestamp-disconnect-clean",
        timely && disconnectAt > deathAt, "the death is not before DISCONNECT, or of another time");
    verdict("host-topic-phid-death-payload-timestamp-disconnect-with-no-disconnect-packet",
        timely && deathAt >= 0, "the connection ended without a death message");
    verdict("operational-behavior-host-application-disconnect-intentional",
        disconnectAt < 0 || disconnectAt > deathAt, "DISCONNECT before the death message");
}

async function sendCommand() {
    await await_("the birth", published(stateTopic));
    await edgeNode();
    await ask("await TckGroup/TckNode/TckDevice/Level");

    const judge = (packet, prefix, verb, tck) => {
        const p = packet && proto.decode(packet.payload);
        const timely = p?.hasOwnProperty("timestamp") && Math.abs(Number(p.timestamp) - packet.at) < 60000;
        verdict(`topics-${verb}-topic ${tck}-verb`, packet?.topic === topic(verb.toUpperCase()), packet?.topic);
        verdict(`topics-${verb}-mqtt payloads-${verb}-qos payloads-${verb}-retain`,
            packet?.qos === 0 && packet?.retain === false, "not QoS 0, or retained");
        verdict(`topics-${verb}-timestamp payloads-${verb}-timestamp`, timely, String(p?.timestamp));
        verdict(`topics-${verb}-payload`, p?.metrics.length > 0, "no metric");
        verdict(`payloads-${verb}-seq`, p && !p.hasOwnProperty("seq"), "it has a seq");
        return p?.metrics[0];
    };
    say("do rebirth");
    const rebirth = await await_("the NCMD", published(topic("NCMD")));
    const verb = "operational-behavior-data-commands-ncmd-rebirth";
    const asked = judge(rebirth, "", "ncmd", verb);
    verdict(`${verb}-name`, asked?.name === "Node Control/Rebirth", asked?.name);
    verdict(`${verb}-value`, asked?.booleanValue === true, String(asked?.booleanValue));

    say("do write TckGroup/TckNode//Speed int -42");
    const speed = await await_("the second NCMD", published(topic("NCMD")), rebirth.index + 1);
    const metric = judge(speed, "", "ncmd", "operational-behavior-data-commands-ncmd");
    const named = (m, alias) => Number(m?.alias) === alias && m.hasOwnProperty("alias") && !m.hasOwnProperty("name");
    verdict("operational-behavior-data-commands-ncmd-metric-name", named(metric, 5), JSON.stringify(metric));
    verdict("operational-behavior-data-commands-ncmd-metric-value",
        (metric?.intValue | 0) === -42, JSON.stringify(metric));

    say("do write TckGroup/TckNode/TckDevice/Level real 2.5");
    const dcmd = await await_("the DCMD", published(topic("DCMD")));
    const level = judge(dcmd, "", "dcmd", "operational-behavior-data-commands-dcmd");
    verdict("operational-behavior-data-commands-dcmd-metric-name", named(level, 9), JSON.stringify(level));
    verdict("operational-behavior-data-commands-dcmd-metric-value", level?.doubleValue === 2.5, JSON.stringify(level));

    say("do write TckGroup/TckNode/TckDevice/Lamp bool true");
    const second = await await_("the second DCMD", published(topic("DCMD")), dcmd.index + 1);
    const lamp = judge(second, "", "dcmd", "operational-behavior-data-commands-dcmd");
    verdict("operational-behavior-data-commands-dcmd-metric-name",
        lamp?.name === "Lamp" && !lamp.hasOwnProperty("alias"), JSON.stringify(lamp));
    verdict("payloads-alias-data-cmd-requirement", named(metric, 5) && named(level, 9), "name and alias");
    const all = [metric, level, lamp];
    verdict("payloads-metric-datatype-not-req", all.every((m) => m && !m.hasOwnProperty("datatype")), "a datatype");
    verdict("payloads-name-cmd-requirement", all.every((m) => m), "no metric"); // a timestamp may be there or not
}

async function edgeSessionTermination() { // what the host shows is judged by who started it
    await await_("the birth", published(stateTopic));
    const c = await edgeNode();
    await ask("await TckGroup/TckNode/TckDevice/Level");
    const died = Date.now() - 5000; // not the time at which it is heard
    await send(c, topic("DDEATH"), encode({ timestamp: died, seq: 2 }), { qos: 0 });
    await ask(`expect device dead ${died}`);
    await send(c, topic("DBIRTH"), encode({ timestamp: Date.now(), seq: 3, metrics: [
        { name: "Level", alias: 9, type: "Double", value: 2.5, timestamp: Date.now() }] }), { qos: 0 });
    await ask("expect device alive");
    const killed = Date.now();
    c.stream.destroy(); // the broker sends the will
    await ask(`expect node dead ${killed}`);
}

async function messageOrdering() {
    await await_("the birth", published(stateTopic));
    const c = await edgeNode();
    const asks = () => record.filter(published(topic("NCMD"))).length;
    await send(c, topic("DDATA"), level(3, 3), { qos: 0 }); // overtakes 2
    await send(c, topic("DDATA"), level(2, 2), { qos: 0 });
    await ask("await TckGroup/TckNode/TckDevice/Level = 3");
    const before = asks();
    const gap = Date.now();
    await send(c, topic("DDATA"), level(5, 5), { qos: 0 }); // 4 never comes
    const request = await await_("the request for a rebirth", published(topic("NCMD")));
    const metric = proto.decode(request.payload).metrics[0];
    const waited = request.at - gap;
    verdict("operational-behavior-host-reordering-success", before === 0 && asks() === 1, "a rebirth for a closed gap");
    verdict("operational-behavior-host-reordering-start operational-behavior-host-reordering-param",
        waited >= 0.9 * reorderTimeout, `it waited ${waited} ms of ${reorderTimeout}`);
    verdict("operational-behavior-host-reordering-rebirth",
        metric?.name === "Node Control/Rebirth" && metric.booleanValue === true, JSON.stringify(metric));
}

async function multipleBroker() {
    const session = async (server, start = 0) => {
        const connect = await await_("a CONNECT", fromHost("connect", server), start);
        const first = await await_("a PUBLISH", fromHost("publish", server), connect.index);
        return { first, ok: first.topic === stateTopic && state(first.payload)?.online === true && first.retain,
            ts: state(first.payload)?.timestamp, will: state(connect.will?.payload)?.timestamp };
    };
    const a = await session(0), b = await session(1);
    const from = record.length;
    sockets[1].destroy();
    const c = await session(1, from);
    verdict("operational-behavior-primary-application-state-with-multiple-servers-state", a.ok && b.ok && c.ok,
        [a, b, c].map((s) => s.first.topic).join(" "));
    verdict("operational-behavior-primary-application-state-with-multiple-servers-state-subs", a.ok && b.ok, "");
    const stranger = await client(0);
    const mark = record.length;
    await send(stranger, stateTopic, JSON.stringify({ online: false, timestamp: 1 }));
    const again = await await_("a contradiction", published(stateTopic, 0), mark);
    verdict("operational-behavior-host-application-multi-server-timestamp",
        [a, b, c].every((s) => s.ts === s.will) && c.ts > b.ts && state(again.payload)?.timestamp === a.ts,
        `${a.ts} ${b.ts} ${c.ts} ${again.payload}`);
}

const tests = { SessionEstablishment: sessionEstablishment, SessionTermination: sessionTermination,
    SendCommand: sendCommand, EdgeSessionTermination: edgeSessionTermination, MessageOrdering: messageOrdering,
    MultipleBroker: multipleBroker };
for (let i = 0; i < ports.length; i++) say(`proxy ${await proxy(i, Number(ports[i]))}`);
process.stdin.on("end", () => process.exit(0));
await tests[test]();
say("done");
