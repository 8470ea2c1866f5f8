// What is searched for: a regular expression, or a plain text where it is none.

/**
 * A test for texts, or null for an empty query. Case matters only where the query has a capital letter.
 * `plain` tells that the query is no regular expression and was taken word by word.
 */
function compileSearch(query) {
  if (query === "") {
    return null;
  }
  const flags = /\p{Lu}/u.test(query.replace(/\\./gu, "")) ? "u" : "iu";
  try {
    return { query, pattern: new RegExp(query, flags), plain: false };
  } catch {
    return { query, pattern: new RegExp(escapePattern(query), flags), plain: true };
  }
}

function escapePattern(text) {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
}

/** What a search looks at: the names and the place of a site. */
function searchText(site) {
  const names = site.fullName === site.name ? site.name : `${site.name} ${site.fullName}`;
  return site.path === "" ? names : `${names} ${site.path}${site.line > 0 ? `:${site.line}` : ""}`;
}

/** Which of the sites match: one byte each. Each site is tested once, however many nodes it has. */
function matchSites(search, sites) {
  const matches = new Uint8Array(sites.length);
  for (let index = 0; index < sites.length; index++) {
    matches[index] = search.pattern.test(searchText(sites[index])) ? 1 : 0;
  }
  return matches;
}

/**
 * How much of a tree is in stacks with a match, each stack counted once however many of its frames match.
 * Nodes are in preorder, so that what hangs below a match is skipped as a whole.
 */
function matchedShare(tree, siteMatches) {
  let weight = 0;
  let frames = 0;
  let end = 0;
  for (let node = 1; node < tree.count; node++) {
    if (!siteMatches[tree.site[node]]) {
      continue;
    }
    frames++;
    if (node >= end) {
      weight += tree.total[node];
      end = tree.end[node];
    }
  }
  return { weight, frames };
}
