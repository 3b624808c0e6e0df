// Runs every test of a program, each in an instance of its own: `node batch.mjs PROGRAM COUNT`. A line of JSON for each.
import { readFileSync } from "node:fs";
import { load, run } from "./host.mjs";

const [, , program, count] = process.argv;
const module = new WebAssembly.Module(readFileSync(program));
for (let number = 0; number < Number(count); number++) {
  const texts = { 1: "", 2: "" };
  const decoders = { 1: new TextDecoder(), 2: new TextDecoder() };
  const write = (memory) => (file, at, length) => {
    const bytes = new Uint8Array(memory.buffer, at >>> 0, length >>> 0);
    texts[file] += decoders[file].decode(bytes, { stream: true });
    return length;
  };
  let status;
  try {
    status = run(await load(module, (memory) => ({ write: write(memory) })), number + 2);
  } catch (trap) {
    texts[2] += `${trap}\n`;
    status = null;
  }
  console.log(JSON.stringify({ stdout: texts[1], stderr: texts[2], status }));
}
