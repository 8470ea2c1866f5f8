// Call trees: who called whom, merged and filtered as the reader wants, laid out for drawing.

const Kind = { python: 0, native: 1, garbageCollector: 2, process: 3, thread: 4, task: 5, marker: 6 };

/** What frames stand for when they are merged by "function", "line" or "module": sites, and the site of each frame. */
function buildSites(profile, merge) {
  const sites = [];
  const siteOfKey = new Map();
  const siteOfFrame = new Int32Array(profile.frameFunction.length);
  for (let frame = 0; frame < siteOfFrame.length; frame++) {
    const fn = functionOf(profile, profile.frameFunction[frame]);
    const line = merge === "line" ? profile.frameLine[frame] : 0;
    const byModule = merge === "module" && fn.file > 0;
    const key = byModule ? `m${fn.file}` : `${fn.index}:${line}`;
    let site = siteOfKey.get(key);
    if (site === undefined) {
      site = sites.length;
      siteOfKey.set(key, site);
      sites.push(byModule ? moduleSite(profile, fn) : functionSite(profile, fn, line));
    }
    siteOfFrame[frame] = site;
  }
  return { sites, siteOfFrame };
}

function functionOf(profile, index) {
  const at = index * 6;
  const { functions } = profile;
  return {
    index,
    name: functions[at],
    qualifiedName: functions[at + 1] || functions[at],
    file: functions[at + 2],
    firstLine: functions[at + 3],
    kind: functions[at + 4],
    color: functions[at + 5],
  };
}

function functionSite(profile, fn, line) {
  const [path, label] = profile.files[fn.file];
  return {
    kind: fn.kind,
    name: profile.start.qualifiedNames ? fn.qualifiedName : fn.name,
    fullName: fn.qualifiedName,
    path,
    place: label === "" ? "" : line > 0 ? `${label}:${line}` : label,
    file: fn.file,
    line: line > 0 ? line : fn.firstLine,
    color: fn.color,
  };
}

function moduleSite(profile, fn) {
  const [path, label, color] = profile.files[fn.file];
  const native = fn.kind === Kind.native;
  return {
    kind: fn.kind, name: label, fullName: label, path, place: "", file: fn.file, line: 0, color: native ? fn.color : color,
  };
}

function structureSite(profile, kind, name) {
  return { kind, name, fullName: name, path: "", place: "", file: 0, line: 0, color: profile.palette.structure };
}

/**
 * The tree of the selected threads.
 * `merge`: "function", "line", "module", or "thread", which tells no code apart.
 * `byThread`, `byProcess`: whether stacks stand on a node of their thread or process.
 * `threads`: one byte a thread, 0 for those left out.
 */
function buildCallTree(profile, { merge, byThread, byProcess, threads }) {
  const { sites, siteOfFrame } = buildSites(profile, merge === "thread" ? "function" : merge);
  const groups = new GroupSites(profile, sites, byThread || merge === "thread", byProcess);
  const table = new NodeTable();
  const fold = merge === "module";

  // The node of a stack is known for the group in `known`; samples are taken group by group.
  const node = new Int32Array(profile.stackCount);
  const known = new Int32Array(profile.stackCount).fill(-1);
  const missing = [];
  let own = new Float64Array(1024);
  for (const sample of groups.order(threads)) {
    const group = groups.groupOf(profile.sampleThread[sample]);
    let stack = merge === "thread" ? 0 : profile.sampleStack[sample];
    while (stack !== 0 && known[stack] !== group.index) {
      missing.push(stack);
      stack = profile.parent[stack];
    }
    let current = stack === 0 ? groups.root(table, group) : node[stack];
    while (missing.length > 0) {
      stack = missing.pop();
      const site = siteOfFrame[profile.frame[stack]];
      // A module that calls itself is one node, not a tower of them.
      if (!fold || table.site[current] !== site) {
        current = table.intern(current, site);
      }
      node[stack] = current;
      known[stack] = group.index;
    }
    while (current >= own.length) {
      own = grown(own);
    }
    own[current] += profile.sampleWeight[sample];
  }
  return layOut(table, own, sites);
}

/** The nodes that stacks stand on: their process's and their thread's, where those are told apart. */
class GroupSites {
  constructor(profile, sites, byThread, byProcess) {
    this.profile = profile;
    this.sites = sites;
    this.byThread = byThread;
    this.byProcess = byProcess;
    this.groups = new Map();
    this.siteOfProcess = new Map();
  }

  key(thread) {
    return this.byThread ? thread : this.byProcess ? this.profile.threads[thread][1] : 0;
  }

  groupOf(thread) {
    const key = this.key(thread);
    let group = this.groups.get(key);
    if (!group) {
      const path = [];
      if (this.byProcess) {
        path.push(this.processSite(this.profile.threads[thread][1]));
      }
      if (this.byThread) {
        path.push(this.sites.push(structureSite(this.profile, Kind.thread, this.profile.threads[thread][0])) - 1);
      }
      group = { index: this.groups.size, path, root: -1 };
      this.groups.set(key, group);
    }
    return group;
  }

  processSite(process) {
    let site = this.siteOfProcess.get(process);
    if (site === undefined) {
      site = this.sites.push(structureSite(this.profile, Kind.process, this.profile.processes[process])) - 1;
      this.siteOfProcess.set(process, site);
    }
    return site;
  }

  root(table, group) {
    if (group.root < 0) {
      group.root = 0;
      for (const site of group.path) {
        group.root = table.intern(group.root, site);
      }
    }
    return group.root;
  }

  /** The samples of the selected threads, those of a group together. */
  order(threads) {
    const { sampleThread } = this.profile;
    const samples = [];
    for (let sample = 0; sample < sampleThread.length; sample++) {
      if (threads[sampleThread[sample]]) {
        samples.push(sample);
      }
    }
    if (this.byThread || this.byProcess) {
      samples.sort((a, b) => this.key(sampleThread[a]) - this.key(sampleThread[b]) || a - b);
    }
    return samples;
  }
}

/**
 * A tree in preorder, the heaviest child of a node first:
 * - parent, site, depth, own, total: by node; node 0 is the root, whose site is -1;
 * - start: where a node begins, in weight from the left edge; end: the node after all that hang below it;
 * - deepest: the depth of the deepest node below; levels: the nodes of each depth from left to right.
 */
function layOut(table, ownOfTable, sites) {
  const { count } = table;
  const totalOfTable = new Float64Array(count);
  const childCount = new Int32Array(count + 1);
  for (let node = count - 1; node >= 0; node--) {
    totalOfTable[node] += ownOfTable[node] || 0;
    if (node > 0) {
      totalOfTable[table.parent[node]] += totalOfTable[node];
      childCount[table.parent[node]]++;
    }
  }
  const { firstChild, children } = sortChildren(table, childCount, totalOfTable);

  const tree = {
    count,
    sites,
    parent: new Int32Array(count),
    site: new Int32Array(count),
    depth: new Int32Array(count),
    end: new Int32Array(count),
    deepest: new Int32Array(count),
    own: new Float64Array(count),
    total: new Float64Array(count),
    start: new Float64Array(count),
    levels: [],
  };

  // Preorder without recursion: stacks may be thousands of frames deep.
  const open = new Int32Array(count);
  const position = new Int32Array(count);
  const nextStart = new Float64Array(count);
  let openCount = 1;
  open[0] = 0;
  for (let node = 0; openCount > 0; node++) {
    const from = open[--openCount];
    position[from] = node;
    tree.site[node] = table.site[from];
    tree.own[node] = ownOfTable[from] || 0;
    tree.total[node] = totalOfTable[from];
    if (node > 0) {
      const parent = position[table.parent[from]];
      tree.parent[node] = parent;
      tree.depth[node] = tree.depth[parent] + 1;
      tree.start[node] = nextStart[parent];
      nextStart[parent] += tree.total[node];
    }
    nextStart[node] = tree.start[node];
    for (let child = firstChild[from + 1] - 1; child >= firstChild[from]; child--) {
      open[openCount++] = children[child];
    }
  }
  finishLevels(tree);
  return tree;
}

function sortChildren(table, childCount, total) {
  const { count } = table;
  const firstChild = new Int32Array(count + 1);
  for (let node = 0; node < count; node++) {
    firstChild[node + 1] = firstChild[node] + childCount[node];
  }
  const children = new Int32Array(count);
  const next = firstChild.slice();
  for (let node = 1; node < count; node++) {
    children[next[table.parent[node]]++] = node;
  }
  for (let node = 0; node < count; node++) {
    if (childCount[node] > 1) {
      children.subarray(firstChild[node], firstChild[node + 1]).sort((a, b) => total[b] - total[a] || a - b);
    }
  }
  return { firstChild, children };
}

function finishLevels(tree) {
  const sizes = [];
  for (let node = 0; node < tree.count; node++) {
    sizes[tree.depth[node]] = (sizes[tree.depth[node]] || 0) + 1;
  }
  tree.levels = sizes.map(size => new Int32Array(size));
  const filled = new Int32Array(sizes.length);
  for (let node = 0; node < tree.count; node++) {
    const depth = tree.depth[node];
    tree.levels[depth][filled[depth]++] = node;
  }
  for (let node = tree.count - 1; node >= 0; node--) {
    tree.end[node] = Math.max(tree.end[node], node + 1);
    tree.deepest[node] = Math.max(tree.deepest[node], tree.depth[node]);
    if (node > 0) {
      const parent = tree.parent[node];
      tree.end[parent] = Math.max(tree.end[parent], tree.end[node]);
      tree.deepest[parent] = Math.max(tree.deepest[parent], tree.deepest[node]);
    }
  }
}

/** The path from the root to a node, both included. */
function pathTo(tree, node) {
  const path = [];
  for (let current = node; ; current = tree.parent[current]) {
    path.push(current);
    if (current === 0) {
      return path.reverse();
    }
  }
}
