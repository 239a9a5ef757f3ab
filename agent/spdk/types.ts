export * from "./types/accel";
export * from "./types/bdev";
export * from "./types/keyring";
export * from "./types/nvme";
export * from "./types/nvmf";
export * from "./types/transport-id";
export * from "./types/version";
export * from "./types/vhost";
