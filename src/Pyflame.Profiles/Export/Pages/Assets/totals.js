// Own and total time of sites and of lines, and the trees of the callers and callees of one function.

/**
 * Own and total weight by site; a site that calls itself counts once a stack.
 * Works on preorder: on the way, `open` tells how often each site is on the path from the root.
 */
function sumBySite(tree) {
  const own = new Float64Array(tree.sites.length);
  const total = new Float64Array(tree.sites.length);
  const open = new Int32Array(tree.sites.length);
  const path = [];
  for (let node = 1; node < tree.count; node++) {
    while (path.length >= tree.depth[node]) {
      open[path.pop()]--;
    }
    const site = tree.site[node];
    own[site] += tree.own[node];
    if (open[site]++ === 0) {
      total[site] += tree.total[node];
    }
    path.push(site);
  }
  return { own, total };
}

/** Own and total weight of each line of a file, of the selected threads: a map from line to { own, total, names }. */
function sumByLine(profile, threads, file) {
  const weight = new Float64Array(profile.stackCount);
  for (let sample = 0; sample < profile.sampleStack.length; sample++) {
    if (threads[profile.sampleThread[sample]]) {
      weight[profile.sampleStack[sample]] += profile.sampleWeight[sample];
    }
  }
  const total = weight.slice();
  for (let stack = profile.stackCount - 1; stack > 0; stack--) {
    total[profile.parent[stack]] += total[stack];
  }

  const lines = new Map();
  const path = [];
  for (let stack = 1; stack < profile.stackCount; stack++) {
    while (path.length >= profile.depth[stack]) {
      const left = path.pop();
      if (left) {
        left.open--;
      }
    }
    const line = lineOf(profile, profile.frame[stack], file, lines);
    if (line && total[stack] > 0) {
      line.own += weight[stack];
      if (line.open === 0) {
        line.total += total[stack];
      }
    }
    if (line) {
      line.open++;
    }
    path.push(line);
  }
  return lines;
}

function lineOf(profile, frame, file, lines) {
  const fn = profile.frameFunction[frame];
  const number = profile.frameLine[frame];
  if (profile.functions[fn * 6 + 2] !== file || number === 0) {
    return null;
  }
  let line = lines.get(number);
  if (!line) {
    line = { number, own: 0, total: 0, open: 0, names: new Set() };
    lines.set(number, line);
  }
  line.names.add(profile.functions[fn * 6 + 1] || profile.functions[fn * 6]);
  return line;
}

/** Own and total weight by file of the selected threads, from the tree merged by module. */
function sumByFile(profile, threads) {
  const tree = buildCallTree(profile, { merge: "module", byThread: false, byProcess: false, threads });
  const { own, total } = sumBySite(tree);
  return tree.sites
    .map((site, index) => ({ file: site.file, kind: site.kind, own: own[index], total: total[index] }))
    .filter(entry => entry.file > 0 && entry.kind === Kind.python && entry.total > 0);
}

/**
 * What a site called, and who called it, as two trees with the site as root. Where the site called itself the outermost
 * call counts, so that both trees weigh as much as the site's total.
 */
function buildSandwich(tree, site) {
  const callees = new NodeTable();
  const callers = new NodeTable();
  const calleesOwn = [];
  const callersOwn = [];
  const inside = new Int32Array(tree.count).fill(-1);
  for (let node = 1; node < tree.count; node++) {
    const parent = tree.parent[node];
    if (inside[parent] >= 0) {
      inside[node] = callees.intern(inside[parent], tree.site[node]);
    } else if (tree.site[node] === site) {
      inside[node] = 0;
      let caller = 0;
      for (let up = parent; up !== 0; up = tree.parent[up]) {
        caller = callers.intern(caller, tree.site[up]);
      }
      callersOwn[caller] = (callersOwn[caller] || 0) + tree.total[node];
    }
    if (inside[node] >= 0) {
      calleesOwn[inside[node]] = (calleesOwn[inside[node]] || 0) + tree.own[node];
    }
  }
  return {
    callees: layOut(callees, calleesOwn, tree.sites),
    callers: layOut(callers, callersOwn, tree.sites),
  };
}
