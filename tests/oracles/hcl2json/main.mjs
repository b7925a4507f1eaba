/*
 * hcl2json: HashiCorp's HCL parser as WebAssembly, asked about many files in one run.
 *
 *     hcl2json < frames > answers     each frame "<length>\n<bytes>", each answer a frame too
 *
 * An answer is the file as JSON, or "E " and the error. What is no UTF-8 reaches the parser as
 * U+FFFD, for JavaScript's texts hold no other bytes.
 */
import {createRequire} from 'node:module';
import {readFileSync} from 'node:fs';

const require = createRequire(process.env.HCL2JSON_MODULES + '/');
const {parse} = require('@cdktf/hcl2json');

async function answer(bytes) {
    try {
        return JSON.stringify(await parse('it.tf', bytes.toString('utf8'))) + '\n';
    } catch (error) {
        return `E ${error.message ?? error}\n`;
    }
}

const input = readFileSync(0);
const answers = [];
for (let at = 0; at < input.length;) {
    const newline = input.indexOf(10, at);
    const length = Number(input.toString('latin1', at, newline));
    const told = Buffer.from(await answer(input.subarray(newline + 1, newline + 1 + length)));
    answers.push(Buffer.from(`${told.length}\n`), told);
    at = newline + 1 + length;
}
process.stdout.write(Buffer.concat(answers), () => process.exit(0));
