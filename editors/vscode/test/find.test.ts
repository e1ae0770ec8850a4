import assert from "node:assert/strict";
import { test } from "node:test";
import { find, INSTALL, type Place } from "../src/find";

const nowhere: Place = { setting: "", folders: ["/work"], path: "/usr/bin:/opt/bin", home: "/home/me", windows: false };

function search(place: Partial<Place>, ...files: string[]): unknown {
  return find({ ...nowhere, ...place }, (file) => files.includes(file));
}

test("the setting wins", () => {
  const files = ["/my/flylint", "/work/.venv/bin/flylint", "/usr/bin/flylint"];
  assert.deepEqual(search({ setting: "/my/flylint" }, ...files), { command: "/my/flylint" });
});

test("the setting may begin with the home directory", () => {
  assert.deepEqual(search({ setting: "~/bin/flylint" }, "/home/me/bin/flylint"), { command: "/home/me/bin/flylint" });
});

test("the setting may be relative to a folder of the workspace", () => {
  for (const setting of ["tools/flylint", "${workspaceFolder}/tools/flylint"]) {
    const found = search({ setting, folders: ["/one", "/two"] }, "/two/tools/flylint");
    assert.deepEqual(found, { command: "/two/tools/flylint" });
  }
});

test("the setting may be a name on the PATH", () => {
  assert.deepEqual(search({ setting: "flylint-dev" }, "/opt/bin/flylint-dev"), { command: "/opt/bin/flylint-dev" });
});

test("a setting that names nothing is said, and nothing else is started instead", () => {
  const found = search({ setting: "/gone" }, "/usr/bin/flylint") as { problem: string };
  assert.match(found.problem, /flylint\.path.*\/gone/);
});

test("a virtual environment of the workspace goes before the PATH", () => {
  const files = ["/usr/bin/flylint", "/work/venv/bin/flylint"];
  assert.deepEqual(search({}, ...files), { command: "/work/venv/bin/flylint" });
  assert.deepEqual(search({}, ...files, "/work/.venv/bin/flylint"), { command: "/work/.venv/bin/flylint" });
});

test("each folder of the workspace is looked at", () => {
  const found = search({ folders: ["/one", "/two"] }, "/two/.venv/bin/flylint");
  assert.deepEqual(found, { command: "/two/.venv/bin/flylint" });
});

test("the PATH comes last, in its order and without its relative entries", () => {
  const files = ["bin/flylint", "/usr/bin/flylint", "/opt/bin/flylint"];
  assert.deepEqual(search({ path: "bin:/opt/bin:/usr/bin" }, ...files), { command: "/opt/bin/flylint" });
});

test("Windows", () => {
  const windows = { windows: true, folders: ["C:\\work"], path: "C:\\tools;D:\\bin" };
  const environment = "C:\\work\\.venv\\Scripts\\flylint.exe";
  assert.deepEqual(search(windows, environment), { command: environment });
  assert.deepEqual(search(windows, "D:\\bin\\flylint.exe"), { command: "D:\\bin\\flylint.exe" });
});

test("what to do when it is missing", () => {
  assert.deepEqual(search({}), { problem: INSTALL });
  assert.match(INSTALL, /pip install 'flylint\[lsp\]'/);
});
