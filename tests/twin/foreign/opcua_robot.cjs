// SPDX-License-Identifier: Apache-2.0
// A robot that is not ours, as the OPC UA companion specification for robotics (OPC 40010-1) has it: npm node-opcua with
// the nodesets that it ships (DI, IA, Robotics). Run as `node opcua_robot.cjs PORT FOLDER`, with NODE_PATH naming the
// folder of the npm packages (script/enter sets it); FOLDER keeps its certificate. A motion device system "Palletiser"
// with a motion device "Arm" of four axes, whose positions move every 50 ms.
const path = require("node:path");
const { OPCUAServer, OPCUACertificateManager, DataType, MessageSecurityMode, SecurityPolicy, StatusCodes, nodesets,
    standardUnits } = require("node-opcua");

const [port, folder] = process.argv.slice(2);
const kAxes = 4;

async function main() {
    const certificates = new OPCUACertificateManager({ rootFolder: path.join(folder, "pki"), automaticallyAcceptUnknownCertificate: false });
    await certificates.initialize();
    const server = new OPCUAServer({
        port: Number(port), hostname: "127.0.0.1", serverCertificateManager: certificates,
        nodeset_filename: [nodesets.standard, nodesets.di, nodesets.ia, nodesets.robotics],
        securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256],
        securityModes: [MessageSecurityMode.None, MessageSecurityMode.SignAndEncrypt],
        serverInfo: { applicationUri: "urn:plantwalk:test:palletiser" },
    });
    await server.initialize();
    const space = server.engine.addressSpace;
    const robotics = space.getNamespaceIndex("http://opcfoundation.org/UA/Robotics/");
    const namespace = space.registerNamespace("urn:plantwalk:test:palletiser");
    const make = (type, browseName, componentOf, optionals = []) =>
        space.findObjectType(type, robotics).instantiate({ browseName, componentOf, namespace, optionals });
    const system = make("MotionDeviceSystemType", "Palletiser", space.rootFolder.objects.getFolderElementByName("DeviceSet"));
    const arm = make("MotionDeviceType", "Arm", system.motionDevices);
    arm.manufacturer.setValueFromSource({ dataType: DataType.LocalizedText, value: { text: "Nobody" } });
    const began = Date.now();
    for (let i = 1; i <= kAxes; ++i) {
        const axis = make("AxisType", `Axis_${i}`, arm.axes, ["ParameterSet.ActualSpeed"]);
        const position = axis.parameterSet.actualPosition;
        position.engineeringUnits.setValueFromSource({ dataType: DataType.ExtensionObject, value: standardUnits.degree });
        const tell = () => position.setValueFromSource(
            { dataType: DataType.Double, value: 90 * Math.sin(i + (Date.now() - began) / 1000) }, StatusCodes.Good, new Date());
        tell();
        setInterval(tell, 50);
    }
    await server.start();
    process.stdout.write("ready\n");
    process.stdin.on("close", () => process.exit(0)).resume();
}
main().catch((error) => {
    process.stdout.write(`failed: ${error.stack}\n`);
    process.exit(1);
});
