// SPDX-License-Identifier: Apache-2.0
// An OPC UA server that is not ours: npm node-opcua. Run as `node opcua_server.cjs PORT FOLDER [none] [users]
// [shifted] [many=N] [forward=PORT] [cut=PORT]`, with NODE_PATH naming the folder of the npm packages (script/enter
// sets it); FOLDER keeps its certificate. It has a robot with axes that move, a value of every type, values with bad
// and uncertain codes, hostile ones, N more that change every 50 ms, and ports that lead to it as a tunnel does, of
// which a cut one breaks each connection but the first as soon as something is said. It obeys lines on stdin: "set NAME
// VALUE", "bad NAME", "uncertain NAME", "good NAME", "event SEVERITY TEXT", "later [ID]" (a variable appears), "gone
// NAME" (one disappears), "hollow NAME" (one becomes a matrix of 0 × 3), "trust FILE" (a client's certificate). Each
// thing it does is a line on stdout.
const path = require("node:path");
const fs = require("node:fs");
const net = require("node:net");
const { createInterface } = require("node:readline");
const {
    OPCUAServer, OPCUACertificateManager, Variant, VariantArrayType, DataType, StatusCodes, DataValue, MessageSecurityMode,
    SecurityPolicy, coerceNodeId, standardUnits, LocalizedText, QualifiedName, resolveNodeId,
} = require("node-opcua");

const [port, folder, ...words] = process.argv.slice(2);
const many = Number((words.find((w) => w.startsWith("many=")) ?? "many=0").slice(5));
const say = (line) => process.stdout.write(line + "\n");
const values = new Map(); // name → { node, variant, status }

function variable(namespace, parent, name, dataType, value, more = {}) {
    const entry = { variant: new Variant({ dataType, arrayType: VariantArrayType.Scalar, value, ...more.variant }), status: StatusCodes.Good };
    entry.node = namespace.addVariable({
        componentOf: parent, browseName: name, nodeId: more.nodeId ?? `s=${name}`, dataType: more.declared ?? dataType,
        valueRank: more.valueRank ?? -1, minimumSamplingInterval: 10, description: more.description,
        accessLevel: "CurrentRead | CurrentWrite", userAccessLevel: more.access ?? "CurrentRead | CurrentWrite",
    });
    entry.tell = () => entry.node.setValueFromSource(entry.variant, entry.status, new Date());
    entry.tell();
    values.set(name, entry);
    return entry.node;
}

// One of each built-in type, and more of them than a client wants.
function addTypes(namespace, objects) {
    const types = namespace.addFolder(objects, { browseName: "Types" });
    const date = new Date(Date.UTC(2026, 10, 22, 13, 30, 0, 125));
    variable(namespace, types, "Boolean", DataType.Boolean, true);
    variable(namespace, types, "SByte", DataType.SByte, -128);
    variable(namespace, types, "Byte", DataType.Byte, 255);
    variable(namespace, types, "Int16", DataType.Int16, -32768);
    variable(namespace, types, "UInt16", DataType.UInt16, 65535);
    variable(namespace, types, "Int32", DataType.Int32, -2147483648);
    variable(namespace, types, "UInt32", DataType.UInt32, 4294967295);
    variable(namespace, types, "Int64", DataType.Int64, [0x80000000, 0]); // high and low word
    variable(namespace, types, "UInt64", DataType.UInt64, [0xffffffff, 0xffffffff]);
    variable(namespace, types, "Float", DataType.Float, 1.5);
    variable(namespace, types, "Double", DataType.Double, 0.1);
    variable(namespace, types, "String", DataType.String, "grün");
    variable(namespace, types, "DateTime", DataType.DateTime, date);
    variable(namespace, types, "Guid", DataType.Guid, "72962B91-FA75-4AE6-8D28-B404DC7DAF63");
    variable(namespace, types, "ByteString", DataType.ByteString, Buffer.from([0, 1, 254, 255]));
    variable(namespace, types, "NodeId", DataType.NodeId, coerceNodeId("ns=1;s=a b"));
    variable(namespace, types, "StatusCode", DataType.StatusCode, StatusCodes.BadNodeIdUnknown);
    variable(namespace, types, "QualifiedName", DataType.QualifiedName, new QualifiedName({ namespaceIndex: 1, name: "q" }));
    variable(namespace, types, "LocalizedText", DataType.LocalizedText, new LocalizedText({ locale: "de", text: "Bär" }));
    variable(namespace, types, "Numbers", DataType.Double, [1, 2.5, -3], { valueRank: 1, variant: { arrayType: VariantArrayType.Array } });
    variable(namespace, types, "Texts", DataType.String, ["a", "b\"c"], { valueRank: 1, variant: { arrayType: VariantArrayType.Array } });
    variable(namespace, types, "Matrix", DataType.Int32, new Int32Array([1, 2, 3, 4, 5, 6]),
        { valueRank: 2, variant: { arrayType: VariantArrayType.Matrix, dimensions: [2, 3] } });
    variable(namespace, types, "Structure", DataType.ExtensionObject, standardUnits.degree, { declared: "EUInformation" });
    variable(namespace, types, "Empty", DataType.Double, [], { valueRank: 1, variant: { arrayType: VariantArrayType.Array } });
    variable(namespace, types, "LongText", DataType.String, "x".repeat(300_000));
    variable(namespace, types, "LongArray", DataType.Byte, new Uint8Array(1_000_000), { valueRank: 1, variant: { arrayType: VariantArrayType.Array } });
    variable(namespace, types, "ReadOnly", DataType.Double, 7, { access: "CurrentRead" });
    variable(namespace, types, "a/b&c", DataType.Double, 11);
}

function addRobot(namespace, objects) {
    const robot = namespace.addObject({ organizedBy: objects, browseName: "Robot", eventNotifier: 1 });
    const axes = namespace.addObject({ componentOf: robot, browseName: "Axes" });
    for (let i = 1; i <= 6; ++i) {
        const axis = namespace.addObject({ componentOf: axes, browseName: `Axis${i}` });
        const node = namespace.addAnalogDataItem({
            componentOf: axis, browseName: "Position", nodeId: `s=Axis${i}.Position`, dataType: "Double",
            engineeringUnits: standardUnits.degree, engineeringUnitsRange: { low: -180, high: 180 },
            description: `where axis ${i} stands`, minimumSamplingInterval: 10,
        });
        const began = Date.now();
        const tell = () => node.setValueFromSource(
            { dataType: DataType.Double, value: 90 * Math.sin(i + (Date.now() - began) / 1000) }, StatusCodes.Good, new Date());
        tell();
        setInterval(tell, 50);
    }
    const method = namespace.addMethod(robot, { browseName: "Home",
        inputArguments: [{ name: "speed", dataType: DataType.Double }], outputArguments: [{ name: "done", dataType: DataType.Boolean }] });
    method.bindMethod((_inputs, _context, callback) => callback(null,
        { statusCode: StatusCodes.Good, outputArguments: [{ dataType: DataType.Boolean, value: true }] }));
    // Two of one name.
    variable(namespace, robot, "Twin", DataType.Int32, 1, { nodeId: "s=Twin1" });
    variable(namespace, robot, "Twin", DataType.Int32, 2, { nodeId: "s=Twin2" });
    return robot;
}

function addMany(namespace, objects) {
    const all = namespace.addFolder(objects, { browseName: "Many" });
    const nodes = Array.from({ length: many }, (_, i) => variable(namespace, all, `m${i}`, DataType.Double, 0));
    let n = 0;
    if (many > 0) setInterval(() => {
        ++n;
        const now = new Date();
        for (const node of nodes) node.setValueFromSource({ dataType: DataType.Double, value: n }, StatusCodes.Good, now);
    }, 50);
}

function forward(from, cut) {
    let connections = 0;
    net.createServer((client) => {
        client.on("error", () => {});
        if (cut && connections++ > 0) {
            client.once("data", () => client.destroy());
            return;
        }
        const server = net.connect(Number(port), "127.0.0.1");
        server.on("error", () => {});
        client.pipe(server).pipe(client);
    }).listen(Number(from), "127.0.0.1");
}

async function main() {
    const certificates = new OPCUACertificateManager({ rootFolder: path.join(folder, "pki"), automaticallyAcceptUnknownCertificate: false });
    await certificates.initialize();
    const server = new OPCUAServer({
        port: Number(port), hostname: "127.0.0.1", serverCertificateManager: certificates,
        securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes256_Sha256_RsaPss],
        securityModes: words.includes("none") ? [MessageSecurityMode.None]
            : [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
        allowAnonymous: !words.includes("users"),
        userManager: { isValidUser: (user, password) => user === "anna" && password === "secret" },
        serverInfo: { applicationUri: "urn:plantwalk:test:server" },
        serverCapabilities: { maxSessions: 50, operationLimits: { maxNodesPerBrowse: 50, maxMonitoredItemsPerCall: 300, maxNodesPerRead: 200 } },
        maxConnectionsPerEndpoint: 50,
    });
    await server.initialize();
    const space = server.engine.addressSpace;
    if (words.includes("shifted")) space.registerNamespace("urn:plantwalk:test:another"); // and all indices move on
    const namespace = space.registerNamespace("urn:plantwalk:test:robot");
    addTypes(namespace, space.rootFolder.objects);
    const robot = addRobot(namespace, space.rootFolder.objects);
    addMany(namespace, space.rootFolder.objects);
    await server.start();
    for (const [word, from] of words.map((w) => w.split("="))) {
        if (word === "forward" || word === "cut") forward(from, word === "cut");
    }
    fs.copyFileSync(server.certificateFile, path.join(folder, "server.pem"));
    say("ready");

    createInterface({ input: process.stdin }).on("line", async (line) => {
        const [verb, name, ...rest] = line.split(" ");
        const entry = values.get(name);
        if (verb === "set") {
            entry.variant = new Variant({ dataType: entry.variant.dataType, value: Number(rest[0]) });
            entry.tell();
        } else if (verb === "bad" || verb === "uncertain" || verb === "good") {
            entry.status = { bad: StatusCodes.BadSensorFailure, uncertain: StatusCodes.UncertainLastUsableValue, good: StatusCodes.Good }[verb];
            entry.tell();
        } else if (verb === "event") {
            robot.raiseEvent("BaseEventType", {
                message: { dataType: DataType.LocalizedText, value: { text: rest.join(" ") } },
                severity: { dataType: DataType.UInt32, value: Number(name) },
            });
        } else if (verb === "later") {
            variable(namespace, robot, "Later", DataType.Double, 5, { nodeId: name && `s=${name}` });
        } else if (verb === "gone") {
            space.deleteNode(entry.node);
        } else if (verb === "hollow") {
            entry.variant = new Variant({ dataType: DataType.Int32, arrayType: VariantArrayType.Matrix, dimensions: [0, 3], value: new Int32Array(0) });
            entry.tell();
        } else if (verb === "trust") {
            const { readCertificate } = require("node-opcua-crypto");
            await certificates.trustCertificate(fs.readFileSync(name));
        } else if (verb === "value") {
            say(`${name} is ${entry.node.readValue().value.value}`);
            return;
        }
        say(`done ${line}`);
    });
}
main().catch((error) => {
    say(`failed: ${error.stack}`);
    process.exit(1);
});
