// Interned (parent, site) pairs, the nodes of a call tree while it grows.

/**
 * Typed arrays instead of a Map, for trees of a million nodes. Most nodes have one child, which `latest` finds without a hash;
 * only the children of a parent that has several are in the hash table.
 */
class NodeTable {
  constructor() {
    this.count = 1;
    this.parent = new Int32Array(1024);
    this.site = new Int32Array(1024);
    this.site[0] = -1;
    // The child that was last asked for, 0 for none; negative once the parent's children are hashed.
    this.latest = new Int32Array(1024);
    this.slots = new Int32Array(1024);
    this.hashed = 0;
  }

  /** The node of a site below a parent; added where it is new. A parent's index is smaller than its children's. */
  intern(parent, site) {
    const latest = this.latest[parent];
    if (latest === 0) {
      const node = this.append(parent, site);
      this.latest[parent] = node;
      return node;
    }
    const known = Math.abs(latest);
    if (this.site[known] === site) {
      return known;
    }
    if (latest > 0) {
      this.addToHash(known);
    }
    const node = this.findInHash(parent, site);
    this.latest[parent] = -node;
    return node;
  }

  append(parent, site) {
    const node = this.count++;
    if (node === this.parent.length) {
      this.parent = grown(this.parent);
      this.site = grown(this.site);
      this.latest = grown(this.latest);
    }
    this.parent[node] = parent;
    this.site[node] = site;
    return node;
  }

  findInHash(parent, site) {
    const mask = this.slots.length - 1;
    for (let slot = NodeTable.hash(parent, site) & mask; ; slot = (slot + 1) & mask) {
      const node = this.slots[slot];
      if (node === 0) {
        const added = this.append(parent, site);
        this.addToHash(added);
        return added;
      }
      if (this.parent[node] === parent && this.site[node] === site) {
        return node;
      }
    }
  }

  addToHash(node) {
    if (++this.hashed * 2 > this.slots.length) {
      const nodes = this.slots.filter(slot => slot !== 0);
      this.slots = new Int32Array(this.slots.length * 4);
      nodes.forEach(each => this.put(each));
    }
    this.put(node);
  }

  put(node) {
    const mask = this.slots.length - 1;
    let slot = NodeTable.hash(this.parent[node], this.site[node]) & mask;
    while (this.slots[slot] !== 0) {
      slot = (slot + 1) & mask;
    }
    this.slots[slot] = node;
  }

  static hash(parent, site) {
    let hash = Math.imul(parent, 0x9e3779b1) ^ Math.imul(site + 1, 0x85ebca77);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    return hash ^ (hash >>> 13);
  }
}

function grown(array) {
  const larger = new array.constructor(array.length * 2);
  larger.set(array);
  return larger;
}
