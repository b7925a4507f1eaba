// HashiCorp's parser in WebAssembly as a side of the HCL bench: what side.h says, in JavaScript.
//
//   node hcl2json.mjs NODE_MODULES DIRECTORY LIST
//
// It gives JSON with the expressions as text: no tree that could be edited.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const [modules, directory, list] = process.argv.slice(2);
const { parse } = createRequire(join(resolve(modules), 'x.js'))('@cdktf/hcl2json');

const lines = (path) => readFileSync(path, 'utf8').replace(/\n$/, '').split('\n');
const files = lines(list).map((path) => {
  const bytes = readFileSync(join(directory, path));
  return { path, length: bytes.length, text: bytes.toString('utf8') };
});
const bytes = files.reduce((sum, file) => sum + file.length, 0);

const memoryKB = (what) => parseInt(lines('/proc/self/status').find((l) => l.startsWith(what)).slice(what.length), 10);
const cpuNS = () => { const used = process.cpuUsage(); return 1000 * (used.user + used.system); };
const median = (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];

// Blocks of a type hang below their labels, the last of them as a list.
const count = (value) => (Array.isArray(value) ? value.length
  : Object.values(value).reduce((sum, below) => sum + count(below), 0));

const tryParse = async (file) => {
  try {
    return await parse(file.path, file.text);
  } catch {
    return null;
  }
};

const commands = {
  async survey(path) {
    let accepted = 0, total = 0, out = '';
    for (const file of files) {
      const json = await tryParse(file);
      const blocks = json === null ? 0 : count(json);
      out += `${file.path}\t${json === null ? 'refused' : 'accepted'}\t${blocks}\n`;
      accepted += json !== null;
      total += blocks;
    }
    writeFileSync(path, out);
    return ` files=${files.length} bytes=${bytes} accepted=${accepted} blocks=${total}`;
  },
  async turn(milliseconds) {
    const end = Date.now() + Number(milliseconds);
    const wall = [], cpu = [];
    do {
      const begun = process.hrtime.bigint(), used = cpuNS();
      for (const file of files) await tryParse(file);
      cpu.push(cpuNS() - used);
      wall.push(Number(process.hrtime.bigint() - begun));
    } while (Date.now() < end);
    return ` passes=${wall.length} peak_kb=${memoryKB('VmHWM:')} pass_p50_ns=${median(cpu)} pass_wall_p50_ns=${median(wall)}`;
  },
  async hold() {
    const trees = [];
    for (const file of files) trees.push(await tryParse(file));
    return ` held_kb=${memoryKB('VmRSS:')} trees=${trees.length}`;
  },
};

console.log(`ready files=${files.length} bytes=${bytes} loaded_kb=${memoryKB('VmRSS:')}`);
for await (const line of createInterface({ input: process.stdin })) {
  const [command, argument] = line.split(' ');
  console.log(command + await commands[command](argument));
}
