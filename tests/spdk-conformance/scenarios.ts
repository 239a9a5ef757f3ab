import { chmodSync, mkdirSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { SpdkVersionName } from "../../agent/simulator";

/** The folder the recorded files and sockets were in; a replay has its own in its place. */
export const RECORDED_FOLDER = "/var/tmp/opi";

type Call = readonly [method: string, params: object];

/** What was there before the first recorded call of a scenario, or came about between two. */
export interface Stage {
  readonly first?: readonly Call[];
  readonly second?: readonly Call[];
  files?(folder: string): void;
}

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

function malloc(name: string, num_blocks = 2048): Call {
  return ["bdev_malloc_create", { name, num_blocks, block_size: 512 }];
}

const TCP: Call = ["nvmf_create_transport", { trtype: "TCP" }];
const VFIOUSER: Call = ["nvmf_create_transport", { trtype: "VFIOUSER" }];

/** Every recorded SPDK had its transports, but for the one that was started with --wait-for-rpc. */
export const USUAL: Stage = { first: [TCP, VFIOUSER], second: [TCP] };

function addKeys(names: readonly string[]): Call[] {
  return names.map((name) => ["keyring_file_add_key", { name, path: `${RECORDED_FOLDER}/run/keys/${name}` }]);
}

function writePrivately(path: string, text: string, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}

/** The first recordings had their files in the folder itself, the later ones in "run" below it. */
function writeBoth(folder: string, name: string, content: string | Buffer, mode = 0o600): void {
  for (const parent of ["", "run"]) {
    mkdirSync(join(folder, parent), { recursive: true });
    writeFileSync(join(folder, parent, name), content);
    chmodSync(join(folder, parent, name), mode);
  }
}

/** Key material made for the tests: PSKs in interchange format with right CRCs, DH-HMAC-CHAP secrets, and nonsense. */
const KEY_FILES: Readonly<Record<string, string>> = {
  psk0: "NVMeTLSkey-1:01:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+KfiaR:",
  psk1: "NVMeTLSkey-1:01:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj/jBqb2:",
  dk0: "DHHC-1:00:first:",
  dk1: "DHHC-1:00:second:",
  dk2: "DHHC-1:00:third:",
  ck0: "DHHC-1:00:controller:",
  ck1: "DHHC-1:00:other controller:",
  dk_sha384: "DHHC-1:02:long:",
  dk_badcrc: "DHHC-1:01:wrong:",
  bad: "no key at all",
};

function writeKeys(folder: string): void {
  for (const [name, text] of Object.entries(KEY_FILES)) writePrivately(join(folder, "run/keys", name), text);
}

const FAR = "nqn.2016-06.io.spdk:far";

function listen(nqn: string, trsvcid: string): Call {
  return [
    "nvmf_subsystem_add_listener",
    { nqn, listen_address: { trtype: "tcp", adrfam: "ipv4", traddr: "127.0.0.1", trsvcid } },
  ];
}

function addNamespace(nqn: string, bdev_name: string): Call {
  return ["nvmf_subsystem_add_ns", { nqn, namespace: { bdev_name } }];
}

function createOpen(name: string): Call {
  return [
    "nvmf_create_subsystem",
    { nqn: `nqn.2016-06.io.spdk:${name}`, serial_number: name.toUpperCase(), allow_any_host: true },
  ];
}

function writeRaidFiles(folder: string): void {
  mkdirSync(join(folder, "run"), { recursive: true });
  for (const name of ["raid0.img", "raid1.img", "rsb0.img", "rsb1.img"])
    writeFileSync(join(folder, "run", name), Buffer.alloc(4 * MEBIBYTE));
}

/** By scenario, as far as the recorded answers show what had been set up. */
export const SCENARIO_STAGES: Readonly<Record<string, Stage>> = {
  bdev: {
    files: (folder) => {
      writeBoth(folder, "daio0.img", Buffer.alloc(8192 * 512));
    },
  },
  keyring: {
    files: (folder) => {
      writeBoth(folder, "kr.key", "key", 0o644);
    },
  },
  nvmf: {
    first: [malloc("M0"), malloc("M1")],
    files: (folder) => {
      for (const parent of ["", "run"]) mkdirSync(join(folder, parent, "vfu1"), { recursive: true });
    },
  },
  nvme: {
    second: [
      malloc("F0"),
      malloc("F1"),
      ["nvmf_create_subsystem", { nqn: FAR, serial_number: "FAR", allow_any_host: true, ana_reporting: true }],
      addNamespace(FAR, "F0"),
      listen(FAR, "4800"),
      listen(FAR, "4801"),
    ],
  },
  iscsi: { second: ["F0", "F1", "F2"].map((name) => malloc(name)) },
  vhost: { first: ["V0", "V1", "V2", "V3"].map((name) => malloc(name)) },
  "new.vhost": { first: [malloc("V0")] },
  "new.vfu": { first: ["V0", "V1", "V2", "V3"].map((name) => malloc(name)) },
  "new.keyring": {
    files: (folder) => {
      writeKeys(folder);
      const keys = join(folder, "run/keys");
      writePrivately(join(keys, "m644"), "key", 0o644);
      writePrivately(join(keys, "m640"), "key", 0o640);
      writePrivately(join(keys, "m400"), "key", 0o400);
      writePrivately(join(keys, "garb"), "\u0000\u0001");
      writePrivately(join(keys, "empty"), "");
      symlinkSync(join(keys, "psk1"), join(keys, "ln"));
    },
  },
  "new.nvmf_auth": {
    files: writeKeys,
    first: addKeys(["psk0", "psk1", "dk0", "dk1", "ck0", "bad", "dk_sha384", "dk_badcrc"]),
  },
  "new.nvme_auth": {
    files: writeKeys,
    first: addKeys(["psk0", "psk1", "dk0", "dk1", "ck0", "ck1", "dk2", "bad"]),
    second: [
      ...addKeys(["psk0", "psk1", "dk0", "dk1", "ck0", "ck1", "dk2"]),
      malloc("F0"),
      ["nvmf_create_subsystem", { nqn: FAR, serial_number: "FAR" }],
      addNamespace(FAR, "F0"),
    ],
  },
  raid: { first: [malloc("R7", 4096)] },
  "new.raid.superblock": { files: writeRaidFiles },
  "new.raid.superblock.hot": { files: writeRaidFiles },
  "new.raid.superblock.uuid": { files: writeRaidFiles },
  "new.crash.enable_histogram_bad_opc": { first: [malloc("M")] },
  "new.crash.histogram_borders_when_off": { first: [malloc("M")] },
  "new.lvol": {
    first: [malloc("S2")],
    files: (folder) => {
      mkdirSync(join(folder, "run"), { recursive: true });
      writeFileSync(join(folder, "run/grow.img"), Buffer.alloc(4 * MEBIBYTE));
    },
  },
  "new.discovery": {
    second: [
      malloc("F0"),
      malloc("F1"),
      createOpen("far0"),
      createOpen("far1"),
      addNamespace(`${FAR}0`, "F0"),
      addNamespace(`${FAR}1`, "F1"),
      listen(`${FAR}0`, "4820"),
      listen(`${FAR}1`, "4821"),
    ],
  },
  "new.bdev": {
    files: (folder) => {
      mkdirSync(join(folder, "run"), { recursive: true });
      writeFileSync(join(folder, "run/na.img"), Buffer.alloc(4 * MEBIBYTE));
    },
  },
  "new.nvmf": {
    first: ["M0", "M1", "M2", "M3", "M4", "M5"].map((name) => malloc(name)),
    second: [malloc("F0"), malloc("F1")],
  },
};

/** Right before a case. */
export const CASE_STAGES: Readonly<Record<string, Stage>> = {
  "bdev/aio_rescan": {
    files: (folder) => {
      for (const parent of ["", "run"]) truncateSync(join(folder, parent, "daio0.img"), 16_384 * 512);
    },
  },
  "keyring/add": {
    files: (folder) => {
      for (const parent of ["", "run"]) chmodSync(join(folder, parent, "kr.key"), 0o600);
    },
  },
  "new.keyring/get_after_file_gone": {
    files: (folder) => {
      unlinkSync(join(folder, "run/keys/psk0"));
    },
  },
  "new.nvmf/attach_cntlid_second": {
    second: [1, 2, 3, 4, 5].map((digit) => [
      "nvmf_subsystem_add_host",
      { nqn: FAR, host: `nqn.2014-08.org.nvmexpress:uuid:feb98abe-d51f-40c8-b348-2753f3571d3${digit}` },
    ]),
  },
  "new.discovery/far_new_sub": { second: [createOpen("far2")] },
  "new.bdev/qos_idle_qi": { first: [malloc("QI"), malloc("QX")] },
};

/** Folders that were looked into. */
export const FOLDERS: Readonly<Record<SpdkVersionName, Readonly<Record<string, string>>>> = {
  "24.05": { "nvmf/vfu_dir": "vfu1", "vhost/sockets": "vhost" },
  "26.05": { "nvmf/vfu_dir": "run/vfu1", "vhost/sockets": "run/vhost" },
};

export const VHOST_FOLDER: Readonly<Record<SpdkVersionName, string>> = { "24.05": "vhost", "26.05": "run/vhost" };

export const WAITS_FOR_RPC = new Set(["new.nvmf.startup"]);

/** Before these the first SPDK was restarted. */
export const RESTARTED = new Set([
  "new.raid.superblock/reboot_aio0",
  "new.raid.superblock/reboot2_aio0",
  "new.raid.superblock/reboot3_aio0",
  "new.raid.superblock.uuid/reboot_aio0",
  "new.raid.superblock.uuid/reboot2_aio0",
  "new.raid.superblock.uuid/reboot3_aio0",
]);
