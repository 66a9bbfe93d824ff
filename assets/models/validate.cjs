// node validate.cjs FILE.glb...: runs gltf-validator; an error fails. NODE_PATH says where the package is.
const fs = require('fs'), validator = require('gltf-validator');
(async () => {
  let errors = 0;
  for (const path of process.argv.slice(2)) {
    const { issues } = await validator.validateBytes(new Uint8Array(fs.readFileSync(path)));
    errors += issues.numErrors;
    console.log(`${path.split('/').pop()}: ${issues.numErrors} errors, ${issues.numWarnings} warnings`);
    for (const m of issues.messages.filter(m => m.severity < 2)) console.log(`  ${m.code} ${m.pointer}: ${m.message}`);
  }
  process.exit(errors ? 1 : 0);
})();
