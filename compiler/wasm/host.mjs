// Runs a Kiln program for wasm32-unknown-unknown under node, which `kiln run --target wasm32-unknown-unknown` does with it:
//
//     node host.mjs program.wasm
//
// A program exports `main`, its memory, and its `export "C"` functions. What it takes from its host are C functions, imported
// from `env`: `write` and `exit`, `malloc`, `realloc` and `free` if it allocates, mathematics if it computes such; `getenv`, and
// WASI's `args_sizes_get` and `args_get`, if it asks for what it was started with.

import { readFileSync, writeSync } from "node:fs";

class Exit {
  constructor(status) {
    this.status = status;
  }
}

/// Memory in blocks of powers of two, each with its size before it; what is freed waits for the next of its size.
class Heap {
  #free = new Map();
  #next = 0;
  #end = 0;

  constructor(memory) {
    this.memory = memory;
  }

  allocate(bytes) {
    const size = Math.max(16, 2 ** Math.ceil(Math.log2((bytes >>> 0) + 16)));
    const known = this.#free.get(size);
    const block = known?.pop() ?? this.#fresh(size);
    if (block === 0) return 0;
    new DataView(this.memory.buffer).setUint32(block, size, true);
    return block + 16;
  }

  #fresh(size) {
    if (this.#end - this.#next < size) {
      const pages = Math.max(16, Math.ceil(size / 65536));
      try {
        this.#next = this.memory.grow(pages) * 65536;
      } catch {
        return 0;
      }
      this.#end = this.#next + pages * 65536;
    }
    const block = this.#next;
    this.#next += size;
    return block;
  }

  size(address) {
    return new DataView(this.memory.buffer).getUint32((address >>> 0) - 16, true) - 16;
  }

  free(address) {
    if (address === 0) return;
    const size = this.size(address) + 16;
    if (!this.#free.has(size)) this.#free.set(size, []);
    this.#free.get(size).push((address >>> 0) - 16);
  }

  reallocate(address, bytes) {
    if (address === 0) return this.allocate(bytes);
    const size = this.size(address);
    if (size >= bytes >>> 0) return address;
    const moved = this.allocate(bytes);
    if (moved === 0) return 0;
    new Uint8Array(this.memory.buffer).copyWithin(moved, address >>> 0, (address >>> 0) + size);
    this.free(address);
    return moved;
  }
}

/// A text of the program's, up to its zero byte.
function text(memory, address) {
  const bytes = new Uint8Array(memory.buffer, address >>> 0);
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}

/// What the program was started with, its own name first, each with a zero byte behind it.
function startedWith() {
  return process.argv.slice(2).map((argument) => new TextEncoder().encode(argument + "\0"));
}

/// The functions of C that this host has.
function functions(memory) {
  const heap = new Heap(memory);
  const put = (address, bytes) => new Uint8Array(memory.buffer, address >>> 0, bytes.length).set(bytes);
  const putNumber = (address, number) => new DataView(memory.buffer).setUint32(address >>> 0, number, true);
  return {
    args_sizes_get: (count, size) => {
      const all = startedWith();
      putNumber(count, all.length);
      putNumber(size, all.reduce((sum, bytes) => sum + bytes.length, 0));
      return 0;
    },
    args_get: (starts, bytes) => {
      startedWith().reduce(([place, at], argument) => {
        putNumber(place, at);
        put(at, argument);
        return [place + 4, at + argument.length];
      }, [starts >>> 0, bytes >>> 0]);
      return 0;
    },
    getenv: (name) => {
      const value = process.env[text(memory, name)];
      if (value === undefined) return 0;
      const bytes = new TextEncoder().encode(value + "\0");
      const place = heap.allocate(bytes.length);
      if (place !== 0) put(place, bytes);
      return place;
    },
    write: (file, address, length) => writeSync(file, new Uint8Array(memory.buffer, address >>> 0, length >>> 0)),
    exit: (status) => {
      throw new Exit(status);
    },
    malloc: (bytes) => heap.allocate(bytes),
    realloc: (address, bytes) => heap.reallocate(address, bytes),
    free: (address) => heap.free(address),
    fmod: (a, b) => a % b,
    // `Math.round` rounds halves up, C away from zero.
    round: (x) => (x < 0 ? -Math.round(-x) : Math.round(x)),
  };
}

/// A function by its name: of this host, of mathematics, or of mathematics for `f32`.
function named(known, name) {
  const of = (name) => known[name] ?? Math[name];
  const single = name.endsWith("f") ? of(name.slice(0, -1)) : undefined;
  return of(name) ?? (single && ((...numbers) => Math.fround(single(...numbers)))) ?? missing(name);
}

function missing(name) {
  return () => {
    throw new Error(`this host has no function \`${name}\``);
  };
}

/// Makes an instance of a module, ready to run.
export async function load(module, more = () => ({})) {
  // The memory is the instance's, which needs the functions first.
  const holder = {};
  const memory = {
    get buffer() {
      return holder.memory.buffer;
    },
    grow: (pages) => holder.memory.grow(pages),
  };
  const known = { ...functions(memory), ...more(memory) };
  const wanted = WebAssembly.Module.imports(module).filter((wish) => wish.module === "env");
  const env = Object.fromEntries(wanted.map((wish) => [wish.name, named(known, wish.name)]));
  const instance = await WebAssembly.instantiate(module, { env });
  holder.memory = instance.exports.memory;
  return instance;
}

/// Calls `main` and tells it how many arguments there are, the name of the program included. Gives the exit status.
export function run(instance, count = 1) {
  try {
    return instance.exports.main(count, 0);
  } catch (end) {
    if (end instanceof Exit) return end.status;
    throw end;
  }
}

if (process.argv[1]?.endsWith("host.mjs")) {
  const module = new WebAssembly.Module(readFileSync(process.argv[2]));
  process.exitCode = run(await load(module), process.argv.length - 2) & 0xff;
}
