// SPDX-License-Identifier: Apache-2.0
// node mikktspace.cjs IN OUT: tangents by npm mikktspace, a build of the reference algorithm that nobody here wrote.
// IN: the number of corners as a 32-bit integer, then as floats all positions, normals and texture coordinates.
const { readFileSync, writeFileSync } = require("fs");
const { generateTangents } = require("mikktspace");

const file = readFileSync(process.argv[2]);
const corners = file.readUInt32LE(0);
const floats = new Float32Array(file.buffer.slice(file.byteOffset + 4, file.byteOffset + 4 + corners * 32));
const at = (from, count) => floats.slice(corners * from, corners * (from + count));
const tangents = generateTangents(at(0, 3), at(3, 3), at(6, 2));
writeFileSync(process.argv[3], Buffer.from(tangents.buffer));
