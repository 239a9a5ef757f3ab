import type { MemoryDomain } from "./bdev";

/** As 26.05 tells it. */
export const NAMED_DMA_MEMORY: MemoryDomain = { dma_device_type: "DMA" };

export const SYSTEM_MEMORY: MemoryDomain = { dma_device_id: "system", dma_device_type: 1 };
export const ACCEL_MEMORY: MemoryDomain = { dma_device_id: "SPDK_ACCEL_DMA_DEVICE", dma_device_type: 2 };

/** What most bdevs of the recorded SPDK can take data from. */
export const SYSTEM_AND_ACCEL_MEMORY: readonly MemoryDomain[] = [SYSTEM_MEMORY, ACCEL_MEMORY];
