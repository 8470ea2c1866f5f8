// Unpacks what PagePayload.cs packed.

/** Reads unsigned LEB128 numbers, one after the other. */
class NumberReader {
  constructor(bytes) {
    this.bytes = bytes;
    this.position = 0;
  }

  /** Numbers are whole and below 2^53, so arithmetic takes the place of shifts above 28 bits. */
  next() {
    const { bytes } = this;
    let byte = bytes[this.position++];
    let value = byte & 0x7f;
    let factor = 0x80;
    while (byte >= 0x80) {
      byte = bytes[this.position++];
      value += (byte & 0x7f) * factor;
      factor *= 0x80;
    }
    return value;
  }

  /** An array of `count` numbers that fit 32 bits. */
  array(count) {
    const numbers = new Int32Array(count);
    for (let index = 0; index < count; index++) {
      numbers[index] = this.next();
    }
    return numbers;
  }

  text(length) {
    const start = this.position;
    this.position += length;
    return new TextDecoder().decode(this.bytes.subarray(start, this.position));
  }
}

function fromBase64(text) {
  if (Uint8Array.fromBase64) {
    return Uint8Array.fromBase64(text);
  }
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = binary.charCodeAt(index);
  }
  return bytes;
}

async function gunzip(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * The profile: the header's fields, and as typed arrays
 * - frameFunction, frameLine: by frame;
 * - parent, frame, depth: by stack, callers before their callees; stack 0 is the empty one;
 * - sampleStack, sampleThread, sampleWeight: what was counted.
 */
async function readProfile(base64) {
  const reader = new NumberReader(await gunzip(fromBase64(base64.trim())));
  const profile = JSON.parse(reader.text(reader.next()));

  const frameCount = reader.next();
  profile.frameFunction = new Int32Array(frameCount);
  profile.frameLine = new Int32Array(frameCount);
  for (let index = 0; index < frameCount; index++) {
    profile.frameFunction[index] = reader.next();
    profile.frameLine[index] = reader.next();
  }

  const stackCount = reader.next();
  const ups = reader.array(stackCount);
  const frames = reader.array(stackCount);
  profile.stackCount = stackCount + 1;
  profile.parent = new Int32Array(stackCount + 1);
  profile.depth = new Int32Array(stackCount + 1);
  profile.frame = new Int32Array(stackCount + 1);
  profile.frame[0] = -1;
  for (let index = 0, caller = 0; index < stackCount; index++) {
    for (let up = ups[index]; up > 0; up--) {
      caller = profile.parent[caller];
    }
    const stack = index + 1;
    profile.parent[stack] = caller;
    profile.depth[stack] = profile.depth[caller] + 1;
    profile.frame[stack] = frames[index];
    caller = stack;
  }

  const weightCount = reader.next();
  profile.sampleStack = new Int32Array(weightCount);
  profile.sampleThread = new Int32Array(weightCount);
  profile.sampleWeight = new Float64Array(weightCount);
  profile.totalWeight = 0;
  for (let index = 0, stack = 0; index < weightCount; index++) {
    stack += reader.next();
    profile.sampleStack[index] = stack;
    profile.sampleThread[index] = reader.next();
    profile.sampleWeight[index] = reader.next();
    profile.totalWeight += profile.sampleWeight[index];
  }
  return profile;
}
